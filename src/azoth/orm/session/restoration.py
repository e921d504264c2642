"""What happened to instances within a transaction, and putting it back when the transaction is rolled back."""

from __future__ import annotations

from typing import Any

from azoth.orm.runtime.expiry import expire
from azoth.orm.runtime.identity_map import IdentityMap
from azoth.orm.runtime.state import InstanceState


class Restoration:
    """The record of one transaction or savepoint.

    Attributes:
        added: states that became pending here.
        inserted: states that became persistent by an INSERT -> instance.
        deleted: states whose rows were deleted -> (instance, owner before).
        key_changes: states whose primary key was changed -> the key before.
        updated: states whose rows were changed, or that were expired for a savepoint's sake.
        generated: keys of attributes that the database gave to inserted instances.
    """

    __slots__ = ("added", "deleted", "generated", "inserted", "key_changes", "updated")

    def __init__(self) -> None:
        self.added: dict[InstanceState, Any] = {}
        self.inserted: dict[InstanceState, Any] = {}
        self.deleted: dict[InstanceState, Any] = {}
        self.key_changes: dict[InstanceState, Any] = {}
        self.updated: dict[InstanceState, Any] = {}
        self.generated: dict[InstanceState, tuple[str, ...]] = {}

    def note(self, outcome: Any) -> None:
        """Take in what a flush did (a ``FlushOutcome``)."""
        self.inserted.update(outcome.inserted)
        self.deleted.update(outcome.deleted)
        self.updated.update(outcome.updated)
        for state, pk in outcome.key_changes.items():
            self.key_changes.setdefault(state, pk)
        self.generated.update(outcome.generated)

    def absorb(self, inner: Restoration) -> None:
        """Take over the record of a savepoint that was released."""
        self.added.update(inner.added)
        self.inserted.update(inner.inserted)
        self.deleted.update(inner.deleted)
        self.updated.update(inner.updated)
        for state, pk in inner.key_changes.items():
            self.key_changes.setdefault(state, pk)
        self.generated.update(inner.generated)

    def restore(self, identity_map: IdentityMap, *, everything: bool) -> None:
        """Put the instances back to before the transaction.

        Args:
            identity_map: the session's map.
            everything: whether the whole transaction was rolled back, so that nothing loaded in it can be trusted;
                otherwise (a savepoint) only what was changed inside is expired.

        *State*: instances inserted within are transient again, with their values and without the keys that the database
        gave them; those pending are transient; deleted ones are persistent again; changed ones are expired.
        """
        for state in [*self.added, *self.inserted]:
            if state.owner is identity_map or state in self.inserted:
                self._make_transient(identity_map, state)
        for state, pk in self.key_changes.items():
            if state.owner is identity_map and state not in self.inserted:
                self._move(identity_map, state, pk)
        for state, instance in self.deleted.items():
            if state not in self.inserted:
                _revive(identity_map, state, instance)
        identity_map.deleted.clear()
        for state in identity_map.all_states() if everything else [*self.updated, *identity_map.modified]:
            instance = state()
            if instance is not None and state.pk is not None and state.owner is identity_map:
                expire(state, instance)
                identity_map.modified.pop(state, None)

    def _make_transient(self, identity_map: IdentityMap, state: InstanceState) -> None:
        identity_map.discard(state)
        instance = state()
        if state.extra is not None:
            state.extra.was_deleted = False
        if instance is not None and state.pk is not None:
            for key in self.generated.get(state, ()):
                instance.__dict__.pop(key, None)
        state.pk = state.owner = state.changes = state.origin = None

    def _move(self, identity_map: IdentityMap, state: InstanceState, pk: Any) -> None:
        states = identity_map.states(state.manager)
        if states.get(state.pk) is state:
            del states[state.pk]
        state.pk = pk
        states[pk] = state


def _revive(identity_map: IdentityMap, state: InstanceState, instance: Any) -> None:
    """Make an instance whose DELETE was rolled back persistent again."""
    if state.extra is not None:
        state.extra.was_deleted = False
    state.changes = None
    identity_map.add(state, instance)
