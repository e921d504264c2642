"""One transaction over several databases: what takes part, and the steps from PREPARE to the last COMMIT."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol

from azoth.exc import AzothError, CommitUnknown
from azoth.exc.two_phases import (
    DecisionTaken,
    DecisionUnknown,
    LeaseOver,
    NotPrepared,
    SeveralLastResources,
)
from azoth.orm.session.transactions.two_phases.decisions import COMMIT, Decisions, TableDecisions
from azoth.orm.session.transactions.two_phases.global_ids import GlobalId, new_transaction
from azoth.orm.session.transactions.two_phases.settings import TwoPhase

if TYPE_CHECKING:
    from azoth.engine.connection import Connection

__all__ = ["Agreement"]

TRIES: Final = 3
"""How often a decision whose record gave no answer is looked for."""
PAUSE: Final = 0.2
"""Seconds between such looks."""


if TYPE_CHECKING:

    class Enlisted(Protocol):
        """What takes part in a transaction.

        Attributes:
            connection: its connection.
            transaction: its transaction, where it has one of its own.
        """

        connection: Connection
        transaction: object

        def commit(self) -> None:
            """Commit."""


class Agreement:
    """Lets the databases of one transaction agree on its outcome.

    Args:
        settings: those of the session; None for two phases without a record of decisions.

    Attributes:
        is_decided: whether it is to be committed, whatever happens to single databases.
        is_in_doubt: whether nobody knows what was decided, so that only recovery may end what is prepared.
    """

    def __init__(self, settings: TwoPhase | None) -> None:
        self._settings = settings
        self.transaction = new_transaction()
        self._began = time.time()
        self._began_by_clock = time.monotonic()
        self._branches = 0
        self._last: Enlisted | None = None
        self.is_decided = self.is_in_doubt = False

    def begin(self, enlisted: Enlisted) -> None:
        """Begin on a connection: in two phases, unless it is the last resource.

        Args:
            enlisted: what takes part.

        Raises:
            SeveralLastResources: there is one already.
            InvalidRequestError: the database has no two phases, and there is no record of decisions.

        Emits: where the record of decisions is missing, what makes it; what begins the transaction.
        """
        settings, connection = self._settings, enlisted.connection
        if settings is None:
            enlisted.transaction = connection.begin_twophase()
            return
        engine = connection.engine
        if settings.is_last_resource(engine) or not engine.dialect.can_prepare(connection):
            if self._last is not None:
                raise SeveralLastResources(self._last.connection.engine.url, engine.url)
            settings.of_last_resource(engine).make_ready()
            self._last = enlisted
            return
        if settings.decisions is not None:
            settings.decisions.make_ready()
        enlisted.transaction = connection.begin_twophase(str(self._next_id()))

    def prepare(self, participants: Sequence[Enlisted]) -> None:
        """Prepare on every database but the last resource.

        Args:
            participants: those whose transactions are the session's to end, in their order.

        Raises:
            NotPrepared: a transaction that was begun by somebody else, in one phase, takes part.
            DBAPIError: a database refuses.
        """
        for enlisted in participants:
            if enlisted is self._last:
                continue
            prepare = getattr(enlisted.transaction, "prepare", None)
            if prepare is None:
                raise NotPrepared(enlisted.connection.engine.url)
            prepare()

    def decide(self) -> None:
        """Decide to commit what is prepared; durable afterwards, where there is a record.

        Raises:
            LeaseOver: it is too late.
            DecisionTaken: recovery has decided that it is to be rolled back.
            DecisionUnknown, CommitUnknown: nobody knows whether the decision is recorded; recovery will find out.
            DBAPIError: the record refuses; nothing is decided.
        """
        settings = self._settings
        if self.is_decided or settings is None:
            self.is_decided = True
            return
        if time.monotonic() - self._began_by_clock >= settings.lease:
            raise LeaseOver(settings.lease)
        record = settings.decisions
        if self._last is not None:
            self._decide_by_last_resource(self._last, settings)
        elif record is not None:
            try:
                record.decide(self.transaction, settings.owner, settings.take_ended(record.forgets))
            except DecisionUnknown as error:
                self._find_out(record, error, settings)
        self.is_decided = True

    def has_committed(self, enlisted: Enlisted) -> bool:
        """Tell whether the decision has committed a participant already, as the last resource.

        Args:
            enlisted: what takes part.
        """
        return enlisted is self._last

    def note_ended(self) -> None:
        """Note that every database has committed."""
        if self._settings is not None and (self._last is not None or self._settings.decisions is not None):
            self._settings.note_ended(self.transaction)

    def finish_elsewhere(self, enlisted: Enlisted) -> bool:
        """Commit a branch on another connection, because its own was lost; tell whether it is committed for certain.

        Args:
            enlisted: the branch, which is prepared.

        Emits: COMMIT PREPARED or XA COMMIT.
        """
        xid = getattr(enlisted.transaction, "xid", None)
        if xid is None:
            return False
        engine = enlisted.connection.engine
        for attempt in range(TRIES):
            try:
                with engine.connect() as connection:
                    # Where it is gone, COMMIT has arrived: nobody rolls back what is decided.
                    connection.finish_prepared(xid, commit=True)
            except AzothError:
                if attempt < TRIES - 1:
                    time.sleep(PAUSE)
            else:
                return True
        return False

    def leave_to_recovery(self, participants: Sequence[Enlisted]) -> None:
        """Let go of what is prepared, without ending it.

        Args:
            participants: all that take part.
        """
        self.is_in_doubt = True
        for enlisted in participants:
            if enlisted is not self._last and getattr(enlisted.transaction, "is_prepared", False):
                enlisted.connection.invalidate()

    def _decide_by_last_resource(self, last: Enlisted, settings: TwoPhase) -> None:
        record: TableDecisions = settings.of_last_resource(last.connection.engine)
        record.decide_in(last.connection, self.transaction, settings.owner, settings.take_ended(record.forgets))
        try:
            last.commit()
        except CommitUnknown as error:
            self._find_out(record, error, settings)

    def _find_out(self, record: Decisions, error: Exception, settings: TwoPhase) -> None:
        """Look whether a decision was recorded that has got no answer; return where it was.

        Looking decides: who asks what was decided when nothing was, makes it "rollback".
        """
        for attempt in range(TRIES):
            try:
                outcome = record.settle(self.transaction, settings.owner)
            except (AzothError, OSError):
                if attempt < TRIES - 1:
                    time.sleep(PAUSE)
            else:
                if outcome == COMMIT:
                    return
                raise DecisionTaken(self.transaction) from error
        self.is_in_doubt = True
        raise error

    def _next_id(self) -> GlobalId:
        assert self._settings is not None, "plain identifiers are the dialect's"
        self._branches += 1
        began = int(self._began)
        return GlobalId(
            self._settings.owner, self.transaction, began, int(self._began + self._settings.lease) + 1, self._branches
        )
