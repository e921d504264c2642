"""Ctrl-C ends what the server is doing for the program, not only the program's waiting.

Needs: PostgreSQL, MariaDB.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import azoth
from azoth import Engine, text
from tests.flow.servers.conftest import Make, until
from tests.servers import PrivateMariaDB, PrivatePostgreSQL

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys, time
import azoth
from azoth.orm import Session

url, statement, read = sys.argv[1:]
engine = azoth.create_engine(url)
with Session(engine) as session:
    session.execute(azoth.text("SELECT 1"))
    try:
        session.execute(azoth.text(statement))
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    session.rollback()
    print("usable", session.scalar(azoth.text(read)), flush=True)
print("checked out", engine.pool.checkedout(), flush=True)
"""
RUNNING = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = 'active' "
    "AND pid <> pg_backend_pid()",
    "mariadb": "SELECT count(*) FROM information_schema.processlist WHERE info LIKE '%SLEEP(60)%' "
    "AND id <> connection_id()",
}


class Killing:
    """Does not wait for a program that a failed test leaves behind."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        self._program = program

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._program.kill()


def interrupt(url: str, statement: str, observer: Engine, backend: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", PROGRAM, url, statement, "SELECT 7"]
    with (
        subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as program,
        Killing(program),
    ):
        with observer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:

            def is_running() -> bool:
                return bool(connection.scalar(text(RUNNING[backend])))

            assert until(is_running, 10), program.communicate(timeout=1)
            program.send_signal(signal.SIGINT)
            began = time.monotonic()
            assert until(lambda: not is_running(), 3)
            assert time.monotonic() - began < 1
        out, err = program.communicate(timeout=10)
    assert out.splitlines() == ["interrupted", "usable 7", "checked out 0"], err


@pytest.fixture(scope="module")
def observer_of_postgresql(postgresql: PrivatePostgreSQL) -> Iterator[Engine]:
    engine = azoth.create_engine(postgresql.url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def observer_of_mariadb(mariadb: PrivateMariaDB) -> Iterator[Engine]:
    engine = azoth.create_engine(mariadb.url.replace("mysql:", "mariadb+pymysql:"))
    yield engine
    engine.dispose()


def test_psycopg(postgresql: PrivatePostgreSQL, observer_of_postgresql: Engine) -> None:
    interrupt(postgresql.url, "SELECT pg_sleep(60)", observer_of_postgresql, "postgresql")


@pytest.mark.parametrize("driver", ["pymysql", "mysqldb"])
def test_mariadb(mariadb: PrivateMariaDB, observer_of_mariadb: Engine, make_engine: Make, driver: str) -> None:
    make_engine(mariadb.url, driver)
    interrupt(mariadb.url.replace("mysql:", f"mariadb+{driver}:"), "SELECT SLEEP(60)", observer_of_mariadb, "mariadb")


@pytest.mark.parametrize("driver", ["pymysql", "mysqldb"])
def test_what_mariadb_had_locked_is_free(mariadb: PrivateMariaDB, make_engine: Make, driver: str) -> None:
    """The transaction of the interrupted statement ends with its connection."""
    engine = make_engine(mariadb.url, driver)
    with engine.begin() as connection:
        connection.execute(text("CREATE DATABASE IF NOT EXISTS locks"))
        connection.execute(text("CREATE OR REPLACE TABLE locks.t (id int PRIMARY KEY)"))
        connection.execute(text("INSERT INTO locks.t VALUES (1)"))
    with engine.connect() as connection:
        connection.execute(text("UPDATE locks.t SET id = 2"))
        signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            connection.execute(text("SELECT SLEEP(60)"))
        assert time.monotonic() - began < 2
        assert connection.invalidated
        connection.rollback()
        connection.execute(text("SET innodb_lock_wait_timeout = 2"))
        connection.execute(text("UPDATE locks.t SET id = 3"))
        connection.commit()
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_psycopg2_says_what_it_cannot(postgresql: PrivatePostgreSQL, make_engine: Make) -> None:
    """The driver waits in C: the interrupt comes when the statement has ended, and nothing is broken then."""
    engine = make_engine(postgresql.url, "psycopg2")
    with engine.connect() as connection:
        signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(KeyboardInterrupt):
            connection.execute(text("SELECT pg_sleep(0.4)"))
        connection.rollback()
        assert connection.scalar(text("SELECT 1")) == 1
    assert "Ctrl-C" in (type(engine.dialect).__doc__ or "")
