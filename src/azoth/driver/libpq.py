"""What the drivers on libpq tell of a connection without asking the server."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from typing import Final

__all__ = ["LEVELS", "TransactionStatus", "begin_statement", "is_in_transaction"]

LEVELS: Final = {1: "READ UNCOMMITTED", 2: "READ COMMITTED", 3: "REPEATABLE READ", 4: "SERIALIZABLE"}
"""The numbers that the driver has for isolation levels."""


class TransactionStatus(IntEnum):
    """The states of ``PQtransactionStatus()``.

    Source: PostgreSQL's documentation of libpq, "Connection Status Functions".
    """

    IDLE = 0
    ACTIVE = 1
    IN_TRANSACTION = 2
    IN_ERROR = 3
    UNKNOWN = 4


_KNOWN: Final = {
    TransactionStatus.IDLE: False,
    TransactionStatus.IN_TRANSACTION: True,
    TransactionStatus.IN_ERROR: True,
}


def is_in_transaction(status: int) -> bool | None:
    """Tell whether a connection is inside a transaction; None in the middle of a statement, or where it is lost.

    Args:
        status: what ``PQtransactionStatus()`` says.
    """
    return _KNOWN.get(TransactionStatus(status))


@lru_cache(maxsize=50)
def begin_statement(isolation_level: str | None, read_only: bool | None, deferrable: bool | None) -> bytes:
    """Write the BEGIN of a transaction.

    Args:
        isolation_level: its isolation level; None for the one that the server gives.
        read_only: True or False; None for what the server has set.
        deferrable: True or False; None for what the server has set.
    """
    words = ["BEGIN"]
    if isolation_level is not None:
        words.append(f"ISOLATION LEVEL {isolation_level}")
    if read_only is not None:
        words.append("READ ONLY" if read_only else "READ WRITE")
    if deferrable is not None:
        words.append("DEFERRABLE" if deferrable else "NOT DEFERRABLE")
    return " ".join(words).encode()
