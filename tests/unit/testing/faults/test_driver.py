"""The wrapped driver: which calls it numbers, and how it makes them fail."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from azoth.testing.faults import (
    ALL,
    Call,
    Fault,
    FaultyDriver,
    Injection,
    Moment,
    interrupt,
    lost_connection,
    operational_error,
)
from azoth.testing.faults.calls import CallLog

Work = Callable[[Any], Any]


def work(driver: Any) -> list[Any]:
    connection = driver.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE t (x)").close()
    cursor = connection.cursor()
    cursor.execute("BEGIN")
    cursor.executemany("INSERT INTO t VALUES (?)", [(1,), (2,), (3,), (4,)])
    connection.commit()
    cursor.execute("SELECT x FROM t")
    rows = [cursor.fetchone(), *cursor.fetchmany(1), *cursor]
    cursor.close()
    connection.rollback()
    connection.close()
    return rows


def numbered(injection: Injection | None = None) -> tuple[FaultyDriver, CallLog]:
    log = CallLog()
    log.begin(*([injection] if injection else []))
    return FaultyDriver(sqlite3, log), log


def failing(kind: str, moment: Moment, fault: Fault = operational_error, statement: str = "") -> tuple[Any, CallLog]:
    """Open a connection with a table of four rows, whose first call of a kind fails from now on."""
    driver, log = numbered()
    connection = driver.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE t (x)")
    connection.executemany("INSERT INTO t VALUES (?)", [(1,), (2,), (3,), (4,)])
    call = Call(1, kind, statement, is_divisible=kind in {"executemany", "fetchall", "fetchmany"})
    log.begin(Injection(call, fault, moment))
    return connection, log


def rows(connection: Any) -> list[int]:
    return [x for (x,) in connection.real.execute("SELECT x FROM t ORDER BY x")]


def test_calls_are_numbered_while_the_log_is_on() -> None:
    driver, log = numbered()
    with log.numbering():
        assert work(driver) == [(1,), (2,), (3,), (4,)]
    kinds = [call.kind for call in log.calls]
    assert kinds == [
        *["connect", "execute", "cursor.close", "cursor", "execute", "executemany", "commit", "execute"],
        *["fetchone", "fetchmany", "next", "next", "next", "cursor.close", "rollback", "close"],
    ]
    assert [call.number for call in log.calls] == list(range(1, 17))
    work(driver)
    assert len(log.calls) == 16


def test_each_call_can_fail_before_and_after_it_is_made() -> None:
    driver, log = numbered()
    with log.numbering():
        work(driver)
    calls = list(log.calls)
    for call in calls:
        for injection in call.injections(ALL):
            driver, log = numbered(injection)
            with log.numbering(), pytest.raises((sqlite3.Error, KeyboardInterrupt, MemoryError)):
                work(driver)
            assert len(log.calls) == call.number
            assert log.struck == [injection.fault]
            driver.close_all()


@pytest.mark.parametrize(
    "moment, expected",
    [(Moment.BEFORE, [1, 2, 3, 4]), (Moment.DURING, [1, 2, 3, 4, 5]), (Moment.AFTER, [1, 2, 3, 4, 5, 6])],
)
def test_many_rows_are_written_not_at_all_by_half_or_all(moment: Moment, expected: list[int]) -> None:
    statement = "INSERT INTO t VALUES (?)"
    connection, log = failing("executemany", moment, statement=statement)
    with log.numbering(), pytest.raises(sqlite3.OperationalError, match="injected"):
        connection.executemany(statement, [(5,), (6,)])
    assert rows(connection) == expected
    connection.close()


@pytest.mark.parametrize("moment, left", [(Moment.BEFORE, 4), (Moment.DURING, 3), (Moment.AFTER, 0)])
def test_rows_that_were_fetched_are_lost(moment: Moment, left: int) -> None:
    connection, log = failing("fetchall", moment)
    cursor = connection.cursor()
    cursor.execute("SELECT x FROM t")
    with log.numbering(), pytest.raises(sqlite3.OperationalError):
        cursor.fetchall()
    assert len(cursor.fetchall()) == left
    connection.close()


def test_a_lost_connection_rolls_back_and_fails_from_then_on(tmp_path: Any) -> None:
    driver, log = numbered(Injection(Call(1, "commit"), lost_connection, Moment.BEFORE))
    connection = driver.connect(str(tmp_path / "t.db"), isolation_level=None)
    connection.execute("CREATE TABLE t (x)")
    connection.execute("BEGIN")
    connection.execute("INSERT INTO t VALUES (1)")
    with log.numbering(), pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        connection.commit()
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        connection.cursor()
    beside = driver.connect_beside()
    assert beside.execute("SELECT count(*) FROM t").fetchone() == (0,)
    beside.close()


def test_a_connection_that_could_not_be_made_is_not_left_open() -> None:
    driver, log = numbered(Injection(Call(1, "connect"), operational_error, Moment.AFTER))
    with log.numbering(), pytest.raises(sqlite3.OperationalError):
        driver.connect(":memory:")
    assert not [connection for connection in driver.connections if connection.is_open]


def test_an_interrupt_is_an_interrupt() -> None:
    connection, log = failing("cursor", Moment.BEFORE, interrupt)
    with log.numbering(), pytest.raises(KeyboardInterrupt):
        connection.cursor()
    connection.close()


def test_connections_that_are_forgotten_are_counted_and_closed() -> None:
    driver, _ = numbered()
    driver.connect(":memory:")
    closed = driver.connect(":memory:")
    closed.close()
    del closed
    assert driver.dropped == 1


def test_wrapped_objects_are_what_they_wrap_to_everybody_else() -> None:
    driver, _ = numbered()
    assert driver.Error is sqlite3.Error
    assert driver.paramstyle == "qmark"
    connection = driver.connect(":memory:")
    assert isinstance(connection, sqlite3.Connection)
    connection.row_factory = sqlite3.Row
    assert connection.real.row_factory is sqlite3.Row
    assert connection.in_transaction is False
    with connection as same:
        assert same is connection
    with connection.cursor() as cursor:
        assert isinstance(cursor, sqlite3.Cursor)
        cursor.arraysize = 7
        assert cursor.real.arraysize == 7
        assert cursor.execute("SELECT 1 AS one") is cursor
        assert cursor.description[0][0] == "one"
        assert cursor.connection is connection
    connection.close()
