"""A condition that names an object means it as it is when the statement runs: after the flush that comes before it."""

from __future__ import annotations

import pytest

from azoth import delete, select, update
from azoth.exc import InvalidRequestError, StatementError
from azoth.orm import Session, with_parent
from tests.flow.library import Author, Book


@pytest.fixture
def moving(session: Session) -> tuple[Author, Author, Book]:
    """An author, and one who is about to get the book of that one."""
    former, later = Author(name="former"), Author(name="later")
    book = Book(title="a", author=former)
    session.add_all([former, later, book])
    session.commit()
    assert (book.author_id, former.id, later.id) == (1, 1, 2)
    later.books.append(book)
    return former, later, book


def test_contains_finds_the_owner_that_the_flush_writes(session: Session, moving: tuple[Author, Author, Book]) -> None:
    _, later, book = moving
    assert session.scalars(select(Author).where(Author.books.contains(book))).all() == [later]


def test_with_parent_leads_to_the_owner_that_the_flush_writes(
    session: Session, moving: tuple[Author, Author, Book]
) -> None:
    _, later, book = moving
    assert session.scalars(select(Author).where(with_parent(book, Book.author))).all() == [later]


@pytest.mark.parametrize("synchronize", ["evaluate", "fetch", False])
def test_changes_of_many_rows_find_the_owner_that_the_flush_writes(
    session: Session, moving: tuple[Author, Author, Book], synchronize: str | bool
) -> None:
    former, later, book = moving
    options = {"synchronize_session": synchronize}
    condition = Author.books.contains(book)
    session.execute(update(Author).where(condition).values(name="changed").execution_options(**options))
    session.commit()
    assert (former.name, later.name) == ("former", "changed")
    assert session.execute(delete(Author).where(~condition).execution_options(**options)).rowcount == 1
    session.commit()
    assert session.scalars(select(Author)).all() == [later]


def test_what_an_object_referred_to_is_known_when_it_has_left_its_session(session: Session) -> None:
    book = Book(title="a", author=Author(name="b"))
    session.add(book)
    session.commit()
    assert book.author_id == 1
    condition = Author.books.contains(book)
    session.expire(book)
    session.expunge(book)
    assert [author.name for author in session.scalars(select(Author).where(condition))] == ["b"]


@pytest.mark.parametrize("names", [None, ["id"]])
def test_a_key_is_known_of_an_object_that_was_new_when_it_was_named(session: Session, names: list[str] | None) -> None:
    author = Author(name="a", books=[Book(title="b")])
    condition = Book.author == author
    session.add(author)
    session.flush()
    session.expire(author, names)
    session.expunge(author)
    assert [book.title for book in session.scalars(select(Book).where(condition))] == ["b"]


def test_the_value_of_a_named_object_is_asked_for_by_its_parameter() -> None:
    condition = Book.author == Author(id=5)
    assert [bind.callable() for bind in condition._binds] == [5]


def test_an_object_without_a_value_is_an_error_of_the_statement(session: Session) -> None:
    statement = select(Book).where(Book.author == Author(name="new"))
    for kind in (StatementError, InvalidRequestError):
        with pytest.raises(kind, match=r"refers to Author\.id"):
            session.scalars(statement)
