"""What tells, after a COMMIT without an answer, whether a unit of work was committed.

PostgreSQL knows the outcome of each transaction by its number. Other databases get a row of the unit's own, in its
transaction, just before COMMIT.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol
from weakref import WeakSet

from azoth.exc import DBAPIError, IntegrityError
from azoth.orm.session.transactions.own_table import make_own_table
from azoth.sql.dml import delete, insert
from azoth.sql.elements import text
from azoth.sql.schema import Column, MetaData, Table
from azoth.sql.types import BigInteger, String

if TYPE_CHECKING:
    from azoth.engine import Connection, Engine

__all__ = ["Mark", "mark_of"]

TABLE: Final = "azoth_units"
KEPT: Final = 86_400
"""Seconds after which a row is of no use to anybody."""
PRUNES_EACH: Final = 500
"""Among how many units one, at random, deletes the rows that are of no use."""
PAUSE: Final = 0.05
"""Seconds between two looks."""
COMMITTED: Final = "committed"
ABORTED: Final = "aborted"
IN_PROGRESS: Final = "in progress"
"""What has become of a transaction, in the words of PostgreSQL."""

_units: Table = Table(
    TABLE,
    MetaData(),
    Column("id", String(32), primary_key=True),
    Column("written_at", BigInteger, nullable=False),
)
_ready: WeakSet[Engine] = WeakSet()

_NUMBER: Final = text("SELECT CAST(pg_current_xact_id_if_assigned() AS text)")
_STATUS: Final = text("SELECT pg_xact_status(CAST(:number AS xid8))")


class Mark(Protocol):
    """What is asked for the outcome of a transaction."""

    def find_out(self, until: float) -> bool | None:
        """Tell whether it was committed; None where that cannot be found out.

        Args:
            until: when to give up, as ``time.monotonic()`` counts.
        """


def make_ready(engine: Engine) -> None:
    """Make the table for units where an engine's database needs it.

    Args:
        engine: the engine.

    Emits: a look for the table and CREATE TABLE, once for each engine.
    """
    if engine.dialect.name == "postgresql" or engine in _ready:
        return
    make_own_table(_units, engine)
    _ready.add(engine)


def mark_of(connection: Connection) -> Mark | None:
    """Give what will tell the outcome of a connection's transaction; None where it has written nothing.

    Args:
        connection: the connection, whose transaction is about to be committed.

    Emits: on PostgreSQL a SELECT; elsewhere an INSERT.
    """
    engine = connection.engine
    if engine.dialect.name == "postgresql":
        number = connection.scalar(_NUMBER)
        return None if number is None else _ByNumber(engine, str(number))
    if engine.dialect.in_transaction(connection._dbapi) is False:
        # A driver that knows says that nothing was begun, so nothing was written.
        return None
    unit = secrets.token_hex(16)
    connection.execute(insert(_units), {"id": unit, "written_at": int(time.time())})
    return _ByRow(engine, unit)


def prune(engine: Engine) -> None:
    """Delete rows that are of no use to anybody, once in a while.

    Args:
        engine: the engine.

    Emits: a DELETE, for one of 500 units.
    """
    if engine in _ready and random.randrange(PRUNES_EACH) == 0:  # noqa: S311 -- no secret
        with engine.begin() as connection:
            connection.execute(delete(_units).where(_units.c.written_at < int(time.time()) - KEPT))


class _ByNumber:
    """Asks PostgreSQL what has become of a transaction."""

    def __init__(self, engine: Engine, number: str) -> None:
        self._engine = engine
        self._number = number

    def find_out(self, until: float) -> bool | None:
        """Ask until it has ended."""
        return _ask(self._look, until)

    def _look(self) -> str | None:
        with self._engine.connect() as connection:
            # A server that has never heard of it, after a failover, cannot say that it was not committed elsewhere.
            status: str | None = connection.scalar(_STATUS, {"number": self._number})
            return status


class _ByRow:
    """Looks for the row of a unit."""

    def __init__(self, engine: Engine, unit: str) -> None:
        self._engine = engine
        self._unit = unit

    def find_out(self, until: float) -> bool | None:
        """Insert the row again: that waits for a transaction that has it and has not ended."""
        return _ask(self._look, until)

    def _look(self) -> str:
        with self._engine.connect() as connection:
            try:
                connection.execute(insert(_units), {"id": self._unit, "written_at": 0})
            except IntegrityError:
                return COMMITTED
            finally:
                connection.rollback()
        return ABORTED


def _ask(look: Callable[[], str | None], until: float) -> bool | None:
    """Look until there is an outcome; a status of None says that looking again will not help."""
    while True:
        try:
            status = look()
        except DBAPIError:
            status = IN_PROGRESS
        if status != IN_PROGRESS:
            return None if status is None else status == COMMITTED
        if time.monotonic() >= until:
            return None
        time.sleep(PAUSE)
