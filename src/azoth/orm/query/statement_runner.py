"""The one place where queries go through the session's ``execute()``: for what is no plain SELECT of entities."""

from __future__ import annotations

from typing import Any


def execute(session: Any, statement: Any, parameters: Any = None, options: Any = None) -> Any:
    """Execute a statement in a session; gives the result."""
    return session.execute(statement, parameters, execution_options=options)
