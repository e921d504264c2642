"""What a flush did to the objects in memory, and how to take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from azoth.orm.persistence.key_copy import Written
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE

if TYPE_CHECKING:
    from azoth.orm.runtime.identity_map import IdentityMap


class InsertedRows(NamedTuple):
    """Objects whose rows were inserted alike.

    Attributes:
        states, instances: the objects.
        made_keys: the attribute keys of the primary key that the database made.
    """

    states: list[InstanceState]
    instances: list[Any]
    made_keys: tuple[str, ...]


class FlushOutcome:
    """What one flush changed in memory.

    Attributes:
        owner: the identity map.
        inserted_rows: what was inserted, batch by batch.
        deleted: state -> instance whose row was deleted.
        updated: state -> instance whose row was updated.
        key_changes: state -> its primary key before, for those whose key changed.
        written: what the flush put into new objects: ``__dict__``, key, value before.
    """

    __slots__ = ("deleted", "inserted_rows", "key_changes", "owner", "updated", "written")

    def __init__(self, owner: IdentityMap) -> None:
        self.owner = owner
        self.inserted_rows: list[InsertedRows] = []
        self.deleted: dict[InstanceState, Any] = {}
        self.updated: dict[InstanceState, Any] = {}
        self.key_changes: dict[InstanceState, Any] = {}
        self.written: Written = []

    @property
    def inserted(self) -> dict[InstanceState, Any]:
        """The states and instances whose rows were inserted, in order."""
        inserted: dict[InstanceState, Any] = {}
        for rows in self.inserted_rows:
            inserted.update(zip(rows.states, rows.instances, strict=True))
        return inserted

    @property
    def generated(self) -> dict[InstanceState, tuple[str, ...]]:
        """The inserted states with the attribute keys that the database made."""
        generated: dict[InstanceState, tuple[str, ...]] = {}
        for rows in self.inserted_rows:
            if rows.made_keys:
                generated.update(dict.fromkeys(rows.states, rows.made_keys))
        return generated

    def write(self, values: dict[str, Any], key: str, value: Any) -> None:
        """Put a value into a new object, remembering what was there."""
        self.written.append((values, key, values.get(key, NO_VALUE)))
        values[key] = value

    def undo(self) -> None:
        """Take the flush back in memory.

        State: inserted objects are transient again, with the values that they had before and without generated keys;
        deleted objects are persistent again; changed primary keys are the old ones. Attributes of persistent
        objects are not restored: the session expires them.
        """
        owner = self.owner
        for state in self.key_changes:
            states = owner.states(state.manager)
            if states.get(state.pk) is state:
                del states[state.pk]
        for rows in self.inserted_rows:
            for state, instance in zip(rows.states, rows.instances, strict=True):
                if state.pk is not None:
                    owner.discard(state)
                state.pk = state.owner = state.changes = None
                for key in rows.made_keys:
                    instance.__dict__.pop(key, None)
        for values, key, before in reversed(self.written):
            if before is NO_VALUE:
                values.pop(key, None)
            else:
                values[key] = before
        for state, pk in self.key_changes.items():
            if state.owner is owner:
                state.pk = pk
                owner.states(state.manager)[pk] = state
        for state, instance in self.deleted.items():
            state.extras().was_deleted = False
            owner.add(state, instance)
