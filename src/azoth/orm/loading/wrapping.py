"""A statement as a subquery, so that joins around it do not multiply the rows that it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from azoth.exc import InvalidRequestError
from azoth.orm.loading.result_nodes import EntityNode, ResultNode, value_nodes, values_of
from azoth.orm.mapping.attributes.column_adapter import replacing
from azoth.sql.elements import ClauseElement, ColumnClause, UnaryExpression
from azoth.sql.selectable import FromClause, Select, select, tables_in

__all__ = ["counts_rows", "wrapped"]

COUNTING = ("_limit_clause", "_offset_clause", "_fetch_clause")


def counts_rows(statement: Select[*tuple[Any, ...]]) -> bool:
    """Tell whether further rows would change what a SELECT means: it has a LIMIT, DISTINCT or groups."""
    if any(getattr(statement, field, None) is not None for field in COUNTING):
        return True
    return bool(statement._distinct or statement._group_by_clauses or statement._having_criteria)


def wrapped(
    statement: Select[*tuple[Any, ...]], results: Sequence[ResultNode], joined: Sequence[FromClause]
) -> Select[*tuple[Any, ...]]:
    """Make the statement a subquery and let the nodes that it contains refer to it.

    Args:
        statement: the SELECT.
        results: its result nodes; they refer to the subquery afterwards.
        joined: what is going to be joined to the subquery.

    Returns:
        the SELECT around it, in the same order.

    Raises:
        InvalidRequestError: the order depends on what is joined, or a text that is selected has no name.
    """
    inside = [node for result in results if isinstance(result, EntityNode) for node in _nodes_inside(result)]
    expressions = _expressions_inside(statement, results, inside)
    _refuse_order_by(joined, statement._order_by_clauses)
    ordered = list(expressions.values())
    subquery = statement.with_only_columns(*ordered, maintain_column_froms=True).subquery()
    columns = list(subquery.c)
    if len(columns) != len(ordered):
        raise InvalidRequestError(
            "a text that is selected beside an entity has no name",
            why="the entity's collection is joined, so the statement becomes a subquery to keep LIMIT, DISTINCT or "
            "GROUP BY as they are, and a text is no column of a subquery",
            fix="write literal_column('...').label('name') instead of the text, or load the collection by "
            "selectinload()",
            code="AZ-L310",
        )
    outside = replacing(dict(zip(ordered, columns, strict=True)), {node.selectable: subquery for node in inside})
    for node in inside:
        node.exchange(outside, subquery)
    for result in results:
        for value in value_nodes(result):
            value.expression = outside(value.expression)
    orders = [outside(order) for order in statement._order_by_clauses]
    return select(*columns).select_from(subquery).order_by(*orders)


def _expressions_inside(
    statement: Select[*tuple[Any, ...]], results: Sequence[ResultNode], inside: Sequence[EntityNode]
) -> dict[int, Any]:
    """List what the subquery selects: the results, what joins from its entities may need, what it is ordered by."""
    found: dict[int, Any] = {}
    asked = [
        expression
        for result in results
        for expression in (_selected(result) if isinstance(result, EntityNode) else values_of(result))
    ]
    own = [expression for node in inside for expression in (*_selected(node), *_columns_of(node))]
    orders = [_bare(order) for order in statement._order_by_clauses]
    for expression in (*asked, *own, *[order for order in orders if not _is_position(order)]):
        found.setdefault(id(expression), expression)
    return found


def _columns_of(node: EntityNode) -> list[Any]:
    """List what joins from an entity may need: its columns, and those of classes that are derived from it."""
    return list(node.selectable.c if node.variants else map(node.adapt, node.mapper.selectable.c))


def _selected(node: EntityNode) -> list[Any]:
    return [expression for _, expression in node.all_columns()]


def _refuse_order_by(joined: Sequence[FromClause], orders: Sequence[ClauseElement]) -> None:
    for order in orders:
        for table in tables_in(order):
            if any(table is one for one in joined):
                raise InvalidRequestError(
                    f"a statement with LIMIT, DISTINCT or GROUP BY cannot be ordered by {table.description}, which "
                    "loads a collection",
                    why="the rows are counted before the collection is joined to them",
                    fix="join the entity, order by it, and load the collection by contains_eager() or selectinload()",
                    code="AZ-L311",
                )


def _nodes_inside(node: EntityNode) -> list[EntityNode]:
    found = [node]
    for joined in node.joined:
        if joined.is_given:
            found.extend(_nodes_inside(joined.node))
    return found


def _bare(order: ClauseElement) -> ClauseElement:
    """Take the expression out of its DESC or NULLS LAST."""
    while isinstance(order, UnaryExpression) and order.modifier is not None:
        order = order.element
    return order


def _is_position(order: ClauseElement) -> bool:
    """Tell whether an order is a text that may name columns by position; those stand in the same places outside."""
    if isinstance(order, ColumnClause):
        return order.is_literal and order.name.strip().isdigit()
    return order.__visit_name__ == "textclause"
