"""The one place where changes of many rows touch a connection."""

from __future__ import annotations

from typing import Any


def execute(connection: Any, statement: Any, parameters: Any = None) -> Any:
    """Execute a Core statement for one set of parameters or a list of them; gives the result."""
    return connection.execute(statement, parameters)


def run(connection: Any, sql: str, parameters: tuple[Any, ...]) -> Any:
    """Execute SQL that is prepared already; gives the cursor, whose rows are read by iterating."""
    return connection.run(sql, parameters)
