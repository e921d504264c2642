"""A scoped session on the library."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import azoth
from azoth.orm import scoped_session, sessionmaker


@pytest.fixture
def Session(library: azoth.Engine) -> Iterator[scoped_session]:
    Session = scoped_session(sessionmaker(bind=library))
    yield Session
    Session.remove()
