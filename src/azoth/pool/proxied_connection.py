"""A connection that is checked out of a pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError
from azoth.pool.record import ConnectionPoolEntry, ManagesConnection

if TYPE_CHECKING:
    from azoth.pool.ports import RecordOwner

__all__ = ["PoolProxiedConnection"]


class PoolProxiedConnection(ManagesConnection):
    """A driver's connection on loan from a pool; ``close()`` gives it back, and so does forgetting it.

    Attributes that are not named here are those of the driver's connection.
    """

    # Weak references are for programs that watch who has which connection.
    __slots__ = ("__weakref__", "_pool", "_record", "dbapi_connection")

    def __init__(self, pool: RecordOwner, record: ConnectionPoolEntry, dbapi_connection: Any) -> None:
        self._pool = pool
        self._record: ConnectionPoolEntry | None = record
        self.dbapi_connection = dbapi_connection

    def __getattr__(self, name: str) -> Any:
        if name in PoolProxiedConnection.__slots__ or self.dbapi_connection is None:
            raise AttributeError(f"this pooled connection is closed and has no {name!r}")
        return getattr(self.dbapi_connection, name)

    @property
    def is_valid(self) -> bool:
        """Whether there is a driver's connection, which was neither invalidated nor given back."""
        return self.dbapi_connection is not None

    @property
    def is_detached(self) -> bool:
        """Whether the connection no longer belongs to its pool."""
        return self._record is None and self.dbapi_connection is not None

    @property
    def info(self) -> dict[Any, Any]:
        """The notes that live as long as the driver's connection."""
        return self._required_record().info

    @property
    def record_info(self) -> dict[Any, Any] | None:
        """The notes that live as long as the pool's entry; None when detached."""
        return None if self._record is None else self._record.record_info

    def cursor(self, *arguments: Any, **named: Any) -> Any:
        """Make a cursor of the driver."""
        return self.dbapi_connection.cursor(*arguments, **named)

    def commit(self) -> None:
        """Commit on the driver's connection."""
        self.dbapi_connection.commit()

    def rollback(self) -> None:
        """Roll back on the driver's connection."""
        self.dbapi_connection.rollback()

    def invalidate(self, e: BaseException | None = None, soft: bool = False) -> None:
        """Give up the driver's connection.

        Args:
            e: the error that made it useless.
            soft: keep using it now, and replace it at the next checkout.
        """
        record = self._required_record()
        try:
            record.invalidate(e, soft)
        finally:
            if not soft:
                self._give_back(clean=True)

    def distrust(self, error: BaseException) -> None:
        """Give up the driver's connection, because its state is not known; see ``ConnectionPoolEntry.distrust()``.

        Args:
            error: what made it so.
        """
        record = self._record
        if record is None:
            self.close()
            return
        try:
            record.distrust(error)
        finally:
            self._give_back(clean=True)

    def detach(self) -> None:
        """Take the connection out of its pool for good; ``close()`` then really closes it."""
        record = self._record
        if record is None:
            return
        connection = self.dbapi_connection
        record.dbapi_connection = None
        self._record = None
        try:
            for listener in self._pool.dispatch.detach:
                listener(connection, record)
        finally:
            self._pool._forget(record)

    def close(self) -> None:
        """Give the connection back to its pool, which rolls back what was not committed."""
        if self._record is not None:
            self._give_back(clean=False)
        elif self.dbapi_connection is not None:
            connection, self.dbapi_connection = self.dbapi_connection, None
            try:
                for listener in self._pool.dispatch.close_detached:
                    listener(connection)
            finally:
                self._pool._close_connection(connection)

    def _give_back(self, *, clean: bool) -> None:
        record = self._record
        if record is not None:
            record.in_use = False
            self._record = self.dbapi_connection = None
            self._pool._checkin(record, clean=clean)

    def _required_record(self) -> ConnectionPoolEntry:
        if self._record is None:
            raise InvalidRequestError(
                "this pooled connection was given back or detached",
                why="others may be using it by now.",
                fix="check out another one.",
                code="AZ-P02",
            )
        return self._record

    def __del__(self) -> None:
        # Half-built proxies have no slots filled; everything else that was not closed goes back to its pool.
        if getattr(self, "dbapi_connection", None) is not None:
            self.close()


_ConnectionFairy = PoolProxiedConnection
"""The name that the documentation of SQLAlchemy has for what it makes."""
