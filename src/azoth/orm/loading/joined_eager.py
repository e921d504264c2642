"""Joined eager loading: put the joins to related entities into a statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from azoth.orm.loading.loader_criteria import NO_CRITERIA
from azoth.orm.loading.relationship_join import join_clauses
from azoth.orm.loading.result_nodes import EntityNode, JoinedNode, ResultNode
from azoth.orm.mapping.attributes.column_adapter import ColumnAdapter
from azoth.sql.elements import ClauseElement, Label, LabelReference, UnaryExpression
from azoth.sql.selectable import column_in_froms, selected_as, unknown_label

if TYPE_CHECKING:
    from azoth.sql.selectable import Select

Pending = list[tuple[EntityNode, JoinedNode]]


def add_joins(statement: Any, results: Sequence[ResultNode], criteria: Mapping[Any, Any] = NO_CRITERIA) -> Any:
    """Add the joins that the nodes ask for.

    LIMIT, DISTINCT and GROUP BY count the statement's own rows, not those that a joined collection multiplies: the
    statement is wrapped as a subquery then, and the joins stand around it.

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
    # By their names, what is joined is out of reach.
    statement = _with_names_resolved(statement)
    if any(joined.relationship.uselist for _, joined in pending):
        # With the first collection that is joined.
        from azoth.orm.loading.wrapping import counts_rows, wrapped  # noqa: PLC0415

        if counts_rows(statement):
            statement = wrapped(statement, results, [joined.node.selectable for _, joined in pending])
    joins = _EagerJoins(pending, criteria)
    for node, joined in pending:
        if joined not in joins.within:
            statement = joins.added_to(statement, node, joined)
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


class _EagerJoins:
    """The joins of one statement, and which of them stand within others.

    An INNER JOIN behind an outer one stands within its right side, ``a LEFT OUTER JOIN (b JOIN c)``: after
    it, it would drop the rows of ``a`` that have no ``b``.

    Args:
        pending: the joins with the entities that they lead away from, parents first.
        criteria: from mapper to what holds for its rows besides.

    Attributes:
        within: the joins that stand within others.
    """

    def __init__(self, pending: Pending, criteria: Mapping[object, ClauseElement]) -> None:
        self.criteria = criteria
        self.within: set[JoinedNode] = set()
        self.outer: set[JoinedNode] = set()
        optional: set[EntityNode] = set()
        for node, joined in pending:
            is_behind = node in optional
            if not joined.innerjoin or (is_behind and joined.innerjoin == "unnested"):
                self.outer.add(joined)
            elif is_behind:
                self.within.add(joined)
            if is_behind or joined in self.outer:
                optional.add(joined.node)

    def added_to(self, statement: Select[*tuple[Any, ...]], node: EntityNode, joined: JoinedNode) -> Any:
        """Add a join to a statement, with those that stand within it."""
        target, condition = self._side(node, joined)
        return statement.join_from(node.selectable, target, condition, isouter=joined in self.outer)

    def _side(self, node: EntityNode, joined: JoinedNode) -> tuple[Any, Any]:
        """Give what is joined, and the condition."""
        child = joined.node
        primary, secondary = join_clauses(joined.relationship, node.adapt, child.adapt, joined.secondary)
        for further in joined.criteria:
            # What is no column of the related class may be one of the parent.
            primary = primary & node.adapt(child.adapt(further))
        criterion = self.criteria.get(child.mapper)
        target = child.selectable
        if joined.secondary is not None:
            if criterion is not None:
                secondary = secondary & child.adapt(criterion)
            target = joined.secondary.join(target, secondary)
        elif criterion is not None:
            primary = primary & child.adapt(criterion)
        for inner in child.joined:
            if inner in self.within:
                side, condition = self._side(child, inner)
                target = target.join(side, condition)
        return target, primary


def _with_names_resolved(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Exchange names in ORDER BY and GROUP BY for what they name: a larger statement has other columns.

    Raises:
        CompileError: the statement has no column or label of a name.
    """
    orders, groups = statement._order_by_clauses, statement._group_by_clauses
    named = statement._named_columns() if orders or groups else ()

    def resolved(clause: ClauseElement) -> ClauseElement:
        if isinstance(clause, LabelReference):
            selected = selected_as(clause.name, named)
            froms = statement.get_final_froms()
            found: ClauseElement | None
            found = column_in_froms(clause.name, froms) if selected is None else selected.column
            if found is None:
                raise unknown_label(clause)
            return found
        if isinstance(clause, UnaryExpression) and clause.modifier is not None:
            element = resolved(clause.element)
            return clause if element is clause.element else clause._copy_with(element=element)
        return clause

    new_orders = [resolved(clause) for clause in orders]
    # A label is grouped by its name.
    new_groups = [clause if isinstance(found := resolved(clause), Label) else found for clause in groups]
    if all(new is old for new, old in zip((*new_orders, *new_groups), (*orders, *groups), strict=True)):
        return statement
    return statement._copy_with(_order_by_clauses=tuple(new_orders), _group_by_clauses=tuple(new_groups))


def _adapted_order(joined: JoinedNode, part: Any) -> Any:
    ordered = joined.node.adapt(part)
    if joined.secondary is not None:
        ordered = ColumnAdapter(joined.secondary, joined.relationship.secondary)(ordered)
    return ordered
