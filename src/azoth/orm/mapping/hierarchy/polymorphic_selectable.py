"""What queries for a class of a hierarchy select from."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from azoth.orm.mapping.derived import derived
from azoth.orm.mapping.hierarchy.inheritance import JOINED
from azoth.sql.cache_key import next_identity
from azoth.sql.elements import BindParameter
from azoth.sql.selectable import FromClause, Join, Narrowed, tables_in

if TYPE_CHECKING:
    from azoth.orm.mapping.attributes.column_adapter import Adapt
    from azoth.orm.mapping.ports import HierarchyPort
    from azoth.sql.cache_key import Shape
    from azoth.sql.elements import ColumnElement


def polymorphic_selectable(mapper: HierarchyPort) -> FromClause:
    """Write what queries for a class select from.

    Args:
        mapper: the mapper.

    Returns:
        its tables, joined to those of derived classes that are loaded with it; narrowed to its rows where it shares
        the table of its base.
    """
    given = mapper.with_polymorphic_selectable
    if given is not None:
        return given
    whole = joined_to(mapper, mapper.with_polymorphic_mappers)
    return narrowed(mapper, whole, mapper.selectable)


def joined_to(mapper: HierarchyPort, others: Iterable[HierarchyPort], *, innerjoin: bool = False) -> FromClause:
    """Join the tables of derived classes to those of a class.

    Args:
        mapper: the mapper of the class.
        others: the mappers of derived classes.
        innerjoin: whether rows of the class alone are left out.
    """
    whole: FromClause = mapper.persist_selectable
    for other in others:
        if other is not mapper and other.inheritance is not None and other.inheritance.kind == JOINED:
            whole = Join(whole, other.local_table, other.inheritance.condition, isouter=not innerjoin)
    return whole


def narrowed(mapper: HierarchyPort, whole: FromClause, known: FromClause | None = None) -> FromClause:
    """Let a selectable mean the rows of a class that shares the table of its base.

    Args:
        mapper: the mapper of the class.
        whole: what has its columns.
        known: what was made before; given back where it is the same.
    """
    criterion = single_table_criterion(mapper)
    before = known.element if isinstance(known, Narrowed) else known
    if isinstance(whole, Join) and isinstance(before, Join) and before._shape == whole._shape:
        whole = before
    if criterion is None:
        return whole
    # The criterion of before knows of classes that came later.
    return known if isinstance(known, Narrowed) and known.element is whole else Narrowed(whole, criterion)


def narrowed_like(mapper: HierarchyPort, selectable: FromClause, adapt: Adapt) -> FromClause:
    """Let a selectable that stands for the tables of a class mean the rows of the class alone.

    Args:
        mapper: the mapper of the class.
        selectable: what stands for its tables; given back where it has nothing that tells the classes of its rows.
        adapt: moves an expression from the tables to it.
    """
    criterion = single_table_criterion(mapper)
    if criterion is None:
        return selectable
    moved = adapt(criterion)
    tells = moved is not criterion or any(table in selectable._parts for table in tables_in(criterion))
    return Narrowed(selectable, moved) if tells else selectable


def single_table_criterion(mapper: HierarchyPort) -> ColumnElement[Any] | None:
    """Say which rows of a shared table are those of a class; None where all are, or nothing tells."""
    if not mapper.single or mapper.polymorphic_on is None:
        return None
    criterion: ColumnElement[Any] = mapper.polymorphic_on.in_(ClassIdentities(mapper))
    return criterion


class ClassIdentities(BindParameter[Any]):
    """The polymorphic identities of a class and those derived from it, at the time of the execution.

    A statement, an alias or an expression of another mapping may be older than the last derived class.

    Args:
        mapper: the mapper of the class.
    """

    def __init__(self, mapper: HierarchyPort) -> None:
        hint = None if mapper.polymorphic_on is None else mapper.polymorphic_on._value_hint
        super().__init__(hint, unique=True, callable_=partial(class_identities, mapper), expanding=True)
        self.mapper = mapper
        self._of_class = ("identities", next_identity())

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with the class: what it has now is asked for where the pickle is read."""
        return ClassIdentities, (self.mapper,)

    def _special_shape(self) -> Shape:
        # Not by their number: all statements are forgotten when the hierarchy gets another class.
        return self._of_class


@derived
def class_identities(mapper: HierarchyPort) -> tuple[Any, ...]:
    """List the polymorphic identities of a class and those derived from it."""
    identities = [one.polymorphic_identity for one in mapper.self_and_descendants]
    return tuple([one for one in identities if one is not None])
