"""Objects that are read in portions stop coming when the transaction they were found in ends."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import azoth
from azoth import event, exc, inspect, select
from azoth.orm import Session, load_only, selectinload
from tests.database import Database
from tests.flow.library import Author, Book, make_tables
from tests.flow.strikes import DISK, Faults

PORTIONS = select(Author).order_by(Author.id).execution_options(yield_per=5)


@pytest.fixture
def crowd(database: Database, faults: Faults) -> azoth.Engine:
    """Fifty authors, and a pool of one connection."""
    driver = faults.driver(database.driver)
    engine: azoth.Engine = database.make_engine("crowd", module=driver, pool_size=1, max_overflow=0, pool_timeout=0.05)
    make_tables(engine)
    with Session(engine) as session:
        session.add_all([Author(id=number, name=str(number), books=[Book(title="one")]) for number in range(1, 51)])
        session.commit()
    return engine


STREAMS: dict[str, Callable[[Session], Iterator[Any]]] = {
    "scalars": lambda session: iter(session.scalars(PORTIONS)),
    "rows": lambda session: iter(session.execute(PORTIONS)),
    "partitions": lambda session: iter(session.scalars(PORTIONS).partitions()),
    "eager": lambda session: iter(session.scalars(PORTIONS.options(selectinload(Author.books)))),
    "query": lambda session: iter(session.query(Author).order_by(Author.id).yield_per(5)),
    "columns": lambda session: iter(
        session.execute(select(Author.id).order_by(Author.id), execution_options={"yield_per": 5})
    ),
    "table": lambda session: iter(session.execute(select(Author.__table__)).yield_per(5)),
}
ENDS: dict[str, Callable[[Session], object]] = {
    "commit": Session.commit,
    "rollback": Session.rollback,
    "close": Session.close,
    "reset": Session.reset,
    "invalidate": Session.invalidate,
    "invalidate the connection": lambda session: session.connection().invalidate(),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("stream", STREAMS)
def test_no_further_portion_is_read(crowd: azoth.Engine, stream: str, end: str) -> None:
    session = Session(crowd)
    elements = STREAMS[stream](session)
    next(elements)
    ENDS[end](session)
    rest = []
    with pytest.raises(exc.ResourceClosedError, match="transaction that has ended"):
        rest.extend(elements)
    assert len(rest) <= 5
    if end in {"close", "reset", "invalidate"}:
        assert not list(session)
    with Session(crowd) as other:
        other.get_one(Author, 1).name = "changed"
        other.commit()
    session.close()


def test_it_goes_on_refusing(crowd: azoth.Engine) -> None:
    with Session(crowd) as session:
        result = session.scalars(PORTIONS)
        result.fetchmany(3)
        session.commit()
        assert len(result.fetchmany(2)) == 2
        for _ in range(3):
            with pytest.raises(exc.ResourceClosedError):
                result.fetchmany(1)


def test_a_result_of_which_nothing_was_read_ends_too(crowd: azoth.Engine) -> None:
    with Session(crowd) as session:
        result = session.scalars(PORTIONS)
        session.commit()
        with pytest.raises(exc.ResourceClosedError):
            result.all()


def test_the_statement_is_sent_when_it_is_executed(crowd: azoth.Engine) -> None:
    sent: list[str] = []
    event.listen(crowd, "before_cursor_execute", lambda connection, cursor, sql, *rest: sent.append(sql))
    with Session(crowd) as session:
        result = session.scalars(PORTIONS)
        assert len(sent) == 1
        assert len(result.all()) == 50
    assert len(sent) == 1


def test_what_was_loaded_at_once_can_be_read_to_its_end(crowd: azoth.Engine) -> None:
    session = Session(crowd)
    result = session.scalars(select(Author).order_by(Author.id))
    first = next(result)
    session.close()
    assert [first.id, *[author.id for author in result]] == list(range(1, 51))


def test_letting_go_of_the_objects_between_portions_is_no_end(crowd: azoth.Engine) -> None:
    with Session(crowd) as session:
        seen = 0
        for authors in session.scalars(PORTIONS).partitions():
            seen += len(authors)
            session.expunge_all()
        assert seen == 50


def test_savepoints_that_are_released_are_no_end_and_those_that_are_rolled_back_are(crowd: azoth.Engine) -> None:
    with Session(crowd) as session:
        outside = iter(session.scalars(PORTIONS))
        next(outside)
        with session.begin_nested():
            inside = iter(session.scalars(PORTIONS))
            next(inside)
        assert len(list(inside)) == 49
        savepoint = session.begin_nested()
        rolled_back = iter(session.scalars(PORTIONS))
        next(rolled_back)
        savepoint.rollback()
        with pytest.raises(exc.ResourceClosedError):
            list(rolled_back)
        assert len(list(outside)) == 49


def test_a_failed_flush_is_an_end(crowd: azoth.Engine) -> None:
    with Session(crowd) as session:
        authors = iter(session.scalars(PORTIONS))
        next(authors)
        session.add(Author(id=50, name="taken"))
        with pytest.raises(exc.AzothError):
            session.flush()
        with pytest.raises(exc.ResourceClosedError):
            list(authors)


def test_a_commit_of_a_session_that_joined_a_transaction_is_an_end_for_its_objects(crowd: azoth.Engine) -> None:
    with crowd.connect() as connection, connection.begin():
        session = Session(connection, join_transaction_mode="rollback_only")
        authors = iter(session.scalars(PORTIONS))
        next(authors)
        session.commit()
        with pytest.raises(exc.ResourceClosedError):
            list(authors)


def test_classic_sessions_without_a_transaction_stop_with_close(crowd: azoth.Engine) -> None:
    session = Session(crowd, autocommit=True)
    authors = iter(session.scalars(PORTIONS))
    next(authors)
    session.begin()
    session.commit()
    assert len([next(authors) for _ in range(9)]) == 9
    session.close()
    with pytest.raises(exc.ResourceClosedError):
        list(authors)
    assert not list(session)
    assert len(session.scalars(PORTIONS).all()) == 50


@pytest.mark.parametrize("call", ["fetchmany", "SELECT"])
def test_errors_of_reading_portions_are_translated(crowd: azoth.Engine, faults: Faults, call: str) -> None:
    with Session(crowd) as session:
        faults.strike(call, DISK, after=True)
        with pytest.raises(exc.OperationalError) as caught:
            session.scalars(PORTIONS).all()
        assert DISK.made(caught.value.__cause__)
        session.rollback()
        assert len(session.scalars(PORTIONS).all()) == 50


def test_errors_of_reading_rows_that_a_flush_returns_are_translated(crowd: azoth.Engine, faults: Faults) -> None:
    with Session(crowd) as session:
        session.add(Author(id=azoth.func.abs(-77), name="computed"))
        faults.strike("fetchall", DISK)
        with pytest.raises(exc.OperationalError):
            session.commit()
        session.rollback()
        assert session.get(Author, 77) is None


@pytest.mark.filterwarnings("ignore:.*was deleted while still open")
def test_objects_of_a_forgotten_half_read_session_lock_nothing(crowd: azoth.Engine) -> None:
    gc.disable()
    try:
        session = Session(crowd)
        author = next(iter(session.scalars(PORTIONS)))
        session.scalars(select(Author).options(load_only(Author.id))).all()
        del session
        assert crowd.pool.checkedout() == 0  # type: ignore[attr-defined]
        with Session(crowd) as other:
            other.get_one(Author, 1).name = "changed"
            other.commit()
        assert inspect(author).detached
    finally:
        gc.enable()


def test_a_half_read_result_keeps_its_session(crowd: azoth.Engine) -> None:
    gc.disable()
    try:
        session = Session(binds={Author: crowd, Book: crowd})
        rows = iter(session.scalars(PORTIONS.options(selectinload(Author.books))))
        del session
        found = [(author.name, len(author.books)) for author in rows]
        assert found == [(str(number), 1) for number in range(1, 51)]
        del rows
        assert crowd.pool.checkedout() == 0  # type: ignore[attr-defined]
    finally:
        gc.enable()


def test_a_session_whose_transaction_somebody_holds_lives(crowd: azoth.Engine) -> None:
    transaction = Session(crowd).begin()
    transaction.session.get_one(Author, 1).name = "changed"
    transaction.commit()
    with Session(crowd) as session:
        assert session.get_one(Author, 1).name == "changed"
