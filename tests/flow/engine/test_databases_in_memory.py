"""A database in memory is one database for all connections and threads of its engine."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest

from azoth import exc
from azoth.engine import Engine, create_engine

pytestmark = pytest.mark.sqlite_only("other databases are not in memory")


@pytest.fixture(params=["sqlite://", "sqlite:///:memory:"])
def memory(request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = create_engine(request.param)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE number (value INTEGER)")
    yield engine
    engine.dispose()


def test_two_connections_see_the_same_tables(memory: Engine) -> None:
    with memory.connect() as first, memory.connect() as second:
        assert first.connection.dbapi_connection is not second.connection.dbapi_connection
        first.exec_driver_sql("INSERT INTO number VALUES (1)")
        first.commit()
        assert second.scalar("SELECT value FROM number") == 1


def test_data_outlive_all_connections(memory: Engine) -> None:
    with memory.begin() as connection:
        connection.exec_driver_sql("INSERT INTO number VALUES (1)")
        connection.invalidate()
        connection.rollback()
    with memory.begin() as connection:
        connection.exec_driver_sql("INSERT INTO number VALUES (2)")
    with memory.connect() as connection:
        connection.detach()
    assert memory.connect().scalar("SELECT sum(value) FROM number") == 2


def test_threads_write_to_it_together(memory: Engine) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(25):
                with memory.begin() as connection:
                    connection.execute("INSERT INTO number VALUES (:value)", {"value": number * 100 + turn})
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with memory.connect() as connection:
        assert connection.scalar("SELECT count(DISTINCT value) FROM number") == 100


def test_each_engine_has_a_database_of_its_own(memory: Engine) -> None:
    other = create_engine("sqlite://")
    assert memory.has_table("number")
    assert not other.has_table("number")
    other.dispose()


def test_dispose_ends_the_database_and_leaves_the_engine_usable(memory: Engine) -> None:
    memory.dispose()
    assert not memory.has_table("number")


def test_a_forgotten_engine_takes_its_connections_along() -> None:
    engine = create_engine("sqlite://")
    engine.connect().close()
    dialect, gone = engine.dialect, weakref.ref(engine)
    anchor = dialect._anchor  # type: ignore[attr-defined]
    del engine, dialect
    gc.collect()
    assert gone() is None
    with pytest.raises(Exception, match="closed database"):
        anchor.execute("SELECT 1")


def test_waiting_for_a_lock_ends_after_the_timeout() -> None:
    engine = create_engine("sqlite://?timeout=0.05")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE number (value INTEGER)")
    with engine.connect() as first, engine.connect() as second:
        thread = threading.Thread(target=first.exec_driver_sql, args=("INSERT INTO number VALUES (1)",))
        thread.start()
        thread.join()
        with pytest.raises(exc.OperationalError, match="locked"):
            second.exec_driver_sql("INSERT INTO number VALUES (2)")
    engine.dispose()
