"""What changes of many rows need from the unit of work whose objects they concern."""

from __future__ import annotations

from typing import Any, Protocol

from azoth.orm.persistence.outcome import FlushOutcome
from azoth.orm.runtime.identity_map import IdentityMap


class BulkUnit(Protocol):
    """The unit of work, as far as bulk changes know it.

    Attributes:
        _identity_map: the objects in memory that must follow.
        load_on_peers: part of what loading asks for.
    """

    _identity_map: IdentityMap
    load_on_peers: bool

    def _connection_for(self, mapper: Any) -> Any:
        """Give the connection on which statements about a mapper run, beginning the transaction where needed."""
        ...

    def _autoflush(self) -> None:
        """Flush pending changes, if the unit does so before queries."""
        ...

    def _remember(self, outcome: FlushOutcome) -> None:
        """Note what changed in memory, for the case that the transaction is rolled back."""
        ...
