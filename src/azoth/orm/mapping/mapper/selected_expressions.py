"""What a SELECT of an entity consists of where it is a part of another statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from azoth.orm.mapping.attributes.column_adapter import Adapt
from azoth.orm.mapping.derived import derived
from azoth.sql.selectable import FromClause

Named = tuple[Any, str | None]
"""An expression, and the name that its column gets where that is not its own."""


if TYPE_CHECKING:

    class MapsColumns(Protocol):
        """A mapper, as far as this module knows it.

        Attributes:
            column_to_key: the mapped columns.
            expression_keys: the expressions by their attributes.
            deferred_keys, keys_left_to_queries: the attributes that are not loaded with an object.
            selectable: what queries for the class select from.
            adapt: moves an expression to that.
            derived: keeps what is worked out about the mapper.
        """

        derived: dict[Any, Any]
        column_to_key: dict[Any, str]
        expression_keys: dict[str, Any]
        deferred_keys: frozenset[str]
        keys_left_to_queries: set[str]
        selectable: FromClause

        @property
        def with_polymorphic_mappers(self) -> Sequence[Any]:
            """The mappers of derived classes whose columns come along."""
            ...

        @property
        def adapt(self) -> Adapt:
            """See above."""
            ...


@derived
def of_class(mapper: MapsColumns) -> list[Named]:
    """List those of a mapped class."""
    return selected_from(mapper.selectable, (mapper, *mapper.with_polymorphic_mappers), mapper.adapt)


def selected_from(selectable: FromClause, mappers: Iterable[MapsColumns], adapt: Adapt) -> list[Named]:
    """List the columns and the expressions of an entity, without expressions that are loaded when they are read.

    Args:
        selectable: what the entity is selected from; a subquery may lack some.
        mappers: the mapper of the class, and those of derived classes whose columns come along.
        adapt: moves an expression to the selectable.
    """
    mappers = dict.fromkeys(mappers)
    # Of a shared table the class has only its own columns, and of any table it may leave some out.
    mapped = {adapt(column) for one in mappers for column in one.column_to_key}
    selected: list[Named] = [(column, None) for column in selectable.c if column in mapped]
    known: set[str] = set()
    for one in mappers:
        for key, expression in one.expression_keys.items():
            if key not in known and key not in one.deferred_keys and key not in one.keys_left_to_queries:
                known.add(key)
                selected.append((adapt(expression), key))
    return selected
