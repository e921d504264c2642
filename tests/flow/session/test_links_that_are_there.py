"""A link between two objects is one row, however often one of them has the other."""

from __future__ import annotations

import pytest

from azoth.orm import Session
from tests.flow.library import Book, Genre


@pytest.fixture
def genre(session: Session) -> Genre:
    """A genre with a book; the genre has its books in memory, and the book nothing."""
    genre = Genre(name="g", books=[Book(title="a")])
    session.add(genre)
    session.commit()
    session.expire(genre.books[0])
    return genre


def test_a_link_that_a_list_has_twice_is_not_written_again(session: Session, genre: Genre) -> None:
    (book,) = genre.books
    genre.books.append(book)
    session.commit()
    assert (genre.books, book.genres) == ([book], {genre})


def test_a_link_that_a_list_has_had_twice_goes_when_it_is_emptied(session: Session, genre: Genre) -> None:
    (book,) = genre.books
    genre.books.append(book)
    genre.books.clear()
    session.commit()
    assert (genre.books, book.genres) == ([], set())
