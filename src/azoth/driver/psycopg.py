"""The driver ``psycopg``, version 3, as azoth uses it, whether its module is imported or not."""

from __future__ import annotations

import select
import threading
from typing import TYPE_CHECKING, Final, Protocol, cast

from azoth.driver.libpq import LEVELS, begin_statement, is_in_transaction

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from azoth.driver.ports import DBAPICursor
    from azoth.driver.psycopg_direct import DirectConnection

__all__ = [
    "PsycopgConnection",
    "begin",
    "connection_of",
    "in_transaction",
    "level_of",
    "open_cursor",
    "ping",
    "set_level",
]

MODULE: Final = "psycopg"
DIRECT: Final = "azoth.driver.psycopg_direct"
"""Where connections stand that know their statements; that module needs the driver."""

_NUMBERS: Final = {level: number for number, level in LEVELS.items()}

_CAN_POLL: Final = hasattr(select, "poll")

COMMAND_OK: Final = 1
EMPTY_QUERY: Final = 0
"""States of a result of libpq (``ExecStatusType``)."""


class LibpqResult(Protocol):
    """A result of libpq.

    Attributes:
        status: its state, as a number.
    """

    status: int


class LibpqConnection(Protocol):
    """A connection of libpq.

    Attributes:
        transaction_status: what ``PQtransactionStatus()`` says.
    """

    transaction_status: int
    socket: int

    def exec_(self, command: bytes) -> LibpqResult:
        """Send one statement and read its answer."""

    def send_query(self, command: bytes) -> None:
        """Send one statement."""

    def flush(self) -> int:
        """Send what is left; gives 1 where some of it still is."""

    def consume_input(self) -> None:
        """Read what has arrived."""

    def is_busy(self) -> int:
        """Tell whether reading an answer would wait."""

    def get_result(self) -> LibpqResult | None:
        """Read an answer; None after the last one."""


class Adapters(Protocol):
    """What a connection reads values with."""

    def register_loader(self, oid: str, loader: type[object]) -> None:
        """Read a type with a class of loaders."""


class Info(Protocol):
    """What a connection tells.

    Attributes:
        encoding: the encoding of texts, as Python names it.
    """

    encoding: str


class PsycopgConnection(Protocol):
    """A connection of the driver."""

    autocommit: bool
    isolation_level: int | None
    read_only: bool | None
    deferrable: bool | None
    closed: bool
    prepare_threshold: int | None
    pgconn: LibpqConnection
    adapters: Adapters
    info: Info

    def cursor(self, name: str = "", *, withhold: bool = False) -> DBAPICursor:
        """Make a cursor of the server."""


def connection_of(dbapi_connection: object) -> PsycopgConnection:
    """Take a driver's connection for one of this driver.

    Args:
        dbapi_connection: the connection, as a dialect gets it.
    """
    return cast("PsycopgConnection", dbapi_connection)


def begin(dbapi_connection: object, read_only: bool | None = None, deferrable: bool | None = None) -> None:
    """Begin a transaction, with the level that the connection is set to.

    Args:
        dbapi_connection: the driver's connection.
        read_only: whether it may write; as the connection is set by default.
        deferrable: whether it waits for a moment without conflicts; as the connection is set by default.

    Emits: BEGIN.
    """
    connection = connection_of(dbapi_connection)
    statement = begin_statement(
        level_of(connection),
        connection.read_only if read_only is None else read_only,
        connection.deferrable if deferrable is None else deferrable,
    )
    result = _answer(connection.pgconn, statement)
    if result.status != COMMAND_OK:
        raise _failure(connection, result)


def open_cursor(dbapi_connection: object) -> DBAPICursor:
    """Make a cursor; one that goes to libpq directly where the connection has such.

    Args:
        dbapi_connection: the driver's connection, or what a program has wrapped around it.
    """
    # Not by its attributes: what wraps a connection wants to see its cursors.
    if type(dbapi_connection).__module__ == DIRECT:
        return cast("DirectConnection", dbapi_connection).direct_cursor()
    return cast("PsycopgConnection", dbapi_connection).cursor()


def ping(connection: PsycopgConnection) -> None:
    """Make sure that the server answers; the error of the driver otherwise.

    Args:
        connection: the driver's connection.

    Emits: an empty statement, which begins nothing.
    """
    result = _answer(connection.pgconn, b"")
    if result.status != EMPTY_QUERY:
        raise _failure(connection, result)


def in_transaction(connection: PsycopgConnection) -> bool | None:
    """Tell whether a connection is inside a transaction; None where the driver does not know.

    Args:
        connection: the driver's connection.
    """
    return is_in_transaction(connection.pgconn.transaction_status)


def level_of(connection: PsycopgConnection) -> str | None:
    """Name the isolation level that a connection is set to; None for that of the server.

    Args:
        connection: the driver's connection.
    """
    level = connection.isolation_level
    return None if level is None else LEVELS[int(level)]


def set_level(connection: PsycopgConnection, level: str | None) -> None:
    """Set the isolation level of a connection's next transactions.

    Args:
        connection: the driver's connection.
        level: its name; None for that of the server.
    """
    connection.isolation_level = None if level is None else _NUMBERS[level]


def _answer(connection: LibpqConnection, command: bytes) -> LibpqResult:
    """Send a short statement and read its answer; in the main thread so that Ctrl-C ends the waiting.

    libpq's own waiting does not end then, which takes long where a pooler has no connection free, or the network none.
    """
    if not _CAN_POLL or threading.get_ident() != threading.main_thread().ident:
        return connection.exec_(command)
    connection.send_query(command)
    events = select.poll()
    events.register(connection.socket, select.POLLIN | select.POLLOUT)
    while connection.flush():
        events.poll()
    events.modify(connection.socket, select.POLLIN)
    last: LibpqResult | None = None
    while True:
        while connection.is_busy():
            events.poll()
            connection.consume_input()
        found = connection.get_result()
        if found is None:
            assert last is not None, "every statement has an answer"
            return last
        last = found


def _failure(connection: PsycopgConnection, result: LibpqResult) -> Exception:
    from psycopg import errors  # noqa: PLC0415  # it is installed where there is a connection of its own

    failure: Exception = errors.error_from_result(cast("PGresult", result), connection.info.encoding)
    return failure
