"""What a benchmark needs of a database, whichever it is: the data in it, the same data again, and a look at it.

The look is from outside of any library: statements of text through the driver.
"""

from __future__ import annotations

import importlib
import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, ClassVar, Final, Literal
from urllib.parse import unquote, urlsplit

Kind = Literal["sqlite", "postgresql", "mariadb"]

KINDS: Final[tuple[Kind, ...]] = ("sqlite", "postgresql", "mariadb")


class Database(ABC):
    """A database that the processes of a run know by its URL.

    Args:
        url: as azoth and SQLAlchemy read it.
    """

    kind: ClassVar[Kind]
    key: ClassVar[str]
    """The type of a primary key that the database makes."""
    text: ClassVar[str]
    real: ClassVar[str]
    placeholder: ClassVar[str]

    def __init__(self, url: str) -> None:
        self.url = url

    @abstractmethod
    def connect(self) -> Any:
        """Open a connection of the driver, which begins transactions by itself."""

    @abstractmethod
    def fresh(self) -> AbstractContextManager[Database]:
        """Give, for a ``with`` block, a database with the data as they were at first, which the block may change."""

    def keep(self, *tables: str) -> None:  # noqa: B027 - a file is copied
        """Remember what is in tables that works change."""

    def settle(self) -> None:  # noqa: B027 - SQLite has nothing to do
        """Let the server do what it would otherwise do while it is measured."""

    def create(self, statements: Sequence[str]) -> None:
        """Create tables; the statements name the types as ``{key}``, ``{text}`` and ``{real}``."""
        self.run(*(each.format(key=self.key, text=self.text, real=self.real) for each in statements))

    def run(self, *statements: str) -> None:
        """Execute statements and commit."""
        with closing(self.connect()) as connection:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            connection.commit()

    def fill(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Insert rows, in their order."""
        values = ", ".join([self.placeholder] * len(columns))
        with closing(self.connect()) as connection:
            cursor = connection.cursor()
            cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})", rows)
            connection.commit()

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Read rows that are committed."""
        with closing(self.connect()) as connection:
            cursor = connection.cursor()
            cursor.execute(statement)
            return list(cursor.fetchall())


class SQLiteFile(Database):
    """A file of SQLite; what may be changed is a copy of it."""

    kind = "sqlite"
    key = "INTEGER NOT NULL PRIMARY KEY"
    text = "TEXT"
    real = "FLOAT"
    placeholder = "?"

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.url.removeprefix("sqlite:///"))

    def connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path)

    @contextmanager
    def fresh(self) -> Iterator[Database]:
        copy = self.path.with_suffix(".copy")
        shutil.copy(self.path, copy)
        try:
            yield SQLiteFile(f"sqlite:///{copy}")
        finally:
            copy.unlink()


class ServerDatabase(Database):
    """A database on a server; tables that were changed are filled again."""

    placeholder = "%s"
    emptying: ClassVar[str]
    """A statement that takes all rows out of a table at once."""

    @property
    def address(self) -> dict[str, Any]:
        """Where the server is: host, port, user and password, as far as the URL has them."""
        parts = urlsplit(self.url)
        address = {
            "host": parts.hostname,
            "port": parts.port,
            "user": None if parts.username is None else unquote(parts.username),
            "password": None if parts.password is None else unquote(parts.password),
        }
        return {name: value for name, value in address.items() if value is not None}

    @property
    def name(self) -> str:
        """The name on the server."""
        return urlsplit(self.url).path.strip("/")

    def keep(self, *tables: str) -> None:
        self.run(*(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}" for table in tables))

    @contextmanager
    def fresh(self) -> Iterator[Database]:
        yield self
        for kept in self.tables():
            if kept.startswith("kept_"):
                table = kept.removeprefix("kept_")
                self.run(self.emptying.format(table), f"INSERT INTO {table} SELECT * FROM {kept}")
                self.let_keys_follow(table)
        self.settle()

    @abstractmethod
    def tables(self) -> list[str]:
        """Name all tables."""

    def let_keys_follow(self, table: str) -> None:
        """Let the keys that the server makes next follow those that are there."""


class PostgreSQLDatabase(ServerDatabase):
    """PostgreSQL through psycopg 3."""

    kind = "postgresql"
    key = "INTEGER GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
    text = "VARCHAR"
    real = "DOUBLE PRECISION"
    emptying = "TRUNCATE TABLE {} RESTART IDENTITY"

    def connect(self) -> Any:
        import psycopg

        # Whoever still reads a table that is to be emptied is an error of the benchmark, not to be waited for.
        return psycopg.connect(**self.address, dbname=self.name, options="-c lock_timeout=5s")

    def settle(self) -> None:
        with closing(self.connect()) as connection:
            connection.autocommit = True
            connection.execute("VACUUM ANALYZE")

    def tables(self) -> list[str]:
        return [name for (name,) in self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]

    def let_keys_follow(self, table: str) -> None:
        self.run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


class MariaDBDatabase(ServerDatabase):
    """MariaDB through mysqlclient or, where it is not installed, PyMySQL."""

    kind = "mariadb"
    key = "INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY"
    text = "VARCHAR(100)"
    real = "DOUBLE"
    emptying = "TRUNCATE TABLE {}"

    def connect(self) -> Any:
        driver = mariadb_driver()
        return driver.connect(**self.address, database=self.name, charset="utf8mb4")

    def settle(self) -> None:
        self.run(f"ANALYZE TABLE {', '.join(self.tables())}")

    def tables(self) -> list[str]:
        return [name for (name,) in self.rows("SHOW TABLES")]


def mariadb_driver() -> Any:
    """Import the driver of MariaDB: ``MySQLdb``, or else ``pymysql``."""
    try:
        return importlib.import_module("MySQLdb")
    except ImportError:
        return importlib.import_module("pymysql")


def database_at(url: str) -> Database:
    """Give the database of a URL."""
    if url.startswith("sqlite"):
        return SQLiteFile(url)
    return PostgreSQLDatabase(url) if url.startswith("postgresql") else MariaDBDatabase(url)
