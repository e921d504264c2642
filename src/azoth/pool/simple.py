"""Pools that keep no queue: none, one for all, one per thread, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from azoth.exc import InvalidRequestError
from azoth.pool.base import Pool, ResetStyle
from azoth.pool.proxied_connection import PoolProxiedConnection
from azoth.pool.record import ConnectionPoolEntry
from azoth.util.arguments import check_least, checked

if TYPE_CHECKING:
    from azoth.pool.ports import ConnectionActions

__all__ = ["AssertionPool", "NullPool", "SingletonThreadPool", "StaticPool"]


class NullPool(Pool):
    """Keep nothing: open a connection for each checkout, and close it when it comes back."""

    def _take(self) -> ConnectionPoolEntry:
        return self._new_record()

    def _give_back(self, record: ConnectionPoolEntry) -> None:
        record.close()

    def dispose(self) -> None:
        pass

    def status(self) -> str:
        return "NullPool"


class StaticPool(Pool):
    """Share one connection among all callers."""

    shares: ClassVar[bool] = True

    @checked
    def __init__(
        self,
        creator: Callable[..., Any],
        recycle: int = -1,
        echo: bool | str | None = None,
        logging_name: str | None = None,
        reset_on_return: ResetStyle | str | bool | None = True,
        events: Iterable[tuple[Callable[..., Any], str]] | None = None,
        dialect: ConnectionActions | None = None,
        pre_ping: bool = False,
        _prepare: Callable[[Any, Any], None] | None = None,
    ) -> None:
        super().__init__(creator, recycle, echo, logging_name, reset_on_return, events, dialect, pre_ping, _prepare)
        self._changing = threading.RLock()
        self._record: ConnectionPoolEntry | None = None

    @property
    def connection(self) -> PoolProxiedConnection:
        """The connection that all callers share, checked out once more."""
        return self.connect()

    def _take(self) -> ConnectionPoolEntry:
        with self._changing:
            if self._record is None:
                self._record = self._new_record()
            return self._record

    def _give_back(self, record: ConnectionPoolEntry) -> None:
        if record is not self._record:
            record.close()

    def _holds(self, record: ConnectionPoolEntry) -> bool:
        return record is self._record

    def _forget(self, record: ConnectionPoolEntry) -> None:
        self._record = None

    def _may_have_other_users(self) -> bool:
        # One connection for all is what a program gives that uses it by itself, too.
        return getattr(self._creator, "may_repeat", True)

    def dispose(self) -> None:
        with self._changing:
            record, self._record = self._record, None
        if record is not None and not record.in_use:
            record.close()

    def _abandon(self) -> None:
        self._set_aside(() if self._record is None else (self._record,))
        self._record = None
        self._changing = threading.RLock()

    def status(self) -> str:
        return "StaticPool"


class SingletonThreadPool(Pool):
    """Keep one connection per thread.

    Args:
        creator: opens a driver's connection.
        pool_size: connections to keep; when more threads come, those of others are closed.
        arguments: those of ``Pool``.
    """

    shares: ClassVar[bool] = True

    @checked
    def __init__(self, creator: Callable[..., Any], pool_size: int = 5, **arguments: Any) -> None:
        super().__init__(creator, **arguments)
        check_least("the pool's pool_size", pool_size, 0, "give how many connections are kept")
        self.size = pool_size
        self._of_thread = threading.local()
        self._changing = threading.RLock()
        self._all: list[ConnectionPoolEntry] = []

    def _take(self) -> ConnectionPoolEntry:
        record: ConnectionPoolEntry | None = getattr(self._of_thread, "record", None)
        if record is None or record not in self._all:
            record = self._of_thread.record = self._new_record()
            self._make_room_for(record)
        return record

    def _make_room_for(self, record: ConnectionPoolEntry) -> None:
        with self._changing:
            self._all.append(record)
            surplus = [entry for entry in self._all[:-1] if not entry.in_use][: max(0, len(self._all) - self.size)]
            for entry in surplus:
                self._all.remove(entry)
        for entry in surplus:
            entry.close()

    def _give_back(self, record: ConnectionPoolEntry) -> None:
        if record not in self._all:
            record.close()

    def _holds(self, record: ConnectionPoolEntry) -> bool:
        return record in self._all

    def _forget(self, record: ConnectionPoolEntry) -> None:
        with self._changing:
            if record in self._all:
                self._all.remove(record)

    def dispose(self) -> None:
        with self._changing:
            records, self._all = self._all, []
            # The threads' own places go too: through them a forgotten pool would wait for the collector.
            self._of_thread = threading.local()
        for record in records:
            if not record.in_use:
                record.close()

    def _abandon(self) -> None:
        self._set_aside(self._all)
        self._all = []
        self._changing = threading.RLock()

    def _own_arguments(self) -> dict[str, Any]:
        return {"pool_size": self.size}

    def status(self) -> str:
        return f"SingletonThreadPool size: {len(self._all)}"


class AssertionPool(Pool):
    """Allow one connection at a time, and tell where it was checked out when a second one is asked for."""

    @checked
    def __init__(self, creator: Callable[..., Any], *args: Any, store_traceback: bool = True, **arguments: Any) -> None:
        super().__init__(creator, *args, **arguments)
        self._store_traceback = store_traceback
        self._record: ConnectionPoolEntry | None = None
        self._is_out = False
        self._out_at: list[str] = []

    def connect(self) -> PoolProxiedConnection:
        if self._is_out:
            raise InvalidRequestError(
                "a connection is checked out already, and this pool allows one at a time",
                why="it was checked out here:\n" + "".join(self._out_at) if self._out_at else "",
                fix="close the first connection before asking for another one.",
                code="AZ-P05",
            )
        try:
            self._is_out = True
            self._out_at = _stack() if self._store_traceback else []
            return super().connect()
        except BaseException:
            self._is_out = False
            raise

    def _take(self) -> ConnectionPoolEntry:
        if self._record is None:
            self._record = self._new_record()
        return self._record

    def _give_back(self, record: ConnectionPoolEntry) -> None:
        self._is_out = False
        if record is not self._record:
            record.close()

    def _holds(self, record: ConnectionPoolEntry) -> bool:
        return record is self._record

    def dispose(self) -> None:
        record, self._record = self._record, None
        if record is not None and not self._is_out:
            record.close()

    def _abandon(self) -> None:
        self._set_aside(() if self._record is None else (self._record,))
        self._record = None
        self._is_out = False

    def _own_arguments(self) -> dict[str, Any]:
        return {"store_traceback": self._store_traceback}

    def status(self) -> str:
        return "AssertionPool"


def _stack() -> list[str]:
    import traceback  # noqa: PLC0415  # slow to import, and only tests use this pool

    return traceback.format_stack()[:-2]
