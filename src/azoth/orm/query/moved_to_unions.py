"""What a statement says in terms of tables, said of the unions that its classes are selected from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from azoth.orm.loading.result_nodes import EntityNode
from azoth.orm.mapping.attributes.column_adapter import moved_to, unchanged
from azoth.orm.mapping.attributes.join_marks import is_table_column
from azoth.sql.selectable import FromClause, Select, host_of, joined_froms, replace_free
from azoth.sql.visitors import Visitable

if TYPE_CHECKING:
    from azoth.orm.loading.result_nodes import ResultNode
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.sql.elements import ClauseElement

CLAUSES: Final = ("_where_criteria", "_having_criteria", "_group_by_clauses", "_order_by_clauses")


def moved_to_unions(statement: Select[*tuple[Any, ...]], joined: Iterable[Any]) -> Select[*tuple[Any, ...]]:
    """Let the clauses of a SELECT mean what its classes are selected from.

    A class whose queries select from a union (``with_polymorphic=("*", union)``) brings the columns of derived classes
    with it: attributes of these, and columns of the tables, are those of the union. Where the statement names another
    class of the hierarchy itself, its attributes are that one's, and so are columns of tables that it names.

    Args:
        statement: the SELECT.
        joined: the entities that it joins.
    """
    entities = list(_entities((*statement._raw_columns, *statement._from_obj, *joined)))
    named = [part for table in _froms(statement) for part in table._parts]
    for entity in entities:
        if not entity.is_mapper or entity.adapt is unchanged or _is_not_alone(entity, entities):
            continue
        changed = {}
        for name in CLAUSES:
            clauses = getattr(statement, name)
            moved = tuple([_moved(clause, entity, named) for clause in clauses])
            if any(one is not other for one, other in zip(moved, clauses, strict=True)):
                changed[name] = moved
        if changed:
            statement = statement._copy_with(**changed)
    return statement


def _froms(statement: Select[*tuple[Any, ...]]) -> list[FromClause]:
    return [*joined_froms(statement), *[raw for raw in statement._raw_columns if isinstance(raw, FromClause)]]


def _moved(clause: ClauseElement, entity: Mapper, named: Sequence[FromClause]) -> ClauseElement:
    def stand_in(node: Visitable) -> Visitable | None:
        if not is_table_column(node) or any(getattr(node, "table", None) is table for table in named):
            return None
        moved: Visitable = entity.adapt(node)
        return None if moved is node else moved

    return replace_free(clause, stand_in, ())


def _is_not_alone(entity: Mapper, entities: list[Any]) -> bool:
    return any(other is not entity and other.mapper.common_parent(entity) for other in entities)


def _entities(parts: Iterable[Any]) -> Iterator[Any]:
    for part in parts:
        entity = getattr(part, "_azoth_entity", None)
        if entity is not None and hasattr(entity, "is_mapper"):
            yield entity


def read_from_unions(statement: Select[*tuple[Any, ...]], results: Sequence[ResultNode]) -> None:
    """Let entities be read from a union that is joined, where it has all of their columns.

    In ``select(Engineer, Company.name).join(Company.employees)`` the engineers are those employees.

    Args:
        statement: the SELECT.
        results: what its rows become.
    """
    if not statement._setup_joins:
        return
    parts = [part for table in joined_froms(statement) for part in table._parts]
    for node in results:
        if not isinstance(node, EntityNode) or not node.entity.is_mapper:
            continue
        whole = node.selectable
        host = None if any(part is whole for part in parts) else host_of(whole, parts)
        if host is not None:
            node.exchange(moved_to(host), host)
