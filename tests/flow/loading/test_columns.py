"""Deferred columns, their groups, and the options that choose columns."""

from __future__ import annotations

import pytest

from azoth import inspect, select
from azoth.exc import InvalidRequestError
from azoth.orm import (
    Load,
    Session,
    defaultload,
    defer,
    joinedload,
    load_only,
    selectinload,
    undefer,
    undefer_group,
)
from tests.flow.library import Author, Book, Visit


@pytest.fixture
def filled(session: Session) -> Session:
    session.add(Visit(id=1, place="hall", note="n", plan="p", protocol="q"))
    session.add(Author(id=1, name="Ada", born=1815, books=[Book(id=1, title="Notes", pages=10)]))
    session.commit()
    session.expunge_all()
    return session


def unloaded(instance: object) -> set[str]:
    return set(inspect(instance).unloaded)


def test_deferred_columns_are_loaded_when_read(filled: Session, statements: list[str]) -> None:
    visit = filled.get(Visit, 1)
    assert unloaded(visit) == {"note", "plan", "protocol"}
    statements.clear()
    assert visit.note == "n"
    assert len(statements) == 1
    assert unloaded(visit) == {"plan", "protocol"}


def test_a_group_is_loaded_together(filled: Session, statements: list[str]) -> None:
    visit = filled.get(Visit, 1)
    statements.clear()
    assert visit.plan == "p"
    assert visit.protocol == "q"
    assert len(statements) == 1
    assert unloaded(visit) == {"note"}


def test_undefer(filled: Session, statements: list[str]) -> None:
    visit = filled.scalars(select(Visit).options(undefer(Visit.note))).one()
    statements.clear()
    assert visit.note == "n"
    assert statements == []
    assert unloaded(visit) == {"plan", "protocol"}


def test_undefer_group(filled: Session) -> None:
    visit = filled.scalars(select(Visit).options(undefer_group("papers"))).one()
    assert unloaded(visit) == {"note"}


def test_defer(filled: Session, statements: list[str]) -> None:
    author = filled.scalars(select(Author).options(defer(Author.born))).one()
    assert unloaded(author) == {"born", "books"}
    statements.clear()
    assert author.born == 1815
    assert len(statements) == 1


def test_defer_with_raiseload(filled: Session) -> None:
    author = filled.scalars(select(Author).options(defer(Author.born, raiseload=True))).one()
    with pytest.raises(InvalidRequestError, match=r"Author.born"):
        author.born


def test_load_only_keeps_the_key(filled: Session, statements: list[str]) -> None:
    author = filled.scalars(select(Author).options(load_only(Author.name))).one()
    assert unloaded(author) == {"born", "books"}
    statements.clear()
    assert (author.id, author.name) == (1, "Ada")
    assert statements == []
    assert author.born == 1815


def test_load_only_names_deferred_columns_too(filled: Session) -> None:
    visit = filled.scalars(select(Visit).options(load_only(Visit.note))).one()
    assert unloaded(visit) == {"count", "place", "plan", "protocol"}


def test_columns_behind_a_relationship(filled: Session) -> None:
    option = selectinload(Author.books).load_only(Book.title)
    author = filled.scalars(select(Author).options(option)).one()
    assert {"pages", "author_id"} & unloaded(author.books[0]) == {"pages"} or "pages" in unloaded(author.books[0])
    filled.expunge_all()
    author = filled.scalars(select(Author).options(joinedload(Author.books).defer(Book.pages))).unique().one()
    assert "pages" in unloaded(author.books[0])
    filled.expunge_all()
    author = filled.scalars(select(Author).options(defaultload(Author.books).defer(Book.pages))).one()
    assert "pages" in unloaded(author.books[0])
    assert author.books[0].pages == 10


def test_an_explicit_entity(filled: Session) -> None:
    author = filled.scalars(select(Author).options(Load(Author).load_only(Author.name))).one()
    assert "born" in unloaded(author)


def test_writing_a_deferred_column_needs_no_load(filled: Session, statements: list[str]) -> None:
    visit = filled.get(Visit, 1)
    statements.clear()
    visit.note = "new"
    filled.flush()
    assert [statement.split()[0] for statement in statements] == ["UPDATE"]
    filled.commit()
    assert visit.note == "new"


def test_an_expired_object_keeps_its_deferred_columns_deferred(filled: Session) -> None:
    visit = filled.get(Visit, 1)
    filled.commit()
    assert visit.place == "hall"
    assert unloaded(visit) == {"note", "plan", "protocol"}


def test_refresh_of_a_deferred_column_by_name(filled: Session, statements: list[str]) -> None:
    visit = filled.get(Visit, 1)
    filled.refresh(visit, ["note"])
    statements.clear()
    assert visit.note == "n"
    assert statements == []


def test_all_columns_at_once(filled: Session) -> None:
    visit = filled.scalars(select(Visit).options(undefer("*"))).one()
    assert unloaded(visit) == set()
    filled.expunge_all()
    author = filled.scalars(select(Author).options(defer("*"), undefer(Author.name))).one()
    assert unloaded(author) == {"born", "books"}
