"""A COMMIT that fails has not happened, or nobody knows whether it has: then the error says so."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from azoth import event, exc
from azoth.engine import Engine
from azoth.testing.faults.kinds import lost_connection
from tests.database import Database
from tests.flow.strikes import LOST, REFUSED, DriverError, Faults

Ask = Callable[[str], Any]


@pytest.fixture
def faulty(database: Database, bank: Engine, faults: Faults) -> Engine:
    engine: Engine = database.make_engine("bank", lock_timeout=0.05, module=faults.driver(database.driver))
    return engine


def balance_of(ask: Ask) -> int:
    ((balance,),) = ask("SELECT balance FROM account WHERE id = 1")
    return balance


def pay(connection: Any) -> None:
    connection.exec_driver_sql("UPDATE account SET balance = 11 WHERE id = 1")


def test_a_commit_that_the_driver_knows_to_be_open_has_not_happened(
    faulty: Engine, faults: Faults, seen_from_outside: Ask
) -> None:
    with faulty.connect() as connection:
        pay(connection)
        faults.strike("commit", DriverError("OperationalError", "database is locked"))
        with pytest.raises(exc.OperationalError) as caught:
            connection.commit()
        assert not isinstance(caught.value, exc.CommitUnknown)
        assert connection.in_transaction()
        connection.commit()
    assert balance_of(seen_from_outside) == 11


@pytest.mark.parametrize("tells", [True, False])
def test_a_commit_without_an_answer_is_unknown(
    database: Database, faulty: Engine, faults: Faults, seen_from_outside: Ask, tells: bool
) -> None:
    faults.tells = tells
    before = datetime.now(UTC)
    with faulty.connect() as connection:
        pay(connection)
        raw = connection.connection.dbapi_connection
        number = faulty.dialect.connection_id(raw)
        faults.strike("commit", LOST, after=True)
        with pytest.raises(exc.CommitUnknown) as caught:
            connection.commit()
        assert connection.invalidated
        with pytest.raises(database.driver.Error):
            raw.execute("SELECT 1")
        with pytest.raises(exc.PendingRollbackError, match="outcome of a COMMIT"):
            connection.exec_driver_sql("SELECT 1")
        with pytest.raises(exc.PendingRollbackError):
            connection.commit()
        connection.rollback()
        assert connection.exec_driver_sql("SELECT balance FROM account WHERE id = 1").scalar_one() == 11
    error = caught.value
    assert error.orig is error.__cause__
    assert LOST.made(error.orig)
    assert error.url == str(faulty.url)
    assert error.began_at is not None and error.sent_at is not None
    assert before <= error.began_at <= error.sent_at <= datetime.now(UTC)
    assert (error.connection_id, error.xid, error.written) == (number, None, None)
    assert error.connection_invalidated
    assert balance_of(seen_from_outside) == 11


def test_a_commit_that_may_be_open_and_cannot_be_asked_is_unknown_and_ends_with_its_connection(
    faulty: Engine, faults: Faults, seen_from_outside: Ask
) -> None:
    faults.tells = False
    with pytest.raises(exc.CommitUnknown), faulty.begin() as connection:
        pay(connection)
        faults.strike("commit", LOST)
    assert balance_of(seen_from_outside) == 10
    assert faulty.pool.checkedout() == 0  # type: ignore[attr-defined]
    with faulty.begin() as connection:
        pay(connection)
    assert balance_of(seen_from_outside) == 11


def test_the_text_names_the_database_without_its_password(database: Database, faulty: Engine, faults: Faults) -> None:
    faulty.url = faulty.url.set(username="me", password="secret")
    with pytest.raises(exc.CommitUnknown) as caught, faulty.begin() as connection:
        pay(connection)
        faults.strike("commit", LOST, after=True)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith(f"the outcome of COMMIT on {faulty.url.drivername}://me:***@")
    driver = database.driver.__name__
    assert lines[0].endswith(f"is not known: ({driver}.OperationalError) the connection broke [AZ-E200]")
    assert "secret" not in str(caught.value) + caught.value.url
    assert "in a new transaction" in caught.value.fix


def test_a_constraint_that_is_checked_by_commit_is_a_refusal(faulty: Engine, faults: Faults) -> None:
    with faulty.connect() as connection:
        pay(connection)
        faults.strike("commit", REFUSED)
        faults.tells = False
        with pytest.raises(exc.IntegrityError):
            connection.commit()
        assert not connection.invalidated
        connection.rollback()
        assert connection.exec_driver_sql("SELECT balance FROM account WHERE id = 1").scalar_one() == 10


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_interrupt_stays_what_it_is_and_carries_the_news(
    faulty: Engine, faults: Faults, seen_from_outside: Ask, interrupt: type[BaseException]
) -> None:
    with pytest.raises(interrupt) as caught, faulty.begin() as connection:
        pay(connection)
        faults.strike("commit", interrupt(), after=True)
    unknown = caught.value.__cause__
    assert isinstance(unknown, exc.CommitUnknown)
    assert unknown.orig is caught.value
    assert balance_of(seen_from_outside) == 11
    assert faulty.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_an_interrupt_before_the_commit_is_no_news(faulty: Engine, faults: Faults, seen_from_outside: Ask) -> None:
    with pytest.raises(KeyboardInterrupt) as caught, faulty.begin() as connection:
        pay(connection)
        faults.strike("commit", KeyboardInterrupt())
    assert caught.value.__cause__ is None
    assert balance_of(seen_from_outside) == 10
    assert faulty.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_lack_of_memory_is_unknown(faulty: Engine, faults: Faults) -> None:
    with pytest.raises(exc.CommitUnknown, match="MemoryError"), faulty.begin() as connection:
        pay(connection)
        faults.strike("commit", MemoryError(), after=True)


def test_listeners_hear_of_it_and_may_put_another_error_in_its_place(faulty: Engine, faults: Faults) -> None:
    heard: list[Any] = []

    @event.listens_for(faulty, "handle_error")
    def hear(context: Any) -> None:
        heard.append((type(context.sqlalchemy_exception), context.original_exception, context.is_disconnect))
        raise RuntimeError("of the user")

    with pytest.raises(RuntimeError, match="of the user"), faulty.begin() as connection:
        pay(connection)
        faults.strike("commit", LOST, after=True)
    ((kind, original, is_disconnect),) = heard
    assert kind is exc.CommitUnknown and LOST.made(original)
    assert not is_disconnect


def test_a_connection_that_was_lost_in_commit_takes_the_older_ones_with_it(faulty: Engine, faults: Faults) -> None:
    with faulty.connect() as other:
        old = other._dbapi
        with faulty.connect() as connection:
            pay(connection)
            faults.strike("commit", lost_connection, after=True)
            with pytest.raises(exc.CommitUnknown):
                connection.commit()
    with faulty.connect() as again:
        assert again._dbapi is not old


def test_it_survives_pickling(faulty: Engine, faults: Faults) -> None:
    with pytest.raises(exc.CommitUnknown) as caught, faulty.begin() as connection:
        pay(connection)
        faults.strike("commit", DriverError("OperationalError", "gone"), after=True)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.url, copy.sent_at) == (str(caught.value), caught.value.url, caught.value.sent_at)


def test_a_prepared_transaction_whose_commit_is_unknown_can_be_found_again(
    database: Database, faulty: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialect = faulty.dialect
    monkeypatch.setattr(dialect, "do_begin_twophase", lambda connection, xid: None)
    monkeypatch.setattr(dialect, "do_prepare_twophase", lambda connection, xid: None)

    def broken(connection: Any, xid: Any, is_prepared: bool = True, recover: bool = False) -> None:
        connection.exec_driver_sql("COMMIT PREPARED")

    monkeypatch.setattr(dialect, "do_commit_twophase", broken)
    with faulty.connect() as connection:
        transaction = connection.begin_twophase("order 66")
        transaction.prepare()
        with pytest.raises(exc.CommitUnknown) as caught:
            transaction.commit()
        transaction.rollback()
    assert caught.value.xid == "order 66"
    assert isinstance(caught.value.orig, database.driver.Error)
    assert "recover_twophase()" in caught.value.fix


@pytest.mark.parametrize("failure", [ValueError("no"), KeyboardInterrupt()], ids=repr)
def test_what_fails_while_the_connection_is_given_up_does_not_hide_it(
    faulty: Engine, faults: Faults, failure: BaseException
) -> None:
    def fail(*arguments: Any) -> None:
        raise failure

    event.listen(faulty, "close", fail)
    with pytest.raises((exc.CommitUnknown, KeyboardInterrupt)) as caught, faulty.begin() as connection:
        pay(connection)
        faults.strike("commit", LOST, after=True)
    event.remove(faulty, "close", fail)
    if isinstance(failure, Exception):
        assert any("ValueError: no" in note for note in caught.value.__notes__)
    else:
        assert isinstance(caught.value.__cause__, exc.CommitUnknown)
    assert faulty.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_failed_rollback_where_every_statement_commits_by_itself_is_no_error(
    faulty: Engine, faults: Faults, seen_from_outside: Ask
) -> None:
    for tells in (True, False):
        faults.tells = tells
        with faulty.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            pay(connection)
            faults.strike("rollback", LOST)
        assert balance_of(seen_from_outside) == 11
    with faulty.connect() as connection:
        assert connection.get_isolation_level() == connection.default_isolation_level


@pytest.mark.lacks("two phases")
def test_two_phases_that_a_dialect_lacks_leave_the_connection_usable(bank: Engine, seen_from_outside: Ask) -> None:
    with bank.connect() as connection:
        with pytest.raises(exc.InvalidRequestError, match="two-phase"):
            connection.begin_twophase("x")
        pay(connection)
        assert balance_of(seen_from_outside) == 10
        connection.rollback()
    assert balance_of(seen_from_outside) == 10
