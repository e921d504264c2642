"""SQLite, through the standard ``sqlite3`` module."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.dialects.sqlite.base import SQLiteDialect
    from azoth.dialects.sqlite.dml import Insert, insert
    from azoth.dialects.sqlite.jsonb import JSONB
    from azoth.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite, dialect
    from azoth.dialects.sqlite.types import DATE, DATETIME, TIME
    from azoth.types import (
        BLOB,
        BOOLEAN,
        CHAR,
        DECIMAL,
        FLOAT,
        INTEGER,
        JSON,
        NUMERIC,
        REAL,
        SMALLINT,
        TEXT,
        TIMESTAMP,
        VARCHAR,
    )
else:
    __getattr__, __dir__ = late_names(__name__, globals())

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "BLOB", "BOOLEAN", "CHAR", "DATE", "DATETIME", "DECIMAL", "FLOAT", "INTEGER", "JSON", "JSONB", "NUMERIC", "REAL",
    "SMALLINT", "TEXT", "TIME", "TIMESTAMP", "VARCHAR", "Insert", "SQLiteDialect", "SQLiteDialect_pysqlite", "dialect",
    "insert",
]  # fmt: skip
_HOMES = {
    "azoth.dialects.sqlite.base": ("SQLiteDialect",),
    "azoth.dialects.sqlite.dml": ("Insert", "insert"),
    "azoth.dialects.sqlite.jsonb": ("JSONB",),
    "azoth.dialects.sqlite.pysqlite": ("SQLiteDialect_pysqlite", "dialect"),
    "azoth.dialects.sqlite.types": ("DATE", "DATETIME", "TIME"),
    "azoth.types": (
        "BLOB", "BOOLEAN", "CHAR", "DECIMAL", "FLOAT", "INTEGER", "JSON", "NUMERIC", "REAL", "SMALLINT", "TEXT",
        "TIMESTAMP", "VARCHAR",
    ),
}  # fmt: skip
"""Where each name is at home."""
