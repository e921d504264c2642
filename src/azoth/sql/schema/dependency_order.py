"""The order of tables by their foreign keys: what is referred to comes first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import Any, TypeVar

from azoth import exc

NodeT = TypeVar("NodeT", bound=Hashable)


def sort_tables(
    tables: Iterable[Any],
    skip_fn: Callable[[Any], bool] | None = None,
    extra_dependencies: Iterable[tuple[Any, Any]] | None = None,
) -> list[Any]:
    """Order tables so that each follows those that it refers to.

    Args:
        tables: the tables.
        skip_fn: foreign key constraints for which it is true do not count.
        extra_dependencies: pairs of tables, of which the first is to come first.

    Returns:
        the tables; those in a cycle stand where the constraints outside of the cycle put them.
    """
    ordered = sort_tables_and_constraints(tables, skip_fn, extra_dependencies)
    return [table for table, _ in ordered if table is not None]


def sort_tables_and_constraints(
    tables: Iterable[Any],
    filter_fn: Callable[[Any], bool | None] | None = None,
    extra_dependencies: Iterable[tuple[Any, Any]] | None = None,
) -> list[tuple[Any, list[Any]]]:
    """Order tables, and tell which foreign keys can be created with them.

    Args:
        tables: the tables.
        filter_fn: foreign key constraints for which it is true are created afterwards in any case.
        extra_dependencies: pairs of tables, of which the first is to come first.

    Returns:
        pairs of a table and the constraints to create with it; at the end None with those that must be created
        after all tables, because their tables form a cycle.
    """
    known = sorted(tables, key=lambda table: str(table.key))
    later = [
        constraint
        for table in known
        for constraint in table.foreign_key_constraints
        if constraint.use_alter is True or (filter_fn is not None and filter_fn(constraint) is True)
    ]
    reachable = _reachable(_needs(known, set(later), extra_dependencies or ()))
    set_aside = set(later)
    later += [
        constraint
        for table in known
        for constraint in table._sorted_foreign_keys()
        if constraint not in set_aside and table in reachable.get(_target_of(constraint, reachable, table), ())
    ]
    set_aside = set(later)
    order = order_by_needs(known, _needs(known, set_aside, extra_dependencies or ()))
    with_tables = [(table, [one for one in table._sorted_foreign_keys() if one not in set_aside]) for table in order]
    return [*with_tables, (None, later)]


def order_by_needs(nodes: Collection[NodeT], needs: Mapping[NodeT, Collection[NodeT]]) -> list[NodeT]:
    """Order nodes so that each follows those that it needs; otherwise the given order is kept.

    Args:
        nodes: the nodes.
        needs: from a node to those that must come before it; what is no node does not count.

    Raises:
        CircularDependencyError: some nodes need each other.
    """
    order, remaining = _peeled({node: needs.get(node, ()) for node in nodes})
    if remaining:
        raise exc.CircularDependencyError(
            f"{', '.join(str(node) for node in remaining)} depend on each other",
            list(remaining),
            [(need, node) for node, wanted in remaining.items() for need in wanted],
            fix="mark one of the foreign keys with use_alter=True",
            code="AZ-C70",
        )
    return order


def _peeled(needs: Mapping[NodeT, Collection[NodeT]]) -> tuple[list[NodeT], dict[NodeT, set[NodeT]]]:
    """Take off the nodes that need nothing, then those that need only these, and so on.

    Returns:
        the nodes in this order, within each round in the given one, and what remains, with what each of these needs.
    """
    needed_by: dict[NodeT, dict[NodeT, None]] = {}
    for node, wanted in needs.items():
        for need in wanted:
            if need is not node:
                needed_by.setdefault(need, {})[node] = None
    places = {node: place for place, node in enumerate(needs)}
    # With the first tables that are sorted.
    from azoth.util.ordering import topological_order  # noqa: PLC0415

    order = topological_order(needs, needed_by, places.__getitem__, in_rounds=True)
    left = needs.keys() - order
    return order, {
        node: {need for need in needs[node] if need in left and need is not node} for node in needs if node in left
    }


def _reachable(needs: Mapping[NodeT, set[NodeT]]) -> dict[NodeT, set[NodeT]]:
    """Find what each node needs, directly or not; only for nodes that may stand in a cycle."""
    _, remaining = _peeled(needs)
    return {node: _reachable_from(node, remaining) for node in remaining}


def _reachable_from(start: NodeT, needs: Mapping[NodeT, set[NodeT]]) -> set[NodeT]:
    found: set[NodeT] = set()
    pending = list(needs[start])
    while pending:
        node = pending.pop()
        if node not in found:
            found.add(node)
            pending.extend(needs[node])
    return found


def _needs(tables: list[Any], without: set[Any], extra_dependencies: Iterable[tuple[Any, Any]]) -> dict[Any, set[Any]]:
    known = set(tables)
    needs: dict[Any, set[Any]] = {table: set(table._extra_dependencies) & known for table in tables}
    for table in tables:
        for constraint in table.foreign_key_constraints:
            target = None if constraint in without else _target_of(constraint, known, table)
            if target is not None:
                needs[table].add(target)
    for first, second in extra_dependencies:
        if second in needs:
            needs[second].add(first)
    return needs


def _target_of(constraint: Any, known: Collection[Any], table: Any) -> Any:
    """Find the other table that a constraint refers to, None where it is not among the known ones."""
    target = constraint.referred_table
    return target if target in known and target is not table else None
