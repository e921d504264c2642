"""The one place where loading touches a connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from azoth.engine.fetching import FetchedRows


def run(connection: Any, sql: str, parameters: tuple[Any, ...]) -> Any:
    """Execute a statement; gives the cursor, whose rows are read by iterating."""
    return connection.run(sql, parameters)


def portions(connection: Any, sql: str, parameters: tuple[Any, ...], size: int) -> Iterator[list[Any]]:
    """Execute a statement and give its rows in lists of ``size``."""
    cursor = connection.run(sql, parameters)

    def read(how: Callable[[], Any]) -> Any:
        try:
            return how()
        except Exception as error:
            raise_failure(connection, error, sql, parameters)
            raise

    if connection.dialect.fetches_at_once:
        cursor = read(partial(FetchedRows, cursor))
    while rows := read(partial(cursor.fetchmany, size)):
        yield rows
    cursor.close()


def raise_failure(connection: Any, error: Exception, sql: str, parameters: Any) -> None:
    """Raise what a driver raised while its rows were read as azoth's error; return where the error is another one.

    Databases compute rows while they are read, so statements fail there, too.
    """
    failure = connection.driver_failure(error, sql, parameters)
    if failure is not error:
        raise failure from error
