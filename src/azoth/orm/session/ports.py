"""What the parts of the session package need from the session itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from azoth.orm.loading.ports import LoadingUnit


class SessionPort(LoadingUnit, Protocol):
    """The session, as far as its transactions, look-ups and merges know it."""

    dispatch: Any
    execution_options: Mapping[str, Any]
    expire_on_commit: bool
    join_transaction_mode: str
    twophase: bool
    _transaction: Any

    @property
    def no_autoflush(self) -> Any:
        """A block without autoflush."""
        ...

    def _flush_for_commit(self) -> None:
        """Flush what is pending, whatever autoflush says."""
        ...

    def prepare(self) -> None:
        """Prepare a two-phase transaction."""
        ...

    def scalars(self, statement: Any) -> Any:
        """Execute a statement and give the first element of each row."""
        ...
