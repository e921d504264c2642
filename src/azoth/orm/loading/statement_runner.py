"""The one place where loading touches a connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def run(connection: Any, sql: str, parameters: tuple[Any, ...]) -> Any:
    """Execute a statement; gives the cursor, whose rows are read by iterating."""
    return connection.run(sql, parameters)


def portions(connection: Any, sql: str, parameters: tuple[Any, ...], size: int) -> Iterator[list[Any]]:
    """Execute a statement and give its rows in lists of ``size``."""
    cursor = connection.run(sql, parameters)
    while rows := cursor.fetchmany(size):
        yield rows
    cursor.close()
