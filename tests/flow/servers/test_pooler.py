"""Behind PgBouncer in transaction mode, which gives each transaction one of two connections.

Needs: PostgreSQL, PgBouncer.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from azoth import exc, func, select, text, update
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column
from tests.flow.servers.conftest import DRIVERS, Make
from tests.servers import PrivatePgBouncer, PrivatePostgreSQL

SESSIONS, THREADS, ROWS = 500, 8, 40


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[int]


@pytest.fixture
def accounts(postgresql: PrivatePostgreSQL, make_engine: Make) -> None:
    engine = make_engine(postgresql.url, "psycopg")
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all(Account(id=number, amount=0) for number in range(ROWS))


@pytest.mark.parametrize("driver", DRIVERS["postgresql"])
@pytest.mark.usefixtures("accounts")
def test_sessions_of_many_threads_share_few_connections(
    pgbouncer: PrivatePgBouncer, postgresql: PrivatePostgreSQL, make_engine: Make, driver: str
) -> None:
    engine = make_engine(pgbouncer.url, driver, transaction_pooler=True, pool_size=THREADS)
    kinds = [
        engine,
        engine.execution_options(isolation_level="SERIALIZABLE"),
        engine.execution_options(isolation_level="REPEATABLE READ"),
    ]
    readers = engine.execution_options(postgresql_readonly=True)
    levels = ["read committed", "serializable", "repeatable read"]

    def work(number: int) -> int:
        chosen = random.Random(number)
        kind = number % len(kinds)
        own = chosen.randrange(ROWS)
        if number % 10 == 9:
            with Session(readers) as session:
                assert session.scalar(text("SHOW transaction_read_only")) == "on"
                seen = session.scalars(select(Account.id).execution_options(yield_per=7)).all()
                assert len(seen) == ROWS
            return 0
        if number % 10 == 8:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                rows = connection.execution_options(stream_results=True).execute(select(Account.id))
                assert len(rows.all()) == ROWS
            return 0
        try:
            with Session(kinds[kind]) as session, session.begin():
                assert session.scalar(text("SHOW transaction_isolation")) == levels[kind]
                assert session.scalar(text("SHOW transaction_read_only")) == "off"
                session.execute(update(Account).where(Account.id == own).values(amount=Account.amount + 1))
                with session.begin_nested() as savepoint:
                    session.get_one(Account, own).amount += 1000
                    session.flush()
                    savepoint.rollback()
                with session.begin_nested():
                    session.get_one(Account, own).amount += 1
        except (exc.SerializationError, exc.DeadlockError):
            return 0
        return 2

    with ThreadPoolExecutor(THREADS) as threads:
        added = sum(threads.map(work, range(SESSIONS)))
    with Session(make_engine(postgresql.url, driver)) as session:
        assert session.scalar(select(func.sum(Account.amount))) == added > ROWS
        # The pooler's own connections have nothing set, and nothing is prepared on them.
        rows = session.execute(text("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"))
        assert rows.scalar_one() == 0


@pytest.mark.parametrize("driver", DRIVERS["postgresql"])
def test_nothing_is_set_for_the_session(pgbouncer: PrivatePgBouncer, make_engine: Make, driver: str) -> None:
    engine = make_engine(pgbouncer.url, driver, transaction_pooler=True, isolation_level="SERIALIZABLE")
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    with engine.connect().execution_options(postgresql_readonly=True) as connection:
        connection.execute(text("SELECT 1"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        settings = (
            "SELECT name, setting, source FROM pg_settings WHERE source = 'session' AND name LIKE '%transaction%'"
        )
        # Those of the transaction that this very statement is.
        found = {row.name for row in connection.execute(text(settings))}
        assert not [name for name in found if name.startswith("default_")]
        assert connection.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 0
        assert connection.scalar(text("SHOW transaction_read_only")) == "off"


def test_without_the_option_the_error_names_it(pgbouncer: PrivatePgBouncer, make_engine: Make) -> None:
    engine = make_engine(pgbouncer.url, "psycopg")
    failures: list[exc.DBAPIError] = []

    def work(number: int) -> None:
        try:
            # What is rolled back makes the driver count anew, and nothing is ever prepared.
            with engine.begin() as connection:
                for _ in range(4):
                    connection.execute(text(f"SELECT {number % 3}, pg_sleep(0.001)"))
        except exc.DBAPIError as error:
            failures.append(error)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(work, range(200)))
    told = [error for error in failures if error.orig.sqlstate in ("42P05", "26000")]  # type: ignore[union-attr]
    assert told
    assert {error.code for error in told} == {"AZ-D200"}
    assert all("transaction_pooler=True" in error.fix for error in told)


def test_a_parameter_that_the_pooler_does_not_take_is_told(pgbouncer: PrivatePgBouncer, make_engine: Make) -> None:
    engine = make_engine(f"{pgbouncer.url}?options=-csearch_path%3Dx", "psycopg")
    with pytest.raises(exc.OperationalError) as caught:
        engine.connect()
    assert caught.value.code == "AZ-D219"


def test_waiting_for_the_pooler_can_be_interrupted(pgbouncer: PrivatePgBouncer, make_engine: Make) -> None:
    engine = make_engine(pgbouncer.url, "psycopg", transaction_pooler=True)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    with engine.connect() as one, engine.connect() as two, engine.connect() as third:
        for connection in (one, two):
            connection.execute(text("SELECT 1"))
        # The pooler has no connection left, and BEGIN waits.
        signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        began = time.monotonic()
        threading.Timer(3, one.rollback).start()
        with pytest.raises(KeyboardInterrupt):
            third.execute(text("SELECT 1"))
        assert time.monotonic() - began < 1
        third.rollback()
        two.rollback()
        assert third.scalar(text("SELECT 1")) == 1


def test_the_option_is_one_of_postgresql(make_engine: Make) -> None:
    with pytest.raises(exc.ArgumentError, match="transaction_pooler"):
        make_engine("mysql://root@127.0.0.1/", "pymysql", transaction_pooler=True)
