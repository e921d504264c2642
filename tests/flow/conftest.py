"""Fixtures of all behaviour tests, and the databases that they run on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import azoth
from azoth.orm import Session
from tests.database import OnServer, SQLite, wanted
from tests.flow.library import make_tables
from tests.flow.strikes import Faults


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test on every database that the run is for; on SQLite alone where that is what it is about."""
    kinds = wanted()
    if "database_kind" not in metafunc.fixturenames or kinds == (SQLite,):
        return
    if metafunc.definition.get_closest_marker("sqlite_only") is not None:
        kinds = tuple(kind for kind in kinds if kind is SQLite)
    if kinds:
        names = [kind.name for kind in kinds]
        metafunc.parametrize("database_kind", kinds, indirect=True, ids=names, scope="session")


SERVERS_OWN = ("postgresql", "mariadb", "servers")
"""The folders of what is about one kind of server, whatever the run is for."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run on servers only what asks for a database: the rest says the same again."""
    if not all(issubclass(kind, OnServer) for kind in wanted()):
        return
    here = Path(__file__).parent
    chosen, rest = [], []
    for item in items:
        asks = "database_kind" in getattr(item, "fixturenames", ())
        place = item.path.relative_to(here).parts[0] if item.path.is_relative_to(here) else ""
        (chosen if asks and place not in SERVERS_OWN else rest).append(item)
    items[:] = chosen
    config.hook.pytest_deselected(items=rest)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out, with the reason, what is about SQLite alone where the run is for other databases."""
    marker = item.get_closest_marker("sqlite_only")
    if marker is not None and SQLite not in wanted():
        pytest.skip(f"about SQLite only: {marker.args[0]}")


@pytest.fixture
def faults() -> Iterator[Faults]:
    """What is going to fail on connections of ``create_engine(module=faults.driver(database.driver))``."""
    faults = Faults()
    yield faults
    faults.end()


@pytest.fixture
def library(engine: azoth.Engine) -> azoth.Engine:
    """The tables of the library, without rows."""
    make_tables(engine)
    return engine


@pytest.fixture
def session(library: azoth.Engine, statements: list[str]) -> Iterator[Session]:
    """A session on the library; its statements are recorded from the first on."""
    with Session(library) as session:
        yield session


@pytest.fixture
def count_rows(library: azoth.Engine) -> Callable[[str], int]:
    """Count the committed rows of a table."""

    def count(table: str) -> int:
        with library.connect() as connection:
            return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()

    return count
