"""The part of a dialect that begins, commits and rolls back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from azoth.engine.dialect_base.begin_action import BeginAction
from azoth.engine.dialect_base.isolation import AUTOCOMMIT, DialectIsolation
from azoth.exc import InvalidRequestError
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from azoth.driver import DBAPIConnection
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = [
    "ControllingConnection",
    "DialectTransactions",
    "DialectTwoPhases",
    "PreparedTransaction",
    "PreparingConnection",
]


if TYPE_CHECKING:

    class ControllingConnection(ReflectingConnection, Protocol):
        """A connection, as a dialect makes savepoints on it."""

        def control(self, sql: str) -> None:
            """Execute a statement about savepoints, which is allowed also where ordinary statements must wait."""


if TYPE_CHECKING:

    class PreparingConnection(ReflectingConnection, Protocol):
        """A connection, as a dialect prepares transactions on it."""

        _dbapi: Any
        _begin_action: BeginAction | None


class PreparedTransaction(NamedTuple):
    """A transaction that waits, prepared.

    Attributes:
        xid: its identifier.
        prepared_at: when it was prepared; None where the database does not tell.
        user: whose it is in the database; None as above.
    """

    xid: str
    prepared_at: datetime | None = None
    user: str | None = None


class DialectTwoPhases:
    """Two-phase transactions: none, unless a dialect has its own."""

    name: str
    supports_twophase: bool

    def can_prepare(self, connection: PreparingConnection) -> bool:
        """Tell whether the database of a connection has two phases.

        Args:
            connection: the connection.
        """
        return self.supports_twophase

    def create_xid(self) -> object:
        """Make an identifier for a two-phase transaction."""
        if not self.supports_twophase:
            raise self._no_twophase()
        import secrets  # noqa: PLC0415  # few programs prepare transactions

        return f"azoth_{secrets.token_hex(16)}"

    def do_begin_twophase(self, connection: PreparingConnection, xid: object) -> None:
        """Begin a two-phase transaction."""
        raise self._no_twophase()

    def do_prepare_twophase(self, connection: PreparingConnection, xid: object) -> None:
        """Prepare a two-phase transaction."""
        raise self._no_twophase()

    def do_commit_twophase(
        self, connection: PreparingConnection, xid: object, is_prepared: bool = True, recover: bool = False
    ) -> None:
        """Commit a two-phase transaction."""
        raise self._no_twophase()

    def do_rollback_twophase(
        self, connection: PreparingConnection, xid: object, is_prepared: bool = True, recover: bool = False
    ) -> None:
        """Roll back a two-phase transaction."""
        raise self._no_twophase()

    def do_recover_twophase(self, connection: PreparingConnection) -> list[object]:
        """List the identifiers of transactions that are prepared and wait for a decision."""
        return [prepared.xid for prepared in self.prepared_transactions(connection)]

    def prepared_transactions(self, connection: PreparingConnection) -> list[PreparedTransaction]:
        """List the transactions that are prepared, with what the database tells of them."""
        raise self._no_twophase()

    @property
    def finishes_by_itself(self) -> bool:
        """Whether ``finish_prepared()`` is the dialect's own; otherwise prepared transactions end as others do."""
        return type(self).finish_prepared is not DialectTwoPhases.finish_prepared

    def finish_prepared(self, connection: PreparingConnection, xid: object, *, commit: bool) -> bool:
        """Commit or roll back a transaction that another connection has prepared.

        Args:
            connection: where no transaction has begun.
            xid: its identifier.
            commit: whether it is committed.

        Returns:
            whether it was finished now; False where it is not there any more.
        """
        act = self.do_commit_twophase if commit else self.do_rollback_twophase
        act(connection, xid, is_prepared=True, recover=True)
        return True

    def _no_twophase(self) -> InvalidRequestError:
        return InvalidRequestError(
            f"the dialect {self.name!r} has no two-phase transactions",
            why="the database or its driver does not offer PREPARE TRANSACTION or XA.",
            fix="use begin(). Across several databases, PostgreSQL and MariaDB offer two-phase commit, and one that "
            "does not may take part as the last resource: Session(twophase=TwoPhase(...)).",
            code="AZ-E32",
        )


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
