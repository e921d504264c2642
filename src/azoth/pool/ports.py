"""What a pool asks of its surroundings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from azoth.event import Dispatch

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection

__all__ = ["ConnectionActions", "PlainActions", "RecordOwner"]


if TYPE_CHECKING:

    class ConnectionActions(Protocol):
        """What a pool does to a driver's connections; a dialect offers this."""

        def do_rollback(self, dbapi_connection: Any) -> None: ...
        def do_commit(self, dbapi_connection: Any) -> None: ...
        def do_close(self, dbapi_connection: Any) -> None: ...
        def do_terminate(self, dbapi_connection: Any) -> None: ...
        def get_driver_connection(self, connection: Any) -> Any: ...
        def do_ping(self, dbapi_connection: Any) -> bool: ...
        def in_transaction(self, dbapi_connection: Any) -> bool | None: ...
        def holds_the_database(self, dbapi_connection: Any) -> bool: ...


class PlainActions:
    """Connection actions of a pool that is used without a dialect."""

    def do_rollback(self, dbapi_connection: DBAPIConnection) -> None:
        """Roll back."""
        dbapi_connection.rollback()

    def do_commit(self, dbapi_connection: DBAPIConnection) -> None:
        """Commit."""
        dbapi_connection.commit()

    def do_close(self, dbapi_connection: DBAPIConnection) -> None:
        """Close."""
        dbapi_connection.close()

    def do_terminate(self, dbapi_connection: DBAPIConnection) -> None:
        """Close a connection that was given up."""
        dbapi_connection.close()

    def get_driver_connection(self, connection: DBAPIConnection) -> DBAPIConnection:
        """Give the driver's own connection, which this one is."""
        return connection

    def do_ping(self, dbapi_connection: DBAPIConnection) -> bool:
        """Take the connection for alive."""
        return True

    def in_transaction(self, dbapi_connection: DBAPIConnection) -> bool | None:
        """Not know it: drivers have no common way to tell."""
        return None

    def holds_the_database(self, dbapi_connection: DBAPIConnection) -> bool:
        """Take the database for one that lives elsewhere."""
        return False


if TYPE_CHECKING:

    class RecordOwner(Protocol):
        """The pool, as one of its connection records and checked-out connections see it."""

        dispatch: Dispatch
        _actions: ConnectionActions
        _recycle: int
        _stale_before: float
        may_share: bool

        def _open(self, record: Any) -> Any: ...
        def _announce(self, dbapi_connection: Any, record: Any) -> None: ...
        def _close_connection(self, dbapi_connection: Any, *, terminate: bool = False) -> None: ...
        def _is_idle(self, dbapi_connection: Any) -> bool: ...
        def _keeps(self, dbapi_connection: Any, error: BaseException) -> bool: ...
        def _holds(self, record: Any) -> bool: ...
        def _lost(self, record: Any) -> None: ...
        def _checkin(self, record: Any, *, clean: bool = False) -> None: ...
        def _forget(self, record: Any) -> None: ...
        def _log(self, message: str, *values: object) -> None: ...
