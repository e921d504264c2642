"""Orders the tables of a flush, and the rows where tables wait for each other: its steps, and which waits for which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from azoth.orm.exc import FlushError
from azoth.orm.persistence.changes.row_group import RowGroup
from azoth.orm.persistence.planning.steps import (
    AssociationDelete,
    AssociationInsert,
    ClearKeysStep,
    DeleteStep,
    FlushStep,
    InsertStep,
    ReleaseKeysStep,
    ReplaceStep,
    SetKeysStep,
    UpdateStep,
    set_spans,
)
from azoth.orm.persistence.planning.table_graph import TableGraph, TableNode
from azoth.orm.persistence.profile.key_copy import KeyCopy
from azoth.orm.persistence.profile.mapped_table import MappedTable
from azoth.orm.persistence.profile.reason import Edge, Reason
from azoth.orm.persistence.profile.values import committed_value
from azoth.orm.runtime.state import InstanceState, state_of
from azoth.util.named_tuple import NamedTuple
from azoth.util.ordering import strong_components, topological_order

if TYPE_CHECKING:
    from azoth.orm.persistence.planning.row_graph import RowBatch
    from azoth.orm.persistence.planning.row_operation import RowOperation
    from azoth.orm.persistence.profile.association import AssociationLayout


class Wait(NamedTuple):
    """Earlier steps that one step waits for, and why; steps are counted from 1."""

    steps: Sequence[int]
    reason: Reason


WRITTEN_SINGLY: Final = frozenset({"INSERT", "UPDATE"})
"""The kinds of steps that have one row each in mappings with ``batch=False``."""


class StepBuilder:
    """Turns the table graph into steps, cycle by cycle.

    Args:
        graph: the table graph.
        explain: whether somebody is going to look at the reasons; they cost nothing otherwise.

    Attributes:
        steps: the steps in order.
        edges: which kind of step must come before which, and why; empty where nobody looks.
        waits: for each step, the earlier ones that it waits for; empty where nobody looks.
    """

    def __init__(self, graph: TableGraph, *, explain: bool) -> None:
        self.graph = graph
        self.relationships = graph.relationships
        self.explain = explain
        self.steps: list[FlushStep] = []
        self.edges: dict[Edge, None] = {}
        self.waits: list[list[Wait]] = []
        self._numbers: dict[TableNode, list[int]] = {}
        self._preceding: dict[TableNode, list[tuple[TableNode, Reason]]] = {}

    def build(self) -> None:
        """Make the steps."""
        self._add_steps()
        if self.graph.has_siblings:
            set_spans(self.steps)

    def _add_steps(self) -> None:
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
                    if self.explain:
                        self._note_edges(before, after, reasons)
        ranks = [min(node.rank for node in component) for component in components]
        for index in topological_order(range(len(components)), following, ranks.__getitem__):
            component = components[index]
            if len(component) > 1 or component[0] in successors.get(component[0], ()):
                self._add_cycle(component)
            else:
                self._add_node(component[0])

    # -- steps ---------------------------------------------------------------------------------------------------

    def _add_node(self, node: TableNode) -> None:
        association = node.association
        if association is None:
            for group in node.groups:
                self.steps += self._row_steps(node.verb, group, ())
        elif node.verb == "LINK":
            rows = list(association.added.values())
            self._note_unknown_sources(association.layout, rows)
            self.steps.append(AssociationInsert(association.mapper, association.layout, rows))
        else:
            rows = list(association.removed.values())
            self._note_unknown_sources(association.layout, rows)
            unsure = len(association.unsure & association.removed.keys())
            self.steps.append(AssociationDelete(association.mapper, association.layout, rows, unsure))
        if self.explain:
            waits = self._table_waits(node)
            first = len(self.waits)
            self.waits.extend([waits] * (len(self.steps) - first))
            self._numbers[node] = list(range(first + 1, len(self.steps) + 1))

    def _add_cycle(self, component: list[TableNode]) -> None:
        from azoth.orm.persistence.planning.row_graph import RowGraph  # noqa: PLC0415

        rows = RowGraph(self.graph, component, explain=self.explain)
        batches = rows.batches()
        if self.explain:
            self.edges.update(rows.edges)
            self._explain_cycle(component, batches)
        for batch in batches:
            self.steps += self._row_steps(batch.verb, _group_of(batch), batch.nulls)

    def _row_steps(self, verb: str, group: RowGroup, nulls: tuple[str, ...]) -> list[FlushStep]:
        return [self._row_step(own, part, nulls) for own, part in self._parts(verb, group)]

    def _parts(self, verb: str, group: RowGroup) -> list[tuple[str, RowGroup]]:
        """Divide rows into those of one step each: what takes over a row that is there is no INSERT."""
        replaced = self.graph.changes.replaced
        parts = [(verb, group)]
        if verb == "INSERT" and replaced:
            parts = [("REPLACE" if is_taken else verb, part) for part, is_taken in replaced.divided(group)]
        if group.mapped.mapper.base_mapper.batch or verb not in WRITTEN_SINGLY:
            return parts
        return [(own, row) for own, part in parts for row in part.single_rows()]

    def _row_step(self, verb: str, group: RowGroup, nulls: tuple[str, ...]) -> FlushStep:
        mapped, states, instances = group.mapped, group.states, group.instances
        if verb == "REPLACE":
            return ReplaceStep(mapped, states, instances, (), self._copies(group, nulls), nulls)
        if verb == "INSERT":
            return InsertStep(mapped, states, instances, (), self._copies(group, nulls), nulls)
        if verb == "CLEAR KEYS":
            return ClearKeysStep(mapped, states, instances, group.keys)
        if verb == "RELEASE KEYS":
            return ReleaseKeysStep(mapped, states, instances, group.keys)
        if verb == "SET KEYS":
            if mapped.version_key is not None:
                self._note_unknown_versions(group, mapped.version_key)
            return SetKeysStep(mapped, states, instances, group.keys, self._later_copies(group))
        if mapped.version_key is not None:
            self._note_unknown_versions(group, mapped.version_key)
        if mapped.partial_keys or not (mapped.is_alone or mapped.is_certain):
            self._check_rows(group)
        group = _in_key_order(group)
        if verb == "UPDATE":
            copies = self._copies(group, nulls)
            return UpdateStep(mapped, group.states, group.instances, group.keys, copies, nulls)
        return DeleteStep(mapped, group.states, group.instances)

    def _copies(self, group: RowGroup, nulls: tuple[str, ...]) -> list[KeyCopy]:
        """List what the rows of a step take over from their parents, except into columns that stay NULL for now."""
        copies: list[KeyCopy] = []
        table_ids, columns = group.mapped.table_ids, group.mapped.columns
        for slot, by_state in self.relationships.copies.items():
            # What is copied for one table of an object counts in its others that have the attribute, too.
            if slot[0] in table_ids and set(slot[1]).isdisjoint(nulls) and not columns.keys().isdisjoint(slot[1]):
                self._extend(copies, by_state, group)
        return copies

    def _later_copies(self, group: RowGroup) -> list[KeyCopy]:
        copies: list[KeyCopy] = []
        table_ids = group.mapped.table_ids
        for store in (self.relationships.post_updates, self.relationships.copies):
            for slot, by_state in store.items():
                if slot[0] in table_ids and not set(slot[1]).isdisjoint(group.keys):
                    self._extend(copies, by_state, group)
        return copies

    def _extend(self, copies: list[KeyCopy], by_state: dict[InstanceState, KeyCopy], group: RowGroup) -> None:
        found = [by_state[state] for state in group.states if state in by_state]
        copies.extend(found)
        if found and found[0].flow.loaded_keys:
            self._note_unknown_parents(found)

    # -- values that the steps need --------------------------------------------------------------------------------

    def _note_unknown_parents(self, copies: list[KeyCopy]) -> None:
        """Note the parents' columns that children take over and that are neither loaded nor part of the key."""
        for copy in copies:
            for key in copy.flow.loaded_keys:
                if copy.parent is not None:
                    self.graph.unknown.note_present(copy.parent, copy.parent_instance, key)

    def _note_unknown_versions(self, group: RowGroup, key: str) -> None:
        for state, instance in zip(group.states, group.instances, strict=True):
            values = instance.__dict__
            if state.pk is not None and (key not in values or key in (state.changes or ())):
                self.graph.unknown.note_committed(state, instance, key)

    def _check_rows(self, group: RowGroup) -> None:
        """Make sure that each object has a row in the table: behind an outer join it may have none."""
        mapped = group.mapped
        keys = mapped.key_keys
        for state, instance in zip(group.states, group.instances, strict=True):
            value = tuple([committed_value(state, instance, key) for key in keys])
            self.graph.unknown.note(state, instance, keys, value)
            if None in value:
                raise _no_row(mapped, state)

    def _note_unknown_sources(self, layout: AssociationLayout, rows: Iterable[tuple[Any, Any]]) -> None:
        for side, key in layout.loaded_sources:
            for pair in rows:
                self.graph.unknown.note_present(state_of(pair[side]), pair[side], key)

    # -- explanations ----------------------------------------------------------------------------------------------

    def _note_edges(self, before: TableNode, after: TableNode, reasons: Iterable[Reason]) -> None:
        for reason in reasons:
            self.edges[Edge(before.label, after.label, reason)] = None
            self._preceding.setdefault(after, []).append((before, reason))

    def _table_waits(self, node: TableNode) -> list[Wait]:
        return [Wait(self._numbers[before], reason) for before, reason in self._preceding.get(node, ())]

    def _explain_cycle(self, component: list[TableNode], batches: list[RowBatch]) -> None:
        """Say which rows' steps wait for which: only for those that their own rows depend on."""
        table_waits = {node.label: self._table_waits(node) for node in component}
        numbers: dict[str, list[int]] = {node.label: self._numbers.setdefault(node, []) for node in component}
        step_of: dict[RowOperation, int] = {}
        for batch in batches:
            number = len(self.waits) + 1
            label = batch.operations[0].label
            numbers.setdefault(label, []).append(number)
            earlier: dict[Reason, set[int]] = {}
            for operation in batch.operations:
                step_of[operation] = number
                for edge in operation.before:
                    first = step_of.get(edge.first)
                    if first is not None and first != number and not edge.dead:
                        earlier.setdefault(edge.rule.reason, set()).add(first)
            waits = [Wait(sorted(steps), reason) for reason, steps in earlier.items()]
            # Each of its steps waits for the same.
            self.waits += [[*table_waits.get(label, ()), *waits] for _ in self._parts(batch.verb, _group_of(batch))]


def _group_of(batch: RowBatch) -> RowGroup:
    states = [operation.state for operation in batch.operations]
    return RowGroup(batch.mapped, batch.keys, states, [operation.instance for operation in batch.operations])


def _in_key_order(group: RowGroup) -> RowGroup:
    # For rows that are there; new ones stand in the order in which the objects were added.
    from azoth.orm.persistence.changes.key_order import in_key_order  # noqa: PLC0415

    return in_key_order(group)


def _no_row(mapped: MappedTable, state: InstanceState) -> FlushError:
    name = state.manager.class_.__name__
    if mapped.partial_keys:
        return FlushError(
            f"{name} with key {state.pk!r} cannot be changed or deleted: a part of its primary key is NULL",
            why=f"a row of {mapped.table.fullname} is found by {', '.join(mapped.key_keys)}, and nothing equals NULL",
            fix="change or delete it by a statement, with update() or delete() and is_(None)",
            code="AZ-F156",
        )
    columns = ", ".join(f"{mapped.table.fullname}.{column.name}" for column in mapped.key_columns)
    return FlushError(
        f"{name} with key {state.pk!r} has no row in table {mapped.table.fullname} that could be changed or deleted",
        why=f"{columns} is NULL in what was loaded, as it happens where {name} is mapped to an outer join",
        fix=f"insert or delete rows of {mapped.table.fullname} through a class that is mapped to that table alone",
        code="AZ-F151",
    )


def _rank(node: TableNode) -> tuple[int, int]:
    return node.rank
