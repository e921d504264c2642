"""make_transient, make_transient_to_detached, was_deleted, object_session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import azoth
from azoth import inspect, select
from azoth.exc import InvalidRequestError
from azoth.orm import Session, make_transient, make_transient_to_detached, object_session, was_deleted
from azoth.orm.exc import UnmappedInstanceError
from tests.flow.library import Author, Book, make_tables


@pytest.fixture
def session(engine: azoth.Engine, statements: list[str]) -> Iterator[Session]:
    """A session on a library with one author of two books."""
    make_tables(engine)
    with Session(engine) as session:
        session.add(Author(id=1, name="Ada", books=[Book(id=1, title="Notes"), Book(id=2, title="More")]))
        session.commit()
        yield session


def test_a_persistent_object_forgets_row_and_session_and_keeps_its_values(session: Session) -> None:
    author = session.get_one(Author, 1)
    make_transient(author)
    assert inspect(author).transient
    assert object_session(author) is None
    assert author not in session
    assert author.name == "Ada"
    assert inspect(author).identity is None


def test_a_transient_object_can_be_inserted_anew(session: Session) -> None:
    author = session.get_one(Author, 1)
    make_transient(author)
    author.id = 7
    session.add(author)
    session.commit()
    assert session.scalars(select(Author.id).order_by(Author.id)).all() == [1, 7]


def test_what_was_expired_reads_as_none_afterwards(session: Session, statements: list[str]) -> None:
    author = session.get_one(Author, 1)
    session.expire(author)
    make_transient(author)
    statements.clear()
    assert author.name is None
    assert author.books == []
    assert statements == []


def test_a_deleted_object_can_be_added_again(session: Session) -> None:
    book = session.get_one(Book, 1)
    assert book.title == "Notes"
    session.delete(book)
    session.flush()
    assert was_deleted(book)
    make_transient(book)
    assert not was_deleted(book)
    session.add(book)
    session.commit()
    assert session.scalars(select(Book.title).order_by(Book.id)).all() == ["Notes", "More"]


def test_a_pending_object_is_taken_out(session: Session) -> None:
    author = Author(name="new")
    session.add(author)
    make_transient(author)
    assert author not in session.new
    session.commit()
    assert session.scalars(select(Author.name)).all() == ["Ada"]


def test_a_detached_object_is_transient(session: Session) -> None:
    author = session.get_one(Author, 1)
    session.expunge(author)
    make_transient(author)
    assert inspect(author).transient


def test_an_object_marked_for_deletion_is_not_deleted(session: Session) -> None:
    book = session.get_one(Book, 1)
    session.delete(book)
    make_transient(book)
    session.commit()
    assert session.scalars(select(Book.id).order_by(Book.id)).all() == [1, 2]


def test_a_transient_object_can_pretend_to_come_from_the_database(session: Session) -> None:
    author = Author(id=1)
    make_transient_to_detached(author)
    state = inspect(author)
    assert state.detached
    assert state.identity == (1,)
    assert not state.modified
    session.add(author)
    assert author.name == "Ada"
    assert [book.id for book in author.books] == [1, 2]


def test_changes_after_that_are_updates(session: Session, statements: list[str]) -> None:
    author = Author(id=1)
    make_transient_to_detached(author)
    session.add(author)
    author.name = "Eve"
    statements.clear()
    session.commit()
    assert [statement.split()[0] for statement in statements] == ["UPDATE"]


def test_collections_that_were_only_read_load_afterwards(session: Session) -> None:
    author = Author(id=1)
    assert author.books == []
    make_transient_to_detached(author)
    session.add(author)
    assert len(author.books) == 2


def test_values_that_were_set_count_as_loaded(session: Session, statements: list[str]) -> None:
    author = Author(id=1, name="as given")
    make_transient_to_detached(author)
    session.add(author)
    statements.clear()
    assert author.name == "as given"
    assert statements == []
    assert not session.is_modified(author)


def test_only_transient_objects_with_a_key_can(session: Session) -> None:
    with pytest.raises(InvalidRequestError, match="not transient"):
        make_transient_to_detached(session.get_one(Author, 1))
    pending = Author(id=9)
    session.add(pending)
    with pytest.raises(InvalidRequestError, match="not transient"):
        make_transient_to_detached(pending)
    session.expunge(pending)
    with pytest.raises(InvalidRequestError, match="no primary key"):
        make_transient_to_detached(Author(name="keyless"))


def test_was_deleted_follows_rollback(session: Session) -> None:
    book = session.get_one(Book, 1)
    assert not was_deleted(book)
    session.delete(book)
    assert not was_deleted(book)
    session.flush()
    assert was_deleted(book)
    session.rollback()
    assert not was_deleted(book)
    session.delete(book)
    session.commit()
    assert was_deleted(book)


def test_object_session_of_each_state(session: Session) -> None:
    transient = Author(name="new")
    assert object_session(transient) is None
    session.add(transient)
    assert object_session(transient) is session
    persistent = session.get_one(Author, 1)
    assert object_session(persistent) is session
    session.expunge(persistent)
    assert object_session(persistent) is None


@pytest.mark.parametrize("function", [make_transient, make_transient_to_detached, was_deleted, object_session])
def test_objects_that_are_not_mapped_are_refused(function: object) -> None:
    assert callable(function)
    with pytest.raises(UnmappedInstanceError):
        function(object())
