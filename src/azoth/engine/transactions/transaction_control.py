"""Beginning and ending transactions on a connection."""

from __future__ import annotations

import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.engine.failure import driver_state, translated_failure
from azoth.engine.fetching import close_cursor
from azoth.engine.transactions.commit_outcome import failed_commit
from azoth.engine.transactions.transaction import (
    NestedTransaction,
    RootTransaction,
    Transaction,
    TwoPhaseTransaction,
    transaction_has_ended,
    waits_for_rollback,
)
from azoth.event import Dispatch
from azoth.exc import AzothError, CommitUnknown, DBAPIError, InvalidRequestError
from azoth.pool import PoolProxiedConnection
from azoth.pool.open_connections import inherited

if TYPE_CHECKING:
    from azoth.engine.dialect_base.begin_action import BeginAction
    from azoth.engine.dialect_base.reflection import ReflectedRows
    from azoth.engine.dialect_base.transactions import ControllingConnection, PreparedTransaction
    from azoth.engine.ports import CursorReader, EnginePort
    from azoth.engine.transactions.visit import Visit, Visitors

__all__ = ["StreamReference", "TransactionControl"]

MOST_READERS: Final = 64
"""How many results of a transaction are remembered before those that are gone are left out."""


class StreamReference(weakref.ref["CursorReader"]):
    """A weak reference to what reads in portions, and its cursor, for whom the reader's death leaves it open.

    Attributes:
        cursor: the driver's cursor; None when the reader has closed it.
    """

    __slots__ = ("cursor",)

    cursor: Any

    def __new__(cls, reader: CursorReader, cursor: Any) -> Self:
        reference = super().__new__(cls, reader)
        reference.cursor = cursor
        return reference

    def __init__(self, reader: CursorReader, cursor: Any) -> None:
        # A reference is complete when it is made; the arguments are those of ``__new__()``.
        pass


class TransactionControl(ABC):
    """The part of a connection that begins, commits and rolls back."""

    dispatch: Dispatch
    dialect: DefaultDialect
    engine: EnginePort
    _dbapi: Any
    _logs: bool
    _errors_are_private: bool
    _begin_action: BeginAction | None

    # What few connections change has its default here, because a connection is made for every piece of work.
    _transaction: RootTransaction | None = None
    _nested_transaction: NestedTransaction | None = None
    _context_transaction: Transaction | None = None
    _ready: bool | AbstractSet[str] = False
    """What may be sent as things stand: everything (True), as a transaction is begun in the database too; the SQL of
    this set, which does without; or nothing before ``_make_ready()`` has looked."""
    _begin_sent: bool = False
    _autocommit: bool = False
    _commit_sent_at: float = 0.0
    """When the COMMIT of the present or last transaction was sent; 0.0 while it certainly has not committed."""
    _commit_unknown: CommitUnknown | None = None
    _readers: list[Any] | None = None
    """Weak references to what may not have read its rows to the end."""
    _most_readers: int = MOST_READERS
    _savepoint_count: int = 0
    _is_controlling: bool = False
    """Whether the dialect is making or ending a savepoint; its texts are none of the program's."""
    _logging_token: str | None = None
    _visit: Visit | None = None
    """What the connection does within the transaction of another one of its thread."""
    _visitors: Visitors | None = None
    """What others do within the transaction of this one."""

    @property
    @abstractmethod
    def connection(self) -> PoolProxiedConnection: ...

    @property
    @abstractmethod
    def closed(self) -> bool: ...

    @property
    @abstractmethod
    def invalidated(self) -> bool: ...

    @abstractmethod
    def execute(self, statement: Any, parameters: Any = None) -> ReflectedRows: ...

    @abstractmethod
    def exec_driver_sql(self, statement: str, parameters: Any = None) -> ReflectedRows: ...

    @abstractmethod
    def _require_open(self) -> None: ...

    @abstractmethod
    def _reconnect(self) -> None: ...

    @abstractmethod
    def _make_ready(self, sql: str | None = None) -> None: ...

    @abstractmethod
    def _is_begun_by_others(self) -> bool: ...

    @abstractmethod
    def invalidate(self, exception: BaseException | None = None) -> None: ...

    @abstractmethod
    def _give_up(self, error: BaseException) -> None: ...

    @abstractmethod
    def _try_again(self, error: Exception, sql: str, parameters: Any, *, many: bool) -> Any: ...

    def begin(self) -> RootTransaction:
        """Begin a transaction.

        Returns:
            the transaction, which as a context manager commits or rolls back.

        Raises:
            InvalidRequestError: a transaction has begun already, by ``begin()`` or by a statement; or this is the block
                of one that has ended.

        Emits:
            BEGIN, together with the first statement that needs it.
        """
        self._require_open()
        context = self._context_transaction
        if context is not None and not context.is_active:
            raise transaction_has_ended()
        if self._transaction is not None:
            raise self._transaction_exists("begin()")
        return RootTransaction(self)._held_by_its_user()

    def begin_nested(self, name: str | None = None) -> NestedTransaction:
        """Make a savepoint, beginning a transaction where there is none.

        Args:
            name: the savepoint's name; made up where none is given.

        Returns:
            the savepoint, which as a context manager is released or rolled back.

        Emits:
            SAVEPOINT.
        """
        self._require_open()
        return NestedTransaction(self, name)

    def begin_twophase(self, xid: Any = None) -> TwoPhaseTransaction:
        """Begin a transaction that can be prepared before it is committed.

        Args:
            xid: its identifier; made up where none is given.

        Returns:
            the transaction.

        Raises:
            InvalidRequestError: a transaction has begun already, or the database has no two-phase transactions.
        """
        self._require_open()
        if self._transaction is not None:
            raise self._transaction_exists("begin_twophase()")
        transaction = TwoPhaseTransaction(self, self.dialect.create_xid() if xid is None else xid)
        return transaction._held_by_its_user()

    def commit(self) -> None:
        """Commit the transaction, where one has begun."""
        if self._transaction is not None:
            self._transaction.commit()

    def rollback(self) -> None:
        """Roll back the transaction, where one has begun."""
        if self._transaction is not None:
            self._transaction.rollback()

    def in_transaction(self) -> bool:
        """Tell whether a transaction has begun."""
        return self._transaction is not None and self._transaction.is_active

    def in_nested_transaction(self) -> bool:
        """Tell whether there is a savepoint."""
        return self._nested_transaction is not None and self._nested_transaction.is_active

    def get_transaction(self) -> RootTransaction | None:
        """Give the transaction, where one has begun."""
        transaction = self._transaction
        return None if transaction is None else transaction._held_by_its_user()

    def get_nested_transaction(self) -> NestedTransaction | None:
        """Give the innermost savepoint, where there is one."""
        return self._nested_transaction

    def recover_twophase(self) -> list[Any]:
        """List the identifiers of prepared transactions that wait for a decision."""
        return self.dialect.do_recover_twophase(self)

    def prepared_transactions(self) -> list[PreparedTransaction]:
        """List the transactions that are prepared, with what the database tells of them."""
        return self.dialect.prepared_transactions(self)

    def commit_prepared(self, xid: Any, recover: bool = False) -> None:
        """Commit a prepared transaction.

        Args:
            xid: its identifier.
            recover: whether another connection has prepared it; dialects of other packages are told.

        Raises:
            InvalidRequestError: there is none with this identifier, or a transaction has begun on this connection.
            DBAPIError: the database refuses.
        """
        self._finish_known(xid, commit=True, recover=recover)

    def rollback_prepared(self, xid: Any, recover: bool = False) -> None:
        """Roll back a prepared transaction; see ``commit_prepared()``."""
        self._finish_known(xid, commit=False, recover=recover)

    def finish_prepared(self, xid: object, *, commit: bool) -> bool:
        """Commit or roll back a prepared transaction, unless somebody has done so before.

        Args:
            xid: its identifier.
            commit: whether it is committed.

        Returns:
            whether it was finished now; False where it is not there any more.

        Raises:
            InvalidRequestError: a transaction has begun on this connection; or the one that has prepared it lives.
            DBAPIError: the database refuses.
        """
        self._require_open()
        if self._transaction is not None:
            raise self._transaction_exists("the end of a prepared transaction")
        if self._dbapi is None:
            self._reconnect()
        finished: bool = self._translating(partial(self.dialect.finish_prepared, self, xid, commit=commit))
        return finished

    def _finish_known(self, xid: object, *, commit: bool, recover: bool) -> None:
        if not self.dialect.finishes_by_itself:
            act = self.dialect.do_commit_twophase if commit else self.dialect.do_rollback_twophase
            act(self, xid, True, recover)
        elif not self.finish_prepared(xid, commit=commit):
            raise InvalidRequestError(
                f"there is no prepared transaction {xid!r}",
                why="it was never prepared here, or it has been committed or rolled back since.",
                fix="recover_twophase() lists those that there are.",
                code="AZ-E747",
            )

    def _begin_root(self) -> None:
        if self._commit_sent_at:
            self._forget_commit()
        for listener in self.dispatch.begin:
            listener(self)

    def _forget_commit(self) -> None:
        self._commit_sent_at = 0.0
        self._commit_unknown = None

    def _commit_root(self) -> None:
        for listener in self.dispatch.commit:
            listener(self)
        if self._visit is not None:
            self._visit.commit()
            return
        if self._visitors:
            self._visitors.take_back_given_up()
            if self._transaction is not None and not self._transaction.is_active:
                raise waits_for_rollback()
        if self._begin_sent or self._is_begun_by_others():
            if self._logs:
                self.engine._log.say("COMMIT", self._logging_token)
            # Noted before it is sent, so that an interrupt at any point leaves no doubt that it may have happened.
            self._commit_sent_at = time.time()
            try:
                self.dialect.do_commit(self._dbapi)
                self._begin_sent = False
            except BaseException as error:
                failure = failed_commit(self, error)
                if failure is error:
                    raise
                raise failure from error
        if self._visitors:
            self._visitors.end()

    def _rollback_root(self) -> None:
        try:
            for listener in self.dispatch.rollback:
                listener(self)
        finally:
            if self._visit is not None:
                self._visit.rollback()
            elif self._begin_sent or self._is_begun_by_others():
                if self._logs:
                    self.engine._log.say("ROLLBACK", self._logging_token)
                self._roll_back(self.dialect.do_rollback)

    def _roll_back(self, roll_back: Callable[[Any], None]) -> None:
        """Roll back in the database; a connection that may be inside the transaction still is given up."""
        if inherited and id(self._dbapi) in inherited:
            # This is a child process, and the transaction is its parent's.
            self._begin_sent = False
            return
        try:
            roll_back(self._dbapi)
            self._begin_sent = False
        except BaseException as error:
            is_idle = driver_state(self) is False
            if is_idle:
                self._begin_sent = False
            failure: BaseException = error
            try:
                # While there is a connection still, which the dialect may ask what has happened.
                if isinstance(error, Exception) and not self._autocommit:
                    failure = translated_failure(self, error, "ROLLBACK", None)
            finally:
                if not is_idle:
                    self._give_up(error)
            if not isinstance(error, Exception):
                raise
            if self._autocommit:
                # There was nothing to roll back: every statement has been committed by itself.
                return
            if isinstance(failure, DBAPIError) and self._dbapi is None:
                failure.connection_invalidated = True
            if failure is error:
                raise
            raise failure from error

    def _savepoint(self, name: str | None) -> str:
        if self._ready is not True:
            self._make_ready()
        if name is None:
            self._savepoint_count += 1
            name = f"azoth_savepoint_{self._savepoint_count}"
        for listener in self.dispatch.savepoint:
            listener(self, name)
        pile, name_there = self._pile_of_savepoints(name)
        self._about_savepoint(self.dialect.do_savepoint, name_there)
        if pile is not None:
            pile.note(self._visit, name_there)
        return name

    def _release_savepoint(self, name: str) -> None:
        for listener in self.dispatch.release_savepoint:
            listener(self, name, None)
        pile, name_there = self._pile_of_savepoints(name)
        if pile is None or pile.release(self._visit, name_there):
            self._about_savepoint(self.dialect.do_release_savepoint, name_there)

    def _rollback_to_savepoint(self, name: str) -> None:
        try:
            for listener in self.dispatch.rollback_savepoint:
                listener(self, name, None)
        finally:
            pile, name_there = self._pile_of_savepoints(name)
            roll_back = partial(self._about_savepoint, self.dialect.do_rollback_to_savepoint, name_there)
            if pile is None:
                roll_back()
            else:
                pile.go_back(self._visit, name_there, roll_back)

    def _pile_of_savepoints(self, name: str) -> tuple[Visitors | None, str]:
        """Give what knows of the savepoints of others on the same driver's connection, and a savepoint's name there."""
        visit = self._visit
        if visit is None:
            return self._visitors or None, name
        return visit.host._visitors, visit.savepoint_name(name)

    def _about_savepoint(self, act: Callable[[ControllingConnection, str], None], name: str) -> None:
        if self._dbapi is None:
            self._require_open()
            return
        self._is_controlling = True
        try:
            act(self, name)
        except BaseException as error:
            if self._transaction is not None and not isinstance(error, Exception):
                # An interrupt in its middle: nobody knows which savepoints there are, but all can be rolled back.
                self._transaction._fail()
            raise
        finally:
            self._is_controlling = False

    def control(self, sql: str) -> None:
        """Execute a statement about savepoints, which is allowed also where ordinary statements must wait.

        Args:
            sql: the statement.
        """
        if self._logs:
            self.engine._log.say(sql, self._logging_token)
        try:
            self.dialect.open_cursor(self._dbapi).execute(sql)
        except Exception as error:  # noqa: BLE001 -- drivers raise more than their own errors
            self._try_again(error, sql, (), many=False)

    def _begin_twophase(self, xid: Any) -> None:
        self._forget_commit()
        for listener in self.dispatch.begin_twophase:
            listener(self, xid)
        if self._dbapi is None:
            self._reconnect()
        # Noted before it is sent; see _commit_root().
        self._begin_sent = True
        try:
            self.dialect.do_begin_twophase(self, xid)
        except BaseException as error:
            is_ours = isinstance(error, AzothError) and not isinstance(error, DBAPIError)
            failure = error if is_ours or not isinstance(error, Exception) else self._failure_of(error)
            if is_ours or driver_state(self) is False:
                self._begin_sent = False
            else:
                self._give_up(error)
            if failure is error:
                raise
            raise failure from error

    def _failure_of(self, error: Exception) -> Exception:
        return translated_failure(self, error, None, None)

    def _translating(self, act: Callable[..., Any], *arguments: Any) -> Any:
        """Do something through the dialect, where the driver's errors become ours."""
        try:
            return act(*arguments)
        except Exception as error:
            failure = self._failure_of(error)
            if failure is error:
                raise
            raise failure from error

    def _prepare_twophase(self, xid: Any) -> None:
        for listener in self.dispatch.prepare_twophase:
            listener(self, xid)
        self._translating(self.dialect.do_prepare_twophase, self, xid)

    def _commit_twophase(self, xid: Any, is_prepared: bool) -> None:
        for listener in self.dispatch.commit_twophase:
            listener(self, xid, is_prepared)
        self._commit_sent_at = time.time()
        try:
            self._control_phases(self.dialect.do_commit_twophase, xid, is_prepared)
            self._begin_sent = False
        except BaseException as error:
            failure = failed_commit(self, error, xid=xid, is_prepared=is_prepared)
            if failure is error:
                raise
            raise failure from error

    def _rollback_twophase(self, xid: Any, is_prepared: bool) -> None:
        try:
            for listener in self.dispatch.rollback_twophase:
                listener(self, xid, is_prepared)
        finally:
            if self._dbapi is not None:
                rollback = self.dialect.do_rollback_twophase
                self._roll_back(lambda _dbapi: self._control_phases(rollback, xid, is_prepared))

    def _control_phases(self, act: Callable[[Any, Any, bool], None], xid: Any, is_prepared: bool) -> None:
        """Let a dialect end a two-phase transaction; it may execute statements, which others may not any more."""
        self._is_controlling = True
        try:
            act(self, xid, is_prepared)
        finally:
            self._is_controlling = False

    def keep_track_of(self, reader: CursorReader) -> None:
        """Let a cursor be closed with the transaction at the latest, because one that is open keeps locks.

        Args:
            reader: what reads from it.
        """
        readers = self._readers
        if readers is None:
            readers = self._readers = []
        elif len(readers) >= self._most_readers:
            self._forget_readers(readers)
        readers.append(weakref.ref(reader))

    def keep_track_of_stream(self, reader: CursorReader, cursor: Any) -> StreamReference:
        """Do as ``keep_track_of()`` does, and close a cursor of the server whose reader was forgotten half-read, too.

        The collector does not close it: it may come in the middle of another call of the driver.

        Args:
            reader: what reads from it; it says in the reference when it has closed the cursor by itself.
            cursor: the driver's cursor.

        Returns:
            the reference.
        """
        self.keep_track_of(reader)
        reference = StreamReference(reader, cursor)
        if self.dialect.supports_server_side_cursors:
            assert self._readers is not None
            self._readers[-1] = reference
        return reference

    def _forget_readers(self, readers: list[Any]) -> None:
        """Forget the readers that are gone, and close what they have left open in the server."""
        gone = [reference for reference in readers if reference() is None]
        readers[:] = [reference for reference in readers if reference() is not None]
        self._most_readers = 2 * len(readers) + MOST_READERS
        for reference in gone:
            if isinstance(reference, StreamReference):
                self.discard(reference.cursor)

    def discard(self, cursor: Any, error: BaseException | None = None) -> None:
        """Close a cursor that is of no more use, where there is one.

        While an error is dealt with, its traceback keeps the cursor alive, and the cursor keeps the database's locks.

        Args:
            cursor: the cursor.
            error: what made it useless; what an interrupt has left running is stopped.

        State:
            where closing it shows that the connection is lost, the connection is invalidated; where it stays open
            outside of any transaction, the connection is given up.
        """
        if error is not None and not isinstance(error, Exception):
            self._interrupted(error)
        if cursor is not None:
            self._close_in_passing(partial(close_cursor, cursor))

    def _interrupted(self, interrupt: BaseException) -> None:
        """Stop in the server what an interrupt has left running, and give up a connection of unknown state."""
        is_usable = self._dbapi is None
        try:
            if self._dbapi is not None:
                is_usable = self.dialect.stop_statement(self._dbapi, self.engine.pool._open_beside)
        except Exception as error:  # noqa: BLE001 -- what goes wrong here must not hide the interrupt
            interrupt.add_note(f"stopping the statement in the server failed: {type(error).__name__}: {error}")
        finally:
            if not is_usable:
                self._give_up(interrupt)

    def _close_cursors(self) -> None:
        readers, self._readers = self._readers, None
        for reference in readers or ():
            reader = reference()
            if reader is not None:
                self._close_in_passing(reader.let_go)
            elif isinstance(reference, StreamReference):
                self.discard(reference.cursor)

    def _close_in_passing(self, close: Callable[[], None]) -> None:
        try:
            close()
        except Exception as error:  # noqa: BLE001 -- what is closed for good does no harm, unless its error says so
            is_disconnect = isinstance(error, self.dialect.error_class) and self.dialect.is_disconnect(
                error, self._dbapi, None
            )
            if self._dbapi is None:
                return
            if is_disconnect:
                self.invalidate(error)
            elif not self._begin_sent:
                # No ROLLBACK follows that would end what the cursor was reading, and with it the locks that it holds.
                self._give_up(error)

    def _transaction_exists(self, call: str) -> InvalidRequestError:
        return InvalidRequestError(
            f"a transaction has already begun on this connection, {call} cannot be called now",
            why="begin() was called, or a statement was executed, which begins a transaction by itself.",
            fix="call commit() or rollback() first, or use begin_nested() for a savepoint inside the transaction.",
            code="AZ-E35",
        )
