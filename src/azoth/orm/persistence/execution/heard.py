"""Statements of a flush of which listeners of an engine hear, or a dialect of a program's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from azoth.orm.persistence.statements.announced import Announced
from azoth.orm.persistence.statements.row_statement import Made, Parameters, RowStatement
from azoth.sql.compiler import Compiled
from azoth.sql.statement_cache import StatementCache

if TYPE_CHECKING:
    from azoth.orm.persistence.ports import FlushConnection, FlushCursor

    class Sendable(Protocol):
        """A statement for rows.

        Attributes:
            process: makes values into those of the driver, row by row; None where there is nothing to do.
            made: the values of columns without an attribute that functions make now.
            announced: what listeners are told.
        """

        @property
        def made(self) -> Made: ...
        @property
        def process(self) -> Callable[[Parameters], Parameters] | None: ...
        @property
        def announced(self) -> Announced: ...


def ready_to_send(
    connection: FlushConnection, statement: Sendable, rows: Parameters
) -> tuple[FlushConnection, Parameters]:
    """Make the rows of a statement ready for the driver, or give a connection that tells listeners of each execution.

    Args:
        connection: where the statement goes.
        statement: the statement of one row; it may be sent for several rows at once.
        rows: values as the objects have them.

    Returns:
        where to send it, and the rows to send there.
    """
    if statement.made:
        # For columns without an attribute whose values are functions.
        from azoth.orm.persistence.execution.column_defaults import with_made_values  # noqa: PLC0415

        rows = with_made_values(statement.made, statement.announced, connection, rows)
    if connection.is_watched:
        return HeardConnection(connection, statement), rows
    if statement.process is not None:
        rows = statement.process(rows)
    return connection, rows


class HeardConnection:
    """A connection for one statement: its listeners hear of each execution, and may change what is executed.

    Args:
        connection: the connection.
        statement: the statement of one row.
    """

    __slots__ = ("_connection", "_process", "announced", "dialect", "is_heard", "is_watched")

    def __init__(self, connection: FlushConnection, statement: Sendable) -> None:
        self._connection = connection
        self._process = statement.process
        self.announced = statement.announced
        self.dialect = connection.dialect
        self.is_heard = self.is_watched = True

    def run(self, sql: str, parameters: tuple[Any, ...]) -> FlushCursor:
        """Execute the statement for one row, or for the rows that one INSERT has."""
        width = len(self.announced.names) or 1
        rows = [parameters[start : start + width] for start in range(0, len(parameters), width)] or [()]

        def send() -> FlushCursor:
            values = tuple([value for row in self._processed(rows) for value in row])
            self._note(sql)
            return self._connection.run(sql, values)

        if not self._connection.is_heard:
            return send()
        told: list[Any] = [self.announced.values(row) for row in rows]
        return self._connection.execute_announced(self.announced.statement, told[0] if len(rows) == 1 else told, send)

    def run_together(self, sql: str, for_many: str, rows: Parameters) -> tuple[FlushCursor, str, Any]:
        """Execute the form of the statement for many rows; see ``run_together()`` below."""
        sent: list[tuple[FlushCursor, str, Any]] = []

        def send() -> FlushCursor:
            self._note(for_many)
            sent.append(run_together(self._connection, sql, for_many, self._processed(list(rows))))
            return sent[0][0]

        if not self._connection.is_heard:
            send()
            return sent[0]
        told: list[Any] = [self.announced.values(row) for row in rows]
        cursor = self._connection.execute_announced(self.announced.statement, told, send)
        return (cursor, *sent[0][1:])

    def run_many(self, sql: str, parameters: Sequence[tuple[Any, ...]]) -> FlushCursor:
        """Execute the statement for many rows."""

        def send() -> FlushCursor:
            rows = self._processed(list(parameters))
            self._note(sql)
            return self._connection.run_many(sql, rows)

        if not self._connection.is_heard:
            return send()
        told = [self.announced.values(row) for row in parameters]
        return self._connection.execute_announced(self.announced.statement, told, send)

    def _note(self, sql: str) -> None:
        announced = self.announced
        self._connection.note_execution(announced.compiled(sql, self.dialect), announced.statement)

    def note_execution(self, compiled: Compiled, statement: object) -> None:
        """Do as the connection does."""
        self._connection.note_execution(compiled, statement)

    def execute_announced(
        self, statement: object, parameters: Mapping[str, Any] | list[Any], send: Callable[[], FlushCursor]
    ) -> FlushCursor:
        """Do as the connection does."""
        return self._connection.execute_announced(statement, parameters, send)

    @property
    def statement_cache(self) -> StatementCache:
        """The connection's."""
        return self._connection.statement_cache

    def fetch_all(self, cursor: FlushCursor, sql: str, parameters: tuple[Any, ...]) -> list[Any]:
        """Give the rows of what ``run()`` gave."""
        return self._connection.fetch_all(cursor, sql, parameters)

    def _processed(self, rows: Parameters) -> Parameters:
        return rows if self._process is None else self._process(rows)


def run_together(
    connection: FlushConnection | HeardConnection,
    sql: str,
    for_many: str,
    rows: Parameters,
    parameters: tuple[Any, ...] | None = None,
) -> tuple[FlushCursor, str, Any]:
    """Execute a statement for many rows at once, or for each of them where the driver cannot take their values so.

    Args:
        connection: where.
        sql: the statement of one row.
        for_many: the same for many.
        rows: the values.
        parameters: what ``parameters_together()`` has made of them, where it was asked already.

    Returns:
        the cursor, and what was sent: the SQL and its parameters.
    """
    if isinstance(connection, HeardConnection):
        return connection.run_together(sql, for_many, rows)
    if parameters is None:
        parameters = connection.dialect.rows_as_table.parameters(rows)
    if parameters is None:
        return connection.run_many(sql, rows), sql, rows
    return connection.run(for_many, parameters), for_many, parameters


def parameters_together(connection: FlushConnection | HeardConnection, rows: Parameters) -> tuple[Any, ...] | None:
    """Make the parameters of a statement for many rows; None where the driver cannot take these values together.

    Args:
        connection: where they are to go.
        rows: the values, as they were made ready for it.
    """
    values = connection._processed(list(rows)) if isinstance(connection, HeardConnection) else rows
    parameters: tuple[Any, ...] | None = connection.dialect.rows_as_table.parameters(values)
    return parameters


def matched_rows(connection: FlushConnection | HeardConnection, statement: RowStatement, rows: Parameters) -> int:
    """Execute a statement for several rows, and give how many it met; -1 where the driver does not count.

    Args:
        connection: where.
        statement: the statement of one row.
        rows: the values.

    Emits: one statement for thousands of rows, where the database has one that reads them as a table; one executemany.
    """
    together = connection.dialect.rows_as_table
    if together is None or len(rows) < together.fewest or (for_many := statement.for_many) is None:
        return connection.run_many(statement.sql, rows).rowcount
    most: int = together.most
    parts = [rows[start : start + most] for start in range(0, len(rows), most)]
    counts = [run_together(connection, statement.sql, for_many, part)[0].rowcount for part in parts]
    return -1 if -1 in counts else sum(counts)
