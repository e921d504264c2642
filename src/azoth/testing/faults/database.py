"""The databases of a scenario: put back before each run, and looked at from outside afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Final

from azoth.engine import Engine
from azoth.exc import ArgumentError
from azoth.schema import MetaData
from azoth.testing.faults.driver import FaultyConnection, FaultyDriver, is_sqlite

__all__ = ["Database", "State"]

State = tuple[tuple[str, tuple[Any, ...]], ...]
"""All rows: table by table, in an order of their own."""

IN_MEMORY: Final = ":memory:"


class Database:
    """The database of one engine, seen through connections that azoth knows nothing about.

    Args:
        engine: the engine; its driver is wrapped.
        metadata: the tables whose rows count.

    Raises:
        ArgumentError: the engine's driver is not wrapped.
    """

    def __init__(self, engine: Engine, metadata: MetaData) -> None:
        driver = engine.dialect.dbapi
        if type(driver) is not FaultyDriver:
            raise ArgumentError(
                "the engine of a scenario does not use the wrapped driver",
                why="its calls can be numbered and failed only there.",
                fix="give create_engine() the argument module=wrap(...), with the function that make_engine was given.",
                code="AZ-T01",
            )
        self.engine = engine
        self.driver: FaultyDriver = driver
        self._metadata = metadata
        quote = engine.dialect.identifier_preparer.format_table
        self._queries = [(table.fullname, f"SELECT * FROM {quote(table)}") for table in metadata.sorted_tables]

    def rows(self) -> State:
        """Read all rows that are committed."""
        with self._connection_beside() as connection:
            return tuple([(name, _rows(connection, query)) for name, query in self._queries])

    def why_locked(self) -> str:
        """Say why another connection cannot write and commit, where it can tell; else nothing."""
        with self._connection_beside() as connection:
            if not is_sqlite(connection) or self._lives_in_its_connection:
                return ""
            try:
                connection.execute("BEGIN EXCLUSIVE")
                connection.execute("ROLLBACK")
            except self.driver.Error as error:
                return str(error)
        return ""

    def open_connections(self) -> set[FaultyConnection]:
        """List the wrapped connections that are open."""
        return {connection for connection in self.driver.connections if connection.is_open}

    def unclosed_connections(self) -> set[FaultyConnection]:
        """List the open connections that nobody has even tried to close."""
        return {connection for connection in self.open_connections() if not connection.was_asked_to_close}

    def in_transaction(self) -> int:
        """Count the open connections that have begun a transaction."""
        if self._lives_in_its_connection:
            # A pool keeps such a connection in any state, and puts it in order when it is taken the next time.
            self.engine.raw_connection().close()
        return sum(self.is_in_transaction(connection) for connection in self.open_connections())

    def is_in_transaction(self, connection: FaultyConnection) -> bool:
        """Ask the driver whether an open connection has begun a transaction."""
        return self.engine.dialect.in_transaction(connection.real) is True

    def copy(self) -> Any:
        """Keep a copy of the whole database, where its driver can make one; else None."""
        with self._connection_beside() as connection:
            if not is_sqlite(connection):
                return None
            copied = self.driver.module.connect(IN_MEMORY, check_same_thread=False)
            connection.backup(copied)
            return copied

    def put_back(self, copied: Any) -> None:
        """Make the database what it was when it was copied.

        Raises:
            Error: of the driver: a lock stands against it.
        """
        with self._connection_beside() as connection:
            if not self._lives_in_its_connection:
                # A copy would wait for locks without end; this does not.
                connection.execute("BEGIN EXCLUSIVE")
                connection.execute("ROLLBACK")
            copied.backup(connection)

    @property
    def _lives_in_its_connection(self) -> bool:
        return self.driver.arguments[0][:1] == (IN_MEMORY,)

    @contextlib.contextmanager
    def _connection_beside(self) -> Iterator[Any]:
        if self._lives_in_its_connection:
            yield next(iter(self.open_connections())).real
            return
        connection = self.driver.connect_beside()
        try:
            if is_sqlite(connection):
                connection.execute("PRAGMA busy_timeout=0")
            yield connection
        finally:
            connection.close()


def _rows(connection: Any, query: str) -> tuple[Any, ...]:
    cursor = connection.cursor()
    try:
        cursor.execute(query)
        return tuple(sorted(cursor.fetchall(), key=repr))
    finally:
        cursor.close()
