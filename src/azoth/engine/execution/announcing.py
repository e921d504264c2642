"""Executions that listeners of ``before_execute`` and ``after_execute`` hear of, by code that prepares for itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Protocol

from azoth.engine.execution.cursor_result import CursorResult
from azoth.engine.execution.execution import shape_of_result, split_parameters
from azoth.engine.fetching import FetchedRows, IteratorSource
from azoth.sql.statement_cache import PreparedStatement, StatementCache

__all__ = ["ANNOUNCED", "announce", "execute_announced", "is_heard", "is_watched", "tell_executed"]

Parameters = Mapping[str, Any] | list[Any] | None
"""The values of one execution, or of several."""


if TYPE_CHECKING:
    from azoth.engine.ports import ExecutingConnection

    class Announcing(ExecutingConnection, Protocol):
        """A connection, as far as its listeners are concerned."""

        @property
        def statement_cache(self) -> StatementCache:
            """The statements that were compiled for it."""

        def execute(
            self,
            statement: object,
            parameters: Parameters = None,
            *,
            execution_options: Mapping[str, Any] | None = None,
        ) -> Any:
            """Execute a statement."""


ANNOUNCED: Final[Mapping[str, Any]] = MappingProxyType({})
"""The execution options of what was announced already."""


def is_heard(connection: Announcing) -> bool:
    """Tell whether somebody listens to the executions of a connection."""
    return bool(connection.dispatch.execute)


def is_watched(connection: Announcing) -> bool:
    """Tell whether somebody wants to know what a connection sends: listeners, or a dialect of a program's own."""
    return connection._by_dialect or bool(connection.dispatch.watched)


def announce(
    connection: Announcing, statement: object, parameters: Parameters, options: Mapping[str, Any] | None = None
) -> tuple[object, Parameters]:
    """Tell listeners that a statement is about to be executed.

    Args:
        connection: where.
        statement: the statement.
        parameters: its values: a dictionary, a list of them, or None.
        options: the options of this execution.

    Returns:
        the statement and the parameters, as the listeners want them.
    """
    if options is ANNOUNCED:
        return statement, parameters
    multiparams, params = split_parameters(parameters)
    for listener in connection.dispatch.before_execute:
        statement, multiparams, params = listener(connection, statement, multiparams, params, options or {})
    return statement, multiparams or params or None


def execute_announced(
    connection: Announcing, statement: object, parameters: Parameters, send: Callable[[], Any]
) -> Any:
    """Execute a statement that its caller has prepared, and let listeners hear of it.

    Args:
        connection: where.
        statement: what they hear of.
        parameters: its values: a dictionary, or a list of them.
        send: executes what was prepared; gives the driver's cursor. It is not called where a listener wants another
            statement or other values.

    Returns:
        the cursor, or what stands for it.
    """
    before = _copied(parameters)
    told, values = announce(connection, statement, parameters)
    if told is statement and _is_same(before, values):
        cursor = send()
        return tell_executed(connection, statement, parameters, cursor) if connection.dispatch.after_execute else cursor
    result = connection.execute(told, values, execution_options=ANNOUNCED)
    return FetchedRows(result.cursor, result.driver_rows()) if result.returns_rows else result


def tell_executed(
    connection: Announcing, statement: object, parameters: Parameters, cursor: Any, *, stream: bool = False
) -> Any:
    """Tell listeners that a statement was executed.

    Args:
        connection: where.
        statement: the statement.
        parameters: its values.
        cursor: the driver's cursor.
        stream: whether its rows are read in portions, so that listeners get a result without them.

    Returns:
        the cursor, or what has its rows.
    """
    sets = parameters if isinstance(parameters, list) else None
    many = sets is not None
    keys = tuple((parameters if sets is None else sets[0]) or ())
    known = connection.statement_cache.prepare(statement, keys, many)
    prepared: PreparedStatement | None = known
    values: object = None
    if known.needs_values or known.default_columns:
        # Its text would be another one; functions that make values are called once for each execution.
        prepared = None
    elif sets is not None:
        values = [known.bind(statement, each, connection) for each in sets]
    else:
        values = known.bind(statement, parameters, connection)
    shape = source = None
    if cursor.description is not None and not stream:
        rows = connection.fetch_all(cursor, "" if prepared is None else prepared.sql, values)
        cursor = FetchedRows(cursor, rows)
        shape, source = shape_of_result(connection, prepared, statement, cursor), IteratorSource(rows)
    result: CursorResult[*tuple[Any, ...]] = CursorResult(
        shape, cursor, source, connection, prepared, statement, parameters, values
    )
    for listener in connection.dispatch.after_execute:
        listener(connection, statement, *split_parameters(parameters), {}, result)
    return cursor


def _copied(parameters: Parameters) -> Parameters:
    return [dict(each) for each in parameters] if isinstance(parameters, list) else dict(parameters or {})


def _is_same(before: Parameters, after: Parameters) -> bool:
    """Tell whether parameters have the values that they had; values of the user's are not compared with each other."""
    if isinstance(before, list):
        return isinstance(after, list) and len(before) == len(after) and all(map(_is_same, before, after))
    before, after = before or {}, after or {}
    return isinstance(after, Mapping) and before.keys() == after.keys() and all(before[k] is after[k] for k in before)
