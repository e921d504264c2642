"""A pool that keeps some connections, opens more under load, and lets callers wait for one."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from azoth.exc import TimeoutError as PoolTimeout
from azoth.pool.base import Pool
from azoth.pool.proxied_connection import PoolProxiedConnection
from azoth.pool.record import ConnectionPoolEntry
from azoth.util.arguments import check_least, checked

__all__ = ["QueuePool"]

PATIENCE: Final = 0.2
"""Seconds to wait for a connection before garbage is collected to find one."""


class QueuePool(Pool):
    """Keep up to ``pool_size`` connections open, and up to ``max_overflow`` more while they are needed.

    Args:
        creator: opens a driver's connection.
        pool_size: connections to keep; 0 means no limit.
        max_overflow: further connections to open under load; -1 means no limit.
        timeout: seconds to wait for a connection.
        use_lifo: hand out the connection that came back last, so that the others can go idle.
        arguments: those of ``Pool``.
    """

    @checked
    def __init__(
        self,
        creator: Callable[..., Any],
        pool_size: int = 5,
        max_overflow: int = 10,
        timeout: float = 30.0,
        use_lifo: bool = False,
        **arguments: Any,
    ) -> None:
        super().__init__(creator, **arguments)
        check_least("the pool's pool_size", pool_size, 0, "give how many connections are kept, or 0 for no limit")
        check_least("the pool's max_overflow", max_overflow, -1, "give how many may be opened beyond, -1 for no limit")
        check_least("the pool's timeout", timeout, 0, "give how many seconds to wait for a connection")
        self._size = pool_size
        self._max_overflow = max_overflow
        self._timeout = timeout
        self._use_lifo = use_lifo
        self._keep: float = pool_size or float("inf")
        self._most: float = float("inf") if pool_size == 0 or max_overflow < 0 else pool_size + max_overflow
        self._total = 0
        self._waiting = 0
        self._disposed_at = 0.0
        self._changed = threading.Condition()
        self._places: weakref.WeakSet[ConnectionPoolEntry] = weakref.WeakSet()
        self._idle: deque[ConnectionPoolEntry] = deque()
        self._pop = self._idle.pop if use_lifo else self._idle.popleft

    def connect(self) -> PoolProxiedConnection:
        # A copy of _take and _checkout for the plain case: their two calls are a tenth of a checkout.
        try:
            record = self._pop()
        except IndexError:
            return self._checkout_noted(self._wait_or_open())
        connection = record.dbapi_connection
        if self._careful or connection is None or self.dispatch.checkout or record._soft_invalidated_at:
            return self._checkout_carefully(record)
        proxy = PoolProxiedConnection(self, record, connection)
        record.in_use = True
        return proxy

    def _checkout_noted(self, record: ConnectionPoolEntry) -> PoolProxiedConnection:
        proxy = self._checkout(record)
        if record.in_use is True:
            record.in_use = self._note_holder()
        return proxy

    def _take(self) -> ConnectionPoolEntry:
        try:
            return self._pop()
        except IndexError:
            return self._wait_or_open()

    def _wait_or_open(self) -> ConnectionPoolEntry:
        deadline = time.monotonic() + self._timeout
        patience = PATIENCE
        with self._changed:
            # Whoever gives a connection back appends it first and looks for waiters second; we announce ourselves
            # first and look for a connection second. So none of us can miss the other.
            self._waiting += 1
            try:
                while True:
                    try:
                        return self._pop()
                    except IndexError:
                        pass
                    if self._total < self._most:
                        record = ConnectionPoolEntry(self)
                        self._total += 1
                        record.has_place = True
                        self._places.add(record)
                        break
                    remaining = deadline - time.monotonic()
                    if remaining <= 0:
                        self._careful = self._notes_holders = True
                        raise self._exhausted()
                    if not self._changed.wait(min(remaining, patience)) and patience < self._timeout:
                        # Connections that were dropped without close() may hang in reference cycles.
                        patience = self._timeout
                        gc.collect()
            finally:
                self._waiting -= 1
        try:
            record.open()
        except BaseException:
            self._release_place(record)
            raise
        return record

    def _exhausted(self) -> PoolTimeout:
        from azoth.pool.holders import described_holders  # noqa: PLC0415  # for the message

        holders = described_holders([record.in_use for record in self._places if record.has_place])
        return PoolTimeout(
            f"no connection became free within {self._timeout:g} s",
            why=f"pool_size {self._size} and max_overflow {self._max_overflow} allow {self._most:g} connections, "
            f"and all of them are in use. {holders}".rstrip(),
            fix="close connections and sessions as soon as their work is done (use `with`), or allow more connections.",
        )

    def _give_back(self, record: ConnectionPoolEntry) -> None:
        if self._total <= self._keep and not self._disposed_at:
            self._idle.append(record)
            if self._waiting:
                with self._changed:
                    self._changed.notify()
            return
        self._give_back_under_load(record)

    def _give_back_under_load(self, record: ConnectionPoolEntry) -> None:
        with self._changed:
            kept = len(self._idle) < self._keep and not 0 < record.last_connect_time <= self._disposed_at
            if kept:
                self._idle.append(record)
                self._changed.notify()
            else:
                self._release_place(record)
        if not kept:
            record.close()

    def _release_place(self, record: ConnectionPoolEntry) -> None:
        with self._changed:
            if record.has_place:
                record.has_place = False
                self._total -= 1
            self._changed.notify()

    def _forget(self, record: ConnectionPoolEntry) -> None:
        self._release_place(record)

    def _holds(self, record: ConnectionPoolEntry) -> bool:
        return record in self._idle

    def _lost(self, record: ConnectionPoolEntry) -> None:
        self._release_place(record)
        super()._lost(record)

    def dispose(self) -> None:
        if not (self._total or self._idle):
            return
        self._disposed_at = time.time()
        while True:
            try:
                record = self._pop()
            except IndexError:
                return
            self._release_place(record)
            record.close()

    def _abandon(self) -> None:
        self._set_aside(self._idle)
        self._idle.clear()
        self._total = self._waiting = 0
        self._changed = threading.Condition()

    def _own_arguments(self) -> dict[str, Any]:
        return {
            "pool_size": self._size,
            "max_overflow": self._max_overflow,
            "timeout": self._timeout,
            "use_lifo": self._use_lifo,
        }

    def size(self) -> int:
        """Tell how many connections the pool keeps."""
        return self._size

    def timeout(self) -> float:
        """Tell how many seconds a caller waits for a connection."""
        return self._timeout

    def checkedin(self) -> int:
        """Count the connections that lie in the pool."""
        return len(self._idle)

    def checkedout(self) -> int:
        """Count the connections in use."""
        return self._total - len(self._idle)

    def overflow(self) -> int:
        """Count the connections beyond the pool's size; negative while the pool is not full."""
        return self._total - self._size

    def status(self) -> str:
        return (
            f"Pool size: {self._size}  Connections in pool: {self.checkedin()} "
            f"Current Overflow: {self.overflow()} Current Checked out connections: {self.checkedout()}"
        )
