"""A SQLite connection whose next call of some kind fails, before or after it was carried out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest


class Faults:
    """What is going to fail; each fault strikes once.

    Attributes:
        tells: whether the driver knows if it is in a transaction.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[str, BaseException, bool]] = []
        self.tells = True

    def strike(self, call: str, error: BaseException, *, after: bool = False) -> None:
        """Let the next call that begins so fail: "commit", "rollback", "fetchmany", or the words of a statement."""
        self._waiting.append((call, error, after))

    def around(self, call: str, perform: Any) -> Any:
        """Carry out a call, or let it fail."""
        found = next((fault for fault in self._waiting if call.startswith(fault[0])), None)
        if found is None:
            return perform()
        self._waiting.remove(found)
        if found[2]:
            perform()
        raise found[1]


class FaultyCursor(sqlite3.Cursor):
    def execute(self, sql: str, parameters: Any = ()) -> Any:
        return _faults.around(sql, lambda: super(FaultyCursor, self).execute(sql, parameters))

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        rows: list[Any] = _faults.around("fetchmany", lambda: super(FaultyCursor, self).fetchmany(size))
        return rows

    def fetchall(self) -> list[Any]:
        rows: list[Any] = _faults.around("fetchall", lambda: super(FaultyCursor, self).fetchall())
        return rows

    def __next__(self) -> Any:
        return _faults.around("next", lambda: super(FaultyCursor, self).__next__())

    def close(self) -> None:
        _faults.around("close cursor", super().close)


class FaultyConnection(sqlite3.Connection):
    def cursor(self, factory: Any = FaultyCursor) -> Any:
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        result: sqlite3.Cursor = self.cursor().execute(sql, parameters)
        return result

    def commit(self) -> None:
        _faults.around("commit", super().commit)

    def rollback(self) -> None:
        _faults.around("rollback", super().rollback)

    @property
    def in_transaction(self) -> Any:
        return super().in_transaction if _faults.tells else None


_faults = Faults()
CONNECT_ARGS = {"factory": FaultyConnection}


@pytest.fixture
def faults() -> Iterator[Faults]:
    """What is going to fail on connections that were opened with ``CONNECT_ARGS``."""
    global _faults
    _faults = Faults()
    yield _faults
    _faults = Faults()
