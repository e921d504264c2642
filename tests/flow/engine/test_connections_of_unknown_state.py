"""A connection whose transaction state is not known never serves anybody else (I9)."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest

from azoth import event, exc
from azoth.engine import Engine
from azoth.pool import StaticPool
from tests.database import Database
from tests.flow.strikes import DISK, DriverError, Faults

Ask = Callable[[str], Any]

ANY_FAILURE = pytest.mark.parametrize("failure", [DISK, KeyboardInterrupt(), MemoryError()], ids=repr)


@pytest.fixture
def faulty(database: Database, bank: Engine, faults: Faults) -> Engine:
    driver = faults.driver(database.driver)
    engine: Engine = database.make_engine(
        "bank", lock_timeout=0.05, module=driver, pool_size=1, max_overflow=0, pool_timeout=0.05
    )
    return engine


def delete_all(connection: Any) -> None:
    connection.exec_driver_sql("DELETE FROM account")


def count(connection: Any) -> int:
    number: int = connection.exec_driver_sql("SELECT count(*) FROM account").scalar_one()
    return number


# --- ROLLBACK ---------------------------------------------------------------------------------------------------------


@ANY_FAILURE
def test_a_connection_that_could_not_be_rolled_back_is_closed(
    database: Database, faulty: Engine, faults: Faults, seen_from_outside: Ask, failure: BaseException | DriverError
) -> None:
    connection = faulty.connect()
    delete_all(connection)
    raw = connection.connection.dbapi_connection
    faults.strike("rollback", failure)
    with pytest.raises((exc.AzothError, KeyboardInterrupt)):
        connection.rollback()
    assert connection.invalidated
    with pytest.raises(database.driver.Error):
        raw.execute("SELECT 1")
    assert count(connection) == 2
    connection.commit()
    connection.close()
    assert seen_from_outside("SELECT count(*) FROM account") == [(2,)]


def test_the_error_of_a_failed_rollback_says_that_the_connection_is_gone(faulty: Engine, faults: Faults) -> None:
    with faulty.connect() as connection:
        delete_all(connection)
        faults.strike("rollback", DISK)
        with pytest.raises(exc.OperationalError) as caught:
            connection.rollback()
    assert caught.value.connection_invalidated
    assert DISK.made(caught.value.orig)


def test_a_rollback_that_happened_and_failed_leaves_the_connection(faulty: Engine, faults: Faults) -> None:
    with faulty.connect() as connection:
        delete_all(connection)
        raw = connection._dbapi
        faults.strike("rollback", DISK, after=True)
        with pytest.raises(exc.OperationalError):
            connection.rollback()
        assert not connection.invalidated
        assert count(connection) == 2
        assert connection._dbapi is raw


def test_a_raising_rollback_listener_does_not_keep_the_transaction_open(faulty: Engine, seen_from_outside: Ask) -> None:
    def refuse(connection: Any) -> None:
        raise ValueError("no")

    event.listen(faulty, "rollback", refuse)
    connection = faulty.connect()
    delete_all(connection)
    with pytest.raises(ValueError, match="no"):
        connection.rollback()
    event.remove(faulty, "rollback", refuse)
    connection.exec_driver_sql("UPDATE account SET balance = 0")
    connection.commit()
    connection.close()
    assert seen_from_outside("SELECT balance FROM account") == [(0,), (0,)]


@ANY_FAILURE
def test_a_failure_while_a_connection_is_reset_costs_no_place(
    faulty: Engine, faults: Faults, seen_from_outside: Ask, failure: BaseException | DriverError
) -> None:
    connection = faulty.connect()
    connection.connection.cursor().execute("BEGIN")
    connection.connection.cursor().execute("DELETE FROM account")
    faults.strike("rollback", failure)
    if not isinstance(failure, KeyboardInterrupt):
        connection.close()
    else:
        with pytest.raises(type(failure)):
            connection.close()
    with faulty.begin() as again:
        assert count(again) == 2
    assert seen_from_outside("SELECT count(*) FROM account") == [(2,)]


def test_a_begin_of_the_users_own_is_rolled_back_when_the_connection_comes_back(faulty: Engine) -> None:
    proxy = faulty.raw_connection()
    proxy.cursor().execute("BEGIN")
    proxy.cursor().execute("DELETE FROM account")
    proxy.close()
    with faulty.connect() as connection:
        assert count(connection) == 2


# --- a database that lives in its connection --------------------------------------------------------------------------


@pytest.fixture
def memory(database: Database, faults: Faults) -> Engine:
    driver = faults.driver(database.driver)

    def connect() -> Any:
        return driver.connect(":memory:", isolation_level=None, check_same_thread=False)

    engine = database.make_engine(creator=connect, poolclass=StaticPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE account (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO account VALUES (1), (2)")
    return engine


@pytest.mark.sqlite_only("it keeps databases in memory, which live in their connections")
@ANY_FAILURE
def test_the_only_connection_to_a_database_in_memory_is_kept_and_reset_later(
    memory: Engine, faults: Faults, failure: BaseException | DriverError, caplog: pytest.LogCaptureFixture
) -> None:
    connection = memory.connect()
    delete_all(connection)
    faults.strike("rollback", failure)
    with pytest.raises((exc.AzothError, KeyboardInterrupt)):
        connection.rollback()
    connection.close()
    assert "holds the database" in caplog.text
    with memory.connect() as again:
        assert not again.connection.dbapi_connection.in_transaction
        assert count(again) == 2


@pytest.mark.sqlite_only("it keeps databases in memory, which live in their connections")
def test_where_it_cannot_be_reset_the_next_checkout_says_so_and_the_one_after_tries_again(
    memory: Engine, faults: Faults
) -> None:
    connection = memory.connect()
    delete_all(connection)
    faults.strike("rollback", DISK)
    faults.strike("rollback", DISK)
    with pytest.raises(exc.OperationalError):
        connection.rollback()
    with pytest.raises(exc.InvalidRequestError, match="unknown state") as caught:
        memory.connect()
    assert caught.value.code == "AZ-P200"
    with memory.connect() as again:
        assert count(again) == 2


@pytest.mark.sqlite_only("it keeps databases in memory, which live in their connections")
def test_a_commit_of_unknown_outcome_does_not_throw_a_database_away(memory: Engine, faults: Faults) -> None:
    with pytest.raises(exc.CommitUnknown), memory.begin() as connection:
        connection.exec_driver_sql("INSERT INTO account VALUES (3)")
        faults.strike("commit", DISK, after=True)
    with memory.connect() as again:
        assert count(again) == 3


def test_a_shared_database_in_memory_outlives_the_connection_that_is_thrown_away(
    database: Database, faults: Faults
) -> None:
    engine = database.make_engine(module=faults.driver(database.driver))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE account (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO account VALUES (1)")
    with engine.connect() as connection:
        delete_all(connection)
        faults.strike("rollback", DISK)
        with pytest.raises(exc.OperationalError):
            connection.rollback()
        assert connection.invalidated
        assert count(connection) == 1


# --- savepoints -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("statement", ["SAVEPOINT", "RELEASE", "ROLLBACK TO"])
def test_after_an_interrupted_savepoint_statement_only_the_outer_rollback_is_left(
    faulty: Engine, faults: Faults, statement: str, after: bool
) -> None:
    with faulty.connect() as connection:
        connection.exec_driver_sql("UPDATE account SET balance = 0")
        faults.strike(statement, KeyboardInterrupt(), after=after)
        with pytest.raises(KeyboardInterrupt):
            savepoint = connection.begin_nested()
            delete_all(connection)
            if statement == "RELEASE":
                savepoint.commit()
            else:
                savepoint.rollback()
        nested = connection.get_nested_transaction()
        if nested is not None:
            nested.rollback()
        with pytest.raises(exc.PendingRollbackError, match="savepoint"):
            connection.exec_driver_sql("SELECT 1")
        with pytest.raises(exc.PendingRollbackError):
            connection.commit()
        connection.rollback()
        assert connection.exec_driver_sql("SELECT balance FROM account ORDER BY id").scalars().all() == [10, 20]


def test_a_block_whose_release_was_interrupted_ends_with_the_interrupt(faulty: Engine, faults: Faults) -> None:
    with faulty.connect() as connection:
        faults.strike("RELEASE", KeyboardInterrupt(), after=True)
        with pytest.raises(KeyboardInterrupt), connection.begin_nested():
            delete_all(connection)
        connection.rollback()
        assert count(connection) == 2


def test_a_release_that_failed_after_it_was_done_cannot_be_mistaken_for_one_that_was_rolled_back(
    faulty: Engine, faults: Faults
) -> None:
    with faulty.connect() as connection:
        faults.strike("RELEASE", DISK, after=True)
        with pytest.raises(exc.OperationalError, match="disk I/O error"), connection.begin_nested():
            delete_all(connection)
        with pytest.raises(exc.PendingRollbackError):
            connection.commit()
        connection.rollback()
        assert count(connection) == 2


def test_a_release_that_was_refused_can_be_rolled_back_alone(faulty: Engine, faults: Faults) -> None:
    with faulty.connect() as connection:
        connection.exec_driver_sql("UPDATE account SET balance = 0")
        faults.strike("RELEASE", DISK)
        with pytest.raises(exc.OperationalError), connection.begin_nested():
            delete_all(connection)
        connection.commit()
        assert count(connection) == 2


def test_a_savepoint_that_cannot_be_rolled_back_takes_the_transaction_with_it(faulty: Engine, faults: Faults) -> None:
    with faulty.connect() as connection:
        savepoint = connection.begin_nested()
        delete_all(connection)
        faults.strike("ROLLBACK TO", DISK)
        with pytest.raises(exc.OperationalError):
            savepoint.rollback()
        with pytest.raises(exc.PendingRollbackError):
            connection.commit()
        connection.rollback()
        assert count(connection) == 2


# --- being set up and given back --------------------------------------------------------------------------------------


def test_a_raising_engine_connect_listener_costs_no_place(faulty: Engine) -> None:
    def refuse(connection: Any) -> None:
        raise ValueError("no")

    event.listen(faulty, "engine_connect", refuse)
    with pytest.raises(ValueError, match="no"):
        faulty.connect()
    event.remove(faulty, "engine_connect", refuse)
    faulty.connect().close()


SETS_LEVELS = pytest.mark.sqlite_only("it sets isolation levels by statements, which can fail")


@SETS_LEVELS
def test_an_isolation_level_that_could_not_be_reset_is_not_handed_on(faulty: Engine, faults: Faults) -> None:
    connection = faulty.connect().execution_options(isolation_level="READ UNCOMMITTED")
    faults.strike("PRAGMA", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        connection.close()
    with faulty.connect() as again:
        assert again.get_isolation_level() == "SERIALIZABLE"


@SETS_LEVELS
def test_an_isolation_level_whose_setting_was_interrupted_is_reset(faulty: Engine, faults: Faults) -> None:
    connection = faulty.connect()
    faults.strike("PRAGMA", KeyboardInterrupt(), after=True)
    with pytest.raises(KeyboardInterrupt):
        connection.execution_options(isolation_level="READ UNCOMMITTED")
    connection.close()
    with faulty.connect() as again:
        assert again.get_isolation_level() == "SERIALIZABLE"


@SETS_LEVELS
def test_errors_about_isolation_levels_are_translated(faulty: Engine, faults: Faults) -> None:
    with faulty.connect() as connection:
        faults.strike("PRAGMA", DISK)
        with pytest.raises(exc.OperationalError):
            connection.get_isolation_level()
        faults.strike("PRAGMA", DISK)
        with pytest.raises(exc.OperationalError):
            connection.execution_options(isolation_level="READ UNCOMMITTED")
        connection.execution_options(isolation_level="READ UNCOMMITTED")
        # Who is done with a connection hears nothing of it; the next one gets another connection.
        faults.strike("PRAGMA", DISK)
        driver = connection.connection.dbapi_connection
        connection.close()
    with faulty.connect() as again:
        assert again.connection.dbapi_connection is not driver
        assert again.get_isolation_level() == "SERIALIZABLE"


def test_a_forgotten_connection_is_back_without_the_collector(faulty: Engine, seen_from_outside: Ask) -> None:
    gc.disable()
    try:
        connection = faulty.connect()
        delete_all(connection)
        del connection
        with faulty.connect() as again:
            assert count(again) == 2
    finally:
        gc.enable()


def test_a_transaction_that_was_asked_for_keeps_its_connection(faulty: Engine, seen_from_outside: Ask) -> None:
    transaction = faulty.connect().begin()
    delete_all(transaction.connection)
    transaction.commit()
    assert seen_from_outside("SELECT count(*) FROM account") == [(0,)]


# --- cursors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", [DISK, KeyboardInterrupt()], ids=repr)
def test_the_error_of_a_statement_does_not_hold_its_lock(
    faulty: Engine, faults: Faults, seen_from_outside: Ask, failure: BaseException | DriverError
) -> None:
    with pytest.raises((exc.OperationalError, KeyboardInterrupt)) as caught, faulty.connect() as connection:
        faults.strike("SELECT", failure, after=True)
        connection.exec_driver_sql("SELECT * FROM account")
    seen_from_outside("UPDATE account SET balance = 0")
    assert caught.value.__traceback__ is not None


@pytest.mark.parametrize("failure", [DISK, KeyboardInterrupt()], ids=repr)
def test_a_cursor_whose_closing_fails_does_not_hold_its_lock_either(
    faulty: Engine, faults: Faults, seen_from_outside: Ask, failure: BaseException | DriverError
) -> None:
    with pytest.raises((exc.OperationalError, KeyboardInterrupt)) as caught, faulty.connect() as connection:
        faults.strike("SELECT", DISK, after=True)
        faults.strike("cursor.close", failure)
        connection.exec_driver_sql("SELECT * FROM account")
    seen_from_outside("UPDATE account SET balance = 0")
    assert caught.value.__traceback__ is not None
