"""What cursor events and Python-side defaults are told about the execution they belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from azoth.driver import DBAPICursor
from azoth.engine.ports import ExecutingConnection
from azoth.sql.statement_cache import StatementKind

__all__ = ["DefaultExecutionContext", "ExecutionContext", "execute_in_context"]


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


class DefaultExecutionContext(ExecutionContext):
    """The context of a dialect of one's own (``execution_ctx_cls``): its methods are called around each statement."""

    def create_cursor(self) -> DBAPICursor:
        """Make the driver's cursor; ``self.cursor`` is one for plain statements."""
        return self.cursor  # type: ignore[no-any-return]

    def pre_exec(self) -> None:
        """Do what comes before; ``self.statement`` and ``self.parameters`` are sent as they are afterwards."""

    def post_exec(self) -> None:
        """Do what comes afterwards; ``self.cursor`` has executed the statement."""

    def get_lastrowid(self) -> object:
        """Give the key that the database made for the inserted row."""
        return self.cursor.lastrowid

    def handle_dbapi_exception(self, e: BaseException) -> None:
        """Hear of what the driver raised, before it becomes the program's."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement has met."""
        count: int = self.cursor.rowcount
        return count


class ContextCursor:
    """A driver's cursor about which the context of its statement has the last word.

    Args:
        context: the context.
    """

    def __init__(self, context: DefaultExecutionContext) -> None:
        self._context = context
        self._cursor: DBAPICursor = context.cursor

    def __getattr__(self, name: str) -> object:
        found: object = getattr(self._cursor, name)
        return found

    def __iter__(self) -> Iterator[object]:
        rows: Iterator[object] = iter(self._cursor)  # type: ignore[call-overload]
        return rows

    @property
    def lastrowid(self) -> object:
        """The key that the database made."""
        return self._context.get_lastrowid()

    @property
    def rowcount(self) -> int:
        """How many rows the statement has met."""
        return self._context.rowcount


def execute_in_context(
    context: DefaultExecutionContext, sql: str, parameters: object, send: Callable[[DBAPICursor, str, object], object]
) -> ContextCursor:
    """Send a statement, and call the methods of its context around it.

    Args:
        context: the context.
        sql: the statement.
        parameters: its values; many sets of them where the context says ``executemany``.
        send: gives them to the driver.

    Returns:
        what stands for the cursor.
    """
    context.statement, context.parameters = sql, parameters
    context.cursor = context.create_cursor()
    context.pre_exec()
    try:
        send(context.cursor, context.statement, context.parameters)
    except Exception as error:
        context.handle_dbapi_exception(error)
        raise
    context.post_exec()
    return ContextCursor(context)
