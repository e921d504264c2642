"""A session's transaction: the connections that take part, and the record for putting instances back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from operator import attrgetter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Protocol, Self
from weakref import ref

from azoth import engine as engines
from azoth.exc import CommitUnknown, InvalidRequestError, ResourceClosedError
from azoth.orm.exc import FlushError
from azoth.orm.runtime.concurrent_use import refuse_concurrent_use
from azoth.orm.runtime.expiry import expire_states
from azoth.orm.session.objects.lifecycle_events import Restored
from azoth.orm.session.objects.restoration import Restoration, undo_flushes
from azoth.orm.session.transactions.begun_by import SessionTransactionOrigin
from azoth.orm.session.transactions.enlisted import FOREIGN, JOINED, OURS, Committing, Enlisted, all_in_turn
from azoth.orm.session.transactions.exclusive_use import exclusive_use
from azoth.orm.session.transactions.refusals import ended_in_its_block, no_connection, prepared, waits_for_rollback

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.persistence.execution.outcome import FlushOutcome
    from azoth.orm.runtime.ports import Unit
    from azoth.orm.session.transactions.two_phases.agreement import Agreement
    from azoth.orm.session.transactions.two_phases.settings import TwoPhase

MOST_FLUSHES: Final = 100
"""How often a commit flushes until it gives up on listeners that go on changing objects."""


if TYPE_CHECKING:

    class TransactionUnit(Unit, Protocol):
        """The unit of work, as its transactions see it.

        Attributes:
            transaction: the innermost transaction that is begun, or None.
            expire_on_commit: whether a commit expires the objects.
            twophase: whether, and how, transactions are prepared before they are committed.
            execution_options: options of every execution.
            join_transaction_mode: what to do with a transaction that already runs on a given connection.
        """

        transaction: SessionTransaction | None
        expire_on_commit: bool
        twophase: bool | TwoPhase
        join_transaction_mode: str
        execution_options: Mapping[str, Any]


class SessionTransaction(Committing):
    """A transaction or savepoint of a session.

    Given by ``Session.begin()`` and ``begin_nested()``; as a block it commits at its end, or rolls back on an error.

    Attributes:
        origin: what began it.
        parent: the transaction around this savepoint, or None.
        nested: whether this is a savepoint.
        failure: what made a flush fail in here (or a subtransaction roll back, or the outcome of the commit
            unknown); until ``rollback()`` the session refuses to work.
        is_prepared: whether it waits, prepared, for ``commit()`` or ``rollback()``.
        is_closed: whether it has ended.
    """

    __slots__ = (
        "_enlisted",
        "_held",
        "_is_block",
        "_was_released",
        "in_use",
        "is_closed",
        "origin",
        "parent",
    )  # fmt: skip

    def __init__(
        self,
        unit: TransactionUnit,
        origin: SessionTransactionOrigin = SessionTransactionOrigin.AUTOBEGIN,
        parent: SessionTransaction | None = None,
    ) -> None:
        # Weakly, unless somebody got the transaction: the connections of a forgotten session then go back to their
        # pools at once, and not when the collector finds the two.
        self._unit: Callable[[], TransactionUnit] = ref(unit)  # type: ignore[assignment]  # here as long as it is used
        self._held: Any = None
        self.in_use = unit.in_use
        self.parent = parent
        self.origin = origin
        self.nested = origin is SessionTransactionOrigin.BEGIN_NESTED
        self.failure: BaseException | None = None
        self.restoration = Restoration()
        self._enlisted: dict[Any, Enlisted] = {}
        self._participants: list[Enlisted] = []
        self._agreement: Agreement | None = None
        self.is_closed = False
        self._is_block = self._was_released = False
        self.is_prepared = False
        if unit.dispatch.after_transaction_create:
            self._announce_created(unit)

    def _announce_created(self, unit: TransactionUnit) -> None:
        # Listeners find the new transaction in the session.
        unit.transaction = self
        for listener in unit.dispatch.after_transaction_create:
            listener(unit.session, self)

    @property
    def session(self) -> Any:
        """The session."""
        unit: TransactionUnit | None = self._unit()
        return None if unit is None else unit.session

    def held_by_its_user(self) -> Self:
        """Keep the session alive, because somebody outside gets this transaction."""
        self._held = self.session
        return self

    @property
    def is_active(self) -> bool:
        """Whether statements can run in it."""
        return not self.is_closed and self.failure is None

    @property
    def is_over(self) -> bool:
        """Whether what its statements have found must not be read on: it was committed, rolled back or has failed.

        A savepoint that was released goes on as the transaction around it.
        """
        transaction = self
        while transaction._was_released and transaction.parent is not None:
            transaction = transaction.parent
        return transaction.is_closed or transaction.failure is not None

    @property
    def root(self) -> SessionTransaction:
        """The outermost transaction."""
        transaction = self
        while transaction.parent is not None:
            transaction = transaction.parent
        return transaction

    @property
    def connections(self) -> list[Any]:
        """The connections that take part."""
        return [enlisted.connection for enlisted in self._participants]

    def bound_connection(self, bindkey: object = None, *, clause: object = None, bind: object = None) -> Connection:
        """Give the connection that takes part in this transaction for a mapped class; connects nowhere.

        Args:
            bindkey: the class or its mapper; None for the session's only engine.
            clause, bind: as for ``Session.get_bind()``.

        Raises:
            InvalidRequestError: none takes part for it. A savepoint knows only those that it has used itself.
        """
        found = self.session.get_bind(bindkey, clause=clause, bind=bind)
        enlisted = self._enlisted.get(found)
        if enlisted is None:
            raise no_connection(found)
        connection: Connection = enlisted.connection
        return connection

    def check(self) -> None:
        """Refuse work in a transaction that a failed flush has rolled back.

        Raises:
            PendingRollbackError: with the original cause.
        """
        if self.is_prepared:
            raise prepared()
        if (cause := self.failure) is not None:
            if self.is_closed:
                raise cause
            raise waits_for_rollback(cause) from cause

    def connection_for(self, bind: Any, execution_options: dict[str, Any] | None = None) -> Any:
        """Give the connection to an engine (or the given connection) within this transaction."""
        if self.failure is not None:
            self.check()
        enlisted = self._enlisted.get(bind)
        if enlisted is None:
            in_use = self.in_use
            if not in_use.acquire(False):
                refuse_concurrent_use("connection()")
            try:
                # Another thread may have enlisted it a moment ago, between the look and this use.
                enlisted = self._enlisted.get(bind) or self._enlist(bind, execution_options)
            finally:
                in_use.release()
        return enlisted.connection

    def enlist_in(self, savepoint: SessionTransaction) -> None:
        """Let the connections that take part here take part in a savepoint too.

        Emits: SAVEPOINT on each.
        """
        for bind in list(self._enlisted):
            savepoint.connection_for(bind)

    def _enlist(self, bind: Any, execution_options: dict[str, Any] | None) -> Enlisted:
        unit = self._unit()
        companion = None
        if self._participants and bind.dialect.shares_in_session:
            companion = Enlisted.beside(self.parent, self.connections, bind, unit.execution_options, execution_options)
        if companion is not None:
            enlisted = companion
        elif self.parent is not None:
            connection = self.parent.connection_for(bind, execution_options)
            enlisted = Enlisted(connection, connection.begin_nested())
        elif isinstance(bind, engines.Connection):
            enlisted = self._join(bind)
        elif bind.is_threadlocal and (connection := bind.current_connection()) is not None:
            enlisted = self._join(connection)
        else:
            enlisted = Enlisted(bind.connect(), None, OURS)
            if unit.execution_options:
                execution_options = {**unit.execution_options, **(execution_options or {})}
            if execution_options or unit.twophase:
                try:
                    self._set_up(enlisted, execution_options)
                except BaseException:
                    enlisted.close()
                    raise
        if enlisted is not companion:
            self._participants.append(enlisted)
        self._enlisted[bind] = enlisted
        # A connection and its engine are the same participant, whichever is asked for.
        self._enlisted.setdefault(enlisted.connection.engine, enlisted)
        for listener in unit.dispatch.after_begin:
            listener(unit.session, self, enlisted.connection)
        return enlisted

    def _set_up(self, enlisted: Enlisted, execution_options: dict[str, Any] | None) -> None:
        if execution_options:
            enlisted.connection.execution_options(**execution_options)
        if self._unit().twophase:
            self._agreed().begin(enlisted)

    def _join(self, connection: Connection) -> Enlisted:
        """Take part in whatever goes on at a connection that the session was given."""
        if self._unit().execution_options:
            connection.execution_options(**self._unit().execution_options)
        if not connection.in_transaction():
            if not self._unit().twophase:
                return Enlisted(connection, connection.begin())
            enlisted = Enlisted(connection, None)
            self._agreed().begin(enlisted)
            return enlisted
        mode = self._unit().join_transaction_mode
        if mode == "create_savepoint" or (mode == "conditional_savepoint" and connection.in_nested_transaction()):
            return Enlisted(connection, connection.begin_nested())
        transaction = connection.get_nested_transaction() or connection.get_transaction()
        return Enlisted(connection, transaction, JOINED if mode == "control_fully" else FOREIGN)

    @exclusive_use
    def commit(self) -> None:
        """Flush, then commit this transaction (or release this savepoint).

        Emits: what the flush needs, then COMMIT on each connection, or RELEASE SAVEPOINT.
        State: instances are expired if the session expires on commit; connections are released.

        Raises:
            CommitUnknown: nobody knows whether it was committed. The session waits for ``rollback()``, after which
                its objects are persistent and expired, so that reading one tells whether its row is there.
        """
        self._check_open()
        unit = self._unit()
        if not self.is_prepared:
            self._make_ready_for_commit()
            if unit.twophase and self.parent is None:
                self._prepare_several()
        if self.is_prepared:
            self._decide()
        self._commit_work(expires=unit.expire_on_commit)

    def commit_flushed(self) -> None:
        """Commit a flush that had this transaction to itself; nothing else is flushed, and nothing is expired."""
        unit = self._unit()
        for listener in unit.dispatch.before_commit:
            listener(unit.session)
        if unit.twophase:
            self._prepare_several()
        if self.is_prepared:
            self._decide()
        self._commit_work(expires=False)

    def _commit_work(self, *, expires: bool) -> None:
        self._commit_participants()
        unit = self._unit()
        try:
            for listener in unit.dispatch.after_commit:
                listener(unit.session)
        finally:
            # It is committed, whatever a listener raises.
            self._finish_commit(expires=expires)

    def _finish_commit(self, *, expires: bool) -> None:
        unit = self._unit()
        if self.parent is not None:
            self._was_released = True
            self.restoration.move_to(self.parent)
            self._close()
            return
        released = self.restoration.release_deleted()
        self.restoration = Restoration()
        if expires:
            self.expire_all()
        try:
            for listener in unit.dispatch.deleted_to_detached:
                for instance in released:
                    listener(unit.session, instance)
        finally:
            self._close()

    def _make_ready_for_commit(self) -> None:
        self.check()
        unit = self._unit()
        for listener in unit.dispatch.before_commit:
            listener(unit.session)
        self._commit_inner_savepoints()
        self._flush_all()

    def _flush_all(self) -> None:
        """Flush until nothing is pending, whatever autoflush says: listeners of a flush may leave more to flush."""
        unit = self._unit()
        identity_map = unit.identity_map
        for _ in range(MOST_FLUSHES):
            if not (identity_map.new or identity_map.modified or identity_map.deleted):
                return
            unit.session.flush()
        raise FlushError(
            f"over {MOST_FLUSHES} flushes have not settled the session",
            why="something changes objects during or after each flush, probably a listener of after_flush",
            fix="let the listener change objects only where they differ from what they should be",
            code="AZ-S117",
        )

    def _commit_inner_savepoints(self) -> None:
        inner = self._unit().transaction
        while inner is not None and inner is not self:
            inner.commit()
            inner = self._unit().transaction

    @exclusive_use
    def rollback(self) -> None:
        """Roll back this transaction, or to this savepoint.

        Emits: ROLLBACK on each connection, or ROLLBACK TO SAVEPOINT.
        State: instances are as before the transaction; see ``Restoration.restore``.
        """
        self._check_open()
        all_in_turn([*[inner._end_inside for inner in self._inner_transactions()], self._end_rolled_back])
        self._tell_rolled_back()

    def _tell_rolled_back(self) -> None:
        unit = self._unit()
        for listener in unit.dispatch.after_soft_rollback:
            listener(unit.session, self)

    def _inner_transactions(self) -> Iterator[SessionTransaction]:
        """Yield the savepoints and subtransactions inside this one, the innermost first."""
        inner = self._unit().transaction
        while inner is not None and inner is not self:
            yield inner
            inner = inner.parent

    def _end_inside(self) -> None:
        """End with the transaction around this one, which puts the objects back: they lose no values in between."""
        unit = self._unit()
        told = [partial(listener, unit.session) for listener in unit.dispatch.after_rollback]
        try:
            all_in_turn([self._rollback_participants, partial(self.restoration.move_to, self.parent), *told])
        finally:
            self._close()
        self._tell_rolled_back()

    def _end_rolled_back(self) -> None:
        try:
            if self.failure is None or self.is_prepared:
                self._rollback_work()
            elif isinstance(self.failure, CommitUnknown):
                # What has not committed ends here; the objects are as leave_open() has left them.
                self._rollback_participants()
            else:
                # What was added and changed since it failed belongs to what is rolled back.
                Restoration().restore(self._unit().identity_map, everything=not self.nested)
        finally:
            self._close()

    def fail(self, cause: BaseException) -> None:
        """Roll back after a failed flush and refuse work until the user has rolled back too."""
        self._roll_back_failed(cause)
        self._tell_rolled_back()

    def _roll_back_failed(self, cause: BaseException) -> None:
        try:
            self._rollback_work()
        except Exception as second:  # noqa: BLE001 -- the cause is what the user must hear of
            cause.add_note(f"rolling back failed, too: {type(second).__name__}: {second}")
        finally:
            self.failure = cause

    def _rollback_work(self) -> None:
        try:
            self._rollback_participants()
        finally:
            self.restore_objects()

    def _rollback_participants(self) -> None:
        all_in_turn(map(attrgetter("rollback"), self._participants))

    def restore_objects(self) -> None:
        """Put the objects back to before this transaction."""
        unit = self._unit()
        restoration, self.restoration = self.restoration, Restoration()
        try:
            for listener in unit.dispatch.after_rollback:
                listener(unit.session)
        finally:
            identity_map = unit.identity_map
            announce = partial(Restored(identity_map, restoration).announce, unit) if unit.dispatch.restoring else None
            restoration.restore(identity_map, everything=not self.nested, announce=announce)

    def close(self) -> None:
        """End the transaction without committing.

        Emits: ROLLBACK, but for a transaction that somebody else has begun and ends.
        """
        if self.is_closed:
            return
        if self.parent is not None or not self._is_kept_by_others:
            self.rollback()
            return
        inside = [inner._end_inside for inner in self._inner_transactions()]
        all_in_turn([*inside, *self._rollbacks(), partial(self._finish_commit, expires=False)])

    def abandon(self) -> None:
        """End the whole transaction for a session that has let go of its objects already.

        Emits: ROLLBACK; connections of ours do that when they go back to the pool. A transaction that somebody else
        has begun is left as it is, and so are the keys of the objects whose rows it has.
        """
        steps: list[Callable[[], None]] = []
        outcomes: list[FlushOutcome] = []
        transaction: SessionTransaction | None = self
        while transaction is not None:
            if not transaction.is_closed:
                if transaction.restoration and not transaction._is_kept_by_others:
                    outcomes = [*transaction.restoration, *outcomes]
                steps.extend(transaction._rollbacks())
            steps.append(transaction._close)
            transaction = transaction.parent
        all_in_turn([partial(undo_flushes, outcomes), *steps] if outcomes else steps)

    def _rollbacks(self) -> list[Callable[[], None]]:
        """List the rollbacks of what is the session's own; closing a connection of ours does its own."""
        return [one.rollback for one in self._participants if one.transaction is not None and not one.is_foreign]

    @property
    def _is_kept_by_others(self) -> bool:
        """Whether what was written stays in a transaction that somebody else ends, when this one is closed."""
        return any(one.is_foreign for one in self._participants)

    def prepare(self) -> None:
        """Flush, and prepare the transaction on all connections; ``commit()`` or ``rollback()`` then ends it.

        Emits: what the flush needs, and what the database needs to prepare.

        Raises:
            InvalidRequestError: the session was not made with ``twophase=True``, or this is a savepoint.
        """
        self._check_open()
        if self.parent is not None or not self._unit().twophase:
            raise InvalidRequestError(
                "prepare() needs the outermost transaction of a session with twophase=True",
                why="without it the session's transactions have one phase, and savepoints cannot be prepared",
                fix="create the session with twophase=True on databases that support it",
                code="AZ-S13",
            )
        if not self.is_prepared:
            self._make_ready_for_commit()
            self._prepare_participants()

    def _close(self) -> None:
        if self.is_closed:
            self._leave()
            return
        self.is_closed = True
        unit = self._unit()
        if self._is_block:
            # What follows in the block would belong to no transaction that the block ends, so it is refused.
            self.failure = ended_in_its_block()
        else:
            unit.transaction = self.parent
        self._enlisted.clear()
        try:
            all_in_turn(map(attrgetter("close"), self._participants))
        finally:
            for listener in unit.dispatch.after_transaction_end:
                listener(unit.session, self)

    def expire_all(self) -> None:
        """Let all objects be loaded anew when they are read."""
        for states in self._unit().identity_map.entities.values():
            expire_states(list(states.values()))

    def _leave(self) -> None:
        """Give the session back to the transaction around this one, which ended before its block did."""
        if self._unit().transaction is self:
            self._unit().transaction = self.parent

    def _check_open(self) -> None:
        if self.is_closed:
            if self._is_block:
                raise ended_in_its_block()
            raise ResourceClosedError(
                "this transaction is closed",
                why="it was committed, rolled back or closed before",
                fix="begin another one with session.begin()",
                code="AZ-S11",
            )

    def __enter__(self) -> Self:
        self._is_block = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_block = False
        if self.is_closed:
            self._leave()
            return
        if kind is None and (self.failure is None or self.is_prepared):
            try:
                self.commit()
            except BaseException:
                if not self.is_closed:
                    self.rollback()
                raise
        else:
            self.rollback()
