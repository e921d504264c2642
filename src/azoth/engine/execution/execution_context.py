"""What cursor events and Python-side defaults are told about the execution they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azoth.engine.ports import ExecutingConnection
from azoth.sql.statement_cache import StatementKind

__all__ = ["ExecutionContext"]


class ExecutionContext(StatementKind):
    """One execution of a statement; listeners may set attributes of their own on it.

    It is made only while somebody listens to cursor events or the engine logs its statements.
    """

    def __init__(
        self,
        connection: ExecutingConnection,
        cursor: Any,
        statement: str,
        parameters: Any,
        executemany: bool,
        execution_options: Mapping[str, Any],
    ) -> None:
        self.connection: Any = connection
        self.root_connection: Any = connection
        self.engine: Any = connection.engine
        self.dialect = connection.dialect
        self.cursor = cursor
        self.statement = statement
        self.parameters = parameters
        self.executemany = executemany
        self.execution_options = execution_options
        self.compiled = connection._executing
        self.invoked_statement = connection._executing_statement
        self.kind = getattr(self.compiled, "kind", "")
