"""Joined eager loading: put the joins to related entities into a statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from azoth.orm.loading.relationship_join import join_clauses
from azoth.orm.loading.result_nodes import BundleNode, EntityNode, JoinedNode, ResultNode, ValueNode
from azoth.orm.mapping.attributes.column_adapter import adapting, replacing
from azoth.sql.selectable import select

Pending = list[tuple[EntityNode, JoinedNode]]

NO_CRITERIA: Final[Mapping[Any, Any]] = {}


def add_joins(statement: Any, results: Sequence[ResultNode], criteria: Mapping[Any, Any] = NO_CRITERIA) -> Any:
    """Add the joins that the nodes ask for.

    A LIMIT counts the statement's own rows, not those that a joined collection multiplies: the statement is
    wrapped as a subquery then, and the joins stand around it.

    Args:
        statement: the SELECT as the user wrote it.
        results: its result nodes; where the statement is wrapped, they refer to the subquery afterwards.
        criteria: from mapper to what holds for its rows besides.

    Returns:
        the SELECT with the joins.
    """
    pending: Pending = [
        (node, joined)
        for result in results
        if isinstance(result, EntityNode)
        for node in result.walk()
        for joined in node.joined
        if not joined.is_given
    ]
    if not pending:
        return statement
    if _limits_rows(statement) and any(joined.relationship.uselist for _, joined in pending):
        statement = _wrapped(statement, results)
    for node, joined in pending:
        statement = _with_join(statement, node, joined, criteria.get(joined.node.mapper))
    for _, joined in pending:
        for part in joined.relationship.order_by or ():
            statement = statement.order_by(_adapted_order(joined, part))
    return statement


def joined_mappers(results: Sequence[ResultNode]) -> list[Any]:
    """List the mappers of the entities that are joined by azoth, each once."""
    nodes = [node for result in results if isinstance(result, EntityNode) for node in result.walk()]
    found = [joined.node.mapper for node in nodes for joined in node.joined if not joined.is_given]
    return list(dict.fromkeys(found))


def mappers_with_expressions(results: Sequence[ResultNode]) -> list[Any]:
    """List the mappers of entities whose attributes may be SQL expressions, each once."""
    nodes = [node for result in results if isinstance(result, EntityNode) for node in result.walk()]
    return list(dict.fromkeys([node.mapper for node in nodes if node.mapper.expression_keys]))


def exchange_expressions(results: Sequence[ResultNode], expressions: Mapping[tuple[Any, str], Any]) -> None:
    """Let the nodes load other expressions for attributes; those that a query has given stay.

    Args:
        results: the result nodes.
        expressions: from mapper and attribute to the expression.
    """
    for result in results:
        for node in result.walk() if isinstance(result, EntityNode) else ():
            for (mapper, key), expression in expressions.items():
                if mapper is node.mapper and key in node.columns and key not in node.tree.expressions:
                    node.columns[key] = node.adapt(expression)


def _with_join(statement: Any, node: EntityNode, joined: JoinedNode, criterion: Any) -> Any:
    child = joined.node
    primary, secondary = join_clauses(joined.relationship, node.adapt, child.adapt, joined.secondary)
    for further in joined.criteria:
        primary = primary & child.adapt(further)
    target = child.selectable
    if joined.secondary is not None:
        if criterion is not None:
            secondary = secondary & child.adapt(criterion)
        target = joined.secondary.join(target, secondary)
    elif criterion is not None:
        primary = primary & child.adapt(criterion)
    return statement.join_from(node.selectable, target, primary, isouter=not joined.innerjoin)


def _adapted_order(joined: JoinedNode, part: Any) -> Any:
    ordered = joined.node.adapt(part)
    if joined.secondary is not None:
        ordered = adapting(joined.relationship.secondary, joined.secondary)(ordered)
    return ordered


def _limits_rows(statement: Any) -> bool:
    return any(
        getattr(statement, field, None) is not None for field in ("_limit_clause", "_offset_clause", "_fetch_clause")
    ) or bool(getattr(statement, "_distinct", False))


def _wrapped(statement: Any, results: Sequence[ResultNode]) -> Any:
    """Make the statement a subquery and let the nodes that it contains refer to it."""
    inside = [node for result in results if isinstance(result, EntityNode) for node in _nodes_inside(result)]
    expressions: dict[int, Any] = {}
    for node in inside:
        for expression in (*node.columns.values(), *_own_columns(node)):
            expressions.setdefault(id(expression), expression)
    for value in _values(results):
        expressions.setdefault(id(value.expression), value.expression)
    orders = statement._order_by_clauses
    for order in orders:
        bare = _bare(order)
        expressions.setdefault(id(bare), bare)
    ordered = list(expressions.values())
    subquery = statement.with_only_columns(*ordered, maintain_column_froms=True).subquery()
    outside = replacing(dict(zip(ordered, list(subquery.c), strict=True)))
    for node in inside:
        node.columns = {key: outside(expression) for key, expression in node.columns.items()}
        node.adapt = _chained(node.adapt, outside)
        node.selectable = subquery
    for value in _values(results):
        value.expression = outside(value.expression)
    return select(*subquery.c).select_from(subquery).order_by(*(outside(order) for order in orders))


def _nodes_inside(node: EntityNode) -> list[EntityNode]:
    found = [node]
    for joined in node.joined:
        if joined.is_given:
            found.extend(_nodes_inside(joined.node))
    return found


def _own_columns(node: EntityNode) -> list[Any]:
    """List what the joins from a node may need: all columns of its table."""
    return [node.adapt(column) for column in node.mapper.local_table.c]


def _values(results: Sequence[ResultNode]) -> list[ValueNode]:
    values: list[ValueNode] = []
    for result in results:
        if isinstance(result, ValueNode):
            values.append(result)
        elif isinstance(result, BundleNode):
            values.extend(result.values)
    return values


def _bare(order: Any) -> Any:
    """Take the expression out of its DESC or NULLS LAST."""
    while order.__visit_name__ == "unary" and getattr(order, "modifier", None) is not None:
        order = order.element
    return order


def _chained(first: Any, second: Any) -> Any:
    def adapt(expression: Any) -> Any:
        return second(first(expression))

    return adapt
