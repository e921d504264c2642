"""The databases that behaviour tests run on: which ones a run is for, and the engines that tests get on them.

``AZOTH_TEST_DATABASES`` names them, as in ``AZOTH_TEST_DATABASES=sqlite,sqlite_file``; SQLite in memory is the default.
"""

from __future__ import annotations

import functools
import importlib
import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest

import azoth
from tests.server_databases import databases_of

LOCK_TIMEOUT = 5.0
"""How many seconds a statement waits for a lock, so that no test hangs."""

MOST_DATABASES = 8
"""So many databases of their own a test's engines have at once on a server; a server has a hundred connections."""

VARIABLE = "AZOTH_TEST_DATABASES"
DEFAULT = "sqlite"

Capability = Literal[
    "transactional DDL",
    "two phases",
    "unchecked foreign keys",
    "loose types",
    "loose grouping",
    "statements after errors",
    "updates that return",
    "keys from the driver",
    "sequences",
    "schemas",
    "locks of outer joins",
]
"""What some databases can do and others cannot; tests are marked with what they need, or are about the lack of.

Unchecked foreign keys may refer to nothing; loose types take values of any other one; loose grouping lets columns
stand beside GROUP BY; where statements may follow an error, the transaction goes on after it; where keys come from the
driver, it tells the last one (``lastrowid``); locks of outer joins are those of
FOR UPDATE where rows of the right side may be missing, or no locks at all.
"""


class Database(ABC):
    """One kind of database, for one test (or one module): engines on it, and an end to them.

    Args:
        folder: a folder of the test's own.

    Attributes:
        name: what ``AZOTH_TEST_DATABASES`` calls it.
        capabilities: what it can do.
        driver: the module of its driver, with the classes of the driver's errors.
        placeholder: what the driver has for a value in SQL of its own.
    """

    name: ClassVar[str]
    placeholder: ClassVar[str] = "%s"
    capabilities: ClassVar[frozenset[Capability]]
    driver: ClassVar[Any]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._engines: list[Any] = []

    @classmethod
    @abstractmethod
    def obstacle(cls) -> str | None:
        """Say why the database cannot be reached; None where it can."""

    @classmethod
    def unsuited(cls, needed: Iterable[Capability], unwanted: Iterable[Capability]) -> str | None:
        """Say why the database does not suit a test; None where it does.

        Args:
            needed: what it must be able to do.
            unwanted: what it must not be able to do.
        """
        for capability in needed:
            if capability not in cls.capabilities:
                return f"{cls.name} does not have {capability}"
        for capability in unwanted:
            if capability in cls.capabilities:
                return f"{cls.name} has {capability}"
        return None

    @abstractmethod
    def url(self, name: str | None = None) -> str:
        """Give the URL of an empty database that one engine may use, or of the one of this name, for several."""

    @abstractmethod
    def connect_directly(self, name: str) -> Any:
        """Open a connection of the driver's own to the database of this name; it commits by itself and never waits."""

    @abstractmethod
    def clean_up(self) -> None:
        """Remove all tables that were made."""

    def make_engine(
        self,
        name: str | None = None,
        *,
        library: Any = azoth,
        lock_timeout: float | None = None,
        foreign_keys: bool = False,
        **arguments: Any,
    ) -> Any:
        """Make an engine, which is disposed of when the test is over.

        Args:
            name: the database; several engines see the same one by its name. Without one, the database is the
                engine's own, and empty.
            library: ``azoth`` or ``sqlalchemy``.
            lock_timeout: how many seconds a statement waits for what another connection has locked.
            foreign_keys: whether it matters that foreign keys are enforced.
            arguments: further arguments of ``create_engine()``.

        Returns:
            the engine.
        """
        engine = self._create(library, self.url(name), lock_timeout, foreign_keys, arguments)
        self._engines.append(engine)
        return engine

    def close(self) -> None:
        """Dispose of the engines, and leave nothing behind."""
        while self._engines:
            self._engines.pop().dispose()
        self.clean_up()

    @abstractmethod
    def _create(
        self, library: Any, url: str, lock_timeout: float | None, foreign_keys: bool, arguments: dict[str, Any]
    ) -> Any:
        """Create an engine of a library."""


def _driver(name: str) -> Any:
    """Import a driver; None where it is not installed, which is an obstacle."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


class SQLite(Database):
    """SQLite: in memory where one engine is enough, in a file where several see the same rows."""

    name = "sqlite"
    placeholder = "?"
    capabilities = frozenset(
        {
            "transactional DDL",
            "unchecked foreign keys",
            "loose types",
            "loose grouping",
            "statements after errors",
            "updates that return",
            "keys from the driver",
            "locks of outer joins",
        }
    )
    driver = sqlite3

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._opened: list[sqlite3.Connection] = []

    @classmethod
    def obstacle(cls) -> str | None:
        return None

    def url(self, name: str | None = None) -> str:
        return "sqlite://" if name is None else f"sqlite:///{self._file(name)}"

    def connect_directly(self, name: str) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file(name), isolation_level=None, timeout=0)
        self._opened.append(connection)
        return connection

    def clean_up(self) -> None:
        # The databases in memory went with their engines; files stay a while where pytest keeps them.
        while self._opened:
            self._opened.pop().close()

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.db"

    def _create(
        self, library: Any, url: str, lock_timeout: float | None, foreign_keys: bool, arguments: dict[str, Any]
    ) -> Any:
        if lock_timeout is not None:
            arguments["connect_args"] = {"timeout": lock_timeout, **arguments.get("connect_args", {})}
        engine = library.create_engine(url, **arguments)
        if foreign_keys:
            event = importlib.import_module(f"{library.__name__}.event")
            event.listen(engine, "connect", _turn_foreign_keys_on)
        return engine


class SQLiteFile(SQLite):
    """SQLite, with every database in a file."""

    name = "sqlite_file"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._made = 0

    def url(self, name: str | None = None) -> str:
        if name is None:
            self._made += 1
            name = f"own{self._made}"
        return super().url(name)


class OnServer(Database):
    """A database of the test run's own on a server, which is emptied after each test."""

    server: ClassVar[Literal["postgresql", "mariadb"]]
    scheme: ClassVar[str]

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._databases: dict[str, str] = {}
        self._opened: list[Any] = []
        self._made = 0

    @classmethod
    def obstacle(cls) -> str | None:
        if cls.driver is None:
            return f"the driver of {cls.scheme} is not installed"
        return databases_of(cls.server).obstacle

    def url(self, name: str | None = None) -> str:
        if name is None:
            self._let_go_of_the_oldest()
            self._made += 1
        place = name if name is not None else f"own {self._made}"
        if place not in self._databases:
            self._databases[place] = databases_of(self.server).take()
        return databases_of(self.server).url_of(self._databases[place], self.scheme)

    def connect_directly(self, name: str) -> Any:
        self.url(name)
        connection = databases_of(self.server).connect(self._databases[name])
        self._opened.append(connection)
        return connection

    def clean_up(self) -> None:
        while self._opened:
            self._opened.pop().close()
        while self._databases:
            databases_of(self.server).give_back(self._databases.popitem()[1])

    def _let_go_of_the_oldest(self) -> None:
        """Empty the oldest database of an engine's own where there are many, as where a test is about many examples."""
        own = [place for place in self._databases if place.startswith("own ")]
        if len(own) < MOST_DATABASES:
            return
        database = self._databases.pop(own[0])
        for engine in [engine for engine in self._engines if engine.url.database == database]:
            self._engines.remove(engine)
            engine.dispose()
        databases_of(self.server).give_back(database)


class PostgreSQL(OnServer):
    """PostgreSQL through psycopg."""

    name = "postgresql"
    capabilities = frozenset({"transactional DDL", "two phases", "updates that return", "sequences", "schemas"})
    server = "postgresql"
    scheme = "postgresql+psycopg"
    driver = _driver("psycopg")

    def connect_directly(self, name: str) -> Any:
        connection = super().connect_directly(name)
        connection.execute("SET lock_timeout = 1")
        return connection

    def _create(
        self, library: Any, url: str, lock_timeout: float | None, foreign_keys: bool, arguments: dict[str, Any]
    ) -> Any:
        milliseconds = round((LOCK_TIMEOUT if lock_timeout is None else lock_timeout) * 1_000) or 1
        given = arguments.pop("connect_args", {})
        options = {"options": f"-c lock_timeout={milliseconds} -c TimeZone=UTC -c synchronous_commit=off", **given}
        return library.create_engine(url, connect_args=options, **arguments)


class PostgreSQLPsycopg2(PostgreSQL):
    """PostgreSQL through psycopg2."""

    name = "postgresql_psycopg2"
    scheme = "postgresql+psycopg2"
    driver = _driver("psycopg2")


class MariaDB(OnServer):
    """MariaDB through PyMySQL."""

    name = "mariadb"
    capabilities = frozenset(
        {"statements after errors", "keys from the driver", "sequences", "locks of outer joins", "two phases"}
    )
    server = "mariadb"
    scheme = "mariadb+pymysql"
    driver = _driver("pymysql")

    def _needs_lengths(self) -> None:
        _need_lengths.add(id(self))

    def close(self) -> None:
        """Dispose of the engines, and leave nothing behind."""
        super().close()
        _need_lengths.discard(id(self))

    def _create(
        self, library: Any, url: str, lock_timeout: float | None, foreign_keys: bool, arguments: dict[str, Any]
    ) -> Any:
        _give_texts_a_length(library)
        self._needs_lengths()
        seconds = max(1, round(LOCK_TIMEOUT if lock_timeout is None else lock_timeout))
        given = arguments.pop("connect_args", {})
        settings = f"SET lock_wait_timeout = {seconds}, innodb_lock_wait_timeout = {seconds}, time_zone = '+00:00'"
        return library.create_engine(url, connect_args={"init_command": settings, **given}, **arguments)


_need_lengths: set[int] = set()
"""The databases that are in use, each by its number; other tests write types as ever."""


@functools.cache
def _give_texts_a_length(library: Any) -> None:
    """Let a String without a length be a VARCHAR(255) where MariaDB would refuse it, as most tables of tests have such.

    Args:
        library: ``azoth`` or ``sqlalchemy``.
    """
    compiles = importlib.import_module(f"{library.__name__}.ext.compiler").compiles

    @compiles(library.String, "mariadb")
    def write(type_: Any, compiler: Any, **options: Any) -> str:
        if _need_lengths and type_.length is None and type(type_) is library.String:
            return "VARCHAR(255)"
        written: str = getattr(compiler, f"visit_{type_.__visit_name__}")(type_, **options)
        return written


class MariaDBMysqldb(MariaDB):
    """MariaDB through mysqlclient."""

    name = "mariadb_mysqldb"
    scheme = "mariadb+mysqldb"
    driver = _driver("MySQLdb")


KINDS: dict[str, type[Database]] = {
    kind.name: kind for kind in (SQLite, SQLiteFile, PostgreSQL, PostgreSQLPsycopg2, MariaDB, MariaDBMysqldb)
}


def wanted(
    environment: Mapping[str, str] = os.environ, known: Mapping[str, type[Database]] = KINDS
) -> tuple[type[Database], ...]:
    """Give the kinds of databases that the run is for.

    Raises:
        UsageError: a name is unknown, or its database cannot be reached: whoever names one wants it tested.
    """
    names = [name.strip() for name in environment.get(VARIABLE, DEFAULT).split(",")]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise pytest.UsageError(f"{VARIABLE} names {unknown[0]!r}, which is none of: {', '.join(sorted(known))}")
    kinds = tuple(known[name] for name in dict.fromkeys(names))
    for kind in kinds:
        obstacle = kind.obstacle()
        if obstacle is not None:
            raise pytest.UsageError(f"{VARIABLE} names {kind.name!r}, which cannot be reached: {obstacle}")
    return kinds


def _turn_foreign_keys_on(connection: Any, record: Any) -> None:
    connection.execute("PRAGMA foreign_keys=ON").close()
