"""The standard ``sqlite3`` module, set up so that azoth alone decides where transactions begin and end."""

from __future__ import annotations

import functools
import re
import sqlite3
from typing import Any, Final

__all__ = ["CACHED_STATEMENTS", "connect", "sqlite3"]

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
    """Open a SQLite connection that begins no transaction by itself.

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
    # None switches off the driver's implicit BEGIN before some statements, which would leave SELECT and DDL outside.
    arguments.setdefault("isolation_level", None)
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


@functools.lru_cache(maxsize=256)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _regexp(pattern: str | None, value: object) -> bool | None:
    if pattern is None or value is None:
        return None
    return _pattern(pattern).search(str(value)) is not None
