"""Which tables a flush touches and in which order, table by table; cycles are left to the row graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from azoth.orm.persistence.changes.changes import FlushChanges, deleted_tables, written_tables
from azoth.orm.persistence.changes.parents_first import parents_first
from azoth.orm.persistence.changes.replaced_rows import ReplacedRows
from azoth.orm.persistence.changes.row_group import RowGroup, rows_by_table, rows_of_keys
from azoth.orm.persistence.planning.unknown_values import UnknownValues
from azoth.orm.persistence.profile.expressions import is_expression_class
from azoth.orm.persistence.profile.key_copy import planned_values
from azoth.orm.persistence.profile.key_rule import KeyRule, rule_of_flow
from azoth.orm.persistence.profile.mapped_table import MappedTable
from azoth.orm.persistence.profile.reason import Reason
from azoth.orm.persistence.profile.table_rules import TableRules
from azoth.orm.persistence.profile.values import committed_value
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE

if TYPE_CHECKING:
    from azoth.orm.persistence.planning.unique_values import UniqueMovement
    from azoth.orm.persistence.profile.association import AssociationRows
    from azoth.schema import Table

PHASES: Final = {
    "CLEAR KEYS": 0, "RELEASE KEYS": 0, "UNLINK": 1, "INSERT": 2, "UPDATE": 2, "LINK": 3, "SET KEYS": 4, "DELETE": 5,
}  # fmt: skip
"""What goes first where no constraint says so."""


class TableNode:
    """One kind of statement on one table.

    Attributes:
        verb: the kind; a key of PHASES.
        table: the table.
        groups: the rows, by mapped table and changed attributes; several mappers may share a table.
        association: the rows of a many-to-many table (LINK and UNLINK only).
        rank: the preferred place.
    """

    __slots__ = ("association", "groups", "rank", "table", "verb")

    def __init__(self, verb: str, table: Table, position: int) -> None:
        self.verb = verb
        self.table = table
        self.groups: list[RowGroup] = []
        self.association: AssociationRows | None = None
        self.rank = (PHASES[verb], position)

    @property
    def rules(self) -> TableRules:
        """The constraints of the table."""
        if self.association is not None:
            return self.association.layout.rules
        return self.groups[0].mapped.rules

    @property
    def label(self) -> str:
        """Verb and table."""
        return f"{self.verb} {self.table.fullname}"

    def touches(self, columns: tuple[Any, ...]) -> bool:
        """Tell whether an update changes one of some columns."""
        for group in self.groups:
            mapped = group.mapped.columns
            for key in group.keys:
                if any(mapped[key] is column for column in columns):
                    return True
        return False


class TableGraph:
    """The kinds of statements of one flush, and which must come before which.

    Attributes:
        nodes: by verb and table id, in preferred order.
        successors: node -> the nodes after it, with the reasons.
        rules: the foreign keys between tables of this flush.
        carried: table id -> the deletions that the database carries on to the rows of the table.
        later: statements that write a reference into rows that are inserted before, and by which rule.
        movements: unique values that move between rows.
        unknown: values that the order depends on and that are not loaded.
        has_siblings: whether there are objects with rows in several tables.
    """

    def __init__(self, changes: FlushChanges) -> None:
        self.changes = changes
        self.relationships = changes.relationships
        self.nodes: dict[tuple[str, int], TableNode] = {}
        self.successors: dict[TableNode, dict[TableNode, list[Reason]]] = {}
        self.rules: list[KeyRule] = []
        self.carried: dict[int, dict[TableNode, None]] = {}
        self.later: list[tuple[TableNode, KeyRule]] = []
        self.movements: list[UniqueMovement] = []
        self.unknown = UnknownValues()
        self.has_siblings = False
        self._make_nodes()
        if changes.replaced:
            self._settle_replaced(changes.replaced)
        self._connect_keys()
        self._connect_unique_values()

    # -- nodes ---------------------------------------------------------------------------------------------------

    def _make_nodes(self) -> None:
        changes = self.changes
        for group in rows_by_table(changes.created, changes.new, written_tables):
            self._add("INSERT", parents_first(group, self.relationships))
        for group in changes.updates.values():
            self._add("UPDATE", group)
        for group in rows_by_table(changes.gone, changes.deleted, deleted_tables):
            self._add("DELETE", group)
        for rows in self.relationships.associations.values():
            if rows.added:
                self._node("LINK", rows.layout.table).association = rows
            if rows.removed:
                self._node("UNLINK", rows.layout.table).association = rows
        for group in rows_of_keys(self.relationships.post_updates):
            self._add("SET KEYS", group)
        for group in rows_of_keys(self.relationships.given_up, clearable=True):
            self._add("RELEASE KEYS", group)

    def _add(self, verb: str, group: RowGroup) -> None:
        mapped = group.mapped
        self._node(verb, mapped.table).groups.append(group)
        if not mapped.is_alone:
            self.has_siblings = True

    def _node(self, verb: str, table: Table) -> TableNode:
        node = self.nodes.get((verb, id(table)))
        if node is None:
            node = self.nodes[verb, id(table)] = TableNode(verb, table, len(self.nodes))
        return node

    def _on(self, table: Table, *verbs: str) -> Iterator[TableNode]:
        for verb in verbs:
            node = self.nodes.get((verb, id(table)))
            if node is not None:
                yield node

    # -- foreign keys --------------------------------------------------------------------------------------------

    def _connect_keys(self) -> None:
        tables: dict[int, list[TableNode]] = {}
        for node in self.nodes.values():
            tables.setdefault(id(node.table), []).append(node)
        carriers = self._carriers()
        self.carried = self._carried_removals()
        for nodes in tables.values():
            for rule in self._rules(nodes):
                self._connect_later(rule)
                carried = self.carried.get(id(rule.target), ())
                if carried or id(rule.target) in tables:
                    self.rules.append(rule)
                if id(rule.target) in tables:
                    self._connect_rule(rule)
                for removal in carried:
                    self._connect_releases(removal, rule)
                for carrier, column in carriers:
                    if column in rule.target_columns:
                        self._connect_carrier(carrier, rule)

    def _carriers(self) -> list[tuple[TableNode, Any]]:
        """List the updates of a key which the database carries on to tables of derived classes, with their columns."""
        found = []
        for node in self.nodes.values():
            for group in node.groups if node.verb == "UPDATE" else ():
                if set(group.keys).isdisjoint(group.mapped.mapper.primary_key_keys):
                    continue
                for mapper in group.mapped.mappers:
                    for mapped, keys in write_profile(mapper).cascaded.items():
                        found += [(node, mapped.columns[key]) for key in keys if key in group.keys]
        return found

    def _carried_removals(self) -> dict[int, dict[TableNode, None]]:
        """Find the deletions that the database carries on to tables of derived classes, by these tables."""
        found: dict[int, dict[TableNode, None]] = {}
        for node in self.nodes.values():
            for group in node.groups if node.verb == "DELETE" else ():
                for mapper in group.mapped.mappers:
                    profile = write_profile(mapper)
                    for mapped in profile.shared_tables:
                        if mapped not in profile.deleted_tables:
                            found.setdefault(id(mapped.table), {})[node] = None
        return found

    def _connect_carrier(self, carrier: TableNode, rule: KeyRule) -> None:
        for writer in self._on(rule.table, "INSERT", "LINK", "UPDATE", "SET KEYS"):
            if writer is not carrier and (writer.verb in ("INSERT", "LINK") or writer.touches(rule.columns)):
                self._connect(carrier, writer, rule.reason)

    def _rules(self, nodes: list[TableNode]) -> list[KeyRule]:
        """List the foreign keys of a table, and the keys that mappings and relationships copy without one."""
        table_id = id(nodes[0].table)
        rules = list(nodes[0].rules.foreign_keys)
        relationships = self.relationships
        declared = {(_sorted_names(rule.columns), id(rule.target)) for rule in rules}
        for node in nodes:
            for group in node.groups:
                for rule in group.mapped.own_rules:
                    place = (_sorted_names(rule.columns), id(rule.target))
                    if place not in declared:
                        declared.add(place)
                        rules.append(rule)
        for copies in (relationships.copies, relationships.post_updates):
            for slot, by_state in copies.items():
                if slot[0] != table_id or not by_state:
                    continue
                # Several relationships may write the same columns, each from another table.
                for flow in dict.fromkeys([copy.flow for copy in by_state.values()]):
                    names = _sorted_names(flow.columns)
                    if not any((names, id(table)) in declared for table in flow.parent.tables):
                        rule = rule_of_flow(flow)
                        declared.add((names, id(rule.target)))
                        rules.append(rule)
        return rules

    def _connect_rule(self, rule: KeyRule) -> None:
        table, target = rule.table, rule.target
        key_updates = [node for node in self._on(target, "UPDATE") if node.touches(rule.target_columns)]
        changed = [node for node in self._on(table, "UPDATE", "SET KEYS") if node.touches(rule.columns)]
        for provider in (*self._on(target, "INSERT"), *key_updates):
            for writer in (*self._on(table, "INSERT", "LINK"), *changed):
                if provider is not writer or self._refers_to_itself(writer, rule):
                    self._connect(provider, writer, rule.reason)
        for removal in self._on(target, "DELETE"):
            self._connect_releases(removal, rule)
        for releaser in self._on(table, "DELETE", "UNLINK"):
            for key_update in key_updates:
                self._connect(releaser, key_update, rule.reason)

    def _connect_releases(self, removal: TableNode, rule: KeyRule) -> None:
        """Let references be given up before the rows go that they lead to."""
        verbs = ("UPDATE", "SET KEYS", "RELEASE KEYS")
        changed = [node for node in self._on(rule.table, *verbs) if node.touches(rule.columns)]
        for releaser in (*self._on(rule.table, "DELETE", "UNLINK"), *changed):
            if releaser.verb == "DELETE" and self._has_given_up(releaser, rule):
                continue
            if releaser is not removal or self._refers_to_itself(releaser, rule):
                self._connect(releaser, removal, rule.reason)

    def _has_given_up(self, node: TableNode, rule: KeyRule) -> bool:
        """Tell whether the rows of a deletion refer to nothing when it comes, because statements before see to it."""
        given_up = self.relationships.given_up
        for group in node.groups if given_up else ():
            keys = rule.keys(group.mapped)
            slot = rule.slot(group.mapped)
            freed = () if slot is None else given_up.get(slot, ())
            for state, instance in zip(group.states, group.instances, strict=True):
                if state not in freed and all(committed_value(state, instance, key) is not None for key in keys or ()):
                    return False
        return bool(given_up)

    def _connect_later(self, rule: KeyRule) -> None:
        """Let the rows be there before a reference is written to them that comes later."""
        for setting in self._on(rule.table, "SET KEYS"):
            for insertion in self._on(rule.table, "INSERT") if setting.touches(rule.columns) else ():
                self.later.append((setting, rule))
                self._connect(insertion, setting, rule.reason)

    def _refers_to_itself(self, node: TableNode, rule: KeyRule) -> bool:
        """Tell whether rows of a self-referential table may refer to each other at all."""
        is_removal = node.verb == "DELETE"
        if is_removal and sum(len(group.states) for group in node.groups) < 2:
            return False
        for group in node.groups:
            slot = rule.slot(group.mapped)
            keys = rule.keys(group.mapped)
            if slot is None or keys is None:
                continue
            if node.verb == "UPDATE" or slot in self.relationships.copies:
                return True
            last = keys[-1]
            for state, instance in zip(group.states, group.instances, strict=True):
                # A row that goes refers to what it does in the database; what is not loaded may refer to anything.
                value = committed_value(state, instance, last) if is_removal else instance.__dict__.get(last)
                if value is not None:
                    return True
        return False

    def _connect(self, before: TableNode, after: TableNode, reason: Reason) -> None:
        reasons = self.successors.setdefault(before, {}).setdefault(after, [])
        if reason not in reasons:
            reasons.append(reason)

    # -- unique values -------------------------------------------------------------------------------------------

    def _connect_unique_values(self) -> None:
        for giver in self._givers("UPDATE", "DELETE"):
            for movement in self._movements(giver):
                self.movements.append(movement)
                before = self.nodes[movement.before_verb, id(giver.table)]
                after = self.nodes[movement.after_verb, id(giver.table)]
                self._connect(before, after, movement.rule.reason)

    def _givers(self, *verbs: str) -> list[TableNode]:
        """Give a node for each table whose rows give up values by one of the verbs."""
        return list({id(node.table): node for node in self.nodes.values() if node.verb in verbs}.values())

    def _movements(self, giver: TableNode) -> list[UniqueMovement]:
        groups = {
            verb: [group for node in self._on(giver.table, verb) for group in node.groups]
            for verb in ("INSERT", "UPDATE", "DELETE")
        }

        # For rows that change, or go, beside others that come.
        from azoth.orm.persistence.planning.unique_values import unique_movements  # noqa: PLC0415

        return unique_movements(
            giver.rules.unique, groups["INSERT"], groups["UPDATE"], groups["DELETE"], self.final_value, self.unknown
        )

    def _settle_replaced(self, replaced: ReplacedRows) -> None:
        """Take rows out of the deletions that new objects take over.

        Such a row gives up its other unique values only when it is written. Where another row takes one, it is cleared
        before, and if it cannot be NULL, the rows are deleted and inserted.
        """
        cleared: dict[tuple[MappedTable, tuple[str, ...]], dict[InstanceState, Any]] = {}
        for giver in self._givers("DELETE"):
            mapped_of = {state: group.mapped for group in giver.groups for state in group.states}
            for movement in self._movements(giver):
                former, mapped = movement.before, mapped_of.get(movement.before)
                if mapped is None or replaced.successor(former) in (None, movement.after):
                    continue
                keys = movement.rule.clearable_keys(mapped)
                if keys:
                    cleared.setdefault((mapped, keys), {})[former] = self.changes.deleted[former]
                else:
                    replaced.give_up(former)
        for place, node in list(self.nodes.items()):
            if node.verb == "DELETE":
                parts = [replaced.without_taken(group) for group in node.groups]
                node.groups = [part for part in parts if part.states]
                if not node.groups:
                    del self.nodes[place]
        for (mapped, keys), rows in cleared.items():
            kept = {state: instance for state, instance in rows.items() if replaced.successor(state) is not None}
            if kept:
                self._add("CLEAR KEYS", RowGroup(mapped, keys, list(kept), list(kept.values())))

    def final_value(self, state: InstanceState, instance: object, key: str) -> Any:
        """Find the value that a row is going to have after the flush; NO_VALUE where it is not known yet."""
        copies = self.relationships.copies_of(state)
        if copies:
            planned = planned_values(copies)
            if key in planned:
                return planned[key]
        value = instance.__dict__.get(key, NO_VALUE)
        if value is NO_VALUE:
            return committed_value(state, instance, key)
        return NO_VALUE if is_expression_class(type(value)) else value


def _sorted_names(columns: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(sorted([column.name for column in columns]))
