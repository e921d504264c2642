"""Connections of several engines that work on one driver's connection, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Generic, NoReturn, Self, TypeVar

from azoth.engine.connection import Connection
from azoth.engine.engine import Engine
from azoth.engine.transactions.transaction import NestedTransaction, RootTransaction, Transaction, TwoPhaseTransaction
from azoth.exc import CommitUnknown
from azoth.pool import PoolProxiedConnection

__all__ = ["companion_of"]

Value = TypeVar("Value")


class _OfHost(Generic[Value]):
    """An attribute that a companion shares with its host: where the driver's connection and its transaction stand."""

    __slots__ = ("_name",)

    def __set_name__(self, owner: type[CompanionConnection], name: str) -> None:
        self._name = name

    def __get__(self, companion: CompanionConnection, owner: type[CompanionConnection] | None = None) -> Value:
        value: Value = getattr(companion.host, self._name)
        return value

    def __set__(self, companion: CompanionConnection, value: Value) -> None:
        setattr(companion.host, self._name, value)


class CompanionConnection(Connection):
    """A connection by which an engine takes part in what another connection of the same pool does.

    Options, compiled statements and listeners are those of its own engine; the driver's connection and the transaction
    are the host's. It is closed with its host.

    Args:
        engine: the engine.
        host: the connection that it accompanies.
    """

    _proxy: _OfHost[PoolProxiedConnection | None] = _OfHost()
    _dbapi: _OfHost[Any] = _OfHost()
    _exposed: _OfHost[bool] = _OfHost()
    _invalidated: _OfHost[bool] = _OfHost()
    _isolation_changed: _OfHost[bool] = _OfHost()
    _transaction: _OfHost[RootTransaction | None] = _OfHost()
    _nested_transaction: _OfHost[NestedTransaction | None] = _OfHost()
    _context_transaction: _OfHost[Transaction | None] = _OfHost()
    _ready: _OfHost[bool | AbstractSet[str]] = _OfHost()
    _begin_sent: _OfHost[bool] = _OfHost()
    _commit_sent_at: _OfHost[float] = _OfHost()
    _commit_unknown: _OfHost[CommitUnknown | None] = _OfHost()
    _readers: _OfHost[list[Any] | None] = _OfHost()
    _most_readers: _OfHost[int] = _OfHost()
    _told_of_text: _OfHost[Any] = _OfHost()

    def __init__(self, engine: Engine, host: Connection) -> None:
        self.host = host
        super().__init__(engine, host.connection if host._proxy is None else host._proxy)

    def begin(self) -> RootTransaction:
        """Begin a transaction on the host; see ``Connection.begin()``."""
        return self.host.begin()

    def begin_nested(self, name: str | None = None) -> NestedTransaction:
        """Make a savepoint on the host; see ``Connection.begin_nested()``."""
        return self.host.begin_nested(name)

    def begin_twophase(self, xid: Any = None) -> TwoPhaseTransaction:
        """Begin a two-phase transaction on the host; see ``Connection.begin_twophase()``."""
        return self.host.begin_twophase(xid)

    def execution_options(self, **options: Any) -> Self:
        """Set options for all further executions; see ``Connection.execution_options()``.

        Raises:
            InvalidRequestError: an option is about the driver's connection, which others use, too.
        """
        if _about_the_driver(self, options):
            self._refuse_change()
        return super().execution_options(**options)

    def detach(self) -> None:
        """Take the driver's connection out of its pool for good."""
        self.host.detach()

    def invalidate(self, exception: BaseException | None = None) -> None:
        """Give up the driver's connection; see ``Connection.invalidate()``."""
        self.host.invalidate(exception)

    def close(self) -> None:
        """Leave the driver's connection to the host, with which this one is closed."""

    def _make_ready(self, sql: str | None = None) -> None:
        self.host._make_ready(sql)

    def _give_up(self, error: BaseException) -> None:
        self.host._give_up(error)

    def _heed_text(self, sql: str) -> None:
        self.host._heed_text(sql)

    def _refuse_change(self) -> NoReturn:
        raise self._transaction_exists("a change of isolation_level")


def companion_of(connections: Sequence[Connection], engine: Engine) -> CompanionConnection | None:
    """Make the connection by which an engine takes part in the transaction of another one of the same pool.

    Args:
        connections: those that are open.
        engine: the engine.

    Returns:
        the connection; None where none of them has the engine's pool and its options about the driver's connection.
    """
    for host in connections:
        if host.engine.pool is engine.pool and _about_the_driver(host, host._execution_options) == _about_the_driver(
            host, engine._execution_options
        ):
            return CompanionConnection(engine, host)
    return None


def _about_the_driver(connection: Connection, options: Mapping[str, Any]) -> dict[str, Any]:
    names = {"isolation_level", *connection.dialect.connection_options}
    return {name: options[name] for name in names if name in options}
