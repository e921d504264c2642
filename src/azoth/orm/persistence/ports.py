"""What the flush executor needs from a connection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

from azoth.sql.statement_cache import StatementCache


class FlushConnection(Protocol):
    """A connection inside the transaction that the flush belongs to."""

    @property
    def dialect(self) -> Any:
        """The dialect, whose capability flags decide how rows are sent."""

    @property
    def statement_cache(self) -> StatementCache:
        """The statements that were compiled for it."""

    def run(self, sql: str, parameters: tuple[Any, ...]) -> Any:
        """Give one statement to the driver and return its cursor."""

    def fetch_all(self, cursor: Any, sql: str, parameters: tuple[Any, ...]) -> list[Any]:
        """Read all rows of a cursor that ``run()`` gave."""

    def run_many(self, sql: str, parameters: Sequence[tuple[Any, ...]]) -> Any:
        """Give one statement with many rows of parameters to the driver and return its cursor."""


ConnectionFor: TypeAlias = Callable[[Any], FlushConnection]
"""Finds the connection for a mapper."""
