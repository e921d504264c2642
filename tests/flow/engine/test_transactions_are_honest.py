"""What happens between begin and commit happens in one transaction of the database, DDL and SELECT included."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from azoth import event, exc, text
from azoth.engine import Connection, Engine
from azoth.orm import Session
from tests.database import Database

pytestmark = pytest.mark.sqlite_only("when SQLite begins, its isolation levels and its DDL in transactions")

Ask = Callable[[str], Any]


def test_changes_are_seen_from_outside_only_after_commit(bank: Engine, seen_from_outside: Ask) -> None:
    with bank.connect() as connection:
        connection.execute("UPDATE account SET balance = 11 WHERE id = :id", {"id": 1})
        assert seen_from_outside("SELECT balance FROM account WHERE id = 1") == [(10,)]
        connection.commit()
        assert seen_from_outside("SELECT balance FROM account WHERE id = 1") == [(11,)]


def test_what_is_not_committed_is_rolled_back_on_close(bank: Engine, seen_from_outside: Ask) -> None:
    with bank.connect() as connection:
        connection.execute("DELETE FROM account")
    assert seen_from_outside("SELECT count(*) FROM account") == [(2,)]


def test_ddl_is_part_of_the_transaction(bank: Engine, seen_from_outside: Ask) -> None:
    with bank.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE other (id INTEGER)")
        connection.exec_driver_sql("DROP TABLE account")
        assert seen_from_outside("SELECT name FROM sqlite_master WHERE type = 'table'") == [("account",)]
        connection.rollback()
    assert seen_from_outside("SELECT name FROM sqlite_master WHERE type = 'table'") == [("account",)]


def test_reads_of_a_deferred_transaction_see_one_state(bank: Engine, seen_from_outside: Ask) -> None:
    seen_from_outside("PRAGMA journal_mode = WAL")
    with bank.connect().execution_options(sqlite_begin="DEFERRED") as connection:
        assert connection.scalar("SELECT sum(balance) FROM account") == 30
        seen_from_outside("UPDATE account SET balance = 1000")
        assert connection.scalar("SELECT sum(balance) FROM account") == 30
        connection.rollback()
        assert connection.scalar("SELECT sum(balance) FROM account") == 2000


def test_reads_after_the_first_write_see_one_state(bank: Engine, seen_from_outside: Ask) -> None:
    seen_from_outside("PRAGMA journal_mode = WAL")
    with bank.connect() as connection:
        assert connection.scalar("SELECT sum(balance) FROM account") == 30
        seen_from_outside("UPDATE account SET balance = 1000")
        assert connection.scalar("SELECT sum(balance) FROM account") == 2000
        connection.execute("UPDATE account SET balance = 1 WHERE id = 1")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            seen_from_outside("UPDATE account SET balance = 3")
        assert connection.scalar("SELECT sum(balance) FROM account") == 1001


@pytest.mark.parametrize("mode, first", [("ON WRITE", "UPDATE account SET balance = 1"), ("DEFERRED", "SELECT 1")])
def test_begin_is_sent_with_the_first_statement_that_needs_it(bank: Engine, mode: str, first: str) -> None:
    with bank.connect().execution_options(sqlite_begin=mode) as connection:
        raw = connection.connection.dbapi_connection
        transaction = connection.begin()
        assert transaction.is_active
        assert not raw.in_transaction
        connection.exec_driver_sql(first)
        assert raw.in_transaction
        connection.commit()
        assert not raw.in_transaction


def test_engine_begin_commits_at_the_end_and_rolls_back_after_an_error(bank: Engine, seen_from_outside: Ask) -> None:
    with bank.begin() as connection:
        connection.execute("UPDATE account SET balance = 0 WHERE id = 1")
    with pytest.raises(ZeroDivisionError), bank.begin() as connection:
        connection.execute("UPDATE account SET balance = 0 WHERE id = 2")
        _ = 1 / 0
    assert seen_from_outside("SELECT balance FROM account ORDER BY id") == [(0,), (20,)]
    assert bank.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_begin_twice_is_an_error(bank: Engine) -> None:
    with bank.connect() as connection:
        connection.begin()
        with pytest.raises(exc.InvalidRequestError, match="already begun"):
            connection.begin()


def test_begin_after_a_statement_is_an_error_that_names_the_fix(bank: Engine) -> None:
    with bank.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        with pytest.raises(exc.InvalidRequestError, match=r"commit\(\) or rollback\(\) first"):
            connection.begin()
        connection.commit()
        with connection.begin():
            assert connection.in_transaction()
        assert not connection.in_transaction()


def test_a_transaction_cannot_be_committed_twice(bank: Engine) -> None:
    with bank.connect() as connection:
        transaction = connection.begin()
        transaction.commit()
        assert not transaction.is_active
        with pytest.raises(exc.InvalidRequestError, match="inactive"):
            transaction.commit()
        transaction.close()


def test_statements_after_rollback_inside_the_block_are_refused(bank: Engine) -> None:
    with bank.connect() as connection:
        with connection.begin() as transaction:
            transaction.rollback()
            with pytest.raises(exc.InvalidRequestError, match="context manager"):
                connection.exec_driver_sql("SELECT 1")
        connection.exec_driver_sql("SELECT 1")


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_a_block_whose_transaction_has_ended_refuses_to_begin_another(bank: Engine, end: str) -> None:
    with bank.begin() as connection:
        getattr(connection, end)()
        with pytest.raises(exc.InvalidRequestError):
            connection.begin()
    with bank.connect() as connection:
        with connection.begin() as transaction:
            getattr(transaction, end)()
            with pytest.raises(exc.InvalidRequestError):
                connection.begin()
        connection.begin()


def test_a_commit_that_the_database_refuses_leaves_the_transaction_to_roll_back(bank: Engine) -> None:
    with bank.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE child (a REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED)")
    raw = bank.raw_connection()
    raw.cursor().execute("PRAGMA foreign_keys = ON")
    raw.close()
    with bank.connect() as connection:
        connection.exec_driver_sql("INSERT INTO child VALUES (99)")
        with pytest.raises(exc.IntegrityError):
            connection.commit()
        assert connection.in_transaction()
        connection.rollback()
        assert connection.scalar("SELECT count(*) FROM child") == 0


def test_a_transaction_that_sqlite_ended_by_itself_must_be_rolled_back(bank: Engine) -> None:
    with bank.connect() as connection:
        connection.execute("UPDATE account SET balance = 0")
        with pytest.raises(exc.IntegrityError):
            connection.execute("INSERT OR ROLLBACK INTO account VALUES (3, 'ann', 1)")
        with pytest.raises(exc.PendingRollbackError, match="rollback"):
            connection.execute("UPDATE account SET balance = 1")
        connection.rollback()
        assert connection.scalar("SELECT sum(balance) FROM account") == 30


def test_autocommit_begins_nothing(bank: Engine, seen_from_outside: Ask) -> None:
    with bank.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute("UPDATE account SET balance = 0")
        assert seen_from_outside("SELECT sum(balance) FROM account") == [(0,)]
        assert connection.get_isolation_level() == "AUTOCOMMIT"
        connection.exec_driver_sql("VACUUM")
    with bank.connect() as connection:
        assert connection.get_isolation_level() == "SERIALIZABLE"
        connection.execute("UPDATE account SET balance = 5")
    assert seen_from_outside("SELECT sum(balance) FROM account") == [(0,)]


def test_autocommit_for_a_whole_engine(database: Database, bank: Engine, seen_from_outside: Ask) -> None:
    for engine in (
        bank.execution_options(isolation_level="AUTOCOMMIT"),
        database.make_engine("bank", isolation_level="AUTOCOMMIT"),
    ):
        with engine.connect() as connection:
            connection.execute("UPDATE account SET balance = balance + 1")
        engine.dispose()
    assert seen_from_outside("SELECT sum(balance) FROM account") == [(34,)]


def test_the_isolation_level_cannot_change_within_a_transaction(bank: Engine) -> None:
    with bank.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        with pytest.raises(exc.InvalidRequestError, match="isolation_level"):
            connection.execution_options(isolation_level="AUTOCOMMIT")


def test_an_unknown_isolation_level_names_the_known_ones(bank: Engine) -> None:
    with pytest.raises(exc.ArgumentError, match="SERIALIZABLE"):
        bank.execution_options(isolation_level="SNAPSHOT")


def test_read_uncommitted_is_set_and_reset(bank: Engine) -> None:
    with bank.connect().execution_options(isolation_level="READ UNCOMMITTED") as connection:
        assert connection.get_isolation_level() == "READ UNCOMMITTED"
        assert connection.default_isolation_level == "SERIALIZABLE"
    with bank.connect() as connection:
        assert connection.get_isolation_level() == "SERIALIZABLE"


def test_begin_immediate_takes_the_write_lock_at_once(database: Database, bank: Engine) -> None:
    other = database.connect_directly("bank")
    eager = database.make_engine("bank", begin="IMMEDIATE")
    for engine, is_locked in ((eager, True), (bank, False), (bank.execution_options(sqlite_begin="IMMEDIATE"), True)):
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1").all()
            if is_locked:
                with pytest.raises(sqlite3.OperationalError, match="locked"):
                    other.execute("BEGIN IMMEDIATE")
            else:
                other.execute("BEGIN IMMEDIATE")
                other.execute("ROLLBACK")
    eager.dispose()
    with pytest.raises(exc.ArgumentError, match="DEFERRED, IMMEDIATE"):
        database.make_engine(begin="LATER")


def test_two_phases_are_refused_clearly(bank: Engine) -> None:
    with bank.connect() as connection:
        with pytest.raises(exc.InvalidRequestError, match="two-phase"):
            connection.begin_twophase()
        assert not connection.in_transaction()


def test_transaction_events_come_in_order(bank: Engine) -> None:
    seen: list[str] = []
    for name in ("begin", "commit", "rollback", "savepoint", "rollback_savepoint", "release_savepoint"):
        event.listen(bank, name, lambda *args, name=name: seen.append(name))
    with bank.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        connection.begin_nested().commit()
        connection.begin_nested().rollback()
        connection.commit()
        connection.exec_driver_sql("SELECT 1")
    assert seen == [
        "begin", "savepoint", "release_savepoint", "savepoint", "rollback_savepoint", "commit", "begin", "rollback",
    ]  # fmt: skip


# --- what the user's own SQL, and the user's work on the driver's connection, do to transactions ----------------------


def execute_text(connection: Connection, sql: str) -> None:
    connection.execute(text(sql))


def execute_for_the_driver(connection: Connection, sql: str) -> None:
    connection.exec_driver_sql(sql)


def execute_in_a_session(connection: Connection, sql: str) -> None:
    Session(connection, join_transaction_mode="control_fully").execute(text(sql))


@pytest.mark.filterwarnings("ignore:.*was executed as a text within the transaction of a session")
@pytest.mark.parametrize("execute", [execute_text, execute_for_the_driver, execute_in_a_session])
@pytest.mark.parametrize("end, balance", [("COMMIT", 1), ("/* done */ end", 1), ("ROLLBACK", 10)])
@pytest.mark.parametrize("mode", ["ON WRITE", "DEFERRED"])
def test_what_follows_a_text_that_ends_the_transaction_is_in_another_one(
    bank: Engine,
    seen_from_outside: Ask,
    execute: Callable[[Connection, str], None],
    end: str,
    balance: int,
    mode: str,
) -> None:
    with bank.connect().execution_options(sqlite_begin=mode) as connection:
        execute(connection, "UPDATE account SET balance = 1 WHERE id = 1")
        execute(connection, end)
        assert seen_from_outside("SELECT balance FROM account WHERE id = 1") == [(balance,)]
        execute(connection, "UPDATE account SET balance = 2 WHERE id = 1")
        assert seen_from_outside("SELECT balance FROM account WHERE id = 1") == [(balance,)]
        connection.rollback()
        assert connection.scalar("SELECT balance FROM account WHERE id = 1") == balance


def test_a_transaction_that_texts_begin_and_end_is_followed_by_an_ordinary_one(
    bank: Engine, seen_from_outside: Ask
) -> None:
    with bank.connect() as connection:
        for sql in ("BEGIN", "UPDATE account SET balance = 1", "COMMIT", "UPDATE account SET balance = 2"):
            connection.execute(text(sql))
        connection.rollback()
    assert seen_from_outside("SELECT DISTINCT balance FROM account") == [(1,)]


def test_work_on_a_drivers_connection_is_rolled_back_unless_it_is_committed(
    bank: Engine, seen_from_outside: Ask
) -> None:
    raw = bank.raw_connection()
    raw.cursor().execute("UPDATE account SET balance = 1")
    raw.commit()
    raw.cursor().execute("UPDATE account SET balance = 2")
    raw.rollback()
    raw.cursor().execute("UPDATE account SET balance = 3")
    raw.close()
    assert seen_from_outside("SELECT DISTINCT balance FROM account") == [(1,)]


def test_work_beside_a_connection_belongs_to_its_transaction(bank: Engine, seen_from_outside: Ask) -> None:
    with bank.connect() as connection:
        connection.connection.cursor().execute("UPDATE account SET balance = 1")
        connection.rollback()
        connection.connection.cursor().execute("UPDATE account SET balance = 2 WHERE id = 1")
        connection.execute(text("UPDATE account SET balance = 3 WHERE id = 2"))
        connection.commit()
    assert seen_from_outside("SELECT balance FROM account ORDER BY id") == [(2,), (3,)]


def test_a_drivers_connection_begins_by_itself_again_after_autocommit(bank: Engine, seen_from_outside: Ask) -> None:
    with bank.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute("UPDATE account SET balance = 1")
    raw = bank.raw_connection()
    raw.cursor().execute("UPDATE account SET balance = 2")
    raw.close()
    assert seen_from_outside("SELECT DISTINCT balance FROM account") == [(1,)]
