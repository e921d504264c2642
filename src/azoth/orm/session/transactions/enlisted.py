"""The connections that take part in a session's transaction: committing all of them, and what is known of that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, Self

from azoth.exc import CommitUnknown
from azoth.orm.session.objects.restoration import Restoration, written_identities
from azoth.orm.session.transactions.refusals import prepared

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.runtime.ports import Unit
    from azoth.orm.session.transactions.two_phases.agreement import Agreement
    from azoth.orm.session.transactions.two_phases.settings import TwoPhase

__all__ = ["FOREIGN", "JOINED", "OURS", "Committing", "Enlisted", "all_in_turn", "in_order_of_commit"]

Standing = Literal["ours", "joined", "foreign"]
OURS: Final = "ours"
"""The session opened the connection, and closes it at the end."""
JOINED: Final = "joined"
"""The session was given the connection, and ends the transaction that it found or began there."""
FOREIGN: Final = "foreign"
"""The session was given the connection with a transaction of somebody else, who ends it."""


if TYPE_CHECKING:

    class AroundSavepoint(Protocol):
        """The transaction around a savepoint, as what takes part in the savepoint sees it."""

        def connection_for(self, bind: Any, execution_options: dict[str, Any] | None = None) -> Any:
            """Give the connection to an engine within this transaction."""


class Enlisted:
    """A connection that takes part in a session's transaction.

    Attributes:
        connection: the connection.
        transaction: the savepoint or outer transaction object where there is one, else None: the connection's own.
        standing: whose the connection and its transaction are: ``OURS``, ``JOINED`` or ``FOREIGN``.
    """

    __slots__ = ("connection", "standing", "transaction")

    def __init__(self, connection: Connection, transaction: Any, standing: Standing = JOINED) -> None:
        self.connection = connection
        self.transaction = transaction
        self.standing = standing

    @property
    def is_foreign(self) -> bool:
        """Whether somebody else's transaction is running on it, which our commit must leave alone."""
        return self.standing is FOREIGN

    @classmethod
    def beside(
        cls,
        parent: AroundSavepoint | None,
        connections: Sequence[Connection],
        bind: Any,
        options: Mapping[str, Any],
        further_options: dict[str, Any] | None,
    ) -> Self | None:
        """Let an engine take part by the connection of another one of its pool, which is the one that commits.

        Args:
            parent: the transaction around this savepoint, or None.
            connections: those that take part here and have a driver's connection of their own.
            bind: the engine.
            options, further_options: options of the connection.

        Returns:
            what takes part; None where the engine needs a driver's connection of its own.
        """
        # Only where several engines have one database in memory.
        from azoth.engine.companion_connection import CompanionConnection, companion_of  # noqa: PLC0415

        if parent is not None:
            connection = parent.connection_for(bind, further_options)
            return cls(connection, None) if isinstance(connection, CompanionConnection) else None
        if not hasattr(bind, "connect") or bind.is_threadlocal:
            return None
        companion = companion_of(connections, bind)
        if companion is None:
            return None
        if options or further_options:
            companion.execution_options(**{**options, **(further_options or {})})
        return cls(companion, None)

    def commit(self) -> None:
        """Commit, or release the savepoint; a foreign transaction is left alone."""
        if self.transaction is None:
            self.connection.commit()
        elif not self.is_foreign:
            self.transaction.commit()

    def rollback(self) -> None:
        """Roll back, or roll back to the savepoint."""
        if self.transaction is None:
            self.connection.rollback()
        elif not self.transaction.has_ended:
            self.transaction.rollback()

    def close(self) -> None:
        """Give a connection back that the session opened."""
        if self.standing is OURS:
            self.connection.close()

    @property
    def may_have_committed(self) -> bool:
        """Whether COMMIT was sent and not refused."""
        return bool(self.connection._commit_sent_at) and not self.is_foreign

    @property
    def has_committed(self) -> bool:
        """Whether COMMIT was sent and answered."""
        return self.may_have_committed and self.connection._commit_unknown is None


def in_order_of_commit(participants: Sequence[Enlisted]) -> Sequence[Enlisted]:
    """Put what takes part into the order in which it is prepared and committed: that of the URLs.

    All processes then take the databases alike, whichever they have used first.

    Args:
        participants: all that take part.
    """
    if len(participants) < 2:
        return participants
    return sorted(participants, key=lambda enlisted: enlisted.connection.engine.url.render_as_string())


def unknown_outcome(
    participants: Sequence[Enlisted], failed: Enlisted, error: BaseException, *, is_prepared: bool = False
) -> CommitUnknown | None:
    """Tell what a failed commit means for the transaction as a whole.

    Args:
        participants: all that take part.
        failed: the one whose commit failed.
        error: what it raised.
        is_prepared: whether all were prepared before, and told to commit in spite of the error.

    State: where one has committed, those that were not told to commit are rolled back.

    Returns:
        the error that says that (or where) the transaction may have been committed; None where it certainly was not.
    """
    # Programs whose commits are answered need not import the words.
    from azoth.engine.transactions.commit_outcome import unknown_commit  # noqa: PLC0415

    unknown: CommitUnknown | None = failed.connection._commit_unknown
    committed = tuple(
        [
            one.connection.engine.url.render_as_string()
            for one in participants
            if one is not failed and one.has_committed
        ]
    )
    if unknown is None and failed.may_have_committed:
        # An interrupt right behind the driver's commit.
        unknown = unknown_commit(failed.connection, error)
    if not committed:
        return unknown
    from azoth.exc.two_phases import PartialCommit  # noqa: PLC0415

    where = ", ".join(committed)
    partial_commit = unknown_commit(
        failed.connection,
        error,
        committed_on=committed,
        why=_PREPARED_WHY
        if is_prepared
        else f"the transaction spans several databases: COMMIT succeeded on {where} and failed here.",
        fix=_PREPARED_FIX if is_prepared else "",
        kind=PartialCommit,
    )
    assert isinstance(partial_commit, PartialCommit), "it was asked for"
    partial_commit.xid = getattr(failed.transaction, "xid", None)
    partial_commit.outcomes = {
        one.connection.engine: _outcome(one, is_unknown=one is failed and unknown is not None, is_prepared=is_prepared)
        for one in participants
        if not one.is_foreign
    }
    return partial_commit


def undecided(participants: Sequence[Enlisted], error: BaseException) -> CommitUnknown:
    """Make the error for a commit of which nobody knows what was decided.

    Args:
        participants: all that take part.
        error: what has kept from knowing.
    """
    from azoth.engine.transactions.commit_outcome import unknown_commit  # noqa: PLC0415

    return unknown_commit(participants[0].connection, error, why=_UNDECIDED_WHY, fix=_UNDECIDED_FIX)


_UNDECIDED_WHY: Final = (
    "all databases are prepared, and whether it was recorded that they are to commit could not be found out."
)
_UNDECIDED_FIX: Final = (
    "let recovery finish it when the lease is over, azoth.orm.recover_twophase() or python -m azoth recover, and look "
    "then whether the rows are there, before the work is repeated."
)
_PREPARED_WHY: Final = (
    "the transaction spans several databases and was decided to be committed; one of them, which is prepared, could "
    "not be told yet."
)
_PREPARED_FIX: Final = (
    "do not repeat the work: recovery commits it there, azoth.orm.recover_twophase() or python -m azoth recover."
)


def _outcome(enlisted: Enlisted, *, is_unknown: bool, is_prepared: bool) -> str:
    if enlisted.has_committed:
        return "committed"
    if is_prepared:
        return "prepared"
    if is_unknown:
        return "unknown"
    with suppress(Exception):
        # What cannot be rolled back is given up, which rolls back as well.
        enlisted.rollback()
    return "rolled back"


def all_in_turn(steps: Iterable[Callable[[], object]]) -> None:
    """Carry out steps to the last, whatever some of them raise; then raise the first error.

    Args:
        steps: what to do.

    Raises:
        BaseException: what the first step has raised that failed; an interrupt before an error.
    """
    first: BaseException | None = None
    for step in steps:
        try:
            step()
        except BaseException as error:  # noqa: BLE001 -- it is raised when the others are done
            if first is None or (isinstance(first, Exception) and not isinstance(error, Exception)):
                first = error
    if first is not None:
        raise first


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
