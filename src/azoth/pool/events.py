"""The events of connection pools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azoth.event import Events, may_omit

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection

__all__ = ["PoolEvents"]


class PoolEvents(Events):
    """The events of pools; listen to a pool, to an engine, or to a class of either."""

    def connect(self, dbapi_connection: DBAPIConnection | None, connection_record: object) -> None:
        """A driver's connection was opened, and nothing has been done with it yet."""

    def first_connect(self, dbapi_connection: DBAPIConnection | None, connection_record: object) -> None:
        """The first connection of a pool was opened."""

    def checkout(
        self, dbapi_connection: DBAPIConnection | None, connection_record: object, connection_proxy: object
    ) -> None:
        """A connection is about to be handed out; raise DisconnectionError to have another one taken."""

    def checkin(self, dbapi_connection: DBAPIConnection | None, connection_record: object) -> None:
        """A connection came back; the connection is None where it was invalidated."""

    @may_omit(1)
    def reset(self, dbapi_connection: DBAPIConnection | None, connection_record: object, reset_state: object) -> None:
        """A connection came back and is about to be rolled back."""

    def invalidate(
        self, dbapi_connection: DBAPIConnection | None, connection_record: object, exception: BaseException | None
    ) -> None:
        """A connection is given up, because of the exception where there is one."""

    def soft_invalidate(
        self, dbapi_connection: DBAPIConnection | None, connection_record: object, exception: BaseException | None
    ) -> None:
        """A connection will be given up the next time it is taken out of the pool."""

    def close(self, dbapi_connection: DBAPIConnection | None, connection_record: object) -> None:
        """A connection is about to be closed."""

    def detach(self, dbapi_connection: DBAPIConnection | None, connection_record: object) -> None:
        """A connection was taken out of its pool for good."""

    def close_detached(self, dbapi_connection: DBAPIConnection | None) -> None:
        """A detached connection is about to be closed."""
