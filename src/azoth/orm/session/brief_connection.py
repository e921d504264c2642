"""Connections for reading outside of any transaction: each statement has its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from azoth.engine.result import IteratorResult
from azoth.orm.session.transaction import SessionTransaction


class FetchedRows:
    """What remains of a driver's cursor when its connection has gone: all rows.

    Args:
        cursor: the cursor, with its connection still there.
    """

    __slots__ = ("_rows", "description", "lastrowid", "rowcount")

    def __init__(self, cursor: Any) -> None:
        self.description = cursor.description
        self.rowcount = cursor.rowcount
        self.lastrowid = getattr(cursor, "lastrowid", None)
        self._rows: Iterator[Any] = iter(cursor.fetchall() if cursor.description else ())

    def __iter__(self) -> Iterator[Any]:
        return self._rows

    def fetchone(self) -> Any:
        """Give the next row, or None."""
        return next(self._rows, None)

    def fetchmany(self, size: int = 1) -> list[Any]:
        """Give the next rows."""
        return [row for _, row in zip(range(size), self._rows, strict=False)]

    def fetchall(self) -> list[Any]:
        """Give all rows that are left."""
        return list(self._rows)

    def close(self) -> None:
        """Forget the rows."""
        self._rows = iter(())


class BriefConnection:
    """Stands for the connections of an engine, one for each statement, released when its rows are fetched.

    Args:
        engine: the engine.
        execution_options: options of each connection.
    """

    __slots__ = ("_execution_options", "dialect", "engine")

    def __init__(self, engine: Any, execution_options: Mapping[str, Any] | None = None) -> None:
        self.engine = engine
        self.dialect = engine.dialect
        self._execution_options = dict(execution_options or {})

    def execution_options(self, **options: Any) -> BriefConnection:
        """Give one whose connections have further options."""
        return BriefConnection(self.engine, {**self._execution_options, **options})

    def run(self, sql: str, parameters: Any = ()) -> FetchedRows:
        """Give one statement that reads to the driver and fetch its rows.

        *Emits* the statement, then the ROLLBACK with which a connection goes back to its pool.
        """
        with self._connect() as connection:
            return FetchedRows(connection.run(sql, parameters))

    def execute(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> Any:
        """Execute one statement in a transaction of its own and fetch its rows.

        *Emits* the statement, then COMMIT.
        """
        with self._connect() as connection:
            result = connection.execute(statement, parameters, execution_options=execution_options)
            fetched = IteratorResult(result.keys(), result.all()) if result.returns_rows else result
            connection.commit()
            return fetched

    def _connect(self) -> Any:
        connection = self.engine.connect()
        return connection.execution_options(**self._execution_options) if self._execution_options else connection


class NoTransaction(SessionTransaction):
    """What a session without a transaction reads in: each statement by itself.

    It is never the session's current transaction.
    """

    __slots__ = ()

    def connection_for(self, bind: Any, execution_options: dict[str, Any] | None = None) -> Any:
        """Give what stands for the connections of an engine; a connection that the session was given stands for itself."""
        if hasattr(bind, "run"):
            return bind
        if bind.is_threadlocal and (connection := bind.current_connection()) is not None:
            return connection
        return BriefConnection(bind, execution_options)
