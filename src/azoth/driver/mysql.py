"""What the drivers of MySQL and MariaDB tell by numbers: of connections, of their errors, of the server.

Source: the reference of MySQL's and MariaDB's error codes, and that of the client/server protocol.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    from azoth.driver.ports import DBAPICursor

__all__ = [
    "FOUND_ROWS",
    "MySQLConnection",
    "all_rows",
    "connection_of",
    "error_number",
    "first_row",
    "has_lost",
    "has_rolled_back",
    "is_in_galera",
    "kill_query",
    "refused_commit",
]

FOUND_ROWS: Final = 2
"""The flag of a connection that counts the rows which an UPDATE has found, and not those that it has changed."""

LOCK_WAIT_TIMEOUT: Final = 1205

_UNKNOWN_COMMAND: Final = 1047

_LOST: Final = frozenset(
    {
        1053,  # the server is shutting down
        1927,  # MariaDB: the connection was killed
        2006,  # the server has gone away
        2013,  # lost during a query
        2014,  # commands out of sync: rows of another statement wait to be read
        2045,  # shared memory
        2055,  # lost while something was read
        4031,  # MySQL 8: the server has closed a connection that nobody used
    }
)
_ROLLED_BACK: Final = frozenset(
    {
        1020,  # MariaDB: others have changed the row since the snapshot was taken
        1047,  # Galera: the node is not one of the cluster's
        1180,  # an error during COMMIT
        1213,  # a deadlock; in Galera also a transaction that came second
        1614,  # XA: a deadlock
    }
)
_REFUSED: Final = frozenset({1047, 1213})


class MySQLConnection(Protocol):
    """A connection, as the drivers of MySQL have it."""

    @property
    def open(self) -> object:
        """Whether it is."""

    def autocommit(self, on: bool) -> None: ...
    def get_autocommit(self) -> bool: ...
    def get_server_info(self) -> str: ...
    def thread_id(self) -> int: ...
    def ping(self) -> None: ...
    def close(self) -> None: ...
    def cursor(self, cursorclass: type[DBAPICursor] | None = None) -> DBAPICursor: ...


def connection_of(dbapi_connection: object) -> MySQLConnection:
    """Take a driver's connection for one of MySQL.

    Args:
        dbapi_connection: the connection, as a dialect gets it.
    """
    return cast("MySQLConnection", dbapi_connection)


def first_row(dbapi_connection: object, sql: str) -> tuple[object, ...] | None:
    """Execute a statement and give its first row; None where it gives none.

    Args:
        dbapi_connection: the driver's connection.
        sql: the statement.

    Emits: the statement.
    """
    cursor = connection_of(dbapi_connection).cursor()
    try:
        cursor.execute(sql)
        found: tuple[object, ...] | None = cursor.fetchone() if cursor.description else None
    finally:
        cursor.close()
    return found


def all_rows(dbapi_connection: object, sql: str) -> Sequence[Sequence[object]]:
    """Execute a statement and give its rows.

    Args:
        dbapi_connection: the driver's connection.
        sql: the statement.

    Emits: the statement.
    """
    with closing(connection_of(dbapi_connection).cursor()) as cursor:
        cursor.execute(sql)
        found: Sequence[Sequence[object]] = cursor.fetchall()
    return found


def kill_query(dbapi_connection: object, other: object) -> None:
    """Stop what a connection is executing.

    Args:
        dbapi_connection: the driver's connection.
        other: another one to the same server; it is closed.

    Emits: KILL QUERY, on the other one.
    """
    if other is dbapi_connection:
        return
    with closing(connection_of(other)):
        first_row(other, f"KILL QUERY {connection_of(dbapi_connection).thread_id()}")


def is_in_galera(dbapi_connection: object) -> bool:
    """Tell whether the server is a node of a Galera cluster.

    Args:
        dbapi_connection: the driver's connection.

    Emits: a SHOW, which is answered also where other statements are refused.
    """
    return first_row(dbapi_connection, "SHOW GLOBAL VARIABLES LIKE 'wsrep_on'") == ("wsrep_on", "ON")


def error_number(error: BaseException) -> int | None:
    """Give the number of a driver's error; None where it has none.

    Args:
        error: what the driver raised.
    """
    number = error.args[0] if error.args else None
    return number if isinstance(number, int) else None


def has_lost(error: BaseException, connection: MySQLConnection | None) -> bool:
    """Tell whether an error means that the connection is of no more use.

    Args:
        error: what the driver raised.
        connection: the driver's connection; None while connecting.
    """
    number = error_number(error)
    if number in _LOST or (number == _UNKNOWN_COMMAND and "WSREP" in str(error)):
        # A node of Galera that has lost its cluster refuses ROLLBACK too, so what has begun there is left to its end.
        return True
    # Drivers have no numbers for what they find themselves, such as answers that they do not understand.
    return connection is not None and not connection.open


def has_rolled_back(error: BaseException) -> bool:
    """Tell whether an error means that the server has rolled back the whole transaction.

    Args:
        error: what the driver raised.
    """
    return error_number(error) in _ROLLED_BACK


def refused_commit(error: BaseException) -> bool:
    """Tell whether an error of COMMIT says that nothing was committed.

    Args:
        error: what the driver raised.
    """
    return error_number(error) in _REFUSED
