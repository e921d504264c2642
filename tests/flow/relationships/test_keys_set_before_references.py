"""A reference that is set after its foreign key was: the other sides follow from what is stored to what is set."""

from __future__ import annotations

import pytest

from azoth import inspect
from azoth.orm import Session
from tests.flow.library import Author, Book, Cover


@pytest.fixture
def people(session: Session) -> tuple[Author, Author, Author]:
    """The author of a book, and two without any; they are in memory, and so is the book, which has not read its own."""
    session.add_all([Author(id=1, name="Ada", books=[Book(id=1, title="x")]), Author(id=2, name="Eve")])
    session.add_all([Author(id=3, name="Ida"), Book(id=2, title="y", cover=Cover(id=1, colour="red"))])
    session.commit()
    session.expunge_all()
    found = tuple(session.get_one(Author, number) for number in (1, 2, 3))
    assert [len(author.books) for author in found] == [1, 0, 0]
    session.get_one(Book, 1)
    return found  # type: ignore[return-value]


def test_the_owner_that_the_key_names(session: Session, people: tuple[Author, Author, Author]) -> None:
    old, new, _ = people
    book = session.get_one(Book, 1)
    book.author_id = 2
    book.author = new
    assert (old.books, new.books) == ([], [book])
    assert inspect(book).attrs.author.history == ([new], (), [old])
    session.flush()
    assert (old.books, new.books, book.author_id) == ([], [book], 2)


def test_another_owner_than_the_key_names(session: Session, people: tuple[Author, Author, Author]) -> None:
    old, named, new = people
    book = session.get_one(Book, 1)
    book.author_id = 2
    book.author = new
    session.flush()
    assert (old.books, named.books, new.books, book.author_id) == ([], [], [book], 3)


@pytest.mark.parametrize("key", [2, None])
def test_no_owner(session: Session, people: tuple[Author, Author, Author], key: int | None) -> None:
    book = session.get_one(Book, 1)
    book.author_id = key
    book.author = None
    session.flush()
    assert [author.books for author in people] == [[], [], []]
    assert (book.author, book.author_id) == (None, None)


def test_a_collection_takes_what_the_key_names_already(session: Session, people: tuple[Author, Author, Author]) -> None:
    old, new, _ = people
    book = session.get_one(Book, 1)
    book.author_id = 2
    new.books.append(book)
    assert (old.books, new.books, book.author) == ([], [book], new)
    session.flush()
    assert (old.books, new.books, book.author_id) == ([], [book], 2)


def test_a_one_to_one_relationship(session: Session, people: tuple[Author, Author, Author]) -> None:
    cover = session.get_one(Cover, 1)
    one, other = session.get_one(Book, 1), session.get_one(Book, 2)
    assert (one.cover, other.cover) == (None, cover)
    session.refresh(cover)
    cover.book_id = 1
    cover.book = one
    assert (one.cover, other.cover) == (cover, None)


def test_a_key_whose_stored_value_is_not_known_tells_of_no_owner(
    session: Session, people: tuple[Author, Author, Author]
) -> None:
    old, new, _ = people
    book = session.get_one(Book, 1)
    session.expire(book)
    book.author_id = 2
    book.author = new
    assert new.books == [book]
    session.commit()
    assert (old.books, new.books) == ([], [book])
