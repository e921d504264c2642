"""A session's transaction: the connections that take part, and the record for putting instances back."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from azoth.engine import Connection
from azoth.exc import InvalidRequestError, PendingRollbackError, ResourceClosedError
from azoth.orm.runtime.expiry import expire
from azoth.orm.session.ports import SessionPort
from azoth.orm.session.restoration import Restoration


class Enlisted:
    """A connection that takes part in a session's transaction.

    Attributes:
        connection: the connection.
        transaction: the savepoint or outer transaction object where there is one, else None: the connection's own.
        is_ours: whether the session opened the connection and closes it at the end.
        is_foreign: whether somebody else's transaction is running on it, which our commit must leave alone.
    """

    __slots__ = ("connection", "is_foreign", "is_ours", "transaction")

    def __init__(self, connection: Any, transaction: Any, *, is_ours: bool, is_foreign: bool) -> None:
        self.connection = connection
        self.transaction = transaction
        self.is_ours = is_ours
        self.is_foreign = is_foreign


class SessionTransaction:
    """A transaction or savepoint of a session.

    Given by ``Session.begin()`` and ``Session.begin_nested()``; a context manager that commits at its end, or rolls
    back
    when the block raises.

    Attributes:
        session: the session.
        parent: the transaction around this savepoint, or None.
        nested: whether this is a savepoint.
        failure: what made a flush fail in here; until ``rollback()`` the session refuses to work.
    """

    __slots__ = ("_enlisted", "_is_closed", "_participants", "failure", "nested", "parent", "restoration", "session")

    def __init__(self, session: SessionPort, parent: SessionTransaction | None = None) -> None:
        self.session = session
        self.parent = parent
        self.nested = parent is not None
        self.failure: BaseException | None = None
        self.restoration = Restoration()
        self._enlisted: dict[Any, Enlisted] = {}
        self._participants: list[Enlisted] = []
        self._is_closed = False

    @property
    def is_active(self) -> bool:
        """Whether statements can run in it."""
        return not self._is_closed and self.failure is None

    @property
    def root(self) -> SessionTransaction:
        """The outermost transaction."""
        transaction = self
        while transaction.parent is not None:
            transaction = transaction.parent
        return transaction

    def check(self) -> None:
        """Refuse work in a transaction that a failed flush has rolled back.

        Errors:
            PendingRollbackError: with the original cause.
        """
        if self.failure is not None:
            cause = self.failure
            raise PendingRollbackError(
                f"the transaction was rolled back because a flush failed: {type(cause).__name__}",
                why=f"the original error was: {str(cause).splitlines()[0] if str(cause) else type(cause).__name__}",
                fix="call session.rollback() (or close()) before using the session again",
                code="AZ-S10",
            ) from cause

    def connection_for(self, bind: Any, execution_options: dict[str, Any] | None = None) -> Any:
        """Give the connection to an engine (or the given connection) within this transaction."""
        if self.failure is not None:
            self.check()
        enlisted = self._enlisted.get(bind)
        if enlisted is None:
            enlisted = self._enlist(bind, execution_options)
        return enlisted.connection

    def _enlist(self, bind: Any, execution_options: dict[str, Any] | None) -> Enlisted:
        if self.parent is not None:
            connection = self.parent.connection_for(bind, execution_options)
            enlisted = Enlisted(connection, connection.begin_nested(), is_ours=False, is_foreign=False)
        elif isinstance(bind, Connection):
            enlisted = self._join(bind)
        else:
            connection = bind.connect()
            if execution_options:
                connection = connection.execution_options(**execution_options)
            enlisted = Enlisted(connection, None, is_ours=True, is_foreign=False)
        self._participants.append(enlisted)
        self._enlisted[bind] = enlisted
        # A connection and its engine are the same participant, whichever is asked for.
        self._enlisted.setdefault(enlisted.connection.engine, enlisted)
        return enlisted

    def _join(self, connection: Any) -> Enlisted:
        """Take part in whatever goes on at a connection that the session was given."""
        if not connection.in_transaction():
            return Enlisted(connection, connection.begin(), is_ours=False, is_foreign=False)
        mode = self.session.join_transaction_mode
        if mode == "create_savepoint" or (mode == "conditional_savepoint" and connection.in_nested_transaction()):
            return Enlisted(connection, connection.begin_nested(), is_ours=False, is_foreign=False)
        transaction = connection.get_nested_transaction() or connection.get_transaction()
        return Enlisted(connection, transaction, is_ours=False, is_foreign=mode != "control_fully")

    def commit(self) -> None:
        """Flush, then commit this transaction (or release this savepoint).

        *Emits* what the flush needs, then COMMIT on each connection, or RELEASE SAVEPOINT.
        *State*: instances are expired if the session expires on commit; connections are released.
        """
        self._check_open()
        self.check()
        session = self.session
        self._commit_inner_savepoints()
        session._flush_for_commit()
        for enlisted in self._participants:
            if enlisted.transaction is None:
                enlisted.connection.commit()
            elif not enlisted.is_foreign:
                enlisted.transaction.commit()
        if self.parent is not None:
            self.parent.restoration.absorb(self.restoration)
        else:
            self.restoration.release_deleted()
            if session.expire_on_commit:
                self._expire_all()
        self._close()

    def _commit_inner_savepoints(self) -> None:
        inner = self.session._transaction
        while inner is not None and inner is not self:
            inner.commit()
            inner = self.session._transaction

    def rollback(self) -> None:
        """Roll back this transaction, or to this savepoint.

        *Emits* ROLLBACK on each connection, or ROLLBACK TO SAVEPOINT.
        *State*: instances are as before the transaction; see ``Restoration.restore``.
        """
        self._check_open()
        inner = self.session._transaction
        while inner is not None and inner is not self:
            inner._rollback_work()
            inner._close()
            inner = self.session._transaction
        if self.failure is None:
            self._rollback_work()
        self._close()

    def fail(self, cause: BaseException) -> None:
        """Roll back after a failed flush and refuse work until the user has rolled back too."""
        self._rollback_work()
        self.failure = cause

    def _rollback_work(self) -> None:
        try:
            for enlisted in self._participants:
                if enlisted.transaction is None:
                    enlisted.connection.rollback()
                elif enlisted.transaction.is_active:
                    enlisted.transaction.rollback()
        finally:
            self.restoration.restore(self.session._identity_map, everything=not self.nested)
            self.restoration = Restoration()

    def close(self) -> None:
        """End the transaction without committing."""
        if not self._is_closed:
            self.rollback()

    def abandon(self) -> None:
        """End the whole transaction for a session that has let go of its objects already.

        *Emits* ROLLBACK; connections of ours do that when they go back to the pool.
        """
        transaction: SessionTransaction | None = self
        while transaction is not None:
            for outcome in reversed(transaction.restoration.outcomes):
                outcome.undo()
            for enlisted in transaction._participants:
                if enlisted.transaction is not None and enlisted.transaction.is_active:
                    enlisted.transaction.rollback()
            transaction._close()
            transaction = transaction.parent

    def prepare(self) -> None:
        """Prepare a two-phase transaction."""
        self.session.prepare()

    def _close(self) -> None:
        self._is_closed = True
        self.session._transaction = self.parent
        for enlisted in self._participants:
            if enlisted.is_ours:
                enlisted.connection.close()
        self._enlisted.clear()

    def _expire_all(self) -> None:
        for states in self.session._identity_map.entities.values():
            for state in list(states.values()):
                instance = state()
                if instance is not None:
                    expire(state, instance)

    def _check_open(self) -> None:
        if self._is_closed:
            raise ResourceClosedError(
                "this transaction is closed",
                why="it was committed, rolled back or closed before",
                fix="begin another one with session.begin()",
                code="AZ-S11",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._is_closed:
            return
        if kind is None and self.failure is None:
            try:
                self.commit()
            except BaseException:
                if not self._is_closed:
                    self.rollback()
                raise
        else:
            self.rollback()


def refuse_begin() -> None:
    """Refuse a second begin.

    Errors:
        InvalidRequestError: always.
    """
    raise InvalidRequestError(
        "a transaction is already begun on this session",
        why="a session begins its transaction by itself at the first use, and has one at a time",
        fix="leave out begin(), call it first, use begin_nested() for a savepoint, or commit() or rollback() before",
        code="AZ-S12",
    )
