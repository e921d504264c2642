"""A COMMIT, ROLLBACK or SAVEPOINT that a program sends as a text through a session."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import azoth
from azoth import inspect, select, text
from azoth.exc import AzothWarning, InvalidRequestError
from azoth.orm import Session
from tests.flow.library import Author, author_names, make_tables

Execute = Callable[[Session, str], object]

WAYS: list[Execute] = [
    lambda session, sql: session.execute(text(sql)),
    lambda session, sql: session.connection().execute(text(sql)),
    lambda session, sql: session.connection().exec_driver_sql(sql),
]


@pytest.fixture
def session(file_engine: azoth.Engine) -> Iterator[Session]:
    make_tables(file_engine)
    with Session(file_engine) as session:
        session.add(Author(name="old"))
        session.commit()
        yield session


def told(execute: Execute, session: Session, sql: str) -> Any:
    """Execute a text, and give the one warning about it."""
    with pytest.warns(AzothWarning) as caught:
        execute(session, sql)
    (warning,) = caught
    return warning


ways = pytest.mark.parametrize("execute", WAYS, ids=["session", "connection", "driver"])


@ways
@pytest.mark.parametrize("sql", ["ROLLBACK", "rollback transaction;", "/* undo */ -- it\n ROLLBACK"])
def test_the_objects_follow_a_rollback(session: Session, execute: Execute, sql: str) -> None:
    old = session.scalars(select(Author)).one()
    new = Author(name="new")
    old.name = "changed"
    session.add(new)
    session.flush()
    warning = told(execute, session, sql)
    assert "ROLLBACK was executed as a text" in str(warning.message)
    assert "session.rollback()" in str(warning.message)
    assert inspect(new).transient
    assert old.name == "old"
    session.add(Author(name="next"))
    session.commit()
    assert author_names(session) == ["old", "next"]


@ways
@pytest.mark.parametrize("sql", ["COMMIT", "end"])
def test_a_later_rollback_undoes_nothing_of_what_a_text_has_committed(
    session: Session, execute: Execute, sql: str
) -> None:
    old = session.scalars(select(Author)).one()
    new = Author(name="new")
    session.add(new)
    session.delete(old)
    session.flush()
    told(execute, session, sql)
    assert inspect(old).detached
    lost = Author(name="lost")
    session.add(lost)
    session.flush()
    session.rollback()
    assert inspect(new).persistent
    assert inspect(lost).transient
    assert inspect(old).detached
    assert author_names(session) == ["new"]


def test_the_objects_are_read_anew_after_a_rollback_to_a_savepoint(session: Session) -> None:
    old = session.scalars(select(Author)).one()
    told(WAYS[0], session, "SAVEPOINT mine")
    old.name = "changed"
    session.flush()
    told(WAYS[0], session, "ROLLBACK TO SAVEPOINT mine")
    assert old.name == "old"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        session.execute(text("RELEASE mine"))
    session.commit()


def test_a_rollback_reaches_what_was_flushed_before_a_savepoint(session: Session) -> None:
    before, inside = Author(name="before"), Author(name="inside")
    session.add(before)
    session.begin_nested()
    session.add(inside)
    session.flush()
    told(WAYS[0], session, "ROLLBACK")
    assert inspect(before).transient
    assert inspect(inside).transient
    session.rollback()
    assert author_names(session) == ["old"]


def test_a_savepoint_that_a_text_has_ended_is_not_released(session: Session) -> None:
    with pytest.raises(InvalidRequestError, match="inactive"), session.begin_nested():
        session.add(Author(name="inside"))
        session.flush()
        told(WAYS[0], session, "COMMIT")
    session.rollback()
    assert author_names(session) == ["old", "inside"]


def test_a_classic_session_goes_on_after_a_rollback(file_engine: azoth.Engine) -> None:
    make_tables(file_engine)
    session = Session(file_engine, autocommit=False)
    session.begin(subtransactions=True)
    lost = Author(name="lost")
    session.add(lost)
    session.flush()
    told(WAYS[0], session, "ROLLBACK")
    assert inspect(lost).transient
    kept = Author(name="kept")
    session.add(kept)
    session.commit()
    session.rollback()
    assert inspect(kept).transient
    session.close()


def test_the_warning_points_at_the_program(session: Session) -> None:
    session.add(Author(name="new"))
    session.flush()
    assert told(WAYS[0], session, "COMMIT").filename == __file__


def test_other_texts_are_let_through(session: Session) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        session.execute(text("UPDATE author SET name = 'COMMIT'"))
        session.execute(text("SELECT 'ROLLBACK'"))
        session.commit()
    assert author_names(session) == ["COMMIT"]


def test_a_connection_that_the_session_gave_back_does_not_speak_of_it(
    session: Session, file_engine: azoth.Engine
) -> None:
    with file_engine.connect() as connection:
        with Session(connection) as other:
            other.execute(text("SELECT 1"))
            other.rollback()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            connection.execute(text("UPDATE author SET name = 'x'"))
            connection.execute(text("COMMIT"))
