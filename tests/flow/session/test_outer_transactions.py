"""A session on a connection whose transaction belongs to somebody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import azoth
from azoth import select
from azoth.exc import ArgumentError
from azoth.orm import Session
from tests.flow.library import Author, author_names, make_tables


@pytest.fixture
def connection(file_engine: azoth.Engine) -> Iterator[azoth.Connection]:
    make_tables(file_engine)
    with file_engine.connect() as connection:
        yield connection


def test_a_connection_without_transaction_is_committed(connection: azoth.Connection, file_engine: azoth.Engine) -> None:
    with Session(bind=connection) as session:
        session.add(Author(name="Ada"))
        session.commit()
    assert not connection.in_transaction()
    with file_engine.connect() as other:
        assert author_names(other) == ["Ada"]
    assert not connection.closed


def test_conditional_savepoint_leaves_the_commit_to_the_outer_transaction(connection: azoth.Connection) -> None:
    outer = connection.begin()
    with Session(bind=connection) as session:
        session.add(Author(name="Ada"))
        session.commit()
        assert outer.is_active
    assert author_names(connection) == ["Ada"]
    outer.rollback()
    assert author_names(connection) == []


def test_conditional_savepoint_rolls_the_outer_transaction_back(connection: azoth.Connection) -> None:
    outer = connection.begin()
    with Session(bind=connection) as session:
        session.add(Author(name="Ada"))
        session.flush()
        session.rollback()
    assert not outer.is_active


def test_conditional_savepoint_inside_a_savepoint_has_one_of_its_own(connection: azoth.Connection) -> None:
    outer = connection.begin()
    savepoint = connection.begin_nested()
    with Session(bind=connection) as session:
        session.add(Author(name="a"))
        session.commit()
        session.add(Author(name="b"))
        session.flush()
        session.rollback()
        session.add(Author(name="c"))
        session.commit()
    assert savepoint.is_active
    assert outer.is_active
    assert author_names(connection) == ["a", "c"]
    outer.rollback()
    assert author_names(connection) == []


def test_rollback_only(connection: azoth.Connection) -> None:
    outer = connection.begin()
    with Session(bind=connection, join_transaction_mode="rollback_only") as session:
        session.add(Author(name="a"))
        session.commit()
        assert outer.is_active
        session.add(Author(name="b"))
        session.flush()
        session.rollback()
    assert not outer.is_active
    assert author_names(connection) == []


def test_control_fully(connection: azoth.Connection, file_engine: azoth.Engine) -> None:
    outer = connection.begin()
    with Session(bind=connection, join_transaction_mode="control_fully") as session:
        session.add(Author(name="a"))
        session.commit()
    assert not outer.is_active
    with file_engine.connect() as other:
        assert author_names(other) == ["a"]


def test_create_savepoint_is_for_test_suites(connection: azoth.Connection) -> None:
    outer = connection.begin()
    with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
        session.add(Author(name="a"))
        session.commit()
        session.add(Author(name="b"))
        session.flush()
        session.rollback()
        session.add(Author(name="c"))
        session.commit()
        assert session.scalars(select(Author.name)).all() == ["a", "c"]
    assert outer.is_active
    outer.rollback()
    assert author_names(connection) == []


def test_closing_rolls_back_what_is_not_committed_to_the_savepoint(connection: azoth.Connection) -> None:
    outer = connection.begin()
    with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
        session.add(Author(name="a"))
        session.flush()
    assert outer.is_active
    assert author_names(connection) == []


def test_savepoints_of_the_session_work_inside(connection: azoth.Connection) -> None:
    outer = connection.begin()
    with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
        session.add(Author(name="a"))
        with session.begin_nested() as savepoint:
            session.add(Author(name="b"))
            session.flush()
            savepoint.rollback()
        session.commit()
    assert author_names(connection) == ["a"]
    outer.rollback()


def test_unknown_modes_are_refused(connection: azoth.Connection) -> None:
    with pytest.raises(ArgumentError, match="join_transaction_mode"):
        Session(bind=connection, join_transaction_mode="whatever")


def flushed(session: Session, name: str = "Ada") -> Author:
    author = Author(name=name)
    session.add(author)
    session.flush()
    return author


JOINING_WITHOUT_SAVEPOINT = pytest.mark.parametrize("mode", ["conditional_savepoint", "rollback_only"])


@JOINING_WITHOUT_SAVEPOINT
@pytest.mark.parametrize("end", ["close", "reset", "__exit__", "transaction"])
def test_closing_leaves_the_transaction_of_others_as_it_is(connection: azoth.Connection, mode: str, end: str) -> None:
    outer = connection.begin()
    session = Session(bind=connection, join_transaction_mode=mode)
    flushed(session)
    if end == "transaction":
        transaction = session.get_transaction()
        assert transaction is not None
        transaction.close()
    elif end == "__exit__":
        session.__exit__(None, None, None)
    else:
        getattr(session, end)()
    assert outer.is_active
    assert not session.in_transaction()
    assert author_names(connection) == ["Ada"]
    outer.commit()
    assert author_names(connection) == ["Ada"]


@JOINING_WITHOUT_SAVEPOINT
def test_objects_whose_rows_stay_keep_their_keys(connection: azoth.Connection, mode: str) -> None:
    with connection.begin():
        with Session(bind=connection, join_transaction_mode=mode) as session:
            author = flushed(session)
        assert azoth.inspect(author).detached
        assert author.id == 1
        with Session(bind=connection, join_transaction_mode=mode) as session:
            session.add(author)
            author.name = "Ada Lovelace"
            session.commit()
    assert author_names(connection) == ["Ada Lovelace"]


def test_objects_whose_rows_go_with_a_savepoint_lose_their_keys(connection: azoth.Connection) -> None:
    outer = connection.begin()
    with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
        author = flushed(session)
    assert azoth.inspect(author).transient
    assert author.id is None
    outer.rollback()


def test_closing_undoes_open_savepoints_of_the_session_only(connection: azoth.Connection) -> None:
    outer = connection.begin()
    with Session(bind=connection) as session:
        kept = flushed(session, "kept")
        session.begin_nested()
        undone = flushed(session, "undone")
    assert author_names(connection) == ["kept"]
    assert azoth.inspect(kept).detached
    assert azoth.inspect(undone).transient
    outer.rollback()


def test_a_failed_block_of_a_session_leaves_the_decision_to_the_outer_block(connection: azoth.Connection) -> None:
    outer = connection.begin()
    with pytest.raises(KeyError), Session(bind=connection) as session:
        flushed(session)
        raise KeyError
    assert outer.is_active
    outer.rollback()
    assert author_names(connection) == []


def test_closing_a_transaction_of_others_keeps_the_objects_in_the_session(connection: azoth.Connection) -> None:
    outer = connection.begin()
    session = Session(bind=connection)
    kept, gone = flushed(session, "kept"), flushed(session, "gone")
    session.delete(gone)
    session.flush()
    transaction = session.get_transaction()
    assert transaction is not None
    transaction.close()
    assert kept in session
    assert azoth.inspect(gone).detached
    assert session.scalars(select(Author)).all() == [kept]
    session.close()
    outer.rollback()


def test_closing_ends_a_transaction_that_the_session_controls(connection: azoth.Connection) -> None:
    outer = connection.begin()
    with Session(bind=connection, join_transaction_mode="control_fully") as session:
        flushed(session)
    assert not outer.is_active
    assert author_names(connection) == []


def test_a_session_on_the_connection_of_another_session_leaves_that_ones_work(connection: azoth.Connection) -> None:
    with Session(bind=connection) as outer:
        flushed(outer, "outer")
        with Session(bind=outer.connection()) as inner:
            flushed(inner, "inner")
        outer.commit()
    assert author_names(connection) == ["outer", "inner"]


def test_closing_a_classic_session_leaves_the_transaction_of_others(connection: azoth.Connection) -> None:
    outer = connection.begin()
    session = Session(bind=connection, autocommit=False)
    session.begin(subtransactions=True)
    author = flushed(session)
    session.close()
    assert outer.is_active
    assert azoth.inspect(author).detached
    assert author_names(connection) == ["Ada"]
    outer.rollback()
