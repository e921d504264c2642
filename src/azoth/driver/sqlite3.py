"""The standard ``sqlite3`` module, set up for azoth, which begins and ends transactions by itself."""

from __future__ import annotations

import datetime
import functools
import re
import sqlite3
from collections.abc import Callable
from typing import Any, Final

__all__ = [
    "CACHED_STATEMENTS",
    "commit",
    "commits_by_itself",
    "connect",
    "rollback",
    "sqlite3",
    "stop_implicit_transactions",
]

CACHED_STATEMENTS: Final = 512
"""Prepared statements that a connection keeps; the driver's own default is too few for a mapped application."""


def connect(
    database: str,
    *,
    module: Any = sqlite3,
    foreign_keys: bool = False,
    read_uncommitted: bool = False,
    **arguments: Any,
) -> sqlite3.Connection:
    """Open a SQLite connection.

    Unless told otherwise, the driver begins a transaction by itself before statements that write, where none is begun.
    That serves programs that work with the driver's connection directly: what they do not commit is rolled back.

    Args:
        database: a file name, or a "file:" URI together with ``uri=True``.
        module: the driver's module, or another one with the same interface.
        foreign_keys: enforce foreign keys.
        read_uncommitted: do not wait for table locks when reading from a shared cache.
        arguments: further arguments of ``sqlite3.connect``.

    Returns:
        the connection; the SQL function ``regexp`` is registered on it.

    Emits:
        one PRAGMA for each of the two options that is on.
    """
    arguments.setdefault("cached_statements", CACHED_STATEMENTS)
    connection: sqlite3.Connection = module.connect(database, **arguments)
    try:
        connection.create_function("regexp", 2, _regexp, deterministic=True)
        if foreign_keys:
            connection.execute("PRAGMA foreign_keys=ON").close()
        if read_uncommitted:
            connection.execute("PRAGMA read_uncommitted=1").close()
    except BaseException:
        connection.close()
        raise
    return connection


def commit(connection: sqlite3.Connection) -> None:
    """Commit, where there is a transaction."""
    connection.commit()
    _end_by_hand(connection, "COMMIT")


def rollback(connection: sqlite3.Connection) -> None:
    """Roll back, where there is a transaction."""
    connection.rollback()
    _end_by_hand(connection, "ROLLBACK")


def _end_by_hand(connection: sqlite3.Connection, statement: str) -> None:
    # The methods of a connection that was opened with autocommit=True (Python 3.12) do nothing.
    if getattr(connection, "autocommit", None) is True and connection.in_transaction:
        connection.execute(statement).close()


def stop_implicit_transactions(connection: Any) -> None:
    """Let a connection begin nothing by itself, whatever it was opened with."""
    if getattr(connection, "autocommit", None) is False:
        connection.autocommit = True
    elif getattr(connection, "isolation_level", None) is not None:
        connection.isolation_level = None


def commits_by_itself(connection: Any) -> bool:
    """Tell whether a connection begins nothing by itself, so that each statement is committed at once."""
    mode = getattr(connection, "autocommit", None)
    if isinstance(mode, bool):
        return mode
    return connection.isolation_level is None


@functools.lru_cache(maxsize=256)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _regexp(pattern: str | None, value: object) -> bool | None:
    if pattern is None or value is None:
        return None
    return _pattern(pattern).search(str(value)) is not None


def _day_as_text(value: datetime.date) -> str:
    return value.isoformat()


def _moment_as_text(value: datetime.datetime) -> str:
    return value.isoformat(" ")


def _replace_deprecated_adapters() -> None:
    """Give the driver adapters for dates that do what its own do; those warn from Python 3.12 on, and are to go.

    They serve values without a type, as in text; what a program has registered itself stays.
    """
    adapters: dict[type[Any], Callable[[Any], str]] = {datetime.date: _day_as_text, datetime.datetime: _moment_as_text}
    for kind, adapter in adapters.items():
        registered = sqlite3.adapters.get((kind, sqlite3.PrepareProtocol))
        if registered is None or registered.__module__ == "sqlite3.dbapi2":
            sqlite3.register_adapter(kind, adapter)


_replace_deprecated_adapters()
