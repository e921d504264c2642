"""What the flush executor needs from a connection."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from azoth.orm.runtime.state import InstanceState

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.sql.compiler import Compiled
    from azoth.sql.statement_cache import StatementCache


class FlushCursor(Protocol):
    """What a connection gives for an executed statement."""

    @property
    def rowcount(self) -> int:
        """How many rows were met; -1 where that is unknown."""

    @property
    def lastrowid(self) -> object:
        """The key of the inserted row, where the database has made one."""


class FlushConnection(Protocol):
    """A connection inside the transaction that the flush belongs to."""

    @property
    def is_heard(self) -> bool:
        """Whether somebody listens to the connection's executions."""

    @property
    def is_watched(self) -> bool:
        """Whether somebody wants to know what it sends."""

    def note_execution(self, compiled: Compiled, statement: object) -> None:
        """Know what the next text is that is run, for those who watch."""

    def execute_announced(
        self, statement: object, parameters: Mapping[str, Any] | list[Any], send: Callable[[], FlushCursor]
    ) -> FlushCursor:
        """Execute what its caller has prepared, and let listeners hear of it; gives the cursor."""

    @property
    def dialect(self) -> Any:
        """The dialect, whose capability flags decide how rows are sent."""

    @property
    def statement_cache(self) -> StatementCache:
        """The statements that were compiled for it."""

    def run(self, sql: str, parameters: tuple[Any, ...]) -> FlushCursor:
        """Give one statement to the driver and return its cursor."""

    def fetch_all(self, cursor: FlushCursor, sql: str, parameters: tuple[Any, ...]) -> list[Any]:
        """Read all rows of a cursor that ``run()`` gave."""

    def run_many(self, sql: str, parameters: Sequence[tuple[Any, ...]]) -> FlushCursor:
        """Give one statement with many rows of parameters to the driver and return its cursor."""


ConnectionFor: TypeAlias = Callable[[Any], FlushConnection]
"""Finds the connection for a mapper."""


class Places(Protocol):
    """The databases among which the rows of a mapped table are spread; a session that has one needs none of this."""

    def place_of(self, state: InstanceState, instance: object) -> Hashable:
        """Say in which of them an object has its row, or gets it; a new one keeps that as its identity token."""
        ...

    def connection(self, mapper: Mapper, place: Hashable, instance: object) -> FlushConnection:
        """Give the connection to one of them."""
        ...

    def take_chosen(self) -> list[InstanceState]:
        """Give the new objects whose places were chosen, and begin anew."""
        ...
