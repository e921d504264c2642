"""The part of a dialect that begins, commits and rolls back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from azoth.engine.dialect_base.begin_action import BeginAction
from azoth.engine.dialect_base.isolation import AUTOCOMMIT, DialectIsolation
from azoth.engine.dialect_base.two_phases import DialectTwoPhases

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = ["ControllingConnection", "DialectTransactions"]


if TYPE_CHECKING:

    class ControllingConnection(ReflectingConnection, Protocol):
        """A connection, as a dialect makes savepoints on it."""

        def control(self, sql: str) -> None:
            """Execute a statement about savepoints, which is allowed also where ordinary statements must wait."""


class DialectTransactions(DialectTwoPhases, DialectIsolation):
    """Transactions, savepoints and two phases."""

    dbapi: Any
    identifier_preparer: Any

    skip_autocommit_rollback: bool = False
    """Whether connections that commit each statement by themselves are left alone when they go back to the pool."""

    def begin_action(self, options: Mapping[str, Any]) -> BeginAction | None:
        """Give what begins a transaction on a driver's connection.

        Args:
            options: the connection's execution options, with ``isolation_level`` among them.

        Returns:
            the action; None where the driver begins by itself, or nothing must be begun.
        """
        if options.get("isolation_level") == AUTOCOMMIT or not self._has_own("do_begin", DialectTransactions):
            return None
        return BeginAction(self.do_begin)

    def _has_own(self, method: str, own: type[Any]) -> bool:
        """Tell whether a class below the one that is named has such a method of its own."""
        return getattr(type(self), method) is not getattr(own, method)

    def do_begin(self, dbapi_connection: DBAPIConnection) -> None:
        """Begin; nothing, because drivers begin by themselves. One of a dialect's own is called before statements."""

    def do_rollback(self, dbapi_connection: DBAPIConnection) -> None:
        """Roll back; nothing where ``skip_autocommit_rollback`` says so of a connection that commits by itself."""
        if not (self.skip_autocommit_rollback and self.detect_autocommit_setting(dbapi_connection)):
            dbapi_connection.rollback()

    def do_commit(self, dbapi_connection: DBAPIConnection) -> None:
        """Commit."""
        dbapi_connection.commit()

    def do_close(self, dbapi_connection: DBAPIConnection) -> None:
        """Close."""
        dbapi_connection.close()

    def do_terminate(self, dbapi_connection: DBAPIConnection) -> None:
        """Close a connection that was given up, or is too old, without waiting for an answer where that is possible."""
        self.do_close(dbapi_connection)

    @property
    def has_terminate(self) -> bool:
        """Whether the dialect closes connections that were given up otherwise than others."""
        return self._has_own("do_terminate", DialectTransactions)

    def do_savepoint(self, connection: ControllingConnection, name: str) -> None:
        """Make a savepoint.

        Args:
            connection: where.
            name: its name.
        """
        connection.control(self.savepoint_sql(self.identifier_preparer.quote(name)))

    def do_rollback_to_savepoint(self, connection: ControllingConnection, name: str) -> None:
        """Roll back to a savepoint.

        Args:
            connection: where.
            name: its name.
        """
        connection.control(self.rollback_to_savepoint_sql(self.identifier_preparer.quote(name)))

    def do_release_savepoint(self, connection: ControllingConnection, name: str) -> None:
        """Release a savepoint.

        Args:
            connection: where.
            name: its name.
        """
        connection.control(self.release_savepoint_sql(self.identifier_preparer.quote(name)))

    def savepoint_sql(self, name: str) -> str:
        """Write the statement that makes a savepoint."""
        return f"SAVEPOINT {name}"

    def rollback_to_savepoint_sql(self, name: str) -> str:
        """Write the statement that rolls back to a savepoint."""
        return f"ROLLBACK TO SAVEPOINT {name}"

    def release_savepoint_sql(self, name: str) -> str:
        """Write the statement that releases a savepoint."""
        return f"RELEASE SAVEPOINT {name}"

    def in_transaction(self, dbapi_connection: DBAPIConnection) -> bool | None:
        """Tell whether a driver's connection is inside a transaction, without asking the server.

        Returns:
            True or False where the driver knows it for certain; None where it does not, as in the middle of a
            statement, after a lost connection, or always.
        """
        return None

    def has_ended_transaction(self, dbapi_connection: DBAPIConnection, error: Exception) -> bool:
        """Tell whether the database has ended a transaction by itself, in which a statement has failed.

        A dialect whose driver begins by itself must not take a transaction for ended that has not begun yet.

        Args:
            dbapi_connection: the driver's connection.
            error: what the driver raised.
        """
        return self.in_transaction(dbapi_connection) is False

    def heed_text(self, dbapi_connection: DBAPIConnection, sql: str) -> None:
        """Look at a text of a program's own that gave no rows and was executed where a transaction may have begun.

        Raises:
            InvalidRequestError: it has no effect there.
        """

    def note_attached(self, dbapi_connection: DBAPIConnection) -> None:
        """Note which further databases a connection has attached, for those that are opened later.

        Asked where ``shares_in_session`` is True and a text has attached or detached one.
        """

    def commit_was_refused(self, error: BaseException) -> bool:
        """Tell whether an error of COMMIT is the database's word that nothing was committed."""
        refusal: type[Exception] | None = getattr(self.dbapi, "IntegrityError", None)
        return refusal is not None and isinstance(error, refusal)

    def connection_id(self, dbapi_connection: DBAPIConnection) -> Any:
        """Give the server's name for a connection, without asking the server; None where the driver knows none."""
        return None

    def holds_the_database(self, dbapi_connection: DBAPIConnection) -> bool:
        """Tell whether the database would go with a driver's connection, as one in memory does."""
        return False
