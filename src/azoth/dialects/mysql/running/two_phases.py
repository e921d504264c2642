"""Two-phase transactions of MariaDB and MySQL: XA, by plain statements on every driver.

Source: MariaDB's documentation of XA transactions; what it does not say was tried on 10.11.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from azoth.dialects.mysql.base import MySQLDialect
from azoth.driver import mysql as driver
from azoth.driver.mysql_cursors import close_stream
from azoth.engine.dialect_base.transactions import PreparedTransaction
from azoth.exc import ArgumentError, InvalidRequestError
from azoth.exc.two_phases import PreparedInUse

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection
    from azoth.engine.dialect_base.transactions import PreparingConnection

__all__ = ["PreparingDialect"]

MOST_BYTES: Final = 64
_LISTED: Final = "XA RECOVER"
_UNKNOWN_XID: Final = 1397
_READ_ONLY_BRANCH: Final = 1402


class PreparingDialect(MySQLDialect):
    """MariaDB or MySQL, as far as it prepares transactions."""

    _is_node: bool | None = None

    def can_prepare(self, connection: PreparingConnection) -> bool:
        """Say no for a node of a Galera cluster, which refuses XA.

        Emits: a SHOW, once for each dialect.
        """
        if self._is_node is None:
            self._is_node = driver.is_in_galera(connection._dbapi)
        return not self._is_node

    def do_begin_twophase(self, connection: PreparingConnection, xid: object) -> None:
        """Begin.

        Raises:
            InvalidRequestError: the server is a node of Galera. What follows a refused XA START would be outside of
                any transaction.

        Emits: XA START.
        """
        literal = literal_xid(xid)
        if not self.can_prepare(connection):
            raise InvalidRequestError(
                "Galera has no two-phase transactions",
                why="a node refuses XA START: XA does not go with its replication.",
                fix="use begin(); across several databases, let this engine be the last resource: "
                "Session(twophase=TwoPhase(...)) does so by itself.",
                code="AZ-D252",
            )
        send(connection._dbapi, f"XA START {literal}")

    def do_prepare_twophase(self, connection: PreparingConnection, xid: object) -> None:
        """Prepare.

        Emits: XA END, XA PREPARE.
        """
        literal = literal_xid(xid)
        close_stream(connection._dbapi)
        send(connection._dbapi, f"XA END {literal}")
        send(connection._dbapi, f"XA PREPARE {literal}")

    def do_commit_twophase(
        self, connection: PreparingConnection, xid: object, is_prepared: bool = True, recover: bool = False
    ) -> None:
        """Commit.

        Emits: XA COMMIT; XA END and XA COMMIT ... ONE PHASE, where it was not prepared.
        """
        literal = literal_xid(xid)
        close_stream(connection._dbapi)
        if is_prepared:
            send(connection._dbapi, f"XA COMMIT {literal}")
        else:
            send(connection._dbapi, f"XA END {literal}")
            send(connection._dbapi, f"XA COMMIT {literal} ONE PHASE")

    def do_rollback_twophase(
        self, connection: PreparingConnection, xid: object, is_prepared: bool = True, recover: bool = False
    ) -> None:
        """Roll back.

        Emits: XA END, where it was not prepared; XA ROLLBACK.
        """
        literal = literal_xid(xid)
        close_stream(connection._dbapi)
        if not is_prepared:
            # After a deadlock, or where PREPARE has failed, it has ended already.
            with suppress(self.error_class):
                send(connection._dbapi, f"XA END {literal}")
        send(connection._dbapi, f"XA ROLLBACK {literal}")

    def prepared_transactions(self, connection: PreparingConnection) -> list[PreparedTransaction]:
        """List what is prepared on the server; it does not tell since when, by whom, or in which database.

        Emits: XA RECOVER.
        """
        return [PreparedTransaction(xid) for xid in _xids(connection.exec_driver_sql(_LISTED).all())]

    def finish_prepared(self, connection: PreparingConnection, xid: object, *, commit: bool) -> bool:
        """Commit or roll back what is prepared.

        Raises:
            PreparedInUse: the connection that has prepared it is still there.

        Emits: SET autocommit, twice; XA COMMIT or XA ROLLBACK; XA RECOVER, where it is not known.
        """
        with _outside_of_transactions(connection._dbapi):
            try:
                send(connection._dbapi, f"XA {'COMMIT' if commit else 'ROLLBACK'} {literal_xid(xid)}")
            except Exception as error:
                number = driver.error_number(error)
                if number == _READ_ONLY_BRANCH:
                    # It has written nothing, and is gone now.
                    return True
                if number != _UNKNOWN_XID:
                    raise
                if str(xid) not in _xids(driver.all_rows(connection._dbapi, _LISTED)):
                    return False
                raise PreparedInUse from error
        return True


def send(dbapi_connection: DBAPIConnection, sql: str) -> None:
    """Execute a statement that gives no rows.

    Args:
        dbapi_connection: the driver's connection.
        sql: the statement.
    """
    driver.first_row(dbapi_connection, sql)


def literal_xid(xid: object) -> str:
    """Write an identifier into a statement, which takes no parameters: in hexadecimal digits, which need no quoting.

    Args:
        xid: the identifier.

    Raises:
        ArgumentError: it is longer than 64 bytes.
    """
    written = str(xid).encode()
    if len(written) > MOST_BYTES:
        raise ArgumentError(
            f"the identifier of a two-phase transaction has {len(written)} bytes; XA takes {MOST_BYTES}",
            why="that is the limit of the X/Open standard for the part that names the transaction.",
            fix="use a shorter one, or leave the choice to begin_twophase().",
            code="AZ-D253",
        )
    return f"X'{written.hex()}'"


@contextmanager
def _outside_of_transactions(dbapi_connection: DBAPIConnection) -> Iterator[None]:
    """Let each statement commit itself for a while: with autocommit off, the server takes nothing else here."""
    connection = driver.connection_of(dbapi_connection)
    before = connection.get_autocommit()
    connection.autocommit(True)
    try:
        yield
    finally:
        connection.autocommit(before)


def _xids(rows: Iterable[Sequence[Any]]) -> list[str]:
    """Read what is listed: the first part of the identifiers, whose length is told in bytes."""
    found = [(data if isinstance(data, bytes) else str(data).encode(), length) for _, length, _, data in rows]
    return [data[:length].decode(errors="replace") for data, length in found]
