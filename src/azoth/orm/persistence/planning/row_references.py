"""Which rows of one flush refer to which other rows along a foreign key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from azoth.orm.persistence.changes.relationship_changes import RelationshipChanges
from azoth.orm.persistence.planning.unknown_values import UnknownValues
from azoth.orm.persistence.profile.expressions import is_expression_class
from azoth.orm.persistence.profile.key_copy import KeyCopy
from azoth.orm.persistence.profile.key_rule import KeyRule
from azoth.orm.persistence.profile.mapped_table import MappedTable
from azoth.orm.persistence.profile.values import committed_value
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE

if TYPE_CHECKING:
    from azoth.orm.persistence.planning.row_operation import RowOperation
    from azoth.schema import Table


class RowReferences:
    """Finds which rows refer to which along one foreign key: by relationship where there is one, else by value.

    Args:
        rule: the foreign key.
        relationships: what the relationships copy.
        by_table: the operations by verb and table id.
        by_row: the operations by verb, table id and state.
        unknown: takes notes of values that would have to be loaded.
        carried: ids of tables whose deletions the database carries on to the rows that the foreign key refers to.
        has_tokens: whether some objects have identity tokens: equal values then mean the same row under one token only.
    """

    def __init__(
        self,
        rule: KeyRule,
        relationships: RelationshipChanges,
        by_table: Mapping[tuple[str, int], list[RowOperation]],
        by_row: Mapping[tuple[str, int, InstanceState], RowOperation],
        unknown: UnknownValues,
        carried: Sequence[int] = (),
        *,
        has_tokens: bool = False,
    ) -> None:
        self.has_tokens = has_tokens
        self.rule = rule
        self.relationships = relationships
        self.by_table = by_table
        self.by_row = by_row
        self.unknown = unknown
        self.carried = carried
        self._keys: dict[MappedTable, tuple[str, ...] | None] = {}
        self._target_keys: dict[MappedTable, tuple[str, ...] | None] = {}

    def provisions(self) -> Iterator[tuple[RowOperation, RowOperation]]:
        """Yield (the operation that makes a key, the operation that writes a reference to it)."""
        made = self._made_keys()
        for operation in self._operations(self.rule.table, "INSERT", "UPDATE", "SET KEYS"):
            keys = self._keys_of(operation.mapped)
            if keys is None or (operation.verb != "INSERT" and set(keys).isdisjoint(operation.keys)):
                continue
            provider = self._provider(operation, keys, made)
            if provider is not None and not self._refers_to_itself_with_known_key(provider, operation):
                yield provider, operation

    def releases(self) -> Iterator[tuple[RowOperation, RowOperation]]:
        """Yield (the operation that gives up a reference, the operation that deletes what it referred to)."""
        removed = self._removed_keys()
        if not removed:
            return
        for operation in self._operations(self.rule.table, "DELETE", "UPDATE", "SET KEYS", "RELEASE KEYS"):
            keys = self._keys_of(operation.mapped)
            if keys is None or (operation.verb != "DELETE" and set(keys).isdisjoint(operation.keys)):
                continue
            if operation.verb == "DELETE" and self._is_given_up(operation):
                continue
            if not operation.mapped.has_keys(operation.state.manager.mapper, keys):
                continue
            value = tuple([committed_value(operation.state, operation.instance, key) for key in keys])
            # A row that is not there yet refers to nothing, and can be asked for nothing.
            if NO_VALUE in value and operation.state.pk is not None:
                self.unknown.note(operation.state, operation.instance, keys, value)
            removal = removed.get(self._place(operation, value)) if _is_known(value) else None
            if removal is not None and removal is not operation:
                yield operation, removal

    def _is_given_up(self, operation: RowOperation) -> bool:
        """Tell whether an earlier statement sets the reference of a row to NULL that is deleted."""
        slot = self.rule.slot(operation.mapped)
        given_up = None if slot is None else self.relationships.given_up.get(slot)
        return given_up is not None and operation.state in given_up

    def _provider(
        self, operation: RowOperation, keys: tuple[str, ...], made: dict[tuple[Any, ...], RowOperation]
    ) -> RowOperation | None:
        slot = self.rule.slot(operation.mapped)
        assert slot is not None
        copies = self.relationships.copies
        if operation.verb == "SET KEYS":
            copies = self.relationships.post_updates
        elif operation.state in self.relationships.post_updates.get(slot, ()):
            return None
        copy: KeyCopy | None = copies.get(slot, {}).get(operation.state)
        if copy is None:
            sibling = None if operation.mapped.is_alone else self._own_row(operation, keys)
            if sibling is not None:
                return sibling
            values = operation.instance.__dict__
            value = tuple([values.get(key) for key in keys])
            return made.get(self._place(operation, value)) if _is_known(value) else None
        if copy.parent is None:
            return None
        target_id = id(self.rule.target)
        insertion = self.by_row.get(("INSERT", target_id, copy.parent))
        if insertion is not None:
            return insertion
        update = self.by_row.get(("UPDATE", target_id, copy.parent))
        target_keys = None if update is None else self._target_keys_of(update.mapped)
        return None if update is None or set(target_keys or ()).isdisjoint(update.keys) else update

    def _own_row(self, operation: RowOperation, keys: tuple[str, ...]) -> RowOperation | None:
        """Find the operation that makes the key in another table of the same object, under the same attributes."""
        verb = "INSERT" if operation.verb == "INSERT" else "UPDATE"
        own = self.by_row.get((verb, id(self.rule.target), operation.state))
        if own is None or own is operation or self._target_keys_of(own.mapped) != keys:
            return None
        return own if verb == "INSERT" or not set(keys).isdisjoint(own.keys) else None

    def _refers_to_itself_with_known_key(self, provider: RowOperation, operation: RowOperation) -> bool:
        # A row may refer to itself within one statement, as long as that statement does not make the key.
        if provider.state is not operation.state or provider.mapped is not operation.mapped:
            return False
        values = operation.instance.__dict__
        return all(values.get(key) is not None for key in self._target_keys_of(operation.mapped) or ())

    def _made_keys(self) -> dict[tuple[Any, ...], RowOperation]:
        """Index the rows that appear, or change their key, by the values that others refer to."""
        made: dict[tuple[Any, ...], RowOperation] = {}
        for operation in self._operations(self.rule.target, "INSERT", "UPDATE"):
            keys = self._target_keys_of(operation.mapped)
            if keys is None or (operation.verb == "UPDATE" and set(keys).isdisjoint(operation.keys)):
                continue
            values = operation.instance.__dict__
            value = tuple([values.get(key) for key in keys])
            if _is_known(value):
                made[self._place(operation, value)] = operation
        return made

    def _removed_keys(self) -> dict[tuple[Any, ...], RowOperation]:

        removed: dict[tuple[Any, ...], RowOperation] = {}
        for operation, mapped in self._removals():
            keys = self._target_keys_of(mapped)
            if keys is None:
                continue
            value = tuple([committed_value(operation.state, operation.instance, key) for key in keys])
            if _is_known(value):
                removed[self._place(operation, value)] = operation
        return removed

    def _removals(self) -> Iterator[tuple[RowOperation, MappedTable]]:
        """Yield the operations that delete rows of the target, by themselves or as the database carries them on."""
        for operation in self._operations(self.rule.target, "DELETE"):
            yield operation, operation.mapped
        for table_id in self.carried:
            for operation in self.by_table.get(("DELETE", table_id), ()):
                for mapped in write_profile(operation.state.manager.mapper).shared_tables:
                    if mapped.table is self.rule.target:
                        yield operation, mapped

    def _place(self, operation: RowOperation, value: tuple[Any, ...]) -> tuple[Any, ...]:
        return (*value, operation.state.identity_token) if self.has_tokens else value

    def _operations(self, table: Table, *verbs: str) -> list[RowOperation]:
        return [operation for verb in verbs for operation in self.by_table.get((verb, id(table)), ())]

    def _keys_of(self, mapped: MappedTable) -> tuple[str, ...] | None:
        if mapped not in self._keys:
            self._keys[mapped] = self.rule.keys(mapped)
        return self._keys[mapped]

    def _target_keys_of(self, mapped: MappedTable) -> tuple[str, ...] | None:
        if mapped not in self._target_keys:
            self._target_keys[mapped] = self.rule.target_keys(mapped)
        return self._target_keys[mapped]


def _is_known(value: tuple[Any, ...]) -> bool:
    """Tell whether all parts of a key are plain values that can be looked up."""
    for part in value:
        if part is None or part is NO_VALUE or is_expression_class(type(part)):
            return False
    try:
        hash(value)
    except TypeError:
        return False
    return True
