"""The part of a session's transaction that commits: over several databases in an order, and in two phases."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from azoth.exc import CommitUnknown
from azoth.orm.session.objects.restoration import Restoration, written_identities
from azoth.orm.session.transactions.enlisted import Enlisted, in_order_of_commit, undecided, unknown_outcome
from azoth.orm.session.transactions.refusals import prepared

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from azoth.orm.runtime.ports import Unit
    from azoth.orm.session.transactions.two_phases.agreement import Agreement
    from azoth.orm.session.transactions.two_phases.settings import TwoPhase


if TYPE_CHECKING:

    class CommittingUnit(Unit, Protocol):
        """The unit of work, as a commit sees it.

        Attributes:
            twophase: whether, and how, transactions are prepared before they are committed.
        """

        twophase: bool | TwoPhase


class Committing:
    """Commits all that takes part in a transaction."""

    __slots__ = (
        "_agreement",
        "_participants",
        "_unit",
        "failure",
        "is_prepared",
        "nested",
        "restoration",
    )

    _unit: Callable[[], CommittingUnit]
    _participants: list[Enlisted]
    _agreement: Agreement | None
    nested: bool
    failure: BaseException | None
    is_prepared: bool
    restoration: Restoration

    def fail(self, cause: BaseException) -> None:
        """Roll back after a failed flush and refuse work until the user has rolled back too."""
        raise NotImplementedError

    def _agreed(self) -> Agreement:
        """Give what lets the databases agree; it is made with the first one."""
        if self._agreement is None:
            # Sessions of one phase import nothing of this.
            from azoth.orm.session.transactions.two_phases.agreement import Agreement  # noqa: PLC0415

            twophase = self._unit().twophase
            self._agreement = Agreement(None if isinstance(twophase, bool) else twophase)
        return self._agreement

    def _prepare_several(self) -> None:
        """Prepare, unless one connection takes part: there is nothing to agree on."""
        if sum([not enlisted.is_foreign for enlisted in self._participants]) > 1:
            self._prepare_participants()

    def _prepare_participants(self) -> None:
        """Prepare on every connection before any of them commits, so that either all of them can or none does."""
        try:
            self._agreed().prepare([one for one in in_order_of_commit(self._participants) if not one.is_foreign])
        except BaseException as error:
            self.fail(error)
            raise
        self.is_prepared = True
        # What makes the session refuse further statements; check() says why.
        self.failure = prepared()

    def _decide(self) -> None:
        """Decide to commit what is prepared.

        State: where the answer is no, everything is rolled back; where there is none, recovery has what is prepared.
        """
        agreement = self._agreement
        if agreement is None:
            return
        try:
            agreement.decide()
        except BaseException as error:
            if not agreement.is_in_doubt and isinstance(error, Exception):
                self.is_prepared = False
                self.fail(error)
                raise
            agreement.leave_to_recovery(self._participants)
            unknown = undecided(self._participants, error)
            self._note_unknown(unknown)
            if not isinstance(error, Exception):
                error.__cause__ = unknown
                raise
            raise unknown from error

    def _commit_participants(self) -> None:
        failed: tuple[Enlisted, BaseException] | None = None
        agreement = self._agreement if self.is_prepared else None
        for enlisted in in_order_of_commit(self._participants):
            try:
                if agreement is None or not agreement.has_committed(enlisted):
                    enlisted.commit()
            except BaseException as error:  # noqa: BLE001 -- raised below
                if agreement is None:
                    failed = failed or (enlisted, error)
                    break
                # All have promised that they can commit, so the others are told to, whatever became of this one.
                if not isinstance(error, Exception) or not agreement.finish_elsewhere(enlisted):
                    failed = failed or (enlisted, error)
        if failed is None and agreement is not None:
            agreement.note_ended()
        if failed is not None:
            raised = failed[1]
            seen = self._seen_failure(*failed)
            if seen is raised:
                raise raised
            raise seen from raised

    def _seen_failure(self, enlisted: Enlisted, error: BaseException) -> BaseException:
        """Give the error to raise for a commit that failed, and note where its outcome is not known.

        State: then the session waits for ``rollback()``; see ``Restoration.leave_open``.
        """
        unknown = None
        if not self.nested:
            unknown = unknown_outcome(self._participants, enlisted, error, is_prepared=self.is_prepared)
        if unknown is None:
            return error
        self._note_unknown(unknown)
        if isinstance(error, Exception):
            # The connection's own is that error, or what a listener of handle_error has put in its place.
            return error if enlisted.connection._commit_unknown is unknown else unknown
        error.__cause__ = unknown
        return error

    def _note_unknown(self, unknown: BaseException) -> None:
        """Wait for ``rollback()`` because of a commit whose outcome is not known."""
        if isinstance(unknown, CommitUnknown):
            unknown.note_written(partial(written_identities, self.restoration))
        self.failure = unknown
        self.is_prepared = False
        self.restoration.leave_open(self._unit().identity_map)
        self.restoration = Restoration()
