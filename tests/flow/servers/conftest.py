"""Servers of these tests' own, one of each kind for a module, because the tests kill them; and engines on them."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest

import azoth
from azoth import Engine
from tests.conftest import DATABASE_MISSING
from tests.servers import PrivateGalera, PrivateMariaDB, PrivatePgBouncer, PrivatePostgreSQL, PrivateStandby

DRIVERS = {"postgresql": ("psycopg", "psycopg2"), "mariadb": ("pymysql", "mysqldb")}
MODULES = {"mysqldb": "MySQLdb"}

Server = TypeVar("Server")


def running(server: Any, *needed: Any) -> Iterator[Any]:
    """Run a server; the tests that need it are skipped where it is not installed, and say what to install."""
    for kind in (type(server), *needed):
        obstacle = kind.obstacle()
        if obstacle is not None:
            pytest.skip(f"{DATABASE_MISSING}: {obstacle.reason}")
    with server:
        yield server


@pytest.fixture(scope="module")
def postgresql() -> Iterator[PrivatePostgreSQL]:
    """A PostgreSQL."""
    yield from running(PrivatePostgreSQL())


@pytest.fixture(scope="module")
def pgbouncer(postgresql: PrivatePostgreSQL) -> Iterator[PrivatePgBouncer]:
    """A PgBouncer before it."""
    yield from running(PrivatePgBouncer(postgresql))


@pytest.fixture(scope="module")
def standby(postgresql: PrivatePostgreSQL) -> Iterator[PrivateStandby]:
    """A standby of it."""
    yield from running(PrivateStandby(postgresql, options={"wal_retrieve_retry_interval": "100ms"}))


@pytest.fixture(scope="module")
def mariadb() -> Iterator[PrivateMariaDB]:
    """A MariaDB."""
    yield from running(PrivateMariaDB())


@pytest.fixture(scope="module")
def galera() -> Iterator[PrivateGalera]:
    """A cluster of MariaDB."""
    yield from running(PrivateGalera())


Make = Callable[..., Engine]


@pytest.fixture
def make_engine() -> Iterator[Make]:
    """Makes engines by a server's URL and the name of a driver; they are disposed of after the test."""
    engines: list[Engine] = []

    def make(url: str, driver: str, database: str | None = None, **arguments: Any) -> Engine:
        if importlib.util.find_spec(MODULES.get(driver, driver)) is None:
            pytest.skip(f"{DATABASE_MISSING}: the driver {driver} is not installed")
        parsed = azoth.make_url(url)
        backend = "postgresql" if driver in DRIVERS["postgresql"] else "mariadb"
        parsed = parsed.set(drivername=f"{backend}+{driver}", database=database or parsed.database)
        engines.append(azoth.create_engine(parsed, **arguments))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


def until(is_so: Callable[[], object], seconds: float = 5) -> bool:
    """Wait until something is so; tell whether it came to that."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
