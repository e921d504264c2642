"""Databases of a MariaDB server for these tests, one for each module, on each of the drivers."""

from __future__ import annotations

import importlib.util
import itertools
import os
from collections.abc import Callable, Iterator

import pytest

import azoth
from azoth import Engine
from azoth.engine.url import URL
from tests import servers
from tests.conftest import DATABASE_MISSING

DRIVERS = ("pymysql", "mysqldb")
_MODULES = {"pymysql": "pymysql", "mysqldb": "MySQLdb"}
_numbers = itertools.count(1)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that asks for an engine on each of the drivers."""
    if "driver" in metafunc.fixturenames:
        metafunc.parametrize("driver", DRIVERS, scope="session")


@pytest.fixture(scope="session")
def server() -> URL:
    """The URL of the server, without a database."""
    found = servers.find("mariadb")
    if isinstance(found, servers.Obstacle):
        pytest.skip(f"{DATABASE_MISSING}: mariadb ({found.reason})")
    return azoth.make_url(found.url).set(drivername="mysql+pymysql")


@pytest.fixture(scope="module")
def database(server: URL) -> Iterator[URL]:
    """The URL of a new database, which is dropped at the end of the module."""
    name = f"azoth_test_maria_{os.getpid()}_{next(_numbers)}"
    engine = azoth.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    yield server.set(database=name)
    with engine.connect() as connection:
        connection.exec_driver_sql("SET lock_wait_timeout = 5")
        connection.exec_driver_sql(f"DROP DATABASE {name}")
    engine.dispose()


@pytest.fixture
def make_engine(database: URL, driver: str) -> Iterator[Callable[..., Engine]]:
    """Makes engines on the database, of MariaDB unless told otherwise."""
    if importlib.util.find_spec(_MODULES[driver]) is None:
        pytest.skip(f"{DATABASE_MISSING}: the driver {driver} is not installed")
    engines: list[Engine] = []

    def make(backend: str = "mariadb", **arguments: object) -> Engine:
        engines.append(azoth.create_engine(database.set(drivername=f"{backend}+{driver}"), **arguments))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture
def engine(make_engine: Callable[..., Engine]) -> Iterator[Engine]:
    """An engine on the database, whose tables are dropped after the test."""
    engine = make_engine()
    yield engine
    with engine.begin() as connection:
        connection.exec_driver_sql("SET foreign_key_checks = 0")
        sql = "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = DATABASE()"
        for name, kind in connection.exec_driver_sql(sql):
            word = {"VIEW": "VIEW", "SEQUENCE": "SEQUENCE"}.get(kind, "TABLE")
            connection.exec_driver_sql(f"DROP {word} `{name}`")
