"""Sessions on the library."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import azoth
from azoth.orm import Session
from tests.flow.library import make_tables


@pytest.fixture
def library(engine: azoth.Engine) -> azoth.Engine:
    make_tables(engine)
    return engine


@pytest.fixture
def session(library: azoth.Engine, statements: list[str]) -> Iterator[Session]:
    """A session; its statements are recorded from the first on."""
    with Session(library) as session:
        yield session


@pytest.fixture
def count_rows(library: azoth.Engine) -> Callable[[str], int]:
    """Count the committed rows of a table."""

    def count(table: str) -> int:
        with library.connect() as connection:
            return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()

    return count
