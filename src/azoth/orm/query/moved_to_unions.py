"""What a statement says in terms of tables, said of the unions that its classes are selected from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from azoth.orm.mapping.attributes.column_adapter import unchanged
from azoth.sql.selectable import Select

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper

CLAUSES: Final = ("_where_criteria", "_having_criteria", "_group_by_clauses", "_order_by_clauses")


def moved_to_unions(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Let the clauses of a SELECT mean what its classes are selected from.

    A class whose queries select from a union (``with_polymorphic=("*", union)``) brings the columns of derived classes
    with it: attributes of these, and columns of the tables, are those of the union. Where the statement names another
    class of the hierarchy itself, its attributes are that one's.

    Args:
        statement: the SELECT.
    """
    entities = list(_entities(statement))
    for entity in entities:
        if not entity.is_mapper or entity.adapt is unchanged or _is_not_alone(entity, entities):
            continue
        changed = {}
        for name in CLAUSES:
            clauses = getattr(statement, name)
            moved = tuple([entity.adapt(clause) for clause in clauses])
            if any(one is not other for one, other in zip(moved, clauses, strict=True)):
                changed[name] = moved
        if changed:
            statement = statement._copy_with(**changed)
    return statement


def _is_not_alone(entity: Mapper, entities: list[Any]) -> bool:
    return any(other is not entity and other.mapper.common_parent(entity) for other in entities)


def _entities(statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    joined = [part for join in statement._setup_joins for part in join[:2]]
    for part in (*statement._raw_columns, *statement._from_obj, *joined):
        entity = getattr(part, "_azoth_entity", None)
        if entity is not None and hasattr(entity, "is_mapper"):
            yield entity
