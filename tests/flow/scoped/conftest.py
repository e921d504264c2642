"""A scoped session on the library."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import azoth
from azoth.orm import scoped_session, sessionmaker
from tests.flow.library import make_tables


@pytest.fixture
def library(engine: azoth.Engine) -> azoth.Engine:
    make_tables(engine)
    return engine


@pytest.fixture
def Session(library: azoth.Engine) -> Iterator[scoped_session]:
    Session = scoped_session(sessionmaker(bind=library))
    yield Session
    Session.remove()
