"""What a query needs from the session that it runs in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class QuerySession(Protocol):
    """A session, as queries see it."""

    dispatch: Any

    def _planned(
        self, statement: Any, params: Any, options: Mapping[str, Any] | None, bind_arguments: dict[str, Any] | None
    ) -> tuple[Any, Any, Any, Any]:
        """Flush where needed; give the load plan of a SELECT of entities, the connection, the statement as it runs, and
        what acts on the loads that follow.
        """
        ...

    def _given(
        self, statement: Any, params: Any, options: Mapping[str, Any] | None, bind_arguments: dict[str, Any] | None
    ) -> tuple[Any, list[Any]]:
        """Execute a statement whose rows are given by another one; give the plan and what it made."""
        ...

    def execute(self, statement: Any, params: Any = None, *, execution_options: Any = None) -> Any:
        """Execute a statement."""
        ...

    def get(
        self,
        entity: Any,
        ident: Any,
        *,
        options: Any = None,
        populate_existing: bool = False,
        with_for_update: Any = None,
        execution_options: Mapping[str, Any] | None = None,
    ) -> Any:
        """Give the object with a primary key."""
        ...
