"""A database in a file, as web applications have one, and scoped sessions on it."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth.ext.web import request_scope
from azoth.orm import Session as PlainSession
from azoth.orm import scoped_session, sessionmaker
from tests.flow.library import make_tables


class Watched(PlainSession):
    """A session that notes when it is closed."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.was_closed = False

    def close(self) -> None:
        super().close()
        self.was_closed = True


@pytest.fixture
def library(file_engine: azoth.Engine) -> azoth.Engine:
    make_tables(file_engine)
    return file_engine


@pytest.fixture
def made(library: azoth.Engine) -> list[Watched]:
    """The sessions made so far."""
    return []


@pytest.fixture
def factory(library: azoth.Engine, made: list[Watched]) -> Any:
    make = sessionmaker(library, class_=Watched)

    def make_and_note(**arguments: Any) -> Watched:
        made.append(make(**arguments))
        return made[-1]

    return make_and_note


@pytest.fixture
def by_request(factory: Any) -> scoped_session:
    return scoped_session(factory, scopefunc=request_scope)


@pytest.fixture(params=["thread", "request"])
def Session(request: pytest.FixtureRequest, factory: Any) -> scoped_session:
    """A scoped session by thread, or by request."""
    return scoped_session(factory) if request.param == "thread" else scoped_session(factory, request_scope)
