"""The pool's place for one connection: it outlives the connections that are opened for it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.pool.ports import RecordOwner

__all__ = ["ConnectionPoolEntry", "ManagesConnection", "PoolResetState"]


class PoolResetState(NamedTuple):
    """Why a connection is reset, for listeners of the ``reset`` event.

    ``transaction_was_reset``: the transaction was ended already. ``terminate_only``: the connection is to be dropped.
    ``asyncio_safe``: the listener may wait for I/O.
    """

    transaction_was_reset: bool
    terminate_only: bool = False
    asyncio_safe: bool = True


class ManagesConnection:
    """What the pool's entry of a connection and a connection that is checked out have in common."""

    __slots__ = ()

    dbapi_connection: Any
    """The connection as the driver's module gives it; None while there is none."""

    _pool: RecordOwner

    @property
    def driver_connection(self) -> Any:
        """The driver's own connection, where the dialect has put something around it; None while there is none."""
        connection = self.dbapi_connection
        return None if connection is None else self._pool._actions.get_driver_connection(connection)

    @property
    def info(self) -> dict[Any, Any]:
        """A dictionary for the user's own notes, which lives as long as the driver's connection."""
        raise NotImplementedError

    @property
    def record_info(self) -> dict[Any, Any] | None:
        """A dictionary for the user's own notes, which lives as long as the pool's entry."""
        raise NotImplementedError

    def invalidate(self, e: BaseException | None = None, soft: bool = False) -> None:
        """Give up the driver's connection.

        Args:
            e: the error that made it useless.
            soft: let the present user finish, and replace it at the next checkout.
        """
        raise NotImplementedError


class ConnectionPoolEntry(ManagesConnection):
    """One connection of a pool, with what is known about it.

    Args:
        pool: the pool that it belongs to.

    Attributes:
        has_place: whether it counts among the connections that its pool allows.
        doubt: why the state of the connection is not known, where it must be reset before its next use; else None.
    """

    __slots__ = (
        "__weakref__",
        "_info",
        "_pool",
        "_record_info",
        "_soft_invalidated_at",
        "dbapi_connection",
        "doubt",
        "has_place",
        "in_use",
        "last_connect_time",
    )

    def __init__(self, pool: RecordOwner) -> None:
        self._pool = pool
        self.has_place = False
        self.doubt: BaseException | None = None
        self._info: dict[Any, Any] | None = None
        self._record_info: dict[Any, Any] | None = None
        self._soft_invalidated_at = 0.0
        self.dbapi_connection: Any = None
        self.in_use: object = False
        self.last_connect_time = 0.0

    @property
    def info(self) -> dict[Any, Any]:
        """A dictionary for the user's own notes, which lives as long as the driver's connection."""
        if self._info is None:
            self._info = {}
        return self._info

    @property
    def record_info(self) -> dict[Any, Any]:
        """A dictionary for the user's own notes, which lives as long as this entry."""
        if self._record_info is None:
            self._record_info = {}
        return self._record_info

    def open(self) -> Any:
        """Open a connection for this entry and tell the listeners.

        Returns:
            the driver's connection.
        """
        pool = self._pool
        connection = pool._open(self)
        self.dbapi_connection = connection
        self.last_connect_time = time.time()
        self._info = self.doubt = None
        try:
            pool._announce(connection, self)
        except BaseException:
            self.dbapi_connection = None
            pool._close_connection(connection)
            raise
        return connection

    def fresh_connection(self) -> Any:
        """Give the connection, or a new one where the old one is gone, too old or invalidated."""
        connection = self.dbapi_connection
        if connection is None:
            return self.open()
        pool = self._pool
        opened = self.last_connect_time
        too_old = pool._recycle >= 0 and time.time() - opened > pool._recycle
        if too_old or pool._stale_before > opened or self._soft_invalidated_at > opened:
            pool._log("connection %r is replaced, being too old or invalidated", connection)
            self.close(terminate=True)
            return self.open()
        return connection

    def invalidate(self, e: BaseException | None = None, soft: bool = False) -> None:
        """Give up the connection; the next checkout opens another one.

        Args:
            e: the error that made it useless.
            soft: let the present user finish, and replace it at the next checkout.
        """
        connection = self.dbapi_connection
        if connection is None:
            return
        pool = self._pool
        try:
            for listener in pool.dispatch.soft_invalidate if soft else pool.dispatch.invalidate:
                listener(connection, self, e)
            pool._log("connection %r is invalidated (reason: %s)", connection, type(e).__name__ if e else "by request")
        finally:
            if soft:
                self._soft_invalidated_at = time.time()
            else:
                self.close(terminate=True)

    def distrust(self, error: BaseException) -> None:
        """Give up a connection whose state is not known.

        Args:
            error: what made it so.

        State:
            the connection is closed; where the database would go with it, it stays and is reset at its next checkout.
        """
        connection = self.dbapi_connection
        if connection is None:
            return
        if self._pool._keeps(connection, error):
            self.doubt = error
        else:
            self.invalidate(error)

    def close(self, *, terminate: bool = False) -> None:
        """Close the connection; the entry stays.

        Args:
            terminate: whether it is given up, so that nothing need be waited for.
        """
        connection = self.dbapi_connection
        if connection is None:
            return
        self.dbapi_connection = None
        pool = self._pool
        try:
            for listener in pool.dispatch.close:
                listener(connection, self)
        finally:
            pool._close_connection(connection, terminate=terminate)

    def __del__(self) -> None:
        # Entries lie in their pool or are with a user. One that was lost on its way, as by an interrupt, gives back
        # what it has. (The collector finalizes those of forgotten users too, which are in use or back in the pool.)
        has_something = getattr(self, "has_place", False) or getattr(self, "dbapi_connection", None) is not None
        if has_something and not self.in_use and not self._pool._holds(self):
            self._pool._lost(self)


_ConnectionRecord = ConnectionPoolEntry
"""The name that the documentation of SQLAlchemy has for what it makes."""
