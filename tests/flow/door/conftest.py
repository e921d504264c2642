"""A session on the blog, and everything that its listeners hear."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import event
from azoth.orm import Session
from tests.flow.door import blog as model


@pytest.fixture
def blog() -> Any:
    """The classes of the blog."""
    return model


@pytest.fixture
def engine(database: Any) -> azoth.Engine:
    """An engine on the blog's rows."""
    engine: azoth.Engine = database.make_engine()
    model.Base.metadata.create_all(engine)
    with Session(engine) as session:
        model.fill(session)
    return engine


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    """A session on it."""
    with Session(engine) as session:
        yield session


@pytest.fixture
def heard(session: Session) -> list[Any]:
    """What ``do_orm_execute`` hears."""
    states: list[Any] = []

    def hear(state: Any) -> None:
        states.append(state)

    event.listen(session, "do_orm_execute", hear)
    return states
