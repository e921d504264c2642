"""A session on a connection whose transaction belongs to somebody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import azoth
from azoth import select
from azoth.exc import ArgumentError, InvalidRequestError
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
    with pytest.raises((ArgumentError, InvalidRequestError), match="join_transaction_mode"):
        Session(bind=connection, join_transaction_mode="whatever")
