"""Pools over a driver that only counts."""

from __future__ import annotations

import gc
import threading
import time
from typing import Any

import pytest

from azoth import event, exc
from azoth.pool import AssertionPool, NullPool, QueuePool, SingletonThreadPool, StaticPool


class FakeConnection:
    def __init__(self, driver: FakeDriver) -> None:
        self.driver = driver
        self.rollbacks = self.commits = 0
        self.closed = False
        self.fails_to_roll_back = False

    def cursor(self) -> None:
        return None

    def rollback(self) -> None:
        if self.fails_to_roll_back:
            raise RuntimeError("gone")
        self.rollbacks += 1

    def commit(self) -> None:
        self.commits += 1

    def close(self) -> None:
        self.closed = True


class FakeDriver:
    def __init__(self) -> None:
        self.opened: list[FakeConnection] = []
        self.failing = False

    def __call__(self) -> FakeConnection:
        if self.failing:
            raise RuntimeError("refused")
        self.opened.append(FakeConnection(self))
        return self.opened[-1]

    @property
    def living(self) -> int:
        return sum(not connection.closed for connection in self.opened)


@pytest.fixture
def driver() -> FakeDriver:
    return FakeDriver()


def test_a_connection_that_came_back_is_used_again(driver: FakeDriver) -> None:
    pool = QueuePool(driver)
    first = pool.connect()
    connection = first.dbapi_connection
    first.close()
    assert pool.connect().dbapi_connection is connection
    assert len(driver.opened) == 1


def test_a_connection_is_rolled_back_when_it_comes_back(driver: FakeDriver) -> None:
    QueuePool(driver).connect().close()
    assert driver.opened[0].rollbacks == 1


@pytest.mark.parametrize("style,rollbacks,commits", [("commit", 0, 1), (None, 0, 0), ("rollback", 1, 0)])
def test_reset_on_return_chooses_what_happens_then(
    driver: FakeDriver, style: Any, rollbacks: int, commits: int
) -> None:
    QueuePool(driver, reset_on_return=style).connect().close()
    assert (driver.opened[0].rollbacks, driver.opened[0].commits) == (rollbacks, commits)


def test_an_unknown_reset_style_is_refused(driver: FakeDriver) -> None:
    with pytest.raises(exc.ArgumentError, match="reset_on_return"):
        QueuePool(driver, reset_on_return="perhaps")


def test_a_connection_that_cannot_be_reset_is_dropped(driver: FakeDriver) -> None:
    pool = QueuePool(driver)
    proxy = pool.connect()
    driver.opened[0].fails_to_roll_back = True
    proxy.close()
    assert driver.opened[0].closed
    assert pool.connect().dbapi_connection is driver.opened[1]


def test_overflow_connections_are_closed_when_they_come_back(driver: FakeDriver) -> None:
    pool = QueuePool(driver, pool_size=2, max_overflow=2)
    proxies = [pool.connect() for _ in range(4)]
    assert (pool.checkedout(), pool.overflow()) == (4, 2)
    for proxy in proxies:
        proxy.close()
    assert driver.living == 2
    assert pool.status() == (
        "Pool size: 2  Connections in pool: 2 Current Overflow: 0 Current Checked out connections: 0"
    )


def test_an_exhausted_pool_times_out_with_its_settings_in_the_message(driver: FakeDriver) -> None:
    pool = QueuePool(driver, pool_size=1, max_overflow=0, timeout=0.01)
    kept = pool.connect()
    with pytest.raises(exc.TimeoutError, match="pool_size 1 and max_overflow 0"):
        pool.connect()
    kept.close()
    pool.connect().close()


def test_a_waiting_thread_gets_the_connection_that_comes_back(driver: FakeDriver) -> None:
    pool = QueuePool(driver, pool_size=1, max_overflow=0, timeout=10)
    kept = pool.connect()
    got: list[Any] = []
    thread = threading.Thread(target=lambda: got.append(pool.connect()))
    thread.start()
    time.sleep(0.02)
    assert not got
    kept.close()
    thread.join(5)
    assert got[0].dbapi_connection is driver.opened[0]


def test_unlimited_overflow_and_size(driver: FakeDriver) -> None:
    for pool in (QueuePool(driver, pool_size=0), QueuePool(driver, pool_size=1, max_overflow=-1)):
        assert len({id(proxy) for proxy in [pool.connect() for _ in range(20)]}) == 20


def test_first_in_first_out_by_default_and_last_in_first_out_on_request(driver: FakeDriver) -> None:
    for use_lifo, expected in ((False, 0), (True, 1)):
        pool = QueuePool(driver, use_lifo=use_lifo)
        proxies = [pool.connect(), pool.connect()]
        connections = [proxy.dbapi_connection for proxy in proxies]
        for proxy in proxies:
            proxy.close()
        assert pool.connect().dbapi_connection is connections[expected]


def test_a_forgotten_connection_goes_back(driver: FakeDriver) -> None:
    pool = QueuePool(driver, pool_size=1, max_overflow=0, timeout=0)
    proxy = pool.connect()
    del proxy
    gc.collect()
    again = pool.connect()
    assert again.dbapi_connection is driver.opened[0]
    assert driver.opened[0].rollbacks == 1


def test_a_failed_connect_leaves_its_place_free(driver: FakeDriver) -> None:
    pool = QueuePool(driver, pool_size=1, max_overflow=0, timeout=0)
    driver.failing = True
    for _ in range(3):
        with pytest.raises(RuntimeError):
            pool.connect()
    driver.failing = False
    pool.connect().close()


def test_closing_twice_gives_back_once(driver: FakeDriver) -> None:
    pool = QueuePool(driver)
    proxy = pool.connect()
    proxy.close()
    proxy.close()
    assert pool.checkedin() == 1


def test_an_invalidated_connection_is_closed_and_replaced(driver: FakeDriver) -> None:
    pool = QueuePool(driver)
    proxy = pool.connect()
    proxy.invalidate()
    assert driver.opened[0].closed
    assert not proxy.is_valid
    assert pool.connect().dbapi_connection is driver.opened[1]


def test_a_softly_invalidated_connection_is_replaced_at_its_next_checkout(driver: FakeDriver) -> None:
    pool = QueuePool(driver)
    proxy = pool.connect()
    time.sleep(0.001)
    proxy.invalidate(soft=True)
    assert proxy.is_valid
    proxy.close()
    assert pool.connect().dbapi_connection is driver.opened[1]
    assert driver.opened[0].closed


def test_old_connections_are_recycled(driver: FakeDriver) -> None:
    pool = QueuePool(driver, recycle=3600)
    pool.connect().close()
    pool.connect().close()
    assert len(driver.opened) == 1
    record = pool._idle[0]
    record.last_connect_time -= 3601
    assert pool.connect().dbapi_connection is driver.opened[1]
    assert driver.opened[0].closed


class PingingActions:
    def __init__(self) -> None:
        self.dead: set[Any] = set()

    def do_rollback(self, connection: Any) -> None:
        connection.rollback()

    def do_commit(self, connection: Any) -> None:
        connection.commit()

    def do_close(self, connection: Any) -> None:
        connection.close()

    do_terminate = do_close

    def do_ping(self, connection: Any) -> bool:
        return connection not in self.dead


def test_pre_ping_replaces_dead_connections_and_all_older_ones(driver: FakeDriver) -> None:
    actions = PingingActions()
    pool = QueuePool(driver, pre_ping=True, dialect=actions)
    for proxy in [pool.connect(), pool.connect()]:
        proxy.close()
    time.sleep(0.001)
    actions.dead.add(driver.opened[0])
    first, second = pool.connect(), pool.connect()
    assert driver.opened[0].closed
    assert driver.opened[1].closed
    assert {first.dbapi_connection, second.dbapi_connection} == set(driver.opened[2:])


def test_a_detached_connection_leaves_its_place_and_is_closed_by_its_user(driver: FakeDriver) -> None:
    pool = QueuePool(driver, pool_size=1, max_overflow=0, timeout=0)
    proxy = pool.connect()
    proxy.detach()
    assert proxy.is_detached
    other = pool.connect()
    proxy.close()
    assert driver.opened[0].closed
    assert not driver.opened[1].closed
    other.close()


def test_dispose_closes_what_lies_in_the_pool_and_later_what_comes_back(driver: FakeDriver) -> None:
    pool = QueuePool(driver)
    used, idle = pool.connect(), pool.connect()
    idle.close()
    pool.dispose()
    assert driver.opened[1].closed
    assert not driver.opened[0].closed
    used.close()
    assert driver.living == 0


def test_recreate_keeps_arguments_and_listeners(driver: FakeDriver) -> None:
    pool = QueuePool(driver, pool_size=3, max_overflow=4, timeout=5, recycle=6, use_lifo=True)
    seen: list[Any] = []

    def listener(*arguments: Any) -> None:
        seen.append(arguments)

    event.listen(pool, "connect", listener)
    other = pool.recreate()
    assert (other.size(), other._max_overflow, other.timeout(), other._recycle) == (3, 4, 5, 6)
    other.connect().close()
    assert len(seen) == 1
    event.remove(other, "connect", listener)


def test_events_come_in_order(driver: FakeDriver) -> None:
    pool = QueuePool(driver)
    seen: list[str] = []
    for name in ("connect", "first_connect", "checkout", "checkin", "reset", "invalidate", "close"):
        event.listen(pool, name, lambda *args, name=name: seen.append(name))
    proxy = pool.connect()
    proxy.close()
    proxy = pool.connect()
    proxy.invalidate()
    assert seen == [
        "first_connect", "connect", "checkout", "reset", "checkin", "checkout", "invalidate", "close", "checkin",
    ]  # fmt: skip


def test_a_checkout_listener_can_ask_for_another_connection(driver: FakeDriver) -> None:
    pool = QueuePool(driver)

    @event.listens_for(pool, "checkout")
    def check(connection: Any, record: Any, proxy: Any) -> None:
        if connection is driver.opened[0]:
            raise exc.DisconnectionError("dead")

    assert pool.connect().dbapi_connection is driver.opened[1]


def test_a_checkout_listener_that_refuses_everything_is_an_error_and_leaks_nothing(driver: FakeDriver) -> None:
    pool = QueuePool(driver, pool_size=1, max_overflow=0, timeout=0)

    @event.listens_for(pool, "checkout")
    def check(connection: Any, record: Any, proxy: Any) -> None:
        raise exc.DisconnectionError("dead")

    for _ in range(2):
        with pytest.raises(exc.InvalidRequestError, match="usable connection"):
            pool.connect()
    assert pool.checkedout() == 0
    assert driver.living == 0


def test_a_failing_connect_listener_leaks_nothing(driver: FakeDriver) -> None:
    pool = QueuePool(driver, pool_size=1, max_overflow=0, timeout=0)

    def fail(*arguments: Any) -> None:
        raise ValueError("no")

    event.listen(pool, "connect", fail)
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            pool.connect()
    assert driver.living == 0


def test_notes_live_as_long_as_the_drivers_connection(driver: FakeDriver) -> None:
    pool = QueuePool(driver)
    proxy = pool.connect()
    proxy.info["a"] = 1
    proxy.record_info["b"] = 2  # type: ignore[index]
    proxy.close()
    proxy = pool.connect()
    assert proxy.info == {"a": 1}
    proxy.invalidate()
    proxy = pool.connect()
    assert proxy.info == {}
    assert proxy.record_info == {"b": 2}


def test_a_creator_may_take_the_pools_entry(driver: FakeDriver) -> None:
    taken: list[Any] = []

    def creator(record: Any) -> FakeConnection:
        taken.append(record)
        return driver()

    QueuePool(creator).connect()
    assert taken[0].dbapi_connection is driver.opened[0]


def test_a_null_pool_keeps_nothing(driver: FakeDriver) -> None:
    pool = NullPool(driver)
    pool.connect().close()
    pool.connect().close()
    assert (len(driver.opened), driver.living) == (2, 0)


def test_a_static_pool_has_one_connection_for_all(driver: FakeDriver) -> None:
    pool = StaticPool(driver)
    first, second = pool.connect(), pool.connect()
    assert first.dbapi_connection is second.dbapi_connection
    first.close()
    second.close()
    assert driver.living == 1
    pool.dispose()
    assert driver.living == 0


def test_a_singleton_thread_pool_has_one_connection_per_thread(driver: FakeDriver) -> None:
    pool = SingletonThreadPool(driver, pool_size=2)
    mine = pool.connect().dbapi_connection
    assert pool.connect().dbapi_connection is mine
    others: list[Any] = []
    for _ in range(3):
        thread = threading.Thread(target=lambda: others.append(pool.connect().dbapi_connection))
        thread.start()
        thread.join()
    assert len({id(connection) for connection in [mine, *others]}) == 4
    assert driver.living <= 3


def test_an_assertion_pool_tells_where_the_first_connection_was_taken(driver: FakeDriver) -> None:
    pool = AssertionPool(driver)
    proxy = pool.connect()
    with pytest.raises(exc.InvalidRequestError, match="test_an_assertion_pool"):
        pool.connect()
    proxy.close()
    pool.connect().close()


def test_sixteen_threads_leak_nothing_and_never_share(driver: FakeDriver) -> None:
    pool = QueuePool(driver, pool_size=3, max_overflow=2, timeout=30)
    used_by: dict[int, int] = {}
    clashes: list[int] = []

    def work() -> None:
        for turn in range(200):
            proxy = pool.connect()
            key = id(proxy.dbapi_connection)
            if used_by.setdefault(key, threading.get_ident()) != threading.get_ident():
                clashes.append(key)
            if turn % 50 == 0:
                time.sleep(0)
            del used_by[key]
            if turn % 37 == 0:
                proxy.invalidate()
            else:
                proxy.close()

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clashes == []
    assert pool.checkedout() == 0
    assert driver.living <= 3
    pool.dispose()
    assert driver.living == 0


@pytest.mark.parametrize("kind", [QueuePool, StaticPool, SingletonThreadPool])
def test_a_forked_child_neither_uses_nor_closes_the_parents_connections(driver: FakeDriver, kind: Any) -> None:
    pool = kind(driver)
    pool.connect().close()
    pool._abandon()
    pool.connect().close()
    pool.dispose()
    assert not driver.opened[0].closed
    assert driver.opened[1].closed


def test_a_forgotten_pool_closes_its_connections(driver: FakeDriver) -> None:
    pool = QueuePool(driver)
    pool.connect().close()
    del pool
    gc.collect()
    assert driver.living == 0
