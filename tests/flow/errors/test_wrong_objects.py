"""Objects of the wrong kind, and classes that are not mapped."""

from __future__ import annotations

import pytest

import azoth
from azoth import inspect, select
from azoth.exc import ArgumentError, InvalidRequestError, NoInspectionAvailable, ObjectNotExecutableError
from azoth.orm import Session, class_mapper, object_session
from azoth.orm.exc import UnmappedClassError, UnmappedInstanceError
from tests.flow.errors.message import SECRET, assert_tells
from tests.flow.library import Author, Book, Genre, Place


class Plain:
    """Not mapped."""

    def __repr__(self) -> str:
        return SECRET


@pytest.mark.parametrize("operation", ["add", "delete", "merge", "expunge", "refresh", "expire", "is_modified"])
@pytest.mark.parametrize("wrong", [Plain(), SECRET, 3, None, Author], ids=["plain", "str", "int", "None", "class"])
def test_what_is_no_mapped_object(session: Session, operation: str, wrong: object) -> None:
    with pytest.raises(UnmappedInstanceError) as caught:
        getattr(session, operation)(wrong)
    assert_tells(caught.value, wrong.__name__ if isinstance(wrong, type) else type(wrong).__name__)
    session.add(Author(name="Ada"))
    session.commit()


def test_add_all_stops_at_the_wrong_one(session: Session) -> None:
    author = Author(name="Ada")
    with pytest.raises(UnmappedInstanceError):
        session.add_all([author, Plain()])
    assert author in session
    session.commit()
    assert session.query(Author).count() == 1


def test_in_and_object_session(session: Session) -> None:
    with pytest.raises(UnmappedInstanceError) as caught:
        assert Plain() in session
    assert_tells(caught.value, "Plain")
    with pytest.raises(UnmappedInstanceError) as caught:
        object_session(Plain())
    assert_tells(caught.value, "Plain")


@pytest.mark.parametrize("wrong", [Plain, SECRET, 3], ids=["class", "str", "int"])
def test_get_of_what_is_not_mapped(session: Session, wrong: object) -> None:
    with pytest.raises(ArgumentError) as caught:
        session.get(wrong, 1)
    assert_tells(caught.value)


@pytest.mark.parametrize("wrong", [Plain, SECRET, object()], ids=["class", "str", "object"])
def test_query_of_what_is_not_mapped(session: Session, wrong: object) -> None:
    with pytest.raises(ArgumentError) as caught:
        session.query(wrong).all()
    assert_tells(caught.value)


def test_select_of_what_is_not_mapped() -> None:
    with pytest.raises(ArgumentError) as caught:
        select(Plain)
    assert_tells(caught.value, "Plain")


@pytest.mark.parametrize("wrong", [Plain(), 3, Author], ids=["plain", "int", "class"])
def test_execute_of_what_is_no_statement(session: Session, wrong: object) -> None:
    with pytest.raises(ObjectNotExecutableError) as caught:
        session.execute(wrong)
    assert_tells(caught.value)


def test_inspect_of_what_is_not_mapped() -> None:
    with pytest.raises(NoInspectionAvailable) as caught:
        inspect(Plain)
    assert_tells(caught.value, "Plain")
    with pytest.raises(UnmappedClassError) as caught:
        class_mapper(Plain)
    assert_tells(caught.value, "Plain")


def test_an_object_as_key(session: Session) -> None:
    for wrong in (Author(name=SECRET), {"a": SECRET}, [SECRET, SECRET], [[SECRET]]):
        with pytest.raises((ArgumentError, InvalidRequestError)) as caught:
            session.get(Author, wrong)
        assert_tells(caught.value, "Author")
    with pytest.raises((ArgumentError, InvalidRequestError)) as caught:
        session.get(Place, ("a", Author(name=SECRET)))
    assert_tells(caught.value, "Place")


def test_a_wrong_object_in_a_relationship(session: Session) -> None:
    book = Book(title="x")
    session.add(book)
    for wrong in (Genre(name="g"), SECRET, 3):
        with pytest.raises((ArgumentError, TypeError)) as caught:
            book.author = wrong
        assert_tells(caught.value, "Book.author", type(wrong).__name__)
        with pytest.raises((ArgumentError, TypeError)) as caught:
            book.chapters.append(wrong)
        assert_tells(caught.value, "Book.chapters", type(wrong).__name__)
    session.commit()
    assert book.author is None
    assert book.chapters == []


def test_a_wrong_collection(session: Session) -> None:
    author = Author(name="x", books=[Book(title="a")])
    for wrong in (None, 3, SECRET, {"a": Book(title="b")}, Book(title="b")):
        with pytest.raises(TypeError) as caught:
            author.books = wrong
        assert_tells(caught.value, "Author.books")
    assert len(author.books) == 1


def test_an_object_of_another_session(session: Session, library: azoth.Engine) -> None:
    author = Author(name=SECRET)
    session.add(author)
    with Session(library) as other:
        with pytest.raises(InvalidRequestError) as caught:
            other.add(author)
        assert_tells(caught.value, "Author")
        assert author not in other
    session.commit()
    with Session(library) as other:
        for operation in ("add", "delete"):
            with pytest.raises(InvalidRequestError) as caught:
                getattr(other, operation)(author)
            assert_tells(caught.value, "Author", "1")


def test_deleting_an_object_without_row(session: Session) -> None:
    author = Author(name=SECRET)
    with pytest.raises(InvalidRequestError) as caught:
        session.delete(author)
    assert_tells(caught.value, "Author")


def test_a_comparison_with_the_wrong_object() -> None:
    with pytest.raises(ArgumentError) as caught:
        assert Book.author == Genre(name=SECRET)
    assert_tells(caught.value, "Book.author")
    with pytest.raises(ArgumentError) as caught:
        Author.books.contains(Genre(name=SECRET))
    assert_tells(caught.value, "Author.books")
    with pytest.raises(InvalidRequestError) as caught:
        assert Author.books == Book(title=SECRET)
    assert_tells(caught.value, "Author.books")
