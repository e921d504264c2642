"""Where it stands whether a transaction over several databases is to be committed."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias

from azoth.exc import DBAPIError, IntegrityError
from azoth.exc.two_phases import DecisionTaken
from azoth.orm.session.transactions.two_phases.global_ids import FORMAT
from azoth.sql.dml import delete, insert
from azoth.sql.schema import Column, MetaData, Table
from azoth.sql.selectable import select
from azoth.sql.types import BigInteger, Integer, String

if TYPE_CHECKING:
    from azoth.engine import Connection, Engine

__all__ = ["COMMIT", "ROLLBACK", "Decisions", "Outcome", "TableDecisions"]

Outcome: TypeAlias = Literal["commit", "rollback"]
COMMIT: Final = "commit"
ROLLBACK: Final = "rollback"

TABLE: Final = "azoth_decisions"


class Decisions(Protocol):
    """A record of decisions that survives a crash. The first decision about a transaction is the only one."""

    def make_ready(self) -> None:
        """Make the record where it is missing."""

    def decide(self, transaction: str, owner: str) -> None:
        """Decide that a transaction is to be committed; durable when this returns.

        Raises:
            DecisionTaken: recovery has decided that it is to be rolled back.
        """

    def settle(self, transaction: str, owner: str) -> Outcome:
        """Decide that a transaction is to be rolled back, unless it was decided before; give what holds."""

    def look(self, transaction: str) -> Outcome | None:
        """Give what was decided; None for nothing yet."""

    def forget(self, transactions: Collection[str]) -> None:
        """Delete decisions that nobody needs any more."""

    def prune(self, owner: str, before: int, needed: Collection[str]) -> int:
        """Delete an owner's decisions that are older than a moment, unless they are needed; give their number."""


_METADATA = MetaData()
_decisions: Table = Table(
    TABLE,
    _METADATA,
    Column("transaction_id", String(32), primary_key=True),
    Column("outcome", String(8), nullable=False),
    Column("owner", String(16), nullable=False),
    Column("format", Integer, nullable=False),
    Column("decided_at", BigInteger, nullable=False),
)


class TableDecisions:
    """Decisions in the table ``azoth_decisions`` of a database.

    Its primary key lets the second one who decides see what the first one has decided.

    Args:
        engine: the database.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._is_ready = False

    def make_ready(self) -> None:
        """Make the table where it is missing.

        Emits: a look for the table, and CREATE TABLE; once for each engine.
        """
        if not self._is_ready:
            try:
                _METADATA.create_all(self.engine)
            except DBAPIError:
                # Another process may have made it at the same time.
                with self.engine.connect() as connection:
                    if not self.engine.dialect.has_table(connection, TABLE):
                        raise
            self._is_ready = True

    def decide(self, transaction: str, owner: str) -> None:
        """Insert "commit", in a transaction of its own."""
        self.make_ready()
        with self.engine.begin() as connection:
            self.decide_in(connection, transaction, owner)

    def decide_in(self, connection: Connection, transaction: str, owner: str) -> None:
        """Insert "commit" in a transaction that is open; its COMMIT is the decision.

        Args:
            connection: where.
            transaction: the transaction.
            owner: whose it is.

        Raises:
            DecisionTaken: recovery has decided that it is to be rolled back.

        Emits: an INSERT.
        """
        try:
            connection.execute(insert(_decisions), _row(transaction, COMMIT, owner))
        except IntegrityError as error:
            raise DecisionTaken(transaction) from error

    def settle(self, transaction: str, owner: str) -> Outcome:
        """Insert "rollback", unless the row is there.

        Emits: a SELECT; an INSERT, and a SELECT again, where it finds nothing.
        """
        self.make_ready()
        known = self.look(transaction)
        if known is not None:
            return known
        try:
            # Where a transaction that inserts "commit" is under way, this waits for its end.
            with self.engine.begin() as connection:
                connection.execute(insert(_decisions), _row(transaction, ROLLBACK, owner))
        except IntegrityError:
            settled = self.look(transaction)
            assert settled is not None, "its key is there"
            return settled
        return ROLLBACK

    def look(self, transaction: str) -> Outcome | None:
        """Read the row."""
        with self.engine.connect() as connection:
            if not self._is_ready and not self.engine.dialect.has_table(connection, TABLE):
                return None
            statement = select(_decisions.c.outcome).where(_decisions.c.transaction_id == transaction)
            found: Outcome | None = connection.execute(statement).scalar_one_or_none()
            return found

    def forget(self, transactions: Collection[str]) -> None:
        """Delete rows."""
        if transactions:
            with self.engine.begin() as connection:
                self.forget_in(connection, transactions)

    def forget_in(self, connection: Connection, transactions: Collection[str]) -> None:
        """Delete rows in a transaction that is open.

        Args:
            connection: where.
            transactions: those that have ended everywhere.
        """
        connection.execute(delete(_decisions).where(_decisions.c.transaction_id.in_(list(transactions))))

    def prune(self, owner: str, before: int, needed: Collection[str]) -> int:
        """Delete an owner's old rows."""
        self.make_ready()
        statement = delete(_decisions).where(
            _decisions.c.owner == owner,
            _decisions.c.decided_at < before,
            _decisions.c.transaction_id.not_in(list(needed)),
        )
        with self.engine.begin() as connection:
            return connection.execute(statement).rowcount


def _row(transaction: str, outcome: Outcome, owner: str) -> dict[str, Any]:
    return {
        "transaction_id": transaction,
        "outcome": outcome,
        "owner": owner,
        "format": FORMAT,
        "decided_at": int(time.time()),
    }
