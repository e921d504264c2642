"""What all pools share: opening, checking out, checking in, resetting and disposing of connections."""

from __future__ import annotations

import contextlib
import os
import threading
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, Final, Self

from azoth import event
from azoth.event import Dispatch
from azoth.exc import ArgumentError, DisconnectionError, InvalidRequestError
from azoth.pool.events import PoolEvents
from azoth.pool.open_connections import hold, let_go
from azoth.pool.ports import ConnectionActions, PlainActions
from azoth.pool.proxied_connection import PoolProxiedConnection
from azoth.pool.record import ConnectionPoolEntry, PoolResetState

__all__ = ["Pool", "ResetStyle"]

MOST_ATTEMPTS: Final = 2
INFO: Final = 20
"""``logging.INFO``."""

_living: Final[weakref.WeakSet[Pool]] = weakref.WeakSet()


class ResetStyle(Enum):
    """What happens to a connection that comes back to its pool."""

    reset_rollback = "rollback"
    reset_commit = "commit"
    reset_none = "none"


_RESET_STYLES: Final[dict[Any, ResetStyle]] = {
    True: ResetStyle.reset_rollback,
    "rollback": ResetStyle.reset_rollback,
    "commit": ResetStyle.reset_commit,
    None: ResetStyle.reset_none,
    False: ResetStyle.reset_none,
    "none": ResetStyle.reset_none,
    **{style: style for style in ResetStyle},
}


class Pool(ABC):
    """Hand out connections, and take them back.

    Args:
        creator: opens a driver's connection; it may take the pool's entry as its argument.
        recycle: replace connections that are older than this many seconds at checkout; -1 never.
        echo: log what the pool does (True), and every checkout and checkin too ("debug").
        logging_name: the last part of the logger's name.
        reset_on_return: "rollback" (or True), "commit", or None.
        events: pairs (function, event name) to listen to from the start.
        dialect: what rolls back, pings and closes connections; the driver's own methods without one.
        pre_ping: test each connection at checkout, and replace it when it is dead.
    """

    dispatch: Dispatch

    _leaves_open: bool = False

    def __init__(
        self,
        creator: Callable[..., Any],
        recycle: int = -1,
        echo: bool | str | None = None,
        logging_name: str | None = None,
        reset_on_return: Any = True,
        events: Iterable[tuple[Callable[..., Any], str]] | None = None,
        dialect: ConnectionActions | None = None,
        pre_ping: bool = False,
        _prepare: Callable[[Any, Any], None] | None = None,
    ) -> None:
        self._creator = creator
        self._creator_takes_record = _takes_argument(creator)
        self._recycle = recycle
        self._pre_ping = pre_ping
        self._reset = _reset_style(reset_on_return)
        self._actions: ConnectionActions = dialect if dialect is not None else PlainActions()
        self._prepare = _prepare
        self._stale_before = 0.0
        self._first_connect_pending = True
        self._opening = threading.Lock()
        self._echo = echo
        self._logger = _logger(logging_name)
        self.logging_name = logging_name
        # One flag for everything that a checkout must look at, so that the plain case tests it once.
        self._careful = pre_ping or recycle >= 0 or echo == "debug"
        self._abandoned: list[Any] = []
        for function, name in events or ():
            event.listen(self, name, function)
        _living.add(self)

    # --- what users call ---------------------------------------------------------------------------------------------

    def connect(self) -> PoolProxiedConnection:
        """Check out a connection.

        Returns:
            a connection that goes back to the pool by ``close()``.

        Raises:
            TimeoutError: all connections stay in use.
        """
        return self._checkout(self._take())

    @abstractmethod
    def status(self) -> str:
        """Describe the pool's present state in one line."""

    @abstractmethod
    def dispose(self) -> None:
        """Close the connections that lie in the pool; those in use are closed when they come back."""

    def recreate(self) -> Self:
        """Make an empty pool of the same kind, with the same arguments and listeners."""
        successor = type(self)(
            self._creator,
            recycle=self._recycle,
            echo=self._echo,
            logging_name=self.logging_name,
            reset_on_return=self._reset,
            dialect=self._actions,
            pre_ping=self._pre_ping,
            _prepare=self._prepare,
            **self._own_arguments(),
        )
        own: Dispatch | None = vars(self).get("dispatch")
        if own is not None:
            successor.dispatch = own
            own.adopt(successor)
        return successor

    def invalidate_older(self) -> None:
        """Let every connection opened before now be replaced at its next checkout."""
        self._stale_before = time.time()
        self._careful = True

    # --- what subclasses provide -------------------------------------------------------------------------------------

    @abstractmethod
    def _take(self) -> ConnectionPoolEntry: ...

    @abstractmethod
    def _give_back(self, record: ConnectionPoolEntry) -> None: ...

    def _forget(self, record: ConnectionPoolEntry) -> None:
        """Let an entry go whose connection was detached."""
        self._give_back(record)

    def _own_arguments(self) -> dict[str, Any]:
        return {}

    def _abandon(self) -> None:
        """Forget the connections of the parent after a fork: the child must neither use nor close them."""
        return

    def _engine_was_forgotten(self) -> None:
        """Close what lies in the pool, because the engine that it was made for has gone."""
        if not self._may_have_other_users():
            self.dispose()

    def _may_have_other_users(self) -> bool:
        """Tell whether the program may use the same connections without this pool."""
        return getattr(self._creator, "may_repeat", False)

    def __del__(self) -> None:
        # Connections in use are forgotten together with their pool. They come back before this or after it; neither
        # they nor those that lie here are left to the driver's finalizers and their warnings.
        with contextlib.suppress(Exception):
            self._leaves_open = self._may_have_other_users()
            self.dispose()

    # --- out and in --------------------------------------------------------------------------------------------------

    def _checkout(self, record: ConnectionPoolEntry) -> PoolProxiedConnection:
        connection = record.dbapi_connection
        if self._careful or connection is None or self.dispatch.checkout or record._soft_invalidated_at:
            return self._checkout_carefully(record)
        record.in_use = True
        return PoolProxiedConnection(self, record, connection)

    def _checkout_carefully(self, record: ConnectionPoolEntry) -> PoolProxiedConnection:
        try:
            connection = record.fresh_connection()
            if self._pre_ping and not self._is_alive(connection):
                self._log("connection %r does not answer, it is replaced", connection)
                record.invalidate()
                self.invalidate_older()
                connection = record.fresh_connection()
        except BaseException:
            self._give_back(record)
            raise
        record.in_use = True
        proxy = PoolProxiedConnection(self, record, connection)
        if self._echo == "debug":
            self._logger.debug("connection %r is checked out", connection)
        return self._announce_checkout(proxy, record) if self.dispatch.checkout else proxy

    def _announce_checkout(self, proxy: PoolProxiedConnection, record: ConnectionPoolEntry) -> PoolProxiedConnection:
        for _ in range(MOST_ATTEMPTS):
            try:
                for listener in self.dispatch.checkout:
                    listener(proxy.dbapi_connection, record, proxy)
            except DisconnectionError as error:
                record.invalidate(error)
                if error.invalidate_pool:
                    self.invalidate_older()
                try:
                    proxy.dbapi_connection = record.open()
                except BaseException:
                    proxy._give_back(clean=True)
                    raise
            except BaseException:
                proxy._give_back(clean=False)
                raise
            else:
                return proxy
        proxy.invalidate()
        raise InvalidRequestError(
            "no usable connection could be checked out",
            why=f"a checkout listener called {MOST_ATTEMPTS} connections in a row disconnected.",
            fix="check the listener, and whether the database answers.",
            code="AZ-P03",
        )

    def _is_alive(self, connection: Any) -> bool:
        return self._actions.do_ping(connection)

    def _checkin(self, record: ConnectionPoolEntry, *, clean: bool = False) -> None:
        record.in_use = False
        connection = record.dbapi_connection
        dispatch = self.dispatch
        if connection is not None:
            if dispatch.reset:
                for listener in dispatch.reset:
                    listener(connection, record, PoolResetState(transaction_was_reset=clean))
            if not clean:
                self._reset_connection(connection, record)
        if dispatch.checkin:
            for listener in dispatch.checkin:
                listener(record.dbapi_connection, record)
        if self._echo == "debug":
            self._logger.debug("connection %r is checked in", connection)
        self._give_back(record)

    def _reset_connection(self, connection: Any, record: ConnectionPoolEntry) -> None:
        try:
            if self._reset is ResetStyle.reset_rollback:
                self._actions.do_rollback(connection)
            elif self._reset is ResetStyle.reset_commit:
                self._actions.do_commit(connection)
        except Exception as error:
            self._logger.warning("connection %r could not be reset, it is dropped", connection, exc_info=True)
            record.invalidate(error)

    # --- opening and closing -----------------------------------------------------------------------------------------

    def _open(self, record: ConnectionPoolEntry) -> Any:
        connection = self._creator(record) if self._creator_takes_record else self._creator()
        hold(connection)
        self._log("connection %r is opened", connection)
        return connection

    def _announce(self, connection: Any, record: ConnectionPoolEntry) -> None:
        if self._prepare is not None:
            self._prepare(connection, record)
        dispatch = self.dispatch
        if self._first_connect_pending:
            # Others wait until the listeners of the very first connection are through.
            with self._opening:
                if self._first_connect_pending:
                    for listener in dispatch.first_connect:
                        listener(connection, record)
                    self._first_connect_pending = False
        for listener in dispatch.connect:
            listener(connection, record)

    def _close_connection(self, connection: Any) -> None:
        self._log("connection %r is %s", connection, "left open" if self._leaves_open else "closed")
        try:
            if not self._leaves_open:
                self._actions.do_close(connection)
        except Exception:
            self._logger.warning("connection %r could not be closed", connection, exc_info=True)
        finally:
            let_go(connection)

    def _new_record(self) -> ConnectionPoolEntry:
        record = ConnectionPoolEntry(self)
        record.open()
        return record

    def _log(self, message: str, *values: object) -> None:
        if self._echo or self._logger.isEnabledFor(INFO):
            self._logger.info(message, *values)


PoolEvents._accept(Pool)


def _logger(name: str | None) -> Any:
    import logging  # noqa: PLC0415  # with the first pool, so that programs that only define tables do not wait for it

    return logging.getLogger("azoth.pool" + (f".{name}" if name else ""))


def _takes_argument(creator: Callable[..., Any]) -> bool:
    import inspect  # noqa: PLC0415  # as above

    try:
        inspect.signature(creator).bind()
    except TypeError:
        return True
    except ValueError:
        return False
    return False


def _reset_style(value: Any) -> ResetStyle:
    style = _RESET_STYLES.get(value)
    if style is None:
        raise ArgumentError(
            f"reset_on_return cannot be {value!r}", fix='use "rollback", "commit" or None.', code="AZ-P04"
        )
    return style


def _after_fork_in_child() -> None:
    for pool in list(_living):
        pool._abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
