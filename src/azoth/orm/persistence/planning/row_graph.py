"""Order among single rows, where tables as a whole cannot be ordered: self-references, cycles, moving unique values."""

from __future__ import annotations

from typing import Any

from azoth.orm.persistence.planning.row_operation import RowEdge, RowOperation, find_cycle, unbreakable
from azoth.orm.persistence.planning.row_references import RowReferences
from azoth.orm.persistence.planning.table_graph import TableGraph, TableNode
from azoth.orm.persistence.profile.key_rule import KeyRule
from azoth.orm.persistence.profile.reason import Edge, Reason
from azoth.orm.persistence.profile.table_rules import UniqueRule
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE

PHASE_IN_CYCLE = {"CLEAR KEYS": 0, "RELEASE KEYS": 0, "INSERT": 1, "UPDATE": 1, "SET KEYS": 2, "DELETE": 3}


class RowBatch:
    """Operations that one step carries out.

    Attributes:
        verb, mapped, keys, nulls: what they have in common.
        operations: in order.
    """

    __slots__ = ("keys", "mapped", "nulls", "operations", "verb")

    def __init__(self, operations: list[RowOperation]) -> None:
        first = operations[0]
        self.verb = first.verb
        self.mapped = first.mapped
        self.keys = first.keys
        self.nulls = first.nulls
        self.operations = operations


class RowGraph:
    """The rows of tables that depend on each other in a cycle.

    Args:
        graph: the table graph.
        component: the nodes of the cycle.
        explain: whether somebody is going to look at the edges.
    """

    def __init__(self, graph: TableGraph, component: list[TableNode], *, explain: bool) -> None:
        self.graph = graph
        self.explain = explain
        self.operations: list[RowOperation] = []
        self.by_row: dict[tuple[str, int, InstanceState], RowOperation] = {}
        self.by_table: dict[tuple[str, int], list[RowOperation]] = {}
        self.edges: dict[Edge, None] = {}
        self._extra: dict[tuple[str, int, InstanceState, tuple[str, ...]], RowOperation] = {}
        self._broken: set[Reason] = set()
        self._ready: dict[tuple[Any, ...], list[RowOperation]] = {}
        for node in sorted(component, key=lambda node: node.rank):
            for group in node.groups:
                for state, instance in zip(group.states, group.instances, strict=True):
                    self._add(RowOperation(node.verb, group.mapped, group.keys, state, instance, len(self.operations)))
        groups = [group for node in component for group in node.groups]
        self._has_tokens = any(group.mapped.mapper.manager.root.has_tokens for group in groups)
        tables = {id(node.table) for node in component}
        for rule in graph.rules:
            carried = [id(node.table) for node in graph.carried.get(id(rule.target), ()) if node in component]
            if id(rule.table) in tables and (carried or id(rule.target) in tables):
                self._connect_rows(rule, carried)
        for node, rule in graph.later:
            if node in component:
                self._connect_later(node, rule)
        for movement in graph.movements:
            table_id = id(movement.rule.table)
            first = self.by_row.get((movement.before_verb, table_id, movement.before))
            second = self.by_row.get((movement.after_verb, table_id, movement.after))
            if first is not None and second is not None:
                self.connect(first, second, movement.rule, "unique")

    def batches(self) -> list[RowBatch]:
        """Order the operations, breaking cycles where the columns allow it.

        Returns:
            the batches.

        Raises:
            CircularDependencyError: a cycle cannot be broken.
        """
        batches = []
        for operation in list(self.operations):
            if not operation.waiting:
                self._make_ready(operation)
        emitted = 0
        start = 0
        while emitted < len(self.operations):
            if not self._ready:
                while self.operations[start].done:
                    start += 1
                self._break_cycle(self.operations[start])
                continue
            batch = self._ready.pop(min(self._ready))
            batch.sort(key=lambda operation: operation.index)
            for operation in batch:
                self._finish(operation)
            emitted += len(batch)
            batches.append(RowBatch(batch))
        return batches

    def connect(self, first: RowOperation, second: RowOperation, rule: KeyRule | UniqueRule, kind: str) -> None:
        """Put one operation before another."""
        edge = RowEdge(first, second, rule, kind)
        first.after.append(edge)
        second.before.append(edge)
        second.waiting += 1
        if self.explain and first is not second:
            self.edges[Edge(first.label, second.label, rule.reason)] = None

    def _connect_rows(self, rule: KeyRule, carried: list[int]) -> None:
        graph = self.graph
        references = RowReferences(
            rule, graph.relationships, self.by_table, self.by_row, graph.unknown, carried, has_tokens=self._has_tokens
        )
        for first, second in references.provisions():
            self.connect(first, second, rule, "provide")
        for first, second in references.releases():
            self.connect(first, second, rule, "release")

    def _connect_later(self, node: TableNode, rule: KeyRule) -> None:
        table_id = id(node.table)
        for setting in self.by_table[node.verb, table_id]:
            insertion = self.by_row.get(("INSERT", table_id, setting.state))
            if insertion is not None and not set(rule.keys(setting.mapped) or ()).isdisjoint(setting.keys):
                self.connect(insertion, setting, rule, "provide")

    # -- order -----------------------------------------------------------------------------------------------------

    def _add(self, operation: RowOperation) -> None:
        self.operations.append(operation)
        table_id = id(operation.mapped.table)
        self.by_row[operation.verb, table_id, operation.state] = operation
        self.by_table.setdefault((operation.verb, table_id), []).append(operation)

    def _make_ready(self, operation: RowOperation) -> None:
        verb = operation.verb
        # Rows of one statement shape are taken together; the first row's place decides which shape goes first.
        batch_key = (PHASE_IN_CYCLE[verb], verb, operation.mapped.table.fullname, id(operation.mapped))
        self._ready.setdefault((*batch_key, operation.keys, operation.nulls), []).append(operation)

    def _finish(self, operation: RowOperation) -> None:
        operation.done = True
        for edge in operation.after:
            if edge.dead:
                continue
            second = edge.second
            second.waiting -= 1
            if not second.waiting and not second.done:
                self._make_ready(second)

    # -- cycles ----------------------------------------------------------------------------------------------------

    def _break_cycle(self, start: RowOperation) -> None:
        cycle = find_cycle(start)
        best: tuple[tuple[int, int], RowEdge, tuple[str, ...]] | None = None
        for position, edge in enumerate(cycle):
            found = self._way_to_break(edge)
            if found is not None:
                preference = (0 if edge.rule.reason in self._broken else found[0], position)
                if best is None or preference < best[0]:
                    best = (preference, edge, found[1])
        if best is None:
            raise unbreakable(cycle)
        _, edge, keys = best
        self._broken.add(edge.rule.reason)
        edge.dead = True
        second = edge.second
        second.waiting -= 1
        if keys and edge.kind == "provide":
            self._write_later(edge, keys)
        elif keys:
            self._clear_first(edge, keys)
        if not second.waiting and not second.done:
            self._make_ready(second)

    def _way_to_break(self, edge: RowEdge) -> tuple[int, tuple[str, ...]] | None:
        """Find how an edge can be broken: a preference, and the attributes that become NULL for a while."""
        rule = edge.rule
        if edge.kind == "provide":
            assert isinstance(rule, KeyRule)
            if rule.deferred and self._is_known(edge.second, rule):
                return 0, ()
            if edge.second.verb not in ("INSERT", "UPDATE"):
                return None
            keys = rule.clearable_keys(edge.second.mapped)
            return (1, keys) if keys else None
        if rule.deferred:
            return 0, ()
        keys = rule.clearable_keys(edge.first.mapped)
        return (2 if edge.kind == "release" else 3, keys) if keys else None

    def _is_known(self, operation: RowOperation, rule: KeyRule) -> bool:
        keys = rule.keys(operation.mapped) or ()
        return all(
            self.graph.final_value(operation.state, operation.instance, key) not in (None, NO_VALUE) for key in keys
        )

    def _write_later(self, edge: RowEdge, keys: tuple[str, ...]) -> None:
        """Write NULL now and set the key once both rows are there."""
        operation, rule = edge.second, edge.rule
        operation.nulls = tuple(dict.fromkeys((*operation.nulls, *keys)))
        setting = self._additional("SET KEYS", operation, keys)
        self.connect(operation, setting, rule, "provide")
        if not edge.first.done and edge.first is not operation:
            self.connect(edge.first, setting, rule, "provide")

    def _clear_first(self, edge: RowEdge, keys: tuple[str, ...]) -> None:
        """Set the columns to NULL before anything else, which lets the second operation go ahead."""
        clearing = self._additional("CLEAR KEYS", edge.first, keys)
        if clearing.done:
            return
        is_new = not clearing.after
        self.connect(clearing, edge.second, edge.rule, edge.kind)
        self.connect(clearing, edge.first, edge.rule, edge.kind)
        if is_new:
            self._make_ready(clearing)

    def _additional(self, verb: str, operation: RowOperation, keys: tuple[str, ...]) -> RowOperation:
        place = (verb, id(operation.mapped.table), operation.state, keys)
        extra = self._extra.get(place)
        if extra is None:
            extra = RowOperation(verb, operation.mapped, keys, operation.state, operation.instance, operation.index)
            self._extra[place] = extra
            self.operations.append(extra)
        return extra
