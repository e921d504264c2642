"""Savepoints: rows and objects go back to where the savepoint began."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from azoth import delete, event, inspect, select, update
from azoth.exc import IntegrityError
from azoth.orm import Session
from tests.flow.library import Author, Book, Genre, author_names


@pytest.fixture
def author(session: Session) -> Author:
    author = Author(id=1, name="Ada")
    session.add(author)
    session.commit()
    return author


def test_rolling_back_a_savepoint_keeps_what_was_before(session: Session, author: Author) -> None:
    session.add(Author(name="before"))
    savepoint = session.begin_nested()
    inside = Author(name="inside")
    session.add(inside)
    session.flush()
    savepoint.rollback()
    assert inspect(inside).transient
    assert inside.id is None
    session.add(Author(name="after"))
    session.commit()
    assert author_names(session) == ["Ada", "before", "after"]


def test_a_savepoint_begins_with_a_flush(session: Session) -> None:
    pending = Author(name="Ada")
    session.add(pending)
    savepoint = session.begin_nested()
    assert inspect(pending).persistent
    savepoint.rollback()
    assert inspect(pending).persistent
    session.commit()
    assert author_names(session) == ["Ada"]


def test_changes_inside_are_undone_on_the_objects(session: Session, author: Author) -> None:
    author.name = "outer"
    savepoint = session.begin_nested()
    author.name = "inner"
    session.flush()
    savepoint.rollback()
    assert author.name == "outer"
    session.commit()
    assert author.name == "outer"


def test_unflushed_changes_inside_are_undone(session: Session, author: Author) -> None:
    with pytest.raises(LookupError):
        with session.begin_nested():
            author.name = "inner"
            raise LookupError
    assert author.name == "Ada"
    assert author not in session.dirty


def test_objects_untouched_inside_stay_loaded(session: Session, author: Author, statements: list[str]) -> None:
    other = Author(name="other")
    session.add(other)
    session.flush()
    assert author.name == "Ada"
    savepoint = session.begin_nested()
    author.name = "inner"
    session.flush()
    savepoint.rollback()
    statements.clear()
    assert other.name == "other"
    assert statements == []


def test_objects_deleted_inside_come_back(session: Session, author: Author) -> None:
    with session.begin_nested() as savepoint:
        session.delete(author)
        session.flush()
        savepoint.rollback()
    assert inspect(author).persistent
    assert session.get(Author, 1) is author
    session.commit()
    assert author_names(session) == ["Ada"]


def test_nested_savepoints(session: Session) -> None:
    session.add(Author(name="1"))
    with session.begin_nested():
        session.add(Author(name="2"))
        with session.begin_nested() as inner:
            session.add(Author(name="3"))
            session.flush()
            inner.rollback()
        session.add(Author(name="4"))
    session.commit()
    assert author_names(session) == ["1", "2", "4"]


def test_rolling_back_the_outer_savepoint_takes_the_released_inner_one_with_it(session: Session) -> None:
    session.add(Author(name="1"))
    outer = session.begin_nested()
    kept = Author(name="2")
    with session.begin_nested():
        session.add(kept)
    assert inspect(kept).persistent
    outer.rollback()
    assert inspect(kept).transient
    session.commit()
    assert author_names(session) == ["1"]


def test_rolling_back_everything_takes_released_savepoints_with_it(session: Session) -> None:
    author = Author(name="1")
    with session.begin_nested():
        session.add(author)
    session.rollback()
    assert inspect(author).transient
    assert author_names(session) == []


def test_session_commit_and_rollback_end_the_whole_transaction(
    session: Session, count_rows: Callable[[str], int]
) -> None:
    session.begin_nested()
    session.add(Author(name="1"))
    session.commit()
    assert not session.in_transaction()
    session.begin_nested()
    session.add(Author(name="2"))
    session.rollback()
    assert not session.in_transaction()
    assert count_rows("author") == 1


def test_a_failed_flush_in_a_savepoint_leaves_the_rest_usable(session: Session) -> None:
    session.add(Genre(name="essay"))
    session.commit()
    for name in ["novel", "essay", "poem"]:
        try:
            with session.begin_nested():
                session.add(Genre(name=name))
        except IntegrityError:
            pass
    session.commit()
    assert set(session.scalars(select(Genre.name))) == {"essay", "novel", "poem"}


def test_the_transactions_are_known(session: Session) -> None:
    assert session.get_transaction() is None
    assert session.get_nested_transaction() is None
    outer = session.begin()
    assert session.get_transaction() is outer
    assert not session.in_nested_transaction()
    inner = session.begin_nested()
    assert session.in_nested_transaction()
    assert session.get_nested_transaction() is inner
    assert session.get_transaction() is outer
    assert inner.nested
    assert inner.parent is outer
    inner.commit()
    assert not session.in_nested_transaction()
    assert session.in_transaction()


def test_begin_nested_true_is_a_savepoint(session: Session) -> None:
    session.begin()
    assert session.begin(nested=True).nested


def test_relationships_changed_inside_are_undone(session: Session, author: Author) -> None:
    book = Book(title="Notes")
    author.books.append(book)
    session.flush()
    savepoint = session.begin_nested()
    author.books.remove(book)
    other = Book(title="Other")
    author.books.append(other)
    session.flush()
    savepoint.rollback()
    assert author.books == [book]
    assert book.author is author
    assert inspect(other).transient


def test_key_changes_inside_are_undone(session: Session, author: Author) -> None:
    savepoint = session.begin_nested()
    author.id = 9
    session.flush()
    assert session.get(Author, 9) is author
    savepoint.rollback()
    assert inspect(author).identity == (1,)
    assert session.get(Author, 1) is author
    assert author.id == 1


def test_rollbacks_of_savepoints_are_heard(session: Session) -> None:
    heard: list[Any] = []

    def hear(one: Session, previous: Any) -> None:
        heard.append((previous, one.is_active))

    event.listen(session, "after_soft_rollback", hear)
    session.connection()
    root = session.get_transaction()
    alone = session.begin_nested()
    alone.rollback()
    assert heard == [(alone, True)]
    heard.clear()
    outer = session.begin_nested()
    inner = session.begin_nested()
    outer.rollback()
    assert heard == [(inner, True), (outer, True)]
    heard.clear()
    with pytest.raises(ZeroDivisionError), session.begin_nested() as block:
        raise ZeroDivisionError
    assert heard == [(block, True)]
    heard.clear()
    last = session.begin_nested()
    session.rollback()
    assert heard == [(last, True), (root, True)]


@pytest.mark.parametrize("evaluated", [True, False])
def test_a_new_object_that_a_savepoint_deletes_keeps_its_values_when_all_is_rolled_back(
    session: Session, evaluated: bool
) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.begin_nested()
    if evaluated:
        session.execute(
            delete(Author).where(Author.name == "Ada"), execution_options={"synchronize_session": "evaluate"}
        )
    else:
        session.delete(author)
        session.flush()
    session.rollback()
    assert inspect(author).transient
    assert (author.name, author.id) == ("Ada", None)


def test_a_new_object_that_savepoints_change_keeps_its_latest_values_when_all_is_rolled_back(session: Session) -> None:
    author = Author(name="Ada", books=[Book(title="a")])
    session.add(author)
    session.begin_nested()
    author.name = "Grace"
    session.begin_nested()
    author.books.append(Book(title="b"))
    session.flush()
    session.rollback()
    assert (author.name, [book.title for book in author.books]) == ("Grace", ["a", "b"])
    session.add(author)
    session.commit()
    assert author_names(session) == ["Grace"]
    assert session.query(Book).filter_by(author_id=author.id).count() == 2


def test_savepoints_inside_are_told_of_when_all_is_rolled_back(session: Session) -> None:
    told = []
    event.listen(session, "after_rollback", lambda session: told.append("rollback"))
    session.begin_nested()
    session.begin_nested()
    session.rollback()
    assert told == ["rollback"] * 3


@pytest.mark.parametrize("evaluated", [True, False])
def test_a_new_object_that_comes_back_with_a_savepoint_keeps_its_values_when_all_is_rolled_back(
    session: Session, evaluated: bool
) -> None:
    author = Author(name="Ada")
    session.add(author)
    savepoint = session.begin_nested()
    if evaluated:
        session.execute(delete(Author))
    else:
        session.delete(author)
        session.flush()
    savepoint.rollback()
    assert inspect(author).persistent
    assert "name" not in inspect(author).unloaded
    session.rollback()
    assert (author.name, author.id) == ("Ada", None)


def test_what_was_changed_and_deleted_in_a_savepoint_is_as_it_was(session: Session, author: Author) -> None:
    savepoint = session.begin_nested()
    author.name = "Grace"
    session.delete(author)
    session.flush()
    savepoint.rollback()
    assert author.name == "Ada"
    savepoint = session.begin_nested()
    author.name = "Grace"
    session.flush()
    session.delete(author)
    session.flush()
    savepoint.rollback()
    assert author.name == "Ada"


def test_what_lost_its_members_and_was_deleted_in_a_savepoint_has_them_again(session: Session, author: Author) -> None:
    author.books = [Book(title="a"), Book(title="b")]
    session.flush()
    savepoint = session.begin_nested()
    author.books[0].author = None
    session.delete(author)
    session.flush()
    savepoint.rollback()
    assert [book.title for book in author.books] == ["a", "b"]


def _by_criteria(session: Session) -> None:
    session.execute(
        update(Author).where(Author.name == "Ada").values(name="Grace"),
        execution_options={"synchronize_session": "evaluate"},
    )


def _by_fetched_keys(session: Session) -> None:
    session.execute(update(Author).values(name="Grace"), execution_options={"synchronize_session": "fetch"})


def _by_key(session: Session) -> None:
    session.execute(update(Author), [{"id": 1, "name": "Grace"}])


def _by_query(session: Session) -> None:
    session.query(Author).filter_by(id=1).update({"name": "Grace"})


def _and_deleted(session: Session) -> None:
    _by_criteria(session)
    session.execute(delete(Author))


@pytest.mark.parametrize("change", [_by_criteria, _by_fetched_keys, _by_key, _by_query, _and_deleted])
@pytest.mark.parametrize("read", [True, False])
def test_a_change_of_many_rows_in_a_savepoint_is_taken_back_in_memory(
    session: Session, author: Author, change: Callable[[Session], None], read: bool
) -> None:
    if read:
        assert author.name == "Ada"
    savepoint = session.begin_nested()
    change(session)
    if change is not _and_deleted:
        assert author.name == "Grace"
    savepoint.rollback()
    assert author.name == "Ada"
