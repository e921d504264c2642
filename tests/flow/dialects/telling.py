"""One dialect for both libraries that tells its driver the types of values; the driver is SQLite's with a notebook."""

from __future__ import annotations

import sqlite3
from typing import Any

import sqlalchemy
import sqlalchemy.dialects.sqlite.pysqlite as theirs

import azoth
import azoth.dialects.sqlite.pysqlite as ours
from azoth.engine import BindTyping

told: list[Any] = []
"""What the driver was told."""


class NotingDriver:
    """SQLite's driver with type objects, of which it has none."""

    STRING = "STRING"
    NUMBER = "NUMBER"
    DATETIME = "DATETIME"
    BINARY = "BINARY"

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlite3, name)


class NotingCursor(sqlite3.Cursor):
    """Notes the sizes."""

    def setinputsizes(self, sizes: Any) -> None:
        told.append(sizes)


class NotingConnection(sqlite3.Connection):
    """Makes such cursors."""

    def cursor(self, factory: Any = NotingCursor) -> Any:
        return super().cursor(factory)


class Telling:
    """Notes what it is to tell."""

    name = "telling"

    def do_set_input_sizes(self, cursor: Any, list_of_tuples: Any, context: Any) -> None:
        told.append([(name, size, str(type_)) for name, size, type_ in list_of_tuples])
        if isinstance(self, OurDialect):
            super().do_set_input_sizes(cursor, list_of_tuples, context)  # type: ignore[misc]


class TheirDialect(Telling, theirs.SQLiteDialect_pysqlite):
    """SQLAlchemy's."""

    supports_statement_cache = True
    bind_typing = sqlalchemy.engine.BindTyping.SETINPUTSIZES


class OurDialect(Telling, ours.SQLiteDialect_pysqlite):
    """Azoth's."""

    bind_typing = BindTyping.SETINPUTSIZES
    construct_arguments = [(azoth.Index, {"flavour": "plain"}), (azoth.Table, {"mood": None})]
