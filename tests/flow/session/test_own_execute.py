"""A session class with an ``execute()`` of its own: the loads that the ORM makes by itself call it, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import event, select
from azoth.orm import Session, joinedload, selectinload
from tests.flow.library import Author, Book, make_tables


class Counting(Session):
    """Notes what is executed."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.executed: list[Any] = []

    def execute(self, statement: Any, *arguments: Any, **keywords: Any) -> Any:
        self.executed.append(statement)
        return super().execute(statement, *arguments, **keywords)


class Narrow(Session):
    """Takes a statement alone, and hides the author 2."""

    def execute(self, statement: Any) -> Any:  # type: ignore[override]
        if Author.__table__ in statement.get_final_froms():
            statement = statement.where(Author.id != 2)
        return super().execute(statement)


@pytest.fixture
def engine_of_library(engine: azoth.Engine) -> azoth.Engine:
    """Two authors with two books each."""
    make_tables(engine)
    with Session(engine) as session, session.begin():
        for number in (1, 2):
            books = [Book(id=10 * number + one, title=f"b{one}") for one in (1, 2)]
            session.add(Author(id=number, name=f"a{number}", books=books))
    return engine


@pytest.fixture
def session(engine_of_library: azoth.Engine) -> Iterator[Counting]:
    """A session that notes."""
    with Counting(engine_of_library) as session:
        yield session


def executed(session: Counting) -> int:
    """Say how often it was called, and begin anew."""
    count = len(session.executed)
    session.executed.clear()
    return count


def test_loads_of_objects_call_it(session: Counting) -> None:
    author = session.get_one(Author, 1)
    assert executed(session) == 1
    assert len(author.books) == 2
    assert executed(session) == 1
    session.refresh(author)
    assert executed(session) == 1
    session.expire(author)
    assert author.name == "a1"
    assert executed(session) == 1
    book = session.get_one(Book, 21)
    executed(session)
    assert book.author.name == "a2"
    assert executed(session) == 1


def test_eager_loads_call_it_for_each_statement(session: Counting) -> None:
    authors = session.scalars(select(Author).options(selectinload(Author.books)).order_by(Author.id)).all()
    assert executed(session) == 2
    assert [len(author.books) for author in authors] == [2, 2]
    assert executed(session) == 0
    session.expunge_all()
    session.scalars(select(Author).options(joinedload(Author.books))).all()
    assert executed(session) == 1


def test_queries_call_it(session: Counting) -> None:
    assert [author.id for author in session.query(Author).order_by(Author.id)] == [1, 2]
    assert [author.id for author in session.query(Author).order_by(Author.id).yield_per(1)] == [1, 2]
    assert session.query(Author).count() == 2
    assert executed(session) == 3


def test_peers_are_served_together(session: Counting) -> None:
    authors = session.scalars(select(Author)).all()
    executed(session)
    assert [len(author.books) for author in authors] == [2, 2]
    assert executed(session) == 1


def test_listeners_hear_of_each_statement_once_with_its_reason(session: Counting) -> None:
    heard: list[Any] = []

    def hear(state: Any) -> None:
        heard.append((state.is_relationship_load, state.is_column_load))

    event.listen(session, "do_orm_execute", hear)
    author = session.get_one(Author, 1)
    author.books
    session.refresh(author)
    assert heard == [(False, False), (True, False), (False, True)]
    assert executed(session) == 3


def test_it_may_take_a_statement_alone_and_change_it(engine_of_library: azoth.Engine) -> None:
    with Narrow(engine_of_library) as session:
        assert session.get(Author, 2) is None
        assert session.get(Book, 21).author is None
        assert session.get(Book, 11).author.name == "a1"
