"""Sessions on the forum."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import azoth
from azoth.orm import Session
from tests.flow.dynamic.forum import make_tables


@pytest.fixture
def session(engine: azoth.Engine, statements: list[str]) -> Iterator[Session]:
    """A session on empty tables."""
    make_tables(engine)
    statements.clear()
    with Session(engine) as session:
        yield session
