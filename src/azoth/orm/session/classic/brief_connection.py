"""Reading and writing outside of any transaction: each statement has a connection of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any
from weakref import ref

from azoth import engine as engines
from azoth.engine.fetching import FetchedRows
from azoth.engine.result import IteratorResult
from azoth.exc import InvalidRequestError
from azoth.orm.session.objects.restoration import Restoration
from azoth.orm.session.transactions.transaction import SessionTransaction

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.session.transactions.transaction import TransactionUnit


class BriefConnection:
    """Stands for the connections of an engine, one for each statement, released when its rows are fetched.

    Args:
        bind: the engine; or a connection on which nothing is begun, which is left so after each statement.
        execution_options: options of each connection.
    """

    __slots__ = ("_bind", "_execution_options", "dialect", "dispatch", "engine", "statement_cache")

    def __init__(self, bind: Any, execution_options: Mapping[str, Any] | None = None) -> None:
        self._bind = bind
        self.engine = bind.engine
        self.dispatch = bind.dispatch
        self._execution_options = dict(execution_options or {})
        self.statement_cache = self.engine.statement_cache_for(
            {**bind.get_execution_options(), **self._execution_options}
        )
        self.dialect = self.statement_cache.dialect

    def get_execution_options(self) -> Mapping[str, Any]:
        """List the options that are set."""
        return self._execution_options

    @contextmanager
    def private_errors(self) -> Iterator[None]:
        """Make a block whose errors ``handle_error`` listeners do not hear of."""
        before = self._execution_options
        self._execution_options = {**before, "skip_user_error_events": True}
        try:
            yield
        finally:
            self._execution_options = before

    def execution_options(self, **options: Any) -> BriefConnection:
        """Give one whose connections have further options."""
        return BriefConnection(self._bind, {**self._execution_options, **options})

    def run(self, sql: str, parameters: Any = (), *, stream: bool = False) -> FetchedRows:
        """Give one statement that reads to the driver and fetch its rows, all at once also where portions are wanted.

        Emits: the statement, then the ROLLBACK with which a connection goes back to its pool.
        """
        with self._connection() as connection, self._heard_errors(connection):
            cursor = connection.run(sql, parameters)
            return FetchedRows(cursor, connection.fetch_all(cursor, sql, parameters) if cursor.description else ())

    @property
    def is_heard(self) -> bool:
        """Whether somebody listens to executions."""
        return bool(self.dispatch.execute)

    def fetch_all(self, cursor: FetchedRows, sql: str, parameters: object) -> list[Any]:
        """Give the rows of a ``run()``."""
        return cursor.fetchall()

    def driver_rows(self, statement: Any, execution_options: Mapping[str, Any] | None = None) -> list[Any]:
        """Execute a statement that reads, and give its rows as the driver makes them.

        Emits: the statement, then the ROLLBACK with which a connection goes back to its pool.
        """
        with self._connection() as connection, self._heard_errors(connection):
            rows: list[Any] = connection.driver_rows(statement, execution_options)
            return rows

    def keep_track_of(self, reader: Any) -> None:
        """Do nothing: all rows are fetched."""

    def discard(self, cursor: FetchedRows | None) -> None:
        """Do nothing: the driver's cursor is gone."""

    def driver_failure(self, error: Exception, sql: str, parameters: Any) -> Exception:
        """Give what was raised while rows of a ``run()`` were made into objects: as it is, the driver being done."""
        return error

    def execute(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> Any:
        """Execute one statement in a transaction of its own and fetch its rows.

        Emits: the statement, then COMMIT.
        """
        with self._connection() as connection:
            result = connection.execute(statement, parameters, execution_options=execution_options)
            fetched = IteratorResult(result._shape, [tuple(row) for row in result]) if result.returns_rows else result
            connection.commit()
            return fetched

    def _heard_errors(self, connection: Connection) -> AbstractContextManager[None]:
        skips = self._execution_options.get("skip_user_error_events")
        return connection.private_errors() if skips else nullcontext()

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        if isinstance(self._bind, engines.Connection):
            try:
                yield self._bind
            finally:
                self._bind.rollback()
            return
        with self._bind.connect() as connection:
            yield connection.execution_options(**self._execution_options) if self._execution_options else connection


class NoTransaction(SessionTransaction):
    """What stands for the transaction while none is begun: each statement runs by itself.

    It is never the session's current transaction.
    """

    __slots__ = ()

    def __init__(self, unit: TransactionUnit) -> None:
        # It is no transaction that anybody should hear of, so the inherited constructor is left out.
        self._unit = ref(unit)  # type: ignore[assignment]  # as there
        self._held = None
        self.in_use = unit.in_use
        self.parent = self.failure = None
        self.nested = self.is_prepared = self.is_closed = self._is_block = self._was_released = False
        self.restoration = Restoration()
        self._enlisted = {}
        self._participants = []

    def connection_for(self, bind: Any, execution_options: dict[str, Any] | None = None) -> Any:
        """Give what stands for the connections of an engine; a transaction that somebody has begun is joined."""
        if isinstance(bind, engines.Connection):
            return bind if bind.in_transaction() else BriefConnection(bind, execution_options)
        if bind.is_threadlocal and (connection := bind.current_connection()) is not None:
            return connection
        return BriefConnection(bind, execution_options)

    def commit(self) -> None:
        """Refuse: nothing is begun."""
        raise _nothing_begun("commit()")

    def rollback(self) -> None:
        """Do nothing: nothing is begun."""

    def prepare(self) -> None:
        """Refuse: nothing is begun."""
        raise _nothing_begun("prepare()")

    def check(self) -> None:
        """Do nothing: every flush has ended by itself."""

    def end(self) -> None:
        """Let no rows be read on that were asked for in here."""
        self.is_closed = True


def _nothing_begun(call: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"{call}: no transaction is begun",
        why="the session was made with transactional=False (autocommit=True), so each flush has its own transaction",
        fix="call session.begin() first, or make the session with transactional=True",
        code="AZ-S112",
    )
