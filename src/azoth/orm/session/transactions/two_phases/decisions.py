"""Where it stands whether a transaction over several databases is to be committed."""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias

from azoth.exc import CommitUnknown, IntegrityError
from azoth.exc.two_phases import DecisionTaken, DecisionUnknown
from azoth.orm.session.transactions.own_table import make_own_table
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

    forgets: int
    """How many decisions that nobody needs any more are worth to be deleted along with the next decision."""

    def decide(self, transaction: str, owner: str, ended: Collection[str] = ()) -> None:
        """Decide that a transaction is to be committed; durable when this returns. Forget those that have ended.

        Raises:
            DecisionTaken: recovery has decided that it is to be rolled back.
            DecisionUnknown: it may be recorded or not; after any other error it is not.
        """

    def settle(self, transaction: str, owner: str) -> Outcome:
        """Decide that a transaction is to be rolled back, unless it was decided before; give what holds."""

    def look(self, transaction: str) -> Outcome | None:
        """Give what was decided; None for nothing yet."""

    def prune(self, owner: str, before: int, needed: Collection[str]) -> int:
        """Delete an owner's decisions that are older than a moment, unless they are needed; give their number."""


_decisions: Table = Table(
    TABLE,
    MetaData(),
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

    forgets = 1

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._is_ready = False

    def make_ready(self) -> None:
        """Make the table where it is missing.

        Emits: a look for the table, and CREATE TABLE; once for each engine.
        """
        if not self._is_ready:
            make_own_table(_decisions, self.engine)
            self._is_ready = True

    def decide(self, transaction: str, owner: str, ended: Collection[str] = ()) -> None:
        """Insert "commit", in a transaction of its own."""
        self.make_ready()
        connection = self.engine.connect()
        try:
            self.decide_in(connection, transaction, owner, ended)
            connection.commit()
        except CommitUnknown as error:
            raise DecisionUnknown from error
        finally:
            # What goes wrong here changes nothing about what is recorded.
            with suppress(Exception):
                connection.close()

    def decide_in(self, connection: Connection, transaction: str, owner: str, ended: Collection[str] = ()) -> None:
        """Insert "commit" in a transaction that is open; its COMMIT is the decision.

        Args:
            connection: where.
            transaction: the transaction.
            owner: whose it is.
            ended: transactions whose decisions nobody needs any more.

        Raises:
            DecisionTaken: recovery has decided that it is to be rolled back.

        Emits: an INSERT; a DELETE.
        """
        if ended:
            connection.execute(delete(_decisions).where(_decisions.c.transaction_id.in_(list(ended))))
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
