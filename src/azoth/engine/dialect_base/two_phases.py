"""The part of a dialect that prepares transactions, and finishes those that are prepared."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from azoth.engine.dialect_base.begin_action import BeginAction
from azoth.exc import InvalidRequestError

if TYPE_CHECKING:
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = ["DialectTwoPhases", "PreparedTransaction", "PreparingConnection"]


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

    def create_xid(self) -> Any:
        """Make an identifier for a two-phase transaction."""
        if not self.supports_twophase:
            raise self._no_twophase()
        return f"azoth_{secrets.token_hex(16)}"

    def do_begin_twophase(self, connection: PreparingConnection, xid: Any) -> None:
        """Begin a two-phase transaction."""
        raise self._no_twophase()

    def do_prepare_twophase(self, connection: PreparingConnection, xid: Any) -> None:
        """Prepare a two-phase transaction."""
        raise self._no_twophase()

    def do_commit_twophase(
        self, connection: PreparingConnection, xid: Any, is_prepared: bool = True, recover: bool = False
    ) -> None:
        """Commit a two-phase transaction."""
        raise self._no_twophase()

    def do_rollback_twophase(
        self, connection: PreparingConnection, xid: Any, is_prepared: bool = True, recover: bool = False
    ) -> None:
        """Roll back a two-phase transaction."""
        raise self._no_twophase()

    def do_recover_twophase(self, connection: PreparingConnection) -> list[Any]:
        """List the identifiers of transactions that are prepared and wait for a decision."""
        return [prepared.xid for prepared in self.prepared_transactions(connection)]

    def prepared_transactions(self, connection: PreparingConnection) -> list[PreparedTransaction]:
        """List the transactions that are prepared, with what the database tells of them."""
        raise self._no_twophase()

    def finish_prepared(self, connection: PreparingConnection, xid: Any, *, commit: bool) -> bool:
        """Commit or roll back a transaction that another connection has prepared.

        Args:
            connection: where no transaction has begun.
            xid: its identifier.
            commit: whether it is committed.

        Returns:
            whether it was finished now; False where it is not there any more.
        """
        raise self._no_twophase()

    def _no_twophase(self) -> InvalidRequestError:
        return InvalidRequestError(
            f"the dialect {self.name!r} has no two-phase transactions",
            why="the database or its driver does not offer PREPARE TRANSACTION or XA.",
            fix="use begin(). Across several databases, PostgreSQL and MariaDB offer two-phase commit, and one that "
            "does not may take part as the last resource: Session(twophase=TwoPhase(...)).",
            code="AZ-E32",
        )
