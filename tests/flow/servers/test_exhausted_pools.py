"""A pool that has no connection left says who has them.

Needs: PostgreSQL.
"""

from __future__ import annotations

import threading

import pytest

from azoth import Engine, exc
from azoth.orm import Session
from tests.flow.servers.conftest import Make
from tests.servers import PrivatePostgreSQL


@pytest.fixture
def engine(postgresql: PrivatePostgreSQL, make_engine: Make) -> Engine:
    return make_engine(postgresql.url, "psycopg", pool_size=2, max_overflow=1, pool_timeout=0.1)


def why_none(engine: Engine) -> str:
    with pytest.raises(exc.TimeoutError) as caught:
        engine.connect()
    assert caught.value.code == "AZ-P01"
    return caught.value.why


def holding_session(engine: Engine) -> Session:
    session = Session(engine)
    session.connection()
    return session


def test_threads_and_places_are_named(engine: Engine) -> None:
    done = threading.Event()
    holds = threading.Event()

    def hold() -> None:
        with engine.connect():
            holds.set()
            done.wait()

    thread = threading.Thread(target=hold, name="the greedy one")
    thread.start()
    holds.wait()
    with holding_session(engine), engine.connect():
        why = why_none(engine)
    done.set()
    thread.join()
    assert "pool_size 2 and max_overflow 1 allow 3 connections" in why
    assert "1 by thread 'the greedy one' in hold()" in why
    assert f"in holding_session() ({__file__}:" in why
    assert "in test_threads_and_places_are_named()" in why


def test_what_was_not_noted_is_from_the_first_time_out_on(engine: Engine) -> None:
    with engine.connect(), engine.connect():
        pass
    # Connections that lay ready: nobody notes who takes them.
    with engine.connect(), engine.connect(), engine.connect():
        why = why_none(engine)
    assert "2 before anybody took notes" in why
    with engine.connect(), engine.connect(), engine.connect():
        why = why_none(engine)
    assert "before anybody" not in why
    assert why.count(f"in test_what_was_not_noted_is_from_the_first_time_out_on() ({__file__}:") == 1
    assert "3 by thread 'MainThread'" in why or "by thread" in why


def test_who_has_given_back_is_not_named(engine: Engine) -> None:
    with engine.connect(), engine.connect():
        holding_session(engine).close()
        with engine.connect():
            assert "holding_session" not in why_none(engine)


def test_a_connection_that_comes_back_is_taken_by_who_waits(engine: Engine) -> None:
    held = [engine.connect() for _ in range(3)]
    why_none(engine)
    threading.Timer(0.02, held[0].close).start()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    for connection in held:
        connection.close()
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
