"""The plan of a flush: the steps in order and the reasons for the order, made without touching the database."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from azoth.orm.persistence.changes import FlushChanges, RowGroup
from azoth.orm.persistence.key_copy import KeyCopy
from azoth.orm.persistence.ordering import strong_components, topological_order
from azoth.orm.persistence.paused_collector import PausedCollector
from azoth.orm.persistence.plan_views import plan_as_dict, plan_as_dot, plan_as_text
from azoth.orm.persistence.reason import Edge
from azoth.orm.persistence.row_graph import RowBatch, RowGraph
from azoth.orm.persistence.steps import (
    ClearKeysStep,
    DeleteStep,
    FlushStep,
    InsertStep,
    LinkStep,
    SetKeysStep,
    UnlinkStep,
    UpdateStep,
)
from azoth.orm.persistence.table_graph import TableGraph, TableNode
from azoth.orm.persistence.unknown_values import UnknownValues
from azoth.orm.runtime.state import InstanceState

if TYPE_CHECKING:
    from azoth.orm.runtime.identity_map import IdentityMap


class FlushPlan:
    """What a flush is going to do, as data: ``str(plan)`` is readable, ``bool(plan)`` tells whether there is anything.

    Attributes:
        steps: the steps in the order in which they run.
        edges: which steps must come before which, and why.
        owner: the identity map that was planned for.
        untouched: changed states without a net change.
        unknown: values in the database that the order depends on and that are not loaded; ``execute()`` looks them
            up and plans again.
        only: the states that the plan is limited to, or None.
    """

    __slots__ = ("edges", "only", "owner", "steps", "unknown", "untouched")

    def __init__(
        self,
        owner: IdentityMap,
        steps: list[FlushStep],
        edges: list[Edge],
        untouched: list[InstanceState],
        unknown: UnknownValues,
        only: Collection[InstanceState] | None,
    ) -> None:
        self.owner = owner
        self.steps = steps
        self.edges = edges
        self.untouched = untouched
        self.unknown = unknown
        self.only = only

    def __bool__(self) -> bool:
        return bool(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __str__(self) -> str:
        return plan_as_text(self.steps, self.edges, len(self.unknown))

    def as_dict(self) -> dict[str, Any]:
        """Describe the plan in plain lists and dictionaries, ready for JSON."""
        return plan_as_dict(self.steps, self.edges)

    def as_dot(self) -> str:
        """Draw the plan as a graph in Graphviz's language."""
        return plan_as_dot(self.steps, self.edges)


def plan_flush(identity_map: IdentityMap, only: Collection[InstanceState] | None = None) -> FlushPlan:
    """Plan the flush of everything pending, changed and deleted.

    Args:
        identity_map: what the session holds.
        only: limit the plan to these states, and what they cannot be written without.

    Returns:
        the plan. Nothing is loaded and nothing changes.

    Errors:
        CircularDependencyError: rows need each other and no column may be NULL.
        FlushError: an object cannot be written as it stands.
    """
    with PausedCollector():
        return _plan(identity_map, only)


def _plan(identity_map: IdentityMap, only: Collection[InstanceState] | None) -> FlushPlan:
    changes = FlushChanges(identity_map, only)
    if not changes:
        return FlushPlan(identity_map, [], [], changes.untouched, UnknownValues(), only)
    graph = TableGraph(changes)
    builder = _StepBuilder(graph)
    builder.build()
    return FlushPlan(identity_map, builder.steps, list(builder.edges), changes.untouched, graph.unknown, only)


class _StepBuilder:
    """Turns the table graph into steps, cycle by cycle."""

    def __init__(self, graph: TableGraph) -> None:
        self.graph = graph
        self.relationships = graph.relationships
        self.steps: list[FlushStep] = []
        self.edges: dict[Edge, None] = {}

    def build(self) -> None:
        successors = self.graph.successors
        nodes = list(self.graph.nodes.values())
        if not successors:
            for node in sorted(nodes, key=_rank):
                self._add_node(node)
            return
        components = strong_components(nodes, successors)
        component_of = {node: index for index, component in enumerate(components) for node in component}
        following: dict[int, set[int]] = {}
        for before, others in successors.items():
            for after, reasons in others.items():
                if component_of[before] != component_of[after]:
                    following.setdefault(component_of[before], set()).add(component_of[after])
                    for reason in reasons:
                        self.edges[Edge(before.label, after.label, reason)] = None
        ranks = [min(node.rank for node in component) for component in components]
        for index in topological_order(range(len(components)), following, ranks.__getitem__):
            component = components[index]
            if len(component) > 1 or component[0] in successors.get(component[0], ()):
                self._add_cycle(component)
            else:
                self._add_node(component[0])

    def _add_node(self, node: TableNode) -> None:
        association = node.association
        if association is not None:
            if node.verb == "LINK":
                self.steps.append(LinkStep(association.mapper, association.layout, list(association.added.values())))
            else:
                self.steps.append(
                    UnlinkStep(association.mapper, association.layout, list(association.removed.values()))
                )
            return
        for group in node.groups:
            self.steps.append(self._row_step(node.verb, group, ()))

    def _add_cycle(self, component: list[TableNode]) -> None:
        rows = RowGraph(self.graph, component)
        for batch in rows.batches():
            self.steps.append(self._row_step(batch.verb, _group_of(batch), batch.nulls))
        self.edges.update(rows.edges)

    def _row_step(self, verb: str, group: RowGroup, nulls: tuple[str, ...]) -> FlushStep:
        mapper, states, instances = group.mapper, group.states, group.instances
        if verb == "INSERT":
            return InsertStep(mapper, states, instances, self._copies(group, nulls), nulls)
        if verb == "UPDATE":
            return UpdateStep(mapper, states, instances, group.keys, self._copies(group, nulls), nulls)
        if verb == "DELETE":
            return DeleteStep(mapper, states, instances)
        if verb == "CLEAR KEYS":
            return ClearKeysStep(mapper, states, instances, group.keys)
        return SetKeysStep(mapper, states, instances, group.keys, self._later_copies(group))

    def _copies(self, group: RowGroup, nulls: tuple[str, ...]) -> list[KeyCopy]:
        """List what the rows of a step take over from their parents, except into columns that stay NULL for now."""
        copies: list[KeyCopy] = []
        table_id = id(group.mapper.local_table)
        for slot, by_state in self.relationships.copies.items():
            if slot[0] == table_id and set(slot[1]).isdisjoint(nulls):
                copies.extend([by_state[state] for state in group.states if state in by_state])
        return copies

    def _later_copies(self, group: RowGroup) -> list[KeyCopy]:
        copies: list[KeyCopy] = []
        table_id = id(group.mapper.local_table)
        for store in (self.relationships.post_updates, self.relationships.copies):
            for slot, by_state in store.items():
                if slot[0] == table_id and not set(slot[1]).isdisjoint(group.keys):
                    copies.extend([by_state[state] for state in group.states if state in by_state])
        return copies


def _group_of(batch: RowBatch) -> RowGroup:
    group = RowGroup(batch.mapper, batch.keys)
    group.states = [operation.state for operation in batch.operations]
    group.instances = [operation.instance for operation in batch.operations]
    return group


def _rank(node: TableNode) -> tuple[int, int]:
    return node.rank
