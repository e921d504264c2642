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
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from azoth import event
from azoth.event import Dispatch
from azoth.exc import ArgumentError, DisconnectionError, InvalidRequestError
from azoth.pool.events import PoolEvents
from azoth.pool.open_connections import hold, inherit, inherited, let_go
from azoth.pool.ports import PlainActions
from azoth.pool.proxied_connection import PoolProxiedConnection
from azoth.pool.record import ConnectionPoolEntry, PoolResetState
from azoth.util.arguments import check_function, check_least, checked
from azoth.util.echo import Echoing, Identified, LateLogger, say

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection
    from azoth.pool.ports import ConnectionActions

__all__ = ["Pool", "ResetStyle", "reset_commit", "reset_none", "reset_rollback"]

MOST_ATTEMPTS: Final = 2

_living: Final[weakref.WeakSet[Pool]] = weakref.WeakSet()


class ResetStyle(Enum):
    """What happens to a connection that comes back to its pool."""

    reset_rollback = "rollback"
    reset_commit = "commit"
    reset_none = "none"


reset_rollback: Final = ResetStyle.reset_rollback
reset_commit: Final = ResetStyle.reset_commit
reset_none: Final = ResetStyle.reset_none

_RESET_STYLES: Final[dict[Any, ResetStyle]] = {
    True: ResetStyle.reset_rollback,
    "rollback": ResetStyle.reset_rollback,
    "commit": ResetStyle.reset_commit,
    None: ResetStyle.reset_none,
    False: ResetStyle.reset_none,
    "none": ResetStyle.reset_none,
    **{style: style for style in ResetStyle},
}


class Pool(Echoing, Identified, ABC):
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
    shares: ClassVar[bool] = False
    """Whether pools of this class give one connection to several callers at a time."""

    _leaves_open: bool = False
    _notes_holders: bool = False
    """Whether every checkout notes who makes it."""

    @checked
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
        check_function("the creator of a pool", creator, "pass a function that opens a driver's connection")
        check_least("the pool's recycle", recycle, -1, "give after how many seconds connections are replaced, or -1")
        self._creator = creator
        told = getattr(creator, "takes_record", None)
        self._creator_takes_record: bool = takes_argument(creator) if told is None else told
        # A creator that does not say otherwise may give the same connection several times, too.
        self.may_share = self.shares or getattr(creator, "may_repeat", True)
        """Whether two checkouts may get the same driver's connection at a time."""
        self._recycle = recycle
        self._pre_ping = pre_ping
        self._reset = _reset_style(reset_on_return)
        self._actions: ConnectionActions = dialect if dialect is not None else PlainActions()
        # A pool of the program's own may be made with the creator of an engine's.
        self._prepare = getattr(creator, "prepare", None) if _prepare is None and told else _prepare
        self._stale_before = 0.0
        self._first_connect_pending = True
        self._opening = threading.Lock()
        self._late_logger = LateLogger("azoth.pool" + (f".{logging_name}" if logging_name else ""))
        self.logging_name = logging_name
        # One flag for everything that a checkout must look at, so that the plain case tests it once.
        self._careful = pre_ping or recycle >= 0
        self.echo = echo
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

    def _holds(self, record: ConnectionPoolEntry) -> bool:
        """Tell whether an entry lies in the pool."""
        return False

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
        proxy = PoolProxiedConnection(self, record, connection)
        record.in_use = True
        return proxy

    def _checkout_carefully(self, record: ConnectionPoolEntry) -> PoolProxiedConnection:
        try:
            connection = self._usable_connection(record)
        except BaseException as error:
            self._give_back_unused(record, error)
            raise
        proxy = PoolProxiedConnection(self, record, connection)
        record.in_use = self._note_holder() if self._notes_holders else True
        if self._echo == "debug":
            self._logger.debug("connection %r is checked out", connection)
        return self._announce_checkout(proxy, record) if self.dispatch.checkout else proxy

    def _note_holder(self) -> object:
        # For pools that have once kept somebody waiting for too long.
        from azoth.pool.holders import note_holder  # noqa: PLC0415

        return note_holder()

    def _usable_connection(self, record: ConnectionPoolEntry) -> Any:
        connection = record.fresh_connection()
        if record.doubt is not None:
            self._settle(connection, record)
        if self._pre_ping and not self._is_alive(connection):
            self._log("connection %r does not answer, it is replaced", connection)
            record.invalidate()
            self.invalidate_older()
            connection = record.fresh_connection()
        return connection

    def _settle(self, connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        """Reset a connection that came back in an unknown state and could not be thrown away."""
        try:
            self._actions.do_rollback(connection)
        except Exception as error:
            if not self._is_idle(connection):
                raise InvalidRequestError(
                    "the only connection to a database in memory is in an unknown state",
                    why=f"rolling it back failed when it came back ({type(record.doubt).__name__}) and fails now "
                    f"({type(error).__name__}); throwing it away would throw away the database.",
                    fix="try again, which rolls it back again; engine.dispose() gives up the database.",
                    code="AZ-P200",
                ) from error
        record.doubt = None

    def _give_back_unused(self, record: ConnectionPoolEntry, error: BaseException) -> None:
        try:
            if record.doubt is None:
                record.distrust(error)
        finally:
            self._give_back(record)

    def _announce_checkout(self, proxy: PoolProxiedConnection, record: ConnectionPoolEntry) -> PoolProxiedConnection:
        try:
            for _ in range(MOST_ATTEMPTS):
                try:
                    for listener in self.dispatch.checkout:
                        listener(proxy.dbapi_connection, record, proxy)
                except DisconnectionError as error:
                    record.invalidate(error)
                    if error.invalidate_pool:
                        self.invalidate_older()
                    proxy.dbapi_connection = record.open()
                else:
                    return proxy
            record.invalidate()
            raise InvalidRequestError(
                "no usable connection could be checked out",
                why=f"a checkout listener called {MOST_ATTEMPTS} connections in a row disconnected.",
                fix="check the listener, and whether the database answers.",
                code="AZ-P03",
            )
        except BaseException:
            proxy._give_back(clean=False)
            raise

    def _is_alive(self, connection: DBAPIConnection) -> bool:
        return self._actions.do_ping(connection)

    def _checkin(self, record: ConnectionPoolEntry, *, clean: bool = False) -> None:
        # The caller has let go of the entry and noted that nobody uses it.
        connection = record.dbapi_connection
        if inherited and id(connection) in inherited:
            self._set_aside((record,))
            return
        dispatch = self.dispatch
        try:
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
        except BaseException as error:
            # What a listener or an interrupt has left undone is not known.
            record.distrust(error)
            raise
        finally:
            self._give_back(record)

    def _reset_connection(self, connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        try:
            if self._reset is ResetStyle.reset_rollback:
                self._actions.do_rollback(connection)
            elif self._reset is ResetStyle.reset_commit:
                self._actions.do_commit(connection)
        except Exception as error:
            if self._reset is ResetStyle.reset_rollback and self._is_idle(connection):
                self._logger.warning("rolling back connection %r failed, but it is idle", connection, exc_info=True)
                return
            self._logger.warning("connection %r could not be reset, it is given up", connection, exc_info=True)
            record.distrust(error)

    def _is_idle(self, connection: DBAPIConnection) -> bool:
        """Tell whether a driver's connection is outside of transactions for certain."""
        try:
            return self._actions.in_transaction(connection) is False
        except Exception:  # noqa: BLE001 -- a driver that cannot be asked does not tell
            return False

    def _keeps(self, connection: DBAPIConnection, error: BaseException) -> bool:
        """Tell whether a connection of unknown state must be kept, because the database would go with it."""
        try:
            keeps = self._actions.holds_the_database(connection)
        except Exception:  # noqa: BLE001 -- as above; what cannot be asked holds nothing that could be saved
            return False
        if keeps:
            self._careful = True
            self._logger.error(
                "connection %r is in an unknown state (%s); it holds the database, so it is rolled back at its next "
                "checkout instead of being closed",
                connection,
                type(error).__name__,
            )
        return keeps

    # --- opening and closing -----------------------------------------------------------------------------------------

    def _serve(self, dialect: ConnectionActions) -> None:
        """Let a dialect act on the connections, where the pool was made without one."""
        if isinstance(self._actions, PlainActions):
            self._actions = dialect

    def _open(self, record: ConnectionPoolEntry) -> Any:
        connection = self._creator(record) if self._creator_takes_record else self._creator()
        hold(connection)
        self._log("connection %r is opened", connection)
        return connection

    def _open_beside(self) -> object:
        """Open a connection that does not belong to the pool, to deal with one that does."""
        opened: object = self._creator(None) if self._creator_takes_record else self._creator()
        return opened

    def _announce(self, connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
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

    def _close_connection(self, connection: DBAPIConnection, *, terminate: bool = False) -> None:
        self._log("connection %r is %s", connection, "left open" if self._leaves_open else "closed")
        try:
            if not self._leaves_open and id(connection) not in inherited:
                close = self._actions.do_terminate if terminate else self._actions.do_close
                close(connection)
        except Exception:
            self._logger.warning("connection %r could not be closed", connection, exc_info=True)
        finally:
            let_go(connection)

    def _lost(self, record: ConnectionPoolEntry) -> None:
        """Close the connection of an entry that nobody has any more."""
        connection, record.dbapi_connection = record.dbapi_connection, None
        if connection is not None:
            self._close_connection(connection, terminate=True)

    def _set_aside(self, records: Iterable[ConnectionPoolEntry]) -> None:
        """Keep the connections of entries from being used and closed, after a fork."""
        for record in records:
            self._abandoned.append(record.dbapi_connection)
            record.dbapi_connection = None
            record.has_place = False

    def _new_record(self) -> ConnectionPoolEntry:
        record = ConnectionPoolEntry(self)
        record.open()
        return record

    def _heed_echo(self) -> None:
        self._careful = self._careful or self._echo == "debug"

    def _log(self, message: str, *values: object) -> None:
        if self._echo:
            say(self._logger, message, *values)
        elif self._late_logger.hears_info():
            self._logger.info(message, *values)


PoolEvents._accept(Pool)


def takes_argument(creator: Callable[..., Any]) -> bool:
    """Tell whether a function that opens connections must be called with an argument: the record, or what it takes."""
    import inspect  # noqa: PLC0415  # slow to import, and few pools and engines have a creator of their own

    try:
        inspect.signature(creator).bind()
    except TypeError:
        return True
    except ValueError:
        # Written in C, and it does not say.
        return False
    return False


def _reset_style(value: Any) -> ResetStyle:
    style = _RESET_STYLES.get(value)
    if style is None:
        raise ArgumentError(
            f"reset_on_return cannot be {value!r}",
            why="it says how a transaction ends that a connection comes back with.",
            fix='use "rollback", "commit" or None.',
            code="AZ-P04",
        )
    return style


def _after_fork_in_child() -> None:
    inherit()
    for pool in list(_living):
        pool._abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
