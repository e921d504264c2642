"""SQLite through the standard ``sqlite3`` module."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from azoth.dialects.sqlite.base import SQLiteDialect
from azoth.driver import sqlite3 as driver
from azoth.engine.dialect_base.dialect import AUTOCOMMIT
from azoth.engine.url import URL
from azoth.exc import ArgumentError
from azoth.pool import Pool, QueuePool
from azoth.util.serial_numbers import serial_numbers

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection
    from azoth.engine.dialect_base.driver_version import VersionInfo

__all__ = ["SQLiteDialect_pysqlite", "dialect"]

_memory_numbers: Final = serial_numbers()

_CONVERTED: Final[dict[str, Callable[[str], Any]]] = {
    "timeout": float,
    "detect_types": int,
    "check_same_thread": lambda text: text.lower() in {"1", "true", "yes", "on"},
    "cached_statements": int,
    "isolation_level": lambda text: text,
    "uri": lambda text: text.lower() in {"1", "true", "yes", "on"},
}
"""Options of a URL that are arguments of the driver; the others belong to SQLite's own file URI."""

_DRIVER_MODES: Final = ("isolation_level", "autocommit")
"""Arguments of the driver that let it begin transactions by itself."""
IMPLICIT: Final = ""
"""The driver's own ``isolation_level``: it begins before statements that write, where nobody has begun."""

LOCK_TIMEOUT: Final = 5.0
LONGEST_DELAY: Final = 0.05
SQLITE_LOCKED: Final = 6


class SQLiteDialect_pysqlite(SQLiteDialect):
    """SQLite through the standard ``sqlite3`` module.

    Databases in memory are shared by all connections of an engine, in all threads, until the engine is disposed of.

    Args:
        dbapi: the driver's module.
        arguments: those of ``SQLiteDialect``.
    """

    driver = "pysqlite"
    poolclass: ClassVar[type[Pool]] = QueuePool

    def __init__(self, dbapi: Any = None, **arguments: Any) -> None:
        super().__init__(dbapi, **arguments)
        self._in_memory = False
        self._is_file = False
        self._lock_timeout = LOCK_TIMEOUT
        self._driver_modes: dict[str, Any] = {}
        self._anchoring = threading.Lock()
        self._anchor: Any = None
        self._attached: dict[str, str] = {}
        self._release_anchor: Callable[[], Any] | None = None

    @classmethod
    def import_dbapi(cls) -> Any:
        return driver.sqlite3

    def create_connect_args(self, url: URL) -> tuple[list[Any], dict[str, Any]]:
        if url.username or url.host or url.password or url.port:
            raise ArgumentError(
                "a SQLite URL has no host, user or password",
                why="a file's name stands behind three slashes, an absolute one behind four.",
                fix='write "sqlite:///file.db", "sqlite:////tmp/file.db" or "sqlite://" (in memory).',
                code="AZ-E29",
            )
        named = {name: convert(_last(url.query[name])) for name, convert in _CONVERTED.items() if name in url.query}
        named.setdefault("check_same_thread", False)
        database = url.database or ":memory:"
        if database == ":memory:":
            # In a shared cache nobody can change tables while a statement is still giving rows.
            self._in_memory = self.fetches_at_once = True
            # What one connection has attached, and the tables that it has locked, are its own.
            self.shares_in_session = True
            number = next(_memory_numbers)
            return [f"file:azoth-{os.getpid()}-{number}?mode=memory&cache=shared"], {**named, "uri": True}
        if named.get("uri") or database.startswith("file:"):
            return [_file_uri(database, url)], {**named, "uri": True}
        self._is_file = True
        # As pathlib writes it, whose import takes as long as that of many of our modules.
        return [os.path.join(os.getcwd(), database.removeprefix("./"))], named  # noqa: PTH109, PTH118

    def connect(self, *arguments: Any, **named: Any) -> Any:
        self._lock_timeout = named.get("timeout", LOCK_TIMEOUT)
        given: dict[str, Any] = {name: named[name] for name in _DRIVER_MODES if name in named}
        self._driver_modes = given or {"isolation_level": IMPLICIT}
        if self._in_memory and self._anchor is None:
            self._drop_anchor(*arguments, **named)
        connection = driver.connect(
            *arguments,
            module=self.dbapi,
            foreign_keys=self._foreign_keys,
            read_uncommitted=self._in_memory,
            **named,
        )
        for name, file in self._attached.items():
            connection.execute("ATTACH DATABASE ? AS ?", (file, name)).close()
        return connection

    def note_attached(self, dbapi_connection: Any) -> None:
        found = dbapi_connection.execute("PRAGMA database_list").fetchall()
        # A private database in memory, whose file has no name, is its connection's alone.
        self._attached = {name: file for _, name, file in found if file and name not in {"main", "temp"}}

    def _drop_anchor(self, *arguments: Any, **named: Any) -> None:
        """Open the connection that keeps a database in memory alive while no other one does."""
        with self._anchoring:
            if self._anchor is None:
                self._anchor = driver.connect(*arguments, module=self.dbapi, **named)
                self._release_anchor = weakref.finalize(self, self._anchor.close)

    def dispose(self) -> None:
        with self._anchoring:
            if self._release_anchor is not None:
                self._release_anchor()
            self._anchor = self._release_anchor = None

    def do_commit(self, dbapi_connection: Any) -> None:
        driver.commit(dbapi_connection)

    def do_rollback(self, dbapi_connection: Any) -> None:
        if not (self.skip_autocommit_rollback and self.detect_autocommit_setting(dbapi_connection)):
            driver.rollback(dbapi_connection)

    def detect_autocommit_setting(self, dbapi_conn: Any) -> bool:
        return driver.commits_by_itself(dbapi_conn)

    def retrieve_dbapi_version(self, dbapi: Any) -> VersionInfo:
        from azoth.engine.dialect_base.driver_version import parse_version_string  # noqa: PLC0415  # few ask for it

        # The module has no version of its own that means anything; that of its library tells what it can do.
        return parse_version_string(getattr(dbapi, "sqlite_version", None))

    def set_isolation_level(self, dbapi_connection: Any, level: str) -> None:
        if level == AUTOCOMMIT:
            driver.stop_implicit_transactions(dbapi_connection)
        else:
            for name, value in self._driver_modes.items():
                if getattr(dbapi_connection, name) != value:
                    setattr(dbapi_connection, name, value)
        # A shared database in memory is always read without waiting for table locks.
        if not self._in_memory:
            super().set_isolation_level(dbapi_connection, level)

    def is_disconnect(self, e: BaseException, connection: DBAPIConnection | None, cursor: Any) -> bool:
        return "Cannot operate on a closed database" in str(e)

    def holds_the_database(self, dbapi_connection: Any) -> bool:
        if self._anchor is not None or self._is_file:
            return False
        try:
            files = dbapi_connection.execute("PRAGMA database_list").fetchall()
        except self.error_class as error:
            # Whatever else stands in the way may pass; what is closed holds nothing any more.
            return not self.is_disconnect(error, dbapi_connection, None)
        return any(name == "main" and not file for _, name, file in files)

    def retry_delay(self, error: Exception, seconds_so_far: float) -> float | None:
        # SQLite's own busy timeout does not cover the table locks of a shared cache.
        if not self._in_memory or seconds_so_far >= self._lock_timeout:
            return None
        code = getattr(error, "sqlite_errorcode", 0)
        if code & 0xFF != SQLITE_LOCKED:
            return None
        return min(LONGEST_DELAY, 0.001 + seconds_so_far / 4)


dialect = SQLiteDialect_pysqlite
"""The name under which programs make one to compile for: ``sqlite.dialect()``."""


def _file_uri(database: str, url: URL) -> str:
    path, _, query = database.partition("?")
    from urllib.parse import parse_qsl  # noqa: PLC0415  # few names have options

    options = dict(parse_qsl(query))
    options.update({name: _last(value) for name, value in url.query.items() if name not in _CONVERTED})
    text = "&".join(f"{name}={value}" for name, value in options.items())
    return f"{path}?{text}" if text else path


def _last(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else value[-1]
