"""What changes of many rows need from the unit of work whose objects they concern."""

from __future__ import annotations

from typing import Protocol

from azoth.orm.loading.ports import LoadingUnit
from azoth.orm.persistence.execution.outcome import FlushOutcome


class BulkUnit(LoadingUnit, Protocol):
    """The unit of work, as far as bulk changes know it: loading needs it too, for RETURNING of entities."""

    def _remember(self, outcome: FlushOutcome) -> None:
        """Note what changed in memory, for the case that the transaction is rolled back."""
        ...
