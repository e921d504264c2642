"""What happened to objects within a transaction, and putting it back when the transaction is rolled back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from azoth.orm.runtime.expiry import expire

if TYPE_CHECKING:
    from azoth.orm.persistence.outcome import FlushOutcome
    from azoth.orm.runtime.identity_map import IdentityMap


class Restoration:
    """The flushes of one transaction or savepoint.

    Pending objects need no record: a savepoint begins with a flush, so whatever is pending when it is rolled back was
    added inside it.

    Attributes:
        outcomes: what each flush did, in order.
    """

    __slots__ = ("outcomes",)

    def __init__(self) -> None:
        self.outcomes: list[FlushOutcome] = []

    def absorb(self, inner: Restoration) -> None:
        """Take over the flushes of a savepoint that was released."""
        self.outcomes.extend(inner.outcomes)

    def restore(
        self, identity_map: IdentityMap, *, everything: bool, announce: Callable[[], None] | None = None
    ) -> None:
        """Put the objects back to before the transaction.

        Args:
            identity_map: the session's map.
            everything: whether the whole transaction was rolled back, so that nothing loaded in it can be trusted;
                otherwise (a savepoint) only what was changed inside is expired.
            announce: called when new and deleted objects are back in their states and nothing is expired yet.

        *State*: objects inserted within are transient again, with their values and without the keys that the database
        gave them; those pending are transient; deleted ones are persistent again; changed ones are expired.
        """
        for state in list(identity_map.new):
            identity_map.discard(state)
            state.owner = None
        for outcome in reversed(self.outcomes):
            outcome.undo()
        identity_map.deleted.clear()
        if announce is not None:
            announce()
        if everything:
            changed = identity_map.all_states()
        else:
            changed = [state for outcome in self.outcomes for state in (*outcome.updated, *outcome.untouched)]
            changed.extend(state for outcome in self.outcomes for state in outcome.deleted)
            changed.extend(identity_map.modified)
        for state in changed:
            instance = state()
            if instance is not None and state.pk is not None and state.owner is identity_map:
                expire(state, instance)
                identity_map.modified.pop(state, None)
                if state.extra is not None:
                    # Who owns it is again what its row says; what was noted of owners since then never happened.
                    state.extra.parents = None

    def release_deleted(self) -> list[Any]:
        """Let go of the objects whose deletion was committed: they are detached. Gives them."""
        released = []
        for outcome in self.outcomes:
            for state, instance in outcome.deleted.items():
                if state.owner is outcome.owner:
                    state.owner = None
                    released.append(instance)
        return released
