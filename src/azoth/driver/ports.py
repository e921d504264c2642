"""What azoth asks of a DB-API driver (PEP 249): the module, its connections and their cursors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

__all__ = ["DBAPIConnection", "DBAPICursor", "DBAPIModule", "DBAPIType"]


class DBAPICursor(Protocol):
    """A cursor: executes one statement, and holds its rows until they are fetched."""

    @property
    def description(self) -> Any:
        """One sequence per column of the result, its name first; None where there are no rows."""

    @property
    def rowcount(self) -> int:
        """How many rows the last statement changed; -1 where that is unknown."""

    @property
    def lastrowid(self) -> Any:
        """The key of the last inserted row, where the database makes one."""

    arraysize: int

    def execute(self, operation: Any, parameters: Any = ..., /) -> Any: ...
    def executemany(self, operation: Any, parameters: Any, /) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchmany(self, size: int = ..., /) -> list[Any]: ...
    def fetchall(self) -> list[Any]: ...
    def close(self) -> None: ...


class DBAPIConnection(Protocol):
    """A connection: makes cursors and ends transactions."""

    def cursor(self) -> Any: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...


class DBAPIModule(Protocol):
    """A driver's module: connects, and names the class that all its errors share."""

    paramstyle: str
    threadsafety: int
    Error: type[Exception]

    @property
    def connect(self) -> Callable[..., Any]:
        """Open a connection."""


class DBAPIType(Protocol):
    """A type object of a driver's module, such as STRING: it equals the type codes of the columns that it is for."""
