"""The connection by which a dialect learns about a server: the first one of an engine, while it is set up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from azoth.sql.compiler import compile_statement
from azoth.sql.elements import ClauseElement
from azoth.sql.statement_cache import PreparedStatement

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection, DBAPICursor
    from azoth.engine.dialect_base.dialect import DefaultDialect

__all__ = ["FirstConnection"]

Row = tuple[object, ...]


class FirstRows:
    """All rows that a question of ``Dialect.initialize()`` gives.

    Args:
        cursor: the driver's cursor, which has executed it.
    """

    def __init__(self, cursor: DBAPICursor) -> None:
        self._rows: list[Row] = [] if cursor.description is None else [tuple(row) for row in cursor.fetchall()]
        cursor.close()

    def all(self) -> Sequence[Row]:
        """Give the rows."""
        return self._rows

    fetchall = all

    def first(self) -> Row | None:
        """Give the first row; None where there is none."""
        return self._rows[0] if self._rows else None

    fetchone = first

    def scalar(self) -> object:
        """Give the first value of the first row; None where there is none."""
        return self._rows[0][0] if self._rows else None

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)


class FirstConnection:
    """What ``Dialect.initialize()`` asks: plain questions, outside of any transaction that a program knows.

    Args:
        dialect: the dialect.
        dbapi_connection: the driver's connection.
    """

    def __init__(self, dialect: DefaultDialect, dbapi_connection: DBAPIConnection) -> None:
        self.dialect = dialect
        self.dbapi_connection = self.driver_connection = dbapi_connection

    @property
    def connection(self) -> FirstConnection:
        """The place of the driver's connection, as ``Connection.connection`` is: it has ``dbapi_connection``."""
        return self

    def exec_driver_sql(self, statement: str, parameters: object = None) -> FirstRows:
        """Execute SQL with the driver's own placeholders.

        Emits: the statement.
        """
        cursor: DBAPICursor = self.dbapi_connection.cursor()
        cursor.execute(statement, () if parameters is None else parameters)
        return FirstRows(cursor)

    def execute(self, statement: ClauseElement, parameters: Mapping[str, object] | None = None) -> FirstRows:
        """Execute a statement.

        Emits: the statement.
        """
        prepared = PreparedStatement(compile_statement(statement, self.dialect, tuple(parameters or ())), ())
        return self.exec_driver_sql(prepared.sql, prepared.bind(statement, parameters, self))

    def scalar(self, statement: ClauseElement, parameters: Mapping[str, object] | None = None) -> object:
        """Execute a statement and give the first value of its first row, or None.

        Emits: the statement.
        """
        return self.execute(statement, parameters).scalar()

    def cursor(self) -> DBAPICursor:
        """Make a cursor of the driver."""
        made: DBAPICursor = self.dbapi_connection.cursor()
        return made
