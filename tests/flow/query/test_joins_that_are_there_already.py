"""Statements that are made in several places may join along a relationship in each: there it is one join."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import exc, select
from azoth.orm import aliased
from tests.flow.library import Author, Book, Chapter, Genre
from tests.flow.query.blog import Address, Note, User

OTHER = aliased(User)


def froms(statement: Any) -> str:
    return " ".join(str(statement).split()).partition(" FROM ")[2]


@pytest.mark.parametrize(
    "statement,expected",
    [
        (
            select(Address.id).join(Address.user).join(Address.user),
            "addresses JOIN users ON users.id = addresses.user_id",
        ),
        (
            select(Address.id).join(Address.user).outerjoin(Address.user),
            "addresses JOIN users ON users.id = addresses.user_id",
        ),
        (
            select(Address.id).outerjoin(Address.user).join(Address.user),
            "addresses LEFT OUTER JOIN users ON users.id = addresses.user_id",
        ),
        (
            select(Address.id).join(User, Address.user).join(Address.notes).join(Address.user),
            "addresses JOIN users ON users.id = addresses.user_id JOIN notes ON addresses.id = notes.address_id",
        ),
        (
            select(Address.id).join(Address.user.of_type(OTHER)).join(Address.user.of_type(OTHER)),
            "addresses JOIN users AS users_1 ON users_1.id = addresses.user_id",
        ),
        (
            select(Address.id).join(Address.user).join(Address.user.of_type(OTHER)),
            (
                "addresses JOIN users ON users.id = addresses.user_id "
                "JOIN users AS users_1 ON users_1.id = addresses.user_id"
            ),
        ),
        (
            select(Book.id).join(Book.genres).join(Book.chapters).join(Book.genres),
            (
                "book JOIN book_genre AS book_genre_1 ON book.id = book_genre_1.book_id "
                "JOIN genre ON genre.id = book_genre_1.genre_id JOIN chapter ON book.id = chapter.book_id"
            ),
        ),
    ],
)
def test_the_same_way_is_gone_once(statement: Any, expected: str) -> None:
    assert froms(statement) == expected


def test_queries_add_what_they_need(session: Any) -> None:
    def of(query: Any, name: str) -> Any:
        return query.join(Address.user).filter(User.name == name)

    def noted(query: Any) -> Any:
        return query.join(Address.notes).filter(Note.text == "first")

    query = session.query(Address)
    assert [address.id for address in of(query, "ed").order_by(Address.id)] == [1, 2]
    assert [address.id for address in noted(of(noted(of(query, "ed")), "ed"))] == [1]
    assert of(of(query, "ed"), "jack").all() == []


@pytest.mark.parametrize(
    "statement",
    [
        select(Address.id).join(Address.user.and_(User.age > 5)).join(Address.user),
        select(Address.id).join(User, Address.user_id == User.id).join(User, Address.user_id == User.id),
        select(Author.id).join(Author.books).join(Book.author),
        select(Genre.id).join(Genre.books).join(Book.chapters).join(Chapter.book),
    ],
)
def test_another_way_to_a_table_that_is_there_is_refused(statement: Any) -> None:
    with pytest.raises(exc.InvalidRequestError, match="stands on both sides of the join"):
        str(statement)
