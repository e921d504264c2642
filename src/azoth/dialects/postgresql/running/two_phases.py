"""Two-phase transactions of PostgreSQL, by its own statements, which both drivers send alike.

Source: PostgreSQL's documentation of PREPARE TRANSACTION, COMMIT PREPARED and pg_prepared_xacts.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from azoth.dialects.postgresql.base import PGDialect
from azoth.engine.dialect_base.transactions import PreparedTransaction
from azoth.exc import InvalidRequestError

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection
    from azoth.engine.dialect_base.transactions import PreparingConnection

__all__ = ["PreparingDialect"]

_NO_SUCH_TRANSACTION = "42704"
_LISTED = "SELECT gid, prepared, owner FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared"


class PreparingDialect(PGDialect):
    """PostgreSQL, as far as it prepares transactions."""

    doubles_backslashes: bool
    most_prepared: int | None = None
    """How many transactions the server takes at once (``max_prepared_transactions``); None where that is not known."""

    def do_begin_twophase(self, connection: PreparingConnection, xid: object) -> None:
        """Begin as any transaction does, where the server can prepare it at its end.

        Raises:
            InvalidRequestError: ``max_prepared_transactions`` is 0.
        """
        if self.most_prepared == 0:
            raise InvalidRequestError(
                "the server does not prepare transactions: max_prepared_transactions is 0",
                why="that is PostgreSQL's default, so that nobody forgets a prepared transaction, which keeps its "
                "locks.",
                fix="set max_prepared_transactions in postgresql.conf to at least max_connections and restart the "
                "server; or let this engine be the last resource: TwoPhase(..., last_resource=engine).",
                code="AZ-D251",
            )
        begin = connection._begin_action
        if begin is not None:
            begin(connection._dbapi)

    def do_prepare_twophase(self, connection: PreparingConnection, xid: object) -> None:
        """Prepare.

        Raises:
            InFailedSqlTransaction: of the driver; a statement has failed, and the server would roll back in silence.

        Emits: PREPARE TRANSACTION.
        """
        dbapi_connection = connection._dbapi
        if self.has_failed_transaction(dbapi_connection):
            raise self.failed_transaction("PREPARE TRANSACTION")
        tag = self.prepare(dbapi_connection, f"PREPARE TRANSACTION {self.literal_xid(xid)}")
        if tag != "PREPARE TRANSACTION":
            raise self.failed_transaction("PREPARE TRANSACTION")

    def do_commit_twophase(
        self, connection: PreparingConnection, xid: object, is_prepared: bool = True, recover: bool = False
    ) -> None:
        """Commit.

        Emits: COMMIT PREPARED; COMMIT, where it was not prepared.
        """
        if is_prepared:
            self.send_apart(connection._dbapi, f"COMMIT PREPARED {self.literal_xid(xid)}")
        else:
            self.do_commit(connection._dbapi)

    def do_rollback_twophase(
        self, connection: PreparingConnection, xid: object, is_prepared: bool = True, recover: bool = False
    ) -> None:
        """Roll back.

        Emits: ROLLBACK PREPARED; ROLLBACK, where it was not prepared.
        """
        if is_prepared:
            self.send_apart(connection._dbapi, f"ROLLBACK PREPARED {self.literal_xid(xid)}")
        else:
            self.do_rollback(connection._dbapi)

    def prepared_transactions(self, connection: PreparingConnection) -> list[PreparedTransaction]:
        """List what is prepared in this database; those of others can only be finished there.

        Emits: a SELECT.
        """
        return [PreparedTransaction(*row) for row in connection.exec_driver_sql(_LISTED).all()]

    def finish_prepared(self, connection: PreparingConnection, xid: object, *, commit: bool) -> bool:
        """Commit or roll back what is prepared.

        Emits: COMMIT PREPARED or ROLLBACK PREPARED.
        """
        try:
            self.send_apart(connection._dbapi, f"{'COMMIT' if commit else 'ROLLBACK'} PREPARED {self.literal_xid(xid)}")
        except Exception as error:
            if self.sqlstate(error) == _NO_SUCH_TRANSACTION:
                return False
            raise
        return True

    def literal_xid(self, xid: object) -> str:
        """Write an identifier into a statement, which takes no parameters.

        Args:
            xid: the identifier.
        """
        text = str(xid).replace("'", "''")
        return f"'{text.replace(chr(92), chr(92) * 2) if self.doubles_backslashes else text}'"

    def failed_transaction(self, statement: str) -> Exception:
        """Make the driver's error for ending a transaction that has failed as if it had not.

        Args:
            statement: what would end it.
        """
        errors = importlib.import_module(f"{self.driver}.errors")
        failure: Exception = errors.InFailedSqlTransaction(f"{statement} of a transaction in which a statement failed")
        return failure

    def prepare(self, dbapi_connection: DBAPIConnection, sql: str) -> str:
        """Send PREPARE TRANSACTION, in a transaction that is begun if it is not, and give the server's answer.

        Args:
            dbapi_connection: the driver's connection.
            sql: the statement.
        """
        raise NotImplementedError

    def send_apart(self, dbapi_connection: DBAPIConnection, sql: str) -> None:
        """Send a statement outside of any transaction.

        Args:
            dbapi_connection: the driver's connection, which is in none.
            sql: the statement.
        """
        raise NotImplementedError

    def has_failed_transaction(self, dbapi_connection: DBAPIConnection) -> bool:
        """Tell whether a statement of the transaction has failed, without asking the server.

        Args:
            dbapi_connection: the driver's connection.
        """
        raise NotImplementedError

    def sqlstate(self, error: BaseException) -> str | None:
        """Give the code that the server has for an error; None for one that the driver has found itself.

        Args:
            error: what the driver raised.
        """
        raise NotImplementedError
