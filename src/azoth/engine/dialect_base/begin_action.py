"""What begins transactions in a database, and which statements can do without."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Any, Final

__all__ = ["BeginAction", "StatementNeed"]

_NO_SQL: Final[frozenset[str]] = frozenset()


class StatementNeed(Enum):
    """What must have happened before a statement is sent."""

    NOTHING = "nothing"
    """It can do without a transaction."""

    BEGIN = "begin"
    """A transaction must have begun."""

    IS_BEGIN = "is begin"
    """It begins the transaction itself, being a BEGIN of the user's."""


class BeginAction:
    """Begin a transaction on a driver's connection; a dialect gives it, a connection calls it when a statement asks.

    Args:
        send: sends BEGIN, or whatever the database understands.
    """

    __slots__ = ("_send",)

    unbegun: AbstractSet[str] = _NO_SQL
    """SQL that is known to need nothing; connections look here before they ask ``need_of()``."""

    def __init__(self, send: Callable[[Any], None]) -> None:
        self._send = send

    def __call__(self, dbapi_connection: Any) -> None:
        """Send BEGIN."""
        self._send(dbapi_connection)

    def need_of(self, sql: str | None) -> StatementNeed:
        """Tell what a statement needs; SQL that needs nothing joins ``unbegun``.

        Args:
            sql: the statement; None for one that needs a transaction in any case.
        """
        return StatementNeed.BEGIN
