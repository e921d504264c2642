"""Whatever goes wrong on the way out of a pool or back into it, the place is free afterwards."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest

from azoth import event, exc
from azoth.pool import AssertionPool, NullPool, Pool, QueuePool, SingletonThreadPool, StaticPool
from azoth.pool.ports import PlainActions
from azoth.pool.record import ConnectionPoolEntry


class Driver:
    """Opens connections that fail as they are told."""

    def __init__(self) -> None:
        self.opened: list[Connection] = []
        self.fail_to_open: BaseException | None = None

    def __call__(self) -> Connection:
        if self.fail_to_open is not None:
            raise self.fail_to_open
        self.opened.append(Connection())
        return self.opened[-1]

    @property
    def open(self) -> int:
        return sum(not connection.closed for connection in self.opened)


class Connection:
    def __init__(self) -> None:
        self.closed = False
        self.in_transaction = False
        self.fail_to_roll_back: BaseException | None = None
        self.fail_to_close: BaseException | None = None

    def rollback(self) -> None:
        if self.fail_to_roll_back is not None:
            raise self.fail_to_roll_back
        self.in_transaction = False

    def commit(self) -> None:
        self.in_transaction = False

    def close(self) -> None:
        self.closed = True
        if self.fail_to_close is not None:
            raise self.fail_to_close


class Asking(PlainActions):
    """Actions on connections that know whether they are in a transaction."""

    holds = False
    ping: BaseException | None = None

    def in_transaction(self, dbapi_connection: Any) -> bool | None:
        return dbapi_connection.in_transaction

    def holds_the_database(self, dbapi_connection: Any) -> bool:
        return self.holds

    def do_ping(self, dbapi_connection: Any) -> bool:
        if self.ping is not None:
            raise self.ping
        return True


MAKERS: dict[str, Callable[..., Pool]] = {
    "queue": lambda driver, **more: QueuePool(driver, pool_size=1, max_overflow=0, timeout=0, **more),
    "overflow": lambda driver, **more: QueuePool(driver, pool_size=1, max_overflow=1, timeout=0, **more),
    "null": NullPool,
    "static": StaticPool,
    "thread": SingletonThreadPool,
    "assertion": AssertionPool,
}
POOLS = pytest.mark.parametrize("kind", MAKERS)
FAILURES = pytest.mark.parametrize("failure", [ValueError("no"), KeyboardInterrupt(), MemoryError()], ids=repr)


@pytest.fixture
def driver() -> Driver:
    return Driver()


def require_free(pool: Pool) -> None:
    """Take as many connections as the pool allows, and give them back."""
    count = pool._most if isinstance(pool, QueuePool) else 1
    proxies = [pool.connect() for _ in range(int(count))]
    assert all(not proxy.dbapi_connection.closed for proxy in proxies)
    for proxy in proxies:
        proxy.close()
    if isinstance(pool, QueuePool):
        assert (pool.checkedout(), pool.checkedin(), pool.overflow()) == (0, 1, 0)


@POOLS
@FAILURES
@pytest.mark.parametrize("name", ["reset", "checkin"])
def test_listeners_that_fail_on_the_way_back(driver: Driver, kind: str, name: str, failure: BaseException) -> None:
    pool = MAKERS[kind](driver)
    proxies = [pool.connect() for _ in range(2 if kind == "overflow" else 1)]
    armed = _listen(pool, name, failure)
    for proxy in proxies:
        with pytest.raises(type(failure)):
            proxy.close()
    assert driver.open == 0
    armed.clear()
    require_free(pool)


@POOLS
@FAILURES
@pytest.mark.parametrize("name", ["checkout", "connect", "first_connect"])
def test_listeners_that_fail_on_the_way_out(driver: Driver, kind: str, name: str, failure: BaseException) -> None:
    pool = MAKERS[kind](driver)
    armed = _listen(pool, name, failure)
    for _ in range(3):
        with pytest.raises(type(failure)):
            pool.connect()
    armed.clear()
    require_free(pool)


@POOLS
@FAILURES
@pytest.mark.parametrize("name", ["invalidate", "close"])
def test_listeners_that_fail_while_a_connection_is_given_up(
    driver: Driver, kind: str, name: str, failure: BaseException
) -> None:
    pool = MAKERS[kind](driver)
    proxy = pool.connect()
    armed = _listen(pool, name, failure)
    with pytest.raises(type(failure)):
        proxy.invalidate()
    assert driver.open == 0
    armed.clear()
    require_free(pool)


@pytest.mark.parametrize("name", ["detach", "close_detached"])
def test_listeners_that_fail_while_a_connection_is_detached(driver: Driver, name: str) -> None:
    pool = MAKERS["queue"](driver)
    proxy = pool.connect()
    armed = _listen(pool, name, ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        proxy.detach()
        proxy.close()
    armed.clear()
    proxy.close()
    assert driver.open == 0
    require_free(pool)


@POOLS
@FAILURES
def test_a_database_that_cannot_be_reached(driver: Driver, kind: str, failure: BaseException) -> None:
    pool = MAKERS[kind](driver)
    driver.fail_to_open = failure
    for _ in range(3):
        with pytest.raises(type(failure)):
            pool.connect()
    driver.fail_to_open = None
    require_free(pool)


@POOLS
@FAILURES
def test_a_ping_that_fails(driver: Driver, kind: str, failure: BaseException) -> None:
    actions = Asking()
    pool = MAKERS[kind](driver, dialect=actions, pre_ping=True)
    pool.connect().close()
    actions.ping = failure
    with pytest.raises(type(failure)):
        pool.connect()
    assert driver.open == 0
    actions.ping = None
    require_free(pool)


@POOLS
@FAILURES
def test_a_reset_that_fails(driver: Driver, kind: str, failure: BaseException) -> None:
    pool = MAKERS[kind](driver, dialect=Asking())
    proxy = pool.connect()
    (connection,) = driver.opened
    connection.in_transaction = True
    connection.fail_to_roll_back = failure
    if isinstance(failure, Exception):
        proxy.close()
    else:
        with pytest.raises(type(failure)):
            proxy.close()
    assert connection.closed
    require_free(pool)


def test_a_reset_that_fails_on_an_idle_connection_does_not_cost_it(driver: Driver) -> None:
    pool = MAKERS["queue"](driver, dialect=Asking())
    proxy = pool.connect()
    (connection,) = driver.opened
    connection.fail_to_roll_back = ValueError("nothing to roll back")
    proxy.close()
    assert not connection.closed
    connection.fail_to_roll_back = None
    require_free(pool)
    assert len(driver.opened) == 1


@pytest.mark.parametrize("kind", ["static", "thread", "queue", "assertion"])
def test_a_connection_that_holds_the_database_is_kept(driver: Driver, kind: str) -> None:
    actions = Asking()
    actions.holds = True
    pool = MAKERS[kind](driver, dialect=actions)
    proxy = pool.connect()
    (connection,) = driver.opened
    connection.in_transaction = True
    connection.fail_to_roll_back = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        proxy.close()
    assert not connection.closed
    connection.fail_to_roll_back = ValueError("still not")
    with pytest.raises(exc.InvalidRequestError, match="unknown state"):
        pool.connect()
    connection.fail_to_roll_back = None
    again = pool.connect()
    assert again.dbapi_connection is connection
    assert not connection.in_transaction


@FAILURES
def test_overflow_whose_closing_fails(driver: Driver, failure: BaseException) -> None:
    pool = MAKERS["overflow"](driver)
    kept, surplus = pool.connect(), pool.connect()
    kept.close()
    driver.opened[1].fail_to_close = failure
    if isinstance(failure, Exception):
        surplus.close()
    else:
        with pytest.raises(type(failure)):
            surplus.close()
    require_free(pool)


def test_dispose_releases_the_places_of_what_cannot_be_closed(driver: Driver) -> None:
    pool = MAKERS["queue"](driver)
    pool.connect().close()
    armed = _listen(pool, "close", ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        pool.dispose()
    armed.clear()
    assert driver.open == 0
    require_free(pool)


# --- interrupts between two steps of the pool -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["queue", "overflow"])
def test_an_entry_that_is_lost_on_its_way_out_frees_its_place(driver: Driver, kind: str) -> None:
    pool: Any = MAKERS[kind](driver)
    pool.connect().close()
    taken = pool._pop

    def interrupted() -> Any:
        taken()
        raise KeyboardInterrupt

    pool._pop = interrupted
    with pytest.raises(KeyboardInterrupt):
        pool.connect()
    pool._pop = taken
    assert driver.open == 0
    require_free(pool)


@POOLS
def test_lack_of_memory_for_what_is_handed_out(driver: Driver, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = MAKERS[kind](driver)

    def no_memory(*arguments: Any) -> Any:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("azoth.pool.base.PoolProxiedConnection", no_memory)
        patch.setattr("azoth.pool.queue.PoolProxiedConnection", no_memory)
        with pytest.raises(MemoryError):
            pool.connect()
    require_free(pool)


@POOLS
def test_an_interrupt_when_the_connection_is_handed_out_already(
    driver: Driver, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = MAKERS[kind](driver)
    plain = ConnectionPoolEntry.in_use

    class Interrupting:
        def __get__(self, entry: Any, owner: Any = None) -> Any:
            return plain.__get__(entry, owner)

        def __set__(self, entry: Any, value: bool) -> None:
            plain.__set__(entry, value)  # type: ignore[attr-defined]
            if value:
                raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ConnectionPoolEntry, "in_use", Interrupting())
        with pytest.raises(KeyboardInterrupt):
            pool.connect()
    gc.collect()
    require_free(pool)


def test_an_entry_that_is_lost_on_its_way_back_frees_its_place(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = MAKERS["queue"](driver)
    proxy = pool.connect()

    def interrupted(*arguments: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pool, "_checkin", interrupted)
        with pytest.raises(KeyboardInterrupt):
            proxy.close()
    assert driver.open == 0
    require_free(pool)


def test_a_connection_in_a_cycle_goes_back_once(driver: Driver) -> None:
    pool = MAKERS["queue"](driver)
    cycle: list[Any] = [pool.connect()]
    cycle.append(cycle)
    del cycle
    gc.collect()
    assert (pool.checkedout(), pool.checkedin()) == (0, 1)  # type: ignore[attr-defined]
    require_free(pool)
    assert len(driver.opened) == 1


def test_a_forgotten_pool_closes_its_connections(driver: Driver) -> None:
    for kind, maker in MAKERS.items():
        pool = maker(driver)
        pool.connect().close()
        del pool
        gc.collect()
        # The one connection that a program gives to a static pool may be in its own use as well.
        assert driver.open == (1 if kind == "static" else 0)
        driver.opened[-1].close()


def _listen(pool: Pool, name: str, failure: BaseException) -> list[bool]:
    armed = [True]

    def fail(*arguments: Any) -> None:
        if armed:
            raise failure

    event.listen(pool, name, fail)
    return armed
