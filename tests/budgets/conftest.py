"""A library with 1,000 books, and a count of Python calls."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import azoth
from azoth.orm import Session
from tests.flow.library import Author, Base, Book, make_tables

ROWS = 1000


@pytest.fixture
def library(engine: azoth.Engine) -> azoth.Engine:
    """1,000 books of 100 authors."""
    for mapper in Base.registry.mappers:
        # Classes that have had an identity token in some other test pay for it from then on.
        mapper.class_manager.root.has_tokens = False
    make_tables(engine)
    with Session(engine) as session:
        for number in range(100):
            books = [Book(id=number * 10 + n + 1, title=f"{number}.{n}", pages=n) for n in range(10)]
            session.add(Author(id=number + 1, name=f"author {number}", books=books))
        session.commit()
    return engine


@pytest.fixture
def session(library: azoth.Engine) -> Iterator[Session]:
    with Session(library) as session:
        yield session


@pytest.fixture
def count_calls() -> Callable[[Callable[[], Any]], int]:
    """Count the Python functions that a piece of work calls; calls of C functions are not counted.

    The work runs twice before, so that what is compiled or cached once is there already.
    """

    def count(work: Callable[[], Any]) -> int:
        work()
        work()
        calls = 0

        def profile(frame: Any, event: str, argument: Any) -> None:
            nonlocal calls
            if event == "call":
                calls += 1

        before = sys.getprofile()
        # Garbage of earlier work would call the functions that take dead objects out of identity maps.
        gc.collect()
        gc.disable()
        sys.setprofile(profile)
        try:
            work()
        finally:
            sys.setprofile(before)
            gc.enable()
        # The call of the work itself is not its own.
        return calls - 1

    return count
