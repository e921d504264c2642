"""The one place where loading touches a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from azoth.engine.fetching import FetchedRows, close_cursor
from azoth.engine.transactions.transaction import result_is_over

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.loading.terms import Terms
    from azoth.orm.runtime.ports import Reading
    from azoth.sql.elements import ClauseElement


def run(connection: Connection, sql: str, parameters: tuple[Any, ...]) -> Any:
    """Execute a statement; gives the cursor, whose rows are read by iterating."""
    return connection.run(sql, parameters)


def run_heard(connection: Connection, statement: ClauseElement, terms: Terms | None) -> list[Any]:
    """Execute a statement that ``before_execute`` and ``after_execute`` hear of; gives its rows as the driver does."""
    rows: list[Any] = connection.driver_rows(statement, None if terms is None else terms.options)
    return rows


def note_options(connection: Connection, terms: Terms) -> None:
    """Let listeners of cursor events find the options of the statement that comes next in their context."""
    if connection.dispatch.cursor_execute and hasattr(connection, "_cursor_options"):
        connection._cursor_options = terms.options


def run_for_portions(connection: Connection, sql: str, parameters: tuple[Any, ...]) -> Any:
    """Execute a statement whose rows are going to be read in portions; gives the cursor, or what stands for it."""
    cursor = connection.run(sql, parameters, stream=True)
    if connection.dialect.fetches_at_once and not isinstance(cursor, FetchedRows):
        return FetchedRows(cursor, connection.fetch_all(cursor, sql, parameters))
    return cursor


def run_heard_for_portions(connection: Connection, statement: object) -> tuple[Any, str, tuple[Any, ...]]:
    """Do the same for a statement that listeners hear of; gives its text and values, too."""
    # With the first such statement: it needs the compiler, which comes with the first engine.
    from azoth.engine.execution.announcing import announce, tell_executed  # noqa: PLC0415

    statement, given = announce(connection, statement, None)
    prepared = connection.statement_cache.prepare(statement, tuple(given or ()))
    parameters = prepared.bind(statement, given, connection)
    cursor = run_for_portions(connection, prepared.sql, parameters)
    return tell_executed(connection, statement, given, cursor, stream=True), prepared.sql, parameters


class Portions:
    """The rows of a statement in lists of ``size``, read while its transaction goes on.

    Args:
        connection: where it was executed.
        cursor: the driver's cursor.
        sql: the statement.
        parameters: its values.
        size: the number of rows.
        reading: tells whether they may be read on.
    """

    __slots__ = (
        "__weakref__", "_connection", "_cursor", "_parameters", "_reading", "_reference", "_size", "_sql",
        "_was_let_go",
    )  # fmt: skip

    def __init__(
        self, connection: Connection, cursor: Any, sql: str, parameters: tuple[Any, ...], size: int, reading: Reading
    ) -> None:
        self._connection = connection
        self._cursor = cursor
        self._sql = sql
        self._parameters = parameters
        self._size = size
        self._reading = reading
        self._was_let_go = False
        if isinstance(cursor, FetchedRows):
            connection.keep_track_of(self)
            self._reference = None
        else:
            self._reference = connection.keep_track_of_stream(self, cursor)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> list[Any]:
        cursor = self._cursor
        if cursor is None:
            raise StopIteration
        if self._was_let_go or self._reading.is_over:
            raise result_is_over()
        try:
            rows: list[Any] = cursor.fetchmany(self._size)
            if len(rows) < self._size:
                self._cursor = None
                close_cursor(cursor)
                if self._reference is not None:
                    self._reference.cursor = None
        except BaseException as error:
            raise_failure(self._connection, cursor, error, self._sql, self._parameters)
            raise
        if not rows:
            raise StopIteration
        return rows

    def let_go(self) -> None:
        """Close the cursor, because the transaction has ended or the connection was given up."""
        if self._cursor is not None:
            self._was_let_go = True
            close_cursor(self._cursor)


def raise_failure(connection: Connection, cursor: Any, error: BaseException, sql: str, parameters: Any) -> None:
    """Deal with what was raised while rows were read: raise the driver's errors as azoth's, return where it is none.

    Databases compute rows while they are read, so statements fail there, too. The cursor is closed.
    """
    connection.discard(cursor)
    if isinstance(error, Exception):
        failure = connection.driver_failure(error, sql, parameters)
        if failure is not error:
            raise failure from error
