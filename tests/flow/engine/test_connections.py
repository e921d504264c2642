"""Connections: closing, losing and detaching them; errors of the driver."""

from __future__ import annotations

import gc

import pytest

from azoth import exc
from azoth.engine import Engine
from tests.database import Database


def test_a_closed_connection_refuses_everything(bank: Engine) -> None:
    connection = bank.connect()
    connection.close()
    connection.close()
    assert connection.closed
    for use in (
        lambda: connection.execute("SELECT 1"),
        lambda: connection.exec_driver_sql("SELECT 1"),
        connection.begin,
        connection.begin_nested,
        lambda: connection.connection,
        lambda: connection.execution_options(a=1),
    ):
        with pytest.raises(exc.ResourceClosedError, match="closed"):
            use()


def test_a_forgotten_connection_goes_back_to_its_pool_rolled_back(bank: Engine) -> None:
    connection = bank.connect()
    connection.execute("DELETE FROM account")
    del connection
    gc.collect()
    assert bank.pool.checkedout() == 0  # type: ignore[attr-defined]
    with bank.connect() as connection:
        assert connection.scalar("SELECT count(*) FROM account") == 2


def test_forgotten_connections_are_found_before_the_pool_gives_up(database: Database) -> None:
    engine = database.make_engine("bank", pool_size=1, max_overflow=0, pool_timeout=5)
    gc.disable()
    try:
        engine.connect().exec_driver_sql("SELECT 1")
        engine.connect().close()
    finally:
        gc.enable()


def test_work_on_the_drivers_connection_is_rolled_back_on_close(bank: Engine) -> None:
    with bank.connect() as connection:
        raw = connection.connection
        raw.cursor().execute("BEGIN")
        raw.cursor().execute("DELETE FROM account")
    with bank.connect() as connection:
        assert connection.scalar("SELECT count(*) FROM account") == 2


def test_a_transaction_begun_by_hand_in_autocommit_is_rolled_back_on_close(bank: Engine) -> None:
    with bank.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql("DELETE FROM account")
    with bank.connect() as connection:
        assert connection.scalar("SELECT count(*) FROM account") == 2


def test_an_invalidated_connection_needs_rollback_and_then_reconnects(bank: Engine) -> None:
    with bank.connect() as connection:
        first = connection.connection.dbapi_connection
        transaction = connection.begin()
        connection.invalidate()
        assert connection.invalidated
        assert not connection.closed
        assert not transaction.is_valid
        with pytest.raises(exc.PendingRollbackError):
            connection.exec_driver_sql("SELECT 1")
        transaction.rollback()
        assert connection.scalar("SELECT 1") == 1
        assert connection.connection.dbapi_connection is not first
        assert not connection.invalidated


def test_a_connection_that_the_driver_closed_is_a_disconnect(bank: Engine) -> None:
    with bank.connect() as connection:
        connection.connection.dbapi_connection.close()
        with pytest.raises(exc.DBAPIError) as caught:
            connection.exec_driver_sql("SELECT 1")
        assert caught.value.connection_invalidated
        connection.rollback()
        assert connection.scalar("SELECT 1") == 1


def test_pre_ping_replaces_a_connection_that_died_in_the_pool(database: Database) -> None:
    engine = database.make_engine("bank", pool_pre_ping=True)
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
    raw.close()
    with engine.connect() as connection:
        assert connection.scalar("SELECT 1") == 1
        assert connection.connection.dbapi_connection is not raw


def test_recycled_connections_are_replaced(database: Database) -> None:
    engine = database.make_engine("bank", pool_recycle=60)
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
    engine.pool._idle[0].last_connect_time -= 61  # type: ignore[attr-defined]
    with engine.connect() as connection:
        assert connection.connection.dbapi_connection is not raw


def test_a_detached_connection_is_closed_for_good(database: Database, bank: Engine) -> None:
    connection = bank.connect()
    raw = connection.connection.dbapi_connection
    connection.detach()
    assert connection.scalar("SELECT 1") == 1
    connection.close()
    with pytest.raises(database.driver.Error):
        raw.execute("SELECT 1")


def test_notes_on_a_connection_stay_with_the_drivers_connection(bank: Engine) -> None:
    with bank.connect() as connection:
        connection.info["note"] = 1
    with bank.connect() as connection:
        assert connection.info == {"note": 1}


@pytest.mark.parametrize(
    "sql,expected",
    [
        ("INSERT INTO account VALUES (1, 'x', 0)", exc.IntegrityError),
        ("INSERT INTO account VALUES (5, 'ann', 0)", exc.IntegrityError),
        ("SELECT * FROM missing", exc.DatabaseError),
        ("SELEKT 1", exc.DatabaseError),
    ],
)
def test_driver_errors_are_wrapped_and_chained(
    database: Database, bank: Engine, sql: str, expected: type[exc.DBAPIError]
) -> None:
    with bank.connect() as connection, pytest.raises(expected) as caught:
        connection.exec_driver_sql(sql)
    error = caught.value
    assert isinstance(error.orig, database.driver.Error)
    assert error.__cause__ is error.orig
    assert error.statement == sql


def test_a_value_that_the_driver_cannot_take_is_an_error_with_the_statement(database: Database, bank: Engine) -> None:
    with bank.connect() as connection:
        with pytest.raises(exc.DBAPIError, match="'object'") as caught:
            connection.execute("SELECT :value", {"value": object()})
    assert caught.value.statement == f"SELECT {database.placeholder}"


@pytest.mark.sqlite_only("its driver takes no numbers of more than 64 bits")
def test_what_the_driver_finds_by_itself_is_an_error_with_the_statement(bank: Engine) -> None:
    with bank.connect() as connection, pytest.raises(exc.StatementError, match="too large") as caught:
        connection.execute("SELECT :value", {"value": 2**70})
    assert isinstance(caught.value.orig, OverflowError)


def test_a_lock_is_an_operational_error(bank: Engine) -> None:
    with bank.connect() as first, bank.connect() as second:
        first.execute("UPDATE account SET balance = 0")
        with pytest.raises(exc.LockTimeoutError, match="lock"):
            second.execute("UPDATE account SET balance = 1")
        first.commit()
        second.rollback()
        second.execute("UPDATE account SET balance = 1")
