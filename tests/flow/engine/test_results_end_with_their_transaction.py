"""A result that is read in portions ends with its transaction; what is in memory can be read to its end."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest

from azoth import Column, Integer, MetaData, Table, exc, insert
from azoth.engine import Engine
from azoth.testing.faults.kinds import lost_connection
from tests.database import Database
from tests.flow.strikes import DISK, Faults

table = Table("numbers", MetaData(), Column("number", Integer, primary_key=True))
NUMBERS = "SELECT number FROM numbers ORDER BY number"


@pytest.fixture
def numbers(database: Database, faults: Faults) -> Engine:
    """A table of the numbers from 1 to 1,200."""
    engine: Engine = database.make_engine("numbers", lock_timeout=0.05, module=faults.driver(database.driver))
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(insert(table), [{"number": number} for number in range(1, 1201)])
    return engine


READERS: dict[str, Callable[[Any], object]] = {
    "fetchone": lambda result: result.fetchone(),
    "fetchmany": lambda result: result.fetchmany(5),
    "all": lambda result: result.all(),
    "iteration": list,
    "partitions": lambda result: list(result.partitions(5)),
    "scalars": lambda result: result.scalars().all(),
    "mappings": lambda result: result.mappings().fetchmany(5),
    "first": lambda result: result.first(),
    "one": lambda result: result.one(),
    "unique": lambda result: result.unique().all(),
}
ENDS: dict[str, Callable[[Any], object]] = {
    "commit": lambda connection: connection.commit(),
    "rollback": lambda connection: connection.rollback(),
    "close": lambda connection: connection.close(),
    "invalidate": lambda connection: connection.invalidate(),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("read", READERS)
def test_no_further_rows_are_read(numbers: Engine, read: str, end: str) -> None:
    connection = numbers.connect()
    result = connection.exec_driver_sql(NUMBERS)
    assert result.fetchmany(3) == [(1,), (2,), (3,)]
    ENDS[end](connection)
    for _ in range(2):
        with pytest.raises(exc.ResourceClosedError):
            READERS[read](result)
    connection.close()


def test_the_error_names_the_cause_and_the_cure(numbers: Engine) -> None:
    with numbers.connect() as connection:
        result = connection.exec_driver_sql(NUMBERS)
        connection.commit()
        with pytest.raises(exc.ResourceClosedError, match="transaction that has ended") as caught:
            result.all()
    assert caught.value.code == "AZ-E201"


def test_iterating_stops_with_the_portion_that_is_in_memory(numbers: Engine) -> None:
    with numbers.connect() as connection:
        rows = iter(connection.exec_driver_sql(NUMBERS).yield_per(10))
        seen = [next(rows)[0]]
        connection.commit()
        with pytest.raises(exc.ResourceClosedError):
            seen.extend(row[0] for row in rows)
        assert seen == list(range(1, 11))


def test_a_result_that_fits_into_one_portion_can_be_read_while_the_loop_commits(numbers: Engine) -> None:
    with numbers.connect() as connection:
        seen = []
        for row in connection.exec_driver_sql(f"{NUMBERS} LIMIT 400"):
            seen.append(row[0])
            connection.commit()
        assert seen == list(range(1, 401))


def test_rows_that_were_put_back_are_in_memory(numbers: Engine) -> None:
    with numbers.connect() as connection:
        result = connection.exec_driver_sql(f"{NUMBERS} LIMIT 3")
        for _ in result:
            break
        connection.commit()
        assert result.fetchone() == (2,)
        assert result.all() == [(3,)]
        assert result.all() == []


def test_released_savepoints_leave_results_and_rolled_back_ones_end_them(numbers: Engine) -> None:
    with numbers.connect() as connection:
        before = connection.exec_driver_sql(NUMBERS)
        outer = connection.begin_nested()
        inner = connection.begin_nested()
        within = connection.exec_driver_sql(NUMBERS)
        inner.commit()
        assert within.fetchone() == (1,)
        outer.rollback()
        with pytest.raises(exc.ResourceClosedError):
            within.fetchone()
        assert before.fetchone() == (1,)
        connection.commit()
        with pytest.raises(exc.ResourceClosedError):
            before.fetchone()


def test_a_result_that_was_left_half_read_does_not_lock_the_database(database: Database, numbers: Engine) -> None:
    other = database.connect_directly("numbers")
    connection = numbers.connect()
    half_read = connection.exec_driver_sql(NUMBERS)
    half_read.fetchone()
    not_read = connection.exec_driver_sql(NUMBERS)
    connection.close()
    other.execute("UPDATE numbers SET number = 0 WHERE number = 1")
    for result in (half_read, not_read):
        result.close()


def test_results_that_are_gone_are_not_remembered(numbers: Engine) -> None:
    with numbers.connect() as connection:
        for _ in range(1_000):
            connection.exec_driver_sql(f"{NUMBERS} LIMIT 1").all()
        gc.collect()
        assert len(connection._readers or ()) < 100


# --- errors while rows are read ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["fetchmany", "next"])
def test_errors_of_reading_are_translated_and_the_result_does_not_go_on(
    numbers: Engine, faults: Faults, call: str
) -> None:
    with numbers.connect() as connection:
        result = connection.exec_driver_sql(NUMBERS)
        assert result.fetchmany(2) == [(1,), (2,)]
        faults.strike(call, DISK, after=True)
        with pytest.raises(exc.OperationalError) as caught:
            result.fetchmany(2) if call == "fetchmany" else result.all()
        assert DISK.made(caught.value.__cause__)
        assert caught.value.statement == NUMBERS
        with pytest.raises(exc.ResourceClosedError):
            result.fetchmany(2)
        assert connection.exec_driver_sql("SELECT count(*) FROM numbers").scalar_one() == 1200


def test_an_interrupt_while_rows_are_read_loses_none_in_silence(numbers: Engine, faults: Faults) -> None:
    with numbers.connect() as connection:
        result = connection.exec_driver_sql(NUMBERS)
        faults.strike("fetchmany", KeyboardInterrupt(), after=True)
        with pytest.raises(KeyboardInterrupt):
            result.fetchmany(2)
        with pytest.raises(exc.ResourceClosedError):
            result.fetchmany(2)


@pytest.mark.parametrize("read", [lambda result: result.close(), lambda result: result.all()], ids=["close", "all"])
def test_errors_of_closing_a_cursor_are_translated(
    numbers: Engine, faults: Faults, read: Callable[[Any], object]
) -> None:
    with numbers.connect() as connection:
        result = connection.exec_driver_sql(NUMBERS)
        faults.strike("cursor.close", DISK)
        with pytest.raises(exc.OperationalError) as caught:
            read(result)
        assert DISK.made(caught.value.__cause__)


def test_errors_of_rows_that_many_sets_of_values_return_are_translated(numbers: Engine, faults: Faults) -> None:
    with numbers.connect() as connection:
        faults.strike("fetchall", DISK)
        with pytest.raises(exc.OperationalError):
            connection.execute(insert(table).returning(table.c.number), [{"number": 2000}, {"number": 2001}])


def test_a_connection_that_is_lost_while_a_cursor_is_closed_does_not_go_back_to_the_pool(
    numbers: Engine, faults: Faults
) -> None:
    connection = numbers.connect()
    raw = connection._dbapi
    result = connection.exec_driver_sql(NUMBERS)
    result.fetchone()
    faults.strike("cursor.close", lost_connection)
    connection.close()
    with numbers.connect() as again:
        assert again._dbapi is not raw


@pytest.mark.parametrize("call", ["SELECT", "fetchmany", "next"])
def test_the_same_for_a_cursor_whose_statement_failed(numbers: Engine, faults: Faults, call: str) -> None:
    connection = numbers.connect()
    raw = connection._dbapi
    faults.strike(call, DISK, after=True)
    faults.strike("cursor.close", lost_connection)
    with pytest.raises(exc.OperationalError, match="disk I/O error"):
        result = connection.exec_driver_sql(NUMBERS)
        result.fetchmany(2) if call == "fetchmany" else result.all()
    assert connection.invalidated
    connection.close()
    with numbers.connect() as again:
        assert again._dbapi is not raw
