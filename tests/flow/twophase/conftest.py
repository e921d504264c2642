"""Servers of these tests' own that prepare transactions; what is left prepared is rolled back between tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

import azoth
from azoth import Engine, exc, text
from tests.conftest import DATABASE_MISSING
from tests.servers import PrivateMariaDB, PrivatePostgreSQL, PrivateServer

URL_OF = {
    "psycopg": ("postgresql", "postgresql+psycopg"),
    "psycopg2": ("postgresql", "postgresql+psycopg2"),
    "pymysql": ("mariadb", "mariadb+pymysql"),
    "mysqldb": ("mariadb", "mariadb+mysqldb"),
}


def _running(server: Any) -> Iterator[Any]:
    obstacle = server.obstacle()
    if obstacle is not None:
        pytest.skip(f"{DATABASE_MISSING}: {obstacle.reason}")
    with server:
        yield server


@pytest.fixture(scope="session")
def first_postgresql() -> Iterator[PrivatePostgreSQL]:
    """A PostgreSQL."""
    yield from _running(PrivatePostgreSQL())


@pytest.fixture(scope="session")
def second_postgresql() -> Iterator[PrivatePostgreSQL]:
    """Another one."""
    yield from _running(PrivatePostgreSQL())


@pytest.fixture(scope="session")
def a_mariadb() -> Iterator[PrivateMariaDB]:
    """A MariaDB."""
    yield from _running(PrivateMariaDB())


def url_on(server: PrivateServer, driver: str) -> str:
    """Give the URL of a database on a server with one of its drivers; that of a MariaDB is made."""
    kind, scheme = URL_OF[driver]
    url = azoth.make_url(server.url).set(drivername=scheme)
    if kind == "mariadb":
        engine = azoth.create_engine(azoth.make_url(server.url).set(drivername="mariadb+pymysql"))
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE IF NOT EXISTS {DATABASE}"))
        engine.dispose()
        url = url.set(database=DATABASE)
    return url.render_as_string(hide_password=False)


DATABASE = "azoth_test_twophase"

MakeEngine = Callable[..., Engine]


@pytest.fixture
def make_engine() -> Iterator[MakeEngine]:
    """Makes engines, which are disposed of; what is prepared on them is rolled back before and after."""
    engines: list[Engine] = []

    def make(url: str, **arguments: Any) -> Engine:
        try:
            engine = azoth.create_engine(url, **arguments)
        except exc.NoSuchModuleError as error:
            pytest.skip(f"{DATABASE_MISSING}: {error.summary}")
        clear(engine)
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        engine.dispose()
        with suppress(exc.AzothError):
            clear(engine)
        engine.dispose()


def clear(engine: Engine) -> None:
    """Roll back what is prepared."""
    with engine.connect() as connection:
        for xid in connection.recover_twophase():
            connection.rollback()
            connection.finish_prepared(xid, commit=False)


@pytest.fixture(params=list(URL_OF))
def engine(request: pytest.FixtureRequest, make_engine: MakeEngine) -> Engine:
    """An engine on each kind of server by each driver, with an empty table ``t``."""
    kind, _ = URL_OF[request.param]
    server = request.getfixturevalue("first_postgresql" if kind == "postgresql" else "a_mariadb")
    engine = make_engine(url_on(server, request.param))
    with_table(engine)
    return engine


def with_table(engine: Engine) -> None:
    """Make an empty table."""
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS t"))
        connection.execute(text("CREATE TABLE t (id int PRIMARY KEY)"))
