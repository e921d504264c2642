"""What fails while a session's transaction ends keeps nothing else from ending."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import event, exc, inspect
from azoth.orm import Session
from tests.database import Database
from tests.flow.library import Author, Book, make_tables
from tests.flow.strikes import DISK, DriverError, Faults

FAILURES = pytest.mark.parametrize("failure", [DISK, KeyboardInterrupt()], ids=repr)


@pytest.fixture
def shelves(database: Database, faults: Faults) -> tuple[azoth.Engine, azoth.Engine]:
    """Two libraries: authors are in the first, books in the second."""
    driver = faults.driver(database.driver)
    first, second = (database.make_engine(name, lock_timeout=0.05, module=driver) for name in ("authors", "books"))
    for engine in (first, second):
        make_tables(engine)
    return first, second


def session_on(shelves: tuple[azoth.Engine, azoth.Engine]) -> tuple[Session, Author, Book]:
    session = Session(binds={Author: shelves[0], Book: shelves[1]})
    author, book = Author(id=1, name="Lem"), Book(id=1, title="Solaris")
    session.add_all([author, book])
    session.flush()
    return session, author, book


def require_empty(shelves: tuple[azoth.Engine, azoth.Engine]) -> None:
    for engine, entity in zip(shelves, (Author, Book), strict=True):
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        with Session(engine) as session:
            assert session.get(entity, 1) is None
            session.add(Author(id=1, name="x") if entity is Author else Book(id=1, title="x"))
            session.commit()


@FAILURES
@pytest.mark.parametrize("leave", ["rollback", "close"])
def test_a_failed_rollback_in_one_database_does_not_leave_the_other_open(
    shelves: tuple[azoth.Engine, azoth.Engine], faults: Faults, failure: BaseException | DriverError, leave: str
) -> None:
    session, author, book = session_on(shelves)
    faults.strike("rollback", failure)
    with pytest.raises((exc.OperationalError, KeyboardInterrupt)):
        getattr(session, leave)()
    assert not session.in_transaction()
    assert inspect(author).transient and inspect(book).transient
    require_empty(shelves)
    session.close()


def test_the_error_of_a_flush_is_not_hidden_by_one_of_its_rollback(
    shelves: tuple[azoth.Engine, azoth.Engine], faults: Faults
) -> None:
    session = Session(shelves[0])
    session.add_all([Author(id=1, name="Lem"), Author(id=2, name=None)])
    faults.strike("rollback", DISK)
    with pytest.raises(exc.IntegrityError) as caught:
        session.flush()
    assert any("rolling back failed, too" in note for note in caught.value.__notes__)
    with pytest.raises(exc.PendingRollbackError, match="NotNullViolation"):
        session.get(Author, 1)
    session.rollback()
    require_empty(shelves)
    session.close()


@pytest.mark.parametrize("name", ["after_rollback", "after_transaction_end", "persistent_to_transient"])
def test_a_raising_listener_does_not_stop_a_rollback(shelves: tuple[azoth.Engine, azoth.Engine], name: str) -> None:
    def refuse(*arguments: Any) -> None:
        raise ValueError("no")

    session, author, book = session_on(shelves)
    event.listen(session, name, refuse)
    with pytest.raises(ValueError, match="no"):
        session.rollback()
    assert not session.in_transaction()
    assert inspect(author).transient and inspect(book).transient
    require_empty(shelves)
    session.close()


def test_a_raising_listener_does_not_stop_close(shelves: tuple[azoth.Engine, azoth.Engine]) -> None:
    def refuse(*arguments: Any) -> None:
        raise ValueError("no")

    session, _, _ = session_on(shelves)
    event.listen(session, "persistent_to_detached", refuse)
    with pytest.raises(ValueError, match="no"):
        session.close()
    assert not session.in_transaction()
    require_empty(shelves)


def test_a_savepoint_that_could_not_be_made_in_one_database_is_none(
    shelves: tuple[azoth.Engine, azoth.Engine], faults: Faults
) -> None:
    session, author, book = session_on(shelves)
    faults.strike("SAVEPOINT", DISK)
    with pytest.raises(exc.OperationalError):
        session.begin_nested()
    assert not session.in_nested_transaction()
    author.name = "Stanislaw Lem"
    session.commit()
    assert author.name == "Stanislaw Lem" and book.title == "Solaris"
    session.close()


@pytest.mark.parametrize("after", [False, True])
def test_an_interrupted_release_leaves_only_the_outer_rollback(
    shelves: tuple[azoth.Engine, azoth.Engine], faults: Faults, after: bool
) -> None:
    session, author, _ = session_on(shelves)
    faults.strike("RELEASE", KeyboardInterrupt(), after=after)
    with pytest.raises(KeyboardInterrupt), session.begin_nested():
        author.name = "Stanislaw Lem"
    with pytest.raises(exc.PendingRollbackError):
        session.commit()
    session.rollback()
    assert inspect(author).transient
    require_empty(shelves)
    session.close()


def test_a_raising_after_begin_listener_costs_no_connection(shelves: tuple[azoth.Engine, azoth.Engine]) -> None:
    def refuse(*arguments: Any) -> None:
        raise ValueError("no")

    session = Session(shelves[0])
    event.listen(session, "after_begin", refuse)
    with pytest.raises(ValueError, match="no"):
        session.get(Author, 1)
    session.rollback()
    require_empty(shelves)
