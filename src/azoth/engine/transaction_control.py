"""Beginning and ending transactions on a connection."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any

from azoth.engine.dialect import DefaultDialect
from azoth.engine.failure import translated_failure
from azoth.engine.transaction import NestedTransaction, RootTransaction, Transaction, TwoPhaseTransaction
from azoth.event import Dispatch
from azoth.exc import InvalidRequestError

__all__ = ["TransactionControl"]


class TransactionControl(ABC):
    """The part of a connection that begins, commits and rolls back."""

    dispatch: Dispatch
    dialect: DefaultDialect
    engine: Any
    _dbapi: Any
    _logs: bool

    # What few connections change has its default here, because a connection is made for every piece of work.
    _transaction: RootTransaction | None = None
    _nested_transaction: NestedTransaction | None = None
    _context_transaction: Transaction | None = None
    _ready: bool | AbstractSet[str] = False
    """What may be sent as things stand: everything (True), as a transaction is begun in the database too; the SQL of
    this set, which does without; or nothing before ``_make_ready()`` has looked."""
    _begin_sent: bool = False
    _savepoint_count: int = 0
    _logging_token: str | None = None

    @abstractmethod
    def _require_open(self) -> None: ...

    @abstractmethod
    def _make_ready(self, sql: str | None = None) -> None: ...

    @abstractmethod
    def _is_begun_by_others(self) -> bool: ...

    @abstractmethod
    def _try_again(self, error: Exception, sql: str, parameters: Any, *, many: bool) -> Any: ...

    def begin(self) -> RootTransaction:
        """Begin a transaction.

        Returns:
            the transaction, which as a context manager commits or rolls back.

        Raises:
            InvalidRequestError: a transaction has begun already, by ``begin()`` or by a statement.

        Emits:
            BEGIN, together with the first statement that needs it.
        """
        self._require_open()
        if self._transaction is not None:
            raise self._transaction_exists("begin()")
        return RootTransaction(self)

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
        return TwoPhaseTransaction(self, self.dialect.create_xid() if xid is None else xid)

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
        return self._transaction

    def get_nested_transaction(self) -> NestedTransaction | None:
        """Give the innermost savepoint, where there is one."""
        return self._nested_transaction

    def recover_twophase(self) -> list[Any]:
        """List the identifiers of prepared transactions that wait for a decision."""
        return self.dialect.do_recover_twophase(self)

    def commit_prepared(self, xid: Any, recover: bool = False) -> None:
        """Commit a prepared transaction."""
        self.dialect.do_commit_twophase(self, xid, is_prepared=True, recover=recover)

    def rollback_prepared(self, xid: Any, recover: bool = False) -> None:
        """Roll back a prepared transaction."""
        self.dialect.do_rollback_twophase(self, xid, is_prepared=True, recover=recover)

    def _begin_root(self) -> None:
        for listener in self.dispatch.begin:
            listener(self)

    def _commit_root(self) -> None:
        for listener in self.dispatch.commit:
            listener(self)
        if self._begin_sent or self._is_begun_by_others():
            self._end_in_database(self.dialect.do_commit, "COMMIT")

    def _rollback_root(self) -> None:
        for listener in self.dispatch.rollback:
            listener(self)
        if self._begin_sent or self._is_begun_by_others():
            try:
                if self._dbapi is not None:
                    self._end_in_database(self.dialect.do_rollback, "ROLLBACK")
            finally:
                self._begin_sent = False

    def _end_in_database(self, end: Callable[[Any], None], name: str) -> None:
        if self._logs:
            self.engine._log.say(name, self._logging_token)
        try:
            end(self._dbapi)
        except Exception as error:
            raise translated_failure(self, error, name, None) from error
        self._begin_sent = False

    def _savepoint(self, name: str | None) -> str:
        if self._ready is not True:
            self._make_ready()
        if name is None:
            self._savepoint_count += 1
            name = f"azoth_savepoint_{self._savepoint_count}"
        for listener in self.dispatch.savepoint:
            listener(self, name)
        self._control(self.dialect.savepoint_sql(self.dialect.identifier_preparer.quote(name)))
        return name

    def _release_savepoint(self, name: str) -> None:
        for listener in self.dispatch.release_savepoint:
            listener(self, name, None)
        self._control(self.dialect.release_savepoint_sql(self.dialect.identifier_preparer.quote(name)))

    def _rollback_to_savepoint(self, name: str) -> None:
        for listener in self.dispatch.rollback_savepoint:
            listener(self, name, None)
        self._control(self.dialect.rollback_to_savepoint_sql(self.dialect.identifier_preparer.quote(name)))

    def _control(self, sql: str) -> None:
        """Execute a statement about savepoints, which is allowed also where ordinary statements must wait."""
        if self._dbapi is None:
            self._require_open()
            return
        if self._logs:
            self.engine._log.say(sql, self._logging_token)
        try:
            self._dbapi.cursor().execute(sql)
        except Exception as error:  # noqa: BLE001 -- see run()
            self._try_again(error, sql, (), many=False)

    def _begin_twophase(self, xid: Any) -> None:
        for listener in self.dispatch.begin_twophase:
            listener(self, xid)
        self.dialect.do_begin_twophase(self, xid)
        self._begin_sent = True

    def _prepare_twophase(self, xid: Any) -> None:
        for listener in self.dispatch.prepare_twophase:
            listener(self, xid)
        self.dialect.do_prepare_twophase(self, xid)

    def _commit_twophase(self, xid: Any, is_prepared: bool) -> None:
        for listener in self.dispatch.commit_twophase:
            listener(self, xid, is_prepared)
        self.dialect.do_commit_twophase(self, xid, is_prepared)
        self._begin_sent = False

    def _rollback_twophase(self, xid: Any, is_prepared: bool) -> None:
        for listener in self.dispatch.rollback_twophase:
            listener(self, xid, is_prepared)
        self.dialect.do_rollback_twophase(self, xid, is_prepared)
        self._begin_sent = False

    def _transaction_exists(self, call: str) -> InvalidRequestError:
        return InvalidRequestError(
            f"a transaction has already begun on this connection, {call} cannot be called now",
            why="begin() was called, or a statement was executed, which begins a transaction by itself.",
            fix="call commit() or rollback() first, or use begin_nested() for a savepoint inside the transaction.",
            code="AZ-E35",
        )
