"""Session classes of a program's own: the methods that they override are called from within, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import select
from azoth.orm import Session
from tests.flow.library import Author, Book, make_tables


class Noting(Session):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.calls: list[str] = []

    def flush(self, objects: Any = None) -> None:
        self.calls.append("flush")
        super().flush(objects)

    def expunge_all(self) -> None:
        self.calls.append("expunge_all")
        super().expunge_all()

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **arguments: Any) -> Any:
        self.calls.append("get_bind")
        return super().get_bind(mapper, clause, bind, **arguments)

    def execute(self, *arguments: Any, **keywords: Any) -> Any:
        self.calls.append("execute")
        return super().execute(*arguments, **keywords)


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Noting]:
    make_tables(engine)
    with Session(engine) as made:
        made.add(Author(id=1, name="first", books=[Book(id=1, title="one")]))
        made.commit()
    with Noting(engine) as session:
        yield session


def test_flush_by_a_commit_and_by_a_query(session: Noting) -> None:
    session.add(Author(name="second"))
    session.scalars(select(Author)).all()
    assert session.calls.count("flush") == 1
    session.add(Author(name="third"))
    session.commit()
    assert session.calls.count("flush") == 2


def test_flush_by_a_savepoint_and_by_an_implicit_load(session: Noting) -> None:
    author = session.get_one(Author, 1)
    session.calls.clear()
    author.name = "other"
    session.begin_nested()
    assert session.calls[0] == "flush"
    session.calls.clear()
    author.name = "another"
    assert len(author.books) == 1
    assert "flush" in session.calls


def test_expunge_all_by_close(session: Noting) -> None:
    session.get_one(Author, 1)
    session.calls.clear()
    session.close()
    assert session.calls == ["expunge_all"]


def test_get_bind_where_binds_are_named(session: Noting, engine: azoth.Engine) -> None:
    session.bind_mapper(Author, engine)
    session.bind_mapper(Book, engine)
    author = session.get_one(Author, 1)
    session.calls.clear()
    assert len(author.books) == 1
    assert "get_bind" in session.calls


def test_execute_by_its_relatives(session: Noting) -> None:
    session.scalars(select(Author)).all()
    session.scalar(select(Author.id))
    assert session.calls.count("execute") == 2
