"""What a transaction needs from the unit of work whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from azoth.orm.runtime.ports import Unit


class TransactionUnit(Unit, Protocol):
    """The unit of work, as its transactions see it.

    Attributes:
        transaction: the innermost transaction that is begun, or None.
        expire_on_commit: whether a commit expires the objects.
        twophase: whether transactions are prepared before they are committed.
        execution_options: options of every execution.
        join_transaction_mode: what to do with a transaction that already runs on a given connection.
    """

    transaction: Any
    expire_on_commit: bool
    twophase: bool
    join_transaction_mode: str
    execution_options: Mapping[str, Any]

    def settle(self) -> None:
        """Flush until nothing is pending, whatever autoflush says."""
        ...
