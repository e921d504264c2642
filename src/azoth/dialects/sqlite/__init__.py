"""SQLite, through the standard ``sqlite3`` module."""

from __future__ import annotations

from azoth.dialects.sqlite.base import SQLiteDialect
from azoth.dialects.sqlite.dml import Insert, insert
from azoth.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite, dialect
from azoth.dialects.sqlite.types import DATE, DATETIME, JSONB, TIME
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

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "BLOB", "BOOLEAN", "CHAR", "DATE", "DATETIME", "DECIMAL", "FLOAT", "INTEGER", "JSON", "JSONB", "NUMERIC", "REAL",
    "SMALLINT", "TEXT", "TIME", "TIMESTAMP", "VARCHAR", "Insert", "SQLiteDialect", "SQLiteDialect_pysqlite", "dialect",
    "insert",
]  # fmt: skip
