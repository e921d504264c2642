"""What cursor events and Python-side defaults are told about the execution they belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError
from azoth.sql.elements import type_coerce
from azoth.sql.schema import Sequence as Sequenced
from azoth.sql.selectable import select
from azoth.sql.statement_cache import StatementKind
from azoth.sql.types import TypeEngine

if TYPE_CHECKING:
    from azoth.driver import DBAPICursor
    from azoth.engine.ports import ExecutingConnection

__all__ = ["DefaultExecutionContext", "ExecuteStyle", "ExecutionContext", "execute_in_context"]


class ExecuteStyle(Enum):
    """How a statement is given to the driver."""

    EXECUTE = 0
    """Once, by ``cursor.execute()``."""
    EXECUTEMANY = 1
    """For many sets of values, by ``cursor.executemany()``."""
    INSERTMANYVALUES = 2
    """Once, as an INSERT of many rows, by ``cursor.execute()``."""


class ExecutionContext(StatementKind):
    """One execution of a statement; listeners may set attributes of their own on it.

    It is made only while somebody listens to cursor events or the engine logs its statements, or for a dialect that has
    a class of its own (``execution_ctx_cls``), whose methods are called around each statement then.
    """

    no_parameters: bool = False
    """Whether the driver gets the statement without values, by the execution option of this name."""
    out_parameters: dict[str, Any] | None = None
    """The values of OUT parameters, by their names; None where the statement has none."""

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
        self.parameters: Any = parameters if executemany else [parameters]
        self.executemany = executemany
        self.execution_options = execution_options
        self.compiled: Any = connection._executing
        self.invoked_statement = connection._executing_statement
        if self.compiled is None and self.invoked_statement is statement:
            # The driver's own SQL.
            self.invoked_statement = None
        elif self.compiled is None or self.compiled.string != statement:
            # What was sent as text alone; the dialect knows what is compiled and in use.
            self.compiled = self.dialect.known_compiled(statement)
            self.invoked_statement = getattr(self.compiled, "statement", None)
        self.kind = getattr(self.compiled, "kind", "")

    @property
    def execute_style(self) -> ExecuteStyle:
        """How the statement is given to the driver."""
        if self.executemany:
            return ExecuteStyle.EXECUTEMANY
        return ExecuteStyle.INSERTMANYVALUES if self._has_several_rows else ExecuteStyle.EXECUTE

    @property
    def _has_several_rows(self) -> bool:
        """Whether a flush inserts several rows by the statement."""
        values = getattr(self.compiled, "statement", None)
        return self.isinsert and len(getattr(values, "_multi_values", ())) > 1

    @property
    def prefetch_cols(self) -> list[Any]:
        """The columns of an INSERT or UPDATE whose values Python's defaults have made before."""
        return [] if self.compiled is None else list(self.compiled.prefetched_columns)

    @property
    def postfetch_cols(self) -> list[Any]:
        """The columns of an INSERT or UPDATE whose values the server makes, also where RETURNING gives them back."""
        return [] if self.compiled is None else [c for c in self.compiled.server_columns if not c.primary_key]

    def create_cursor(self) -> DBAPICursor:
        """Make the driver's cursor; ``self.cursor`` is one for plain statements."""
        return self.cursor  # type: ignore[no-any-return]

    def pre_exec(self) -> None:
        """Do what comes before.

        ``self.statement`` and ``self.parameters`` are sent as they are afterwards; the latter is a list of sets of
        values, which has one of them where ``self.executemany`` is False.
        """

    def post_exec(self) -> None:
        """Do what comes afterwards; ``self.cursor`` has executed the statement."""

    def get_lastrowid(self) -> object:
        """Give the key that the database made for the inserted row."""
        return self.cursor.lastrowid

    def get_rowcount(self) -> int | None:
        """Give how many rows the statement has met."""
        count: int = self.cursor.rowcount
        return count

    @property
    def rowcount(self) -> int:
        """How many rows the statement has met; -1 where that is not known."""
        count = self.get_rowcount()
        return -1 if count is None else count

    def handle_dbapi_exception(self, e: BaseException) -> None:
        """Hear of what the driver raised, before it becomes the program's.

        Args:
            e: what it raised.
        """

    def fetchall_for_returning(self, cursor: DBAPICursor) -> Sequence[Any]:
        """Fetch the rows of a RETURNING.

        Args:
            cursor: the driver's cursor.
        """
        return cursor.fetchall()

    def lastrow_has_defaults(self) -> bool:
        """Tell whether the server has made values of the INSERT or UPDATE."""
        if not (self.isinsert or self.isupdate):
            return False
        key = getattr(self.compiled.table, "autoincrement_column", None)
        return any(column is not key for column in self.compiled.server_columns)

    def fire_sequence(self, seq: Sequenced, type_: TypeEngine[Any]) -> int:
        """Ask the database for the next number of a sequence.

        Args:
            seq: the sequence.
            type_: the type of the number.

        Emits: one SELECT.
        """
        number: int = self.root_connection.scalar(select(type_coerce(seq.next_value(), type_)))
        return number

    def get_out_parameter_values(self, out_param_names: Sequence[str]) -> Sequence[Any]:
        """Give the values of OUT parameters, as the driver has them.

        Args:
            out_param_names: their names.

        Raises:
            InvalidRequestError: the dialect does not know where its driver has them.
        """
        raise InvalidRequestError(
            f"the dialect {self.dialect.name!r} has no OUT parameters",
            why="its execution context has no get_out_parameter_values(), which asks the driver for their values.",
            fix="call the procedure with a cursor of the driver.",
            code="AZ-E636",
        )

    def take_out_parameters(self) -> None:
        """Ask for the values of OUT parameters, where the statement has any; they stand in ``out_parameters``."""
        compiled = self.compiled
        binds = [bind for bind in getattr(compiled, "positional", ()) if bind.isoutparam]
        if not binds:
            return
        names = [compiled.bind_names[bind] for bind in binds]
        values = self.get_out_parameter_values(names)
        self.out_parameters = {}
        for bind, name, value in zip(binds, names, values, strict=True):
            process = bind.type.dialect_impl(self.dialect).result_processor(self.dialect, None)
            self.out_parameters[name] = value if process is None else process(value)


class DefaultExecutionContext(ExecutionContext):
    """The context of a dialect of one's own (``execution_ctx_cls``): its methods are called around each statement."""


class ContextCursor:
    """A driver's cursor about which the context of its statement has the last word.

    Args:
        context: the context.
    """

    def __init__(self, context: ExecutionContext) -> None:

        self._context = context
        self._cursor: DBAPICursor = context.cursor

    def __getattr__(self, name: str) -> object:
        found: object = getattr(self._cursor, name)
        return found

    def __iter__(self) -> Iterator[object]:
        rows: Iterator[object] = iter(self._cursor)  # type: ignore[call-overload]
        return rows

    @property
    def out_parameters(self) -> dict[str, Any] | None:
        """The values of OUT parameters."""
        return self._context.out_parameters

    def fetchall(self) -> Sequence[Any]:
        """Fetch all rows; those of a RETURNING as the context says."""
        context = self._context
        if context.isinsert or context.isupdate or context.isdelete:
            return context.fetchall_for_returning(self._cursor)
        return self._cursor.fetchall()

    @property
    def lastrowid(self) -> object:
        """The key that the database made."""
        return self._context.get_lastrowid()

    @property
    def rowcount(self) -> int:
        """How many rows the statement has met."""
        return self._context.rowcount


def execute_in_context(
    context: ExecutionContext, sql: str, parameters: object, send: Callable[[DBAPICursor, str, object], object]
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
    context.statement, context.parameters = sql, parameters if context.executemany else [parameters]
    context.cursor = context.create_cursor()
    context.pre_exec()
    try:
        sets = context.parameters
        send(context.cursor, context.statement, sets if context.executemany else sets[0])
    except Exception as error:
        context.handle_dbapi_exception(error)
        raise
    context.take_out_parameters()
    context.post_exec()
    return ContextCursor(context)
