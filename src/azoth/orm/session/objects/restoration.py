"""What happened to objects within a transaction, and putting it back when the transaction is rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from azoth.exc import WrittenIdentities
from azoth.orm.runtime.expiry import expire
from azoth.orm.runtime.related.orphans import forget_owners
from azoth.orm.runtime.state import row_is_gone

if TYPE_CHECKING:
    from azoth.orm.persistence.execution.outcome import FlushOutcome
    from azoth.orm.runtime.identity_map import IdentityMap
    from azoth.orm.runtime.state import InstanceState

    class HasRestoration(Protocol):
        """A transaction."""

        restoration: Restoration


class Restoration(list["FlushOutcome"]):
    """What each flush of one transaction or savepoint did, in order.

    Pending objects need no record: a savepoint begins with a flush, so whatever is pending when it is rolled back was
    added inside it.
    """

    __slots__ = ()

    def move_to(self, transaction: HasRestoration | None) -> None:
        """Leave it to the transaction around to put the objects back; a subtransaction shares its restoration."""
        if transaction is not None and transaction.restoration is not self:
            transaction.restoration.extend(self)
            self.clear()

    def restore(
        self, identity_map: IdentityMap, *, everything: bool, announce: Callable[[], None] | None = None
    ) -> None:
        """Put the objects back to before the transaction.

        Args:
            identity_map: the session's map.
            everything: whether the whole transaction was rolled back, so that nothing loaded in it can be trusted;
                otherwise (a savepoint) only what was changed inside is expired.
            announce: called when new and deleted objects are back in their states and nothing is expired yet.

        State: objects inserted within are transient again, with their values and without the keys that the database
        gave them; those pending are transient; deleted ones are persistent again; changed ones are expired.
        """
        for state in list(identity_map.new):
            identity_map.discard(state)
            state.origin = None
        undo_flushes(self)
        identity_map.forget_deletions()
        try:
            if announce is not None:
                announce()
        finally:
            _forget_values(identity_map, identity_map.all_states() if everything else self._changed(identity_map))

    def _changed(self, identity_map: IdentityMap) -> list[InstanceState]:
        changed = [state for outcome in self for state in (*outcome.updated, *outcome.untouched, *outcome.carried)]
        # What was deleted as it was stored has the values of its row, which is there again.
        changed.extend(state for outcome in self for state in outcome.deleted if state.changes)
        changed.extend(identity_map.modified)
        return changed

    def leave_open(self, identity_map: IdentityMap) -> None:
        """Let each object tell what its row says, because nobody knows whether the transaction was committed.

        Args:
            identity_map: the session's map.

        State: all objects are expired. Inserted ones stay persistent, with the keys that they got, so that nothing
        is inserted twice; reading one whose row is not there raises ObjectDeletedError. Deleted ones are detached with
        the values that they had; where the row turns out to be there, ``add()`` makes them persistent again.
        """
        for outcome in self:
            for state in outcome.deleted:
                if state.identity_map is identity_map and row_is_gone(state):
                    state.origin = None
                    state.extras().was_deleted = False
        identity_map.forget_deletions()
        _forget_values(identity_map, identity_map.all_states())

    def release_deleted(self) -> list[Any]:
        """Let go of the objects whose deletion was committed: they are detached. Gives them."""
        released = []
        for outcome in self:
            for state, instance in outcome.deleted.items():
                # One that was made transient and added again has another row.
                if state.identity_map is outcome.identity_map and row_is_gone(state):
                    state.origin = None
                    released.append(instance)
        return released


def undo_flushes(outcomes: Sequence[FlushOutcome]) -> None:
    """Take flushes back in memory.

    Args:
        outcomes: what they did, in order.
    """
    for outcome in reversed(outcomes):
        outcome.undo_states()
    for outcome in reversed(outcomes):
        outcome.undo_values()


def _forget_values(identity_map: IdentityMap, states: Iterable[InstanceState]) -> None:
    """Expire the objects among some that are persistent here, with their changes."""
    for state in states:
        instance = state()
        if instance is not None and state.pk is not None and state.identity_map is identity_map:
            expire(state, instance)
            identity_map.modified.pop(state, None)
            if state.extra is not None:
                forget_owners(state.extra)


def identity_key(state: InstanceState) -> tuple[Any, ...]:
    """Make the identity key of a state with identity."""
    mapper = state.manager.mapper
    pk = state.pk if mapper.composite_key else (state.pk,)
    return (state.manager.root.class_, pk, state.identity_token)


def written_identities(outcomes: Iterable[FlushOutcome]) -> WrittenIdentities:
    """List the identity keys of what flushes have inserted, updated and deleted, each once."""
    written: tuple[dict[Any, None], ...] = ({}, {}, {})
    for outcome in outcomes:
        for keys, states in zip(written, (outcome.inserted, outcome.updated, outcome.deleted), strict=True):
            keys.update((identity_key(state), None) for state in states if state.pk is not None)
    return WrittenIdentities(*[tuple(keys) for keys in written])
