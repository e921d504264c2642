"""Engines with a transaction for each thread: ``create_engine(url, strategy="threadlocal")`` (classic)."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any

from azoth.engine.connection import Connection
from azoth.engine.engine import Engine
from azoth.exc import InvalidRequestError

__all__ = ["ThreadLocalEngine", "ThreadTransaction"]


class _ThreadWork(threading.local):
    """The connection and the open begins of the present thread.

    Attributes:
        connection: the connection, while there is a transaction.
        depth: how many times ``begin()`` was called without its commit or rollback.
        is_rolled_back: whether an inner rollback has ended the transaction already.
    """

    connection: Connection | None = None
    depth: int = 0
    is_rolled_back: bool = False


class ThreadLocalEngine(Engine):
    """An engine whose ``begin()``, ``commit()`` and ``rollback()`` belong to the present thread.

    Everything that a thread does through the engine while its transaction is open takes part in it: statements that
    the engine executes, and sessions, whether they are bound to the engine or find it through their tables' metadata.
    Further begins are counted; the transaction is committed with the outermost, and a rollback at any depth rolls all
    of it back.
    """

    is_threadlocal = True

    def _take_options(self, options: Any) -> None:
        super()._take_options(options)
        if "_work" not in self.__dict__:
            self._work = _ThreadWork()

    def begin(self) -> ThreadTransaction:  # type: ignore[override]  # its block gives the thread's connection, as the engine's own does
        """Begin the thread's transaction, or count one more begin of it.

        Returns:
            a context manager that gives the thread's connection, commits at its end, and rolls back after an error;
            calling ``commit()`` or ``rollback()`` of the engine does instead.

        Emits:
            BEGIN, together with the first statement.
        """
        work = self._work
        if work.connection is None:
            connection = self.connect()
            try:
                connection.begin()
            except BaseException:
                connection.close()
                raise
            work.connection = connection
            work.is_rolled_back = False
        work.depth += 1
        return ThreadTransaction(self, work.connection)

    def commit(self) -> None:
        """End the thread's innermost begin; with the outermost one the transaction is committed.

        Raises:
            InvalidRequestError: the thread has begun no transaction, or has rolled it back at a deeper begin.

        Emits:
            COMMIT, with the outermost begin.
        """
        work = self._begun("commit()")
        connection = work.connection
        assert connection is not None
        if work.is_rolled_back:
            self._leave()
            raise InvalidRequestError(
                "the thread's transaction was rolled back by an inner rollback()",
                why="begins inside a begin share one transaction, so rolling one back rolls back all",
                fix="call engine.rollback() for the outer begin too",
                code="AZ-E59",
            )
        if work.depth == 1:
            connection.commit()
        self._leave()

    def rollback(self) -> None:
        """End the thread's innermost begin and roll back the whole transaction.

        Raises:
            InvalidRequestError: the thread has begun no transaction.

        Emits:
            ROLLBACK.
        """
        work = self._begun("rollback()")
        connection = work.connection
        assert connection is not None
        connection.rollback()
        work.is_rolled_back = True
        self._leave()

    def in_transaction(self) -> bool:
        """Tell whether the thread has begun a transaction."""
        return self._work.connection is not None

    def current_connection(self) -> Connection | None:
        """Give the connection of the thread's transaction, or None."""
        work = self._work
        return None if work.is_rolled_back else work.connection

    def execute(self, statement: Any, parameters: Any = None) -> Any:
        """Execute a statement in the thread's transaction.

        Raises:
            InvalidRequestError: the thread has begun none.
        """
        connection = self._begun("execute()").connection
        assert connection is not None
        return connection.execute(statement, parameters)

    def scalar(self, statement: Any, parameters: Any = None) -> Any:
        """Execute a statement in the thread's transaction and give the first value of its first row."""
        return self.execute(statement, parameters).scalar()

    def run_ddl(self, elements: Any) -> None:
        """Execute DDL elements in the thread's transaction, or in one of their own where there is none."""
        connection = self.current_connection()
        if connection is not None:
            connection.run_ddl(elements)
            return
        with self.begin() as own:
            own.run_ddl(elements)

    def _begun(self, call: str) -> _ThreadWork:
        work = self._work
        if work.connection is None:
            raise InvalidRequestError(
                f"{call}: no transaction is begun in this thread",
                why="a transaction of a threadlocal engine belongs to the thread that began it",
                fix="call engine.begin() first",
                code="AZ-E58",
            )
        return work

    def _leave(self) -> None:
        work = self._work
        work.depth -= 1
        if work.depth == 0 and work.connection is not None:
            connection, work.connection = work.connection, None
            work.is_rolled_back = False
            connection.close()


class ThreadTransaction:
    """One begin of a thread's transaction, for a ``with`` block; otherwise the engine's methods end it."""

    __slots__ = ("_connection", "_engine")

    def __init__(self, engine: ThreadLocalEngine, connection: Connection) -> None:
        self._engine = engine
        self._connection = connection

    def commit(self) -> None:
        """End this begin as ``engine.commit()`` does."""
        self._engine.commit()

    def rollback(self) -> None:
        """End this begin as ``engine.rollback()`` does."""
        self._engine.rollback()

    def __enter__(self) -> Connection:
        return self._connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            try:
                self._engine.commit()
            except BaseException:
                if self._engine.in_transaction():
                    self._engine.rollback()
                raise
        else:
            self._engine.rollback()
