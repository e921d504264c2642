"""Databases of PostgreSQL for the tests of this folder."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import azoth
from tests.conftest import DATABASE_MISSING
from tests.flow.postgresql.rich_schema import RICH

SERVER = os.environ.get("AZOTH_TEST_POSTGRESQL", "postgresql://127.0.0.1/postgres").replace("+psycopg", "")
"""Where databases are made; AZOTH_TEST_POSTGRESQL may name another place."""


@pytest.fixture(scope="session")
def server() -> Iterator[Any]:
    """The driver's connection to the server; it commits by itself."""
    psycopg = pytest.importorskip("psycopg", reason=f"{DATABASE_MISSING}: postgresql (psycopg is not installed)")
    try:
        connection = psycopg.connect(SERVER, autocommit=True)
    except psycopg.Error as error:
        pytest.skip(f"{DATABASE_MISSING}: postgresql at {SERVER} ({str(error).splitlines()[0]})")
    with connection:
        yield connection


@pytest.fixture(scope="module")
def make_database(server: Any) -> Iterator[Callable[..., str]]:
    """Make databases with the statements of a schema, and give their URLs; they go with the module."""
    import psycopg  # noqa: PLC0415  # the server's fixture skips where it is missing

    names: list[str] = []

    def make(statements: tuple[str, ...] = ()) -> str:
        names.append(f"azoth_test_reflect_{uuid.uuid4().hex[:12]}")
        server.execute(f"CREATE DATABASE {names[-1]} TEMPLATE template0")
        url = f"{SERVER.rpartition('/')[0]}/{names[-1]}"
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
