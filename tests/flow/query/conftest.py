"""A session on a filled database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import azoth
from azoth.orm import Session
from tests.flow.query.blog import Base, users


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(users())
        session.commit()
        session.expunge_all()
        yield session
