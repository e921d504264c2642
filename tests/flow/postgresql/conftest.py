"""Databases of PostgreSQL for the tests of this folder."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import azoth
from tests import servers
from tests.conftest import DATABASE_MISSING
from tests.flow.postgresql.rich_schema import RICH


@pytest.fixture(scope="session")
def server_url() -> str:
    """The URL of the server's administrative database."""
    found = servers.find("postgresql")
    if isinstance(found, servers.Obstacle):
        pytest.skip(f"{DATABASE_MISSING}: postgresql ({found.reason})")
    return found.url


@pytest.fixture(scope="session")
def server(server_url: str) -> Iterator[Any]:
    """The driver's connection to the server; it commits by itself."""
    import psycopg  # noqa: PLC0415  # servers are not found without it

    with psycopg.connect(server_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def make_database(server: Any, server_url: str) -> Iterator[Callable[..., str]]:
    """Make databases with the statements of a schema, and give their URLs; they go with the module."""
    import psycopg  # noqa: PLC0415  # the server's fixture skips where it is missing

    names: list[str] = []

    def make(statements: tuple[str, ...] = ()) -> str:
        names.append(f"azoth_test_reflect_{uuid.uuid4().hex[:12]}")
        server.execute(f"CREATE DATABASE {names[-1]} TEMPLATE template0")
        url = f"{server_url.rpartition('/')[0]}/{names[-1]}"
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
        return url

    yield make
    for name in names:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def rich(make_database: Callable[..., str]) -> str:
    """The URL of the database with one of everything; nobody changes it."""
    return make_database(RICH)


@pytest.fixture(scope="module")
def rich_engine(rich: str) -> Iterator[azoth.Engine]:
    """An engine on that database."""
    engine = azoth.create_engine(rich)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def make_engine() -> Iterator[Callable[..., azoth.Engine]]:
    """Make engines, which are disposed of with the module."""
    engines: list[azoth.Engine] = []

    def make(url: str, **arguments: Any) -> azoth.Engine:
        engines.append(azoth.create_engine(url, **arguments))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()
