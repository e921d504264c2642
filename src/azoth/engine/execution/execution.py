"""The parts of ``Connection.execute()`` beyond the plainest case."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any, Final

from azoth.engine.execution.cursor_result import CursorResult, CursorSource, StreamedSource
from azoth.engine.fetching import IteratorSource
from azoth.engine.result_shape import ResultShape, shape_of_keys
from azoth.exc import ArgumentError, ObjectNotExecutableError
from azoth.sql.compiler import Compiled
from azoth.sql.elements import TextClause
from azoth.sql.ports import sent_form
from azoth.sql.schema import Sequence as DatabaseSequence
from azoth.sql.selectable import select
from azoth.sql.statement_cache import PreparedStatement, StatementCache

if TYPE_CHECKING:
    from azoth.engine.ports import ExecutingConnection

__all__ = [
    "distilled_parameters",
    "executable_statement",
    "execute_each",
    "reads_in_portions",
    "result_of",
    "shape_of_result",
    "split_parameters",
    "text_statement",
]

_VALUED: Final = ("insert", "update")
"""The statements whose columns are chosen by the keys of their parameters."""

_SELECT: Final = r"\s*SELECT\b"


@lru_cache(maxsize=500)
def text_statement(sql: str) -> TextClause:
    """Turn plain SQL text with ``:name`` parameters into a statement; the same text gives the same statement."""
    return TextClause(sql)


def executable_statement(subject: Any) -> Any:
    """Find the statement in what was given to ``execute()``.

    Args:
        subject: a statement, or an object that stands for one.

    Returns:
        the statement.

    Raises:
        ObjectNotExecutableError: there is none.
    """
    if hasattr(subject, "__clause_element__") and not getattr(subject, "runs_in_session", False):
        subject = subject.__clause_element__()
    if getattr(subject, "_is_function", False):
        options = subject.get_execution_options()
        return select(subject).execution_options(**options) if options else select(subject)
    if isinstance(subject, Compiled):
        subject = subject.statement
    if getattr(subject, "supports_execution", False) or getattr(subject, "is_ddl", False):
        return subject
    if getattr(type(subject), "supports_execution", False):
        return sent_form(subject)
    if isinstance(subject, DatabaseSequence):
        return select(subject.next_value())
    kind = f"the class {subject.__name__}" if isinstance(subject, type) else f"an object of {type(subject).__name__}"
    raise ObjectNotExecutableError(
        f"{kind} cannot be executed",
        why="it is neither a statement nor SQL text.",
        fix="pass select(...), insert(...), text('...') or the like; a class or table is read by select(it).",
    )


def distilled_parameters(parameters: Any) -> tuple[Any, tuple[str, ...], bool]:
    """Tell one set of values from many.

    Args:
        parameters: a mapping, or a sequence of mappings.

    Returns:
        the values (a list for many), the names in the first set, and whether they are many.

    Raises:
        ArgumentError: they are neither.
    """
    if isinstance(parameters, Mapping):
        return parameters, tuple(parameters), False
    if isinstance(parameters, Sequence) and not isinstance(parameters, (str, bytes)):
        sets = list(parameters)
        if not sets:
            return None, (), False
        if set(map(type, sets)) == {dict} or all(isinstance(values, Mapping) for values in sets):
            return sets, tuple(sets[0]), True
    raise ArgumentError(
        f"parameters are a dictionary or a list of dictionaries, not {type(parameters).__name__}",
        why="the parameters of a statement have names.",
        fix='write {"name": value}; exec_driver_sql() takes tuples for the driver\'s own placeholders.',
        code="AZ-E36",
    )


def split_parameters(parameters: Any) -> tuple[Any, Any]:
    """Tell a list of sets of values from one set, as listeners are told."""
    return ([], parameters or {}) if parameters is None or isinstance(parameters, Mapping) else (parameters, {})


def execute_each(
    connection: ExecutingConnection,
    cache: StatementCache,
    prepared: PreparedStatement,
    statement: Any,
    parameters: list[Any],
) -> CursorResult[*tuple[Any, ...]]:
    """Execute a prepared statement for many sets of values.

    Args:
        connection: the Connection.
        cache: where the statement was prepared.
        prepared: the prepared statement.
        statement: what was prepared.
        parameters: the sets of values.

    Returns:
        the result; with RETURNING its rows are those of all executions, in order.

    Emits: one executemany; one for each run of sets with the same keys where an INSERT or UPDATE is given others.
    """
    if prepared.kind in _VALUED and list(map(tuple, parameters)).count(tuple(parameters[0])) != len(parameters):
        batches = [list(batch) for _, batch in groupby(parameters, key=frozenset)]
        if len(batches) > 1:
            prepare = cache.prepare
            results = [
                _execute_alike(connection, prepare(statement, tuple(batch[0]), True), statement, batch)
                for batch in batches
            ]
            return BatchesResult(results, parameters)
    return _execute_alike(connection, prepared, statement, parameters)


def _execute_alike(
    connection: ExecutingConnection, prepared: PreparedStatement, statement: Any, parameters: list[Any]
) -> CursorResult[*tuple[Any, ...]]:
    bind = prepared.bind
    values = [bind(statement, each, connection) for each in parameters]
    is_watched = connection._logs or connection._by_dialect or connection.dispatch.knows_statement
    if is_watched:
        connection.note_execution(prepared.compiled, statement)
    if not prepared.returns_rows:
        cursor = connection.run_many(prepared.sql, values)
        return CursorResult(None, cursor, None, connection, prepared, statement, parameters, values)
    # Drivers return no rows from executemany().
    rows: list[Any] = []
    for each in values:
        if is_watched:
            connection.note_execution(prepared.compiled, statement)
        cursor = connection.run(prepared.sql, each)
        rows.extend(connection.fetch_all(cursor, prepared.sql, each))
    shape = shape_of_result(connection, prepared, statement, cursor)
    source = IteratorSource(rows)
    result: CursorResult[*tuple[Any, ...]] = CursorResult(
        shape, cursor, source, connection, prepared, statement, parameters, values
    )
    # Each row that a change has met is among them; the last cursor knows those of its own execution only.
    result._rowcount = len(rows)
    if prepared.gives_defaults:
        result.take_defaults()
    return result


def reads_in_portions(options: Mapping[str, Any], kind: str, sql: str) -> bool:
    """Tell whether the rows of a statement are wanted in portions, and it is one that only reads.

    Servers make cursors for SELECTs alone; of a text, the first word tells.

    Args:
        options: its execution options.
        kind: "select", "text", or another kind of statement.
        sql: the statement.
    """
    if not (options.get("stream_results") or options.get("yield_per")):
        return False
    return kind == "select" or (kind == "text" and re.match(_SELECT, sql, re.IGNORECASE) is not None)


def result_of(
    connection: ExecutingConnection,
    cursor: Any,
    prepared: Any,
    statement: Any,
    parameters: Any,
    values: Any,
    stream: Mapping[str, Any] | None = None,
) -> CursorResult[*tuple[Any, ...]]:
    """Make the result of a statement that a cursor has executed.

    Args:
        connection: the Connection.
        cursor: the driver's cursor.
        prepared: the prepared statement; None for the driver's own SQL.
        statement: the statement, as it was given.
        parameters: the parameters, as they were given.
        values: the values that the driver got.
        stream: the execution options, where the rows are read in portions.
    """
    if cursor.description is None:
        if prepared is None or isinstance(statement, TextClause):
            connection._heed_text(statement if prepared is None else prepared.sql)
        return CursorResult(None, cursor, None, connection, prepared, statement, parameters, values)
    sql = statement if prepared is None else prepared.sql
    if stream is None:
        source = CursorSource(cursor, connection, sql, values)
        connection.keep_track_of(source)
    else:
        source = StreamedSource(cursor, connection, sql, values, stream.get("max_row_buffer"))
    shape = shape_of_result(connection, prepared, statement, cursor)
    if connection.dialect.fetches_at_once:
        source.fetch()
    result: CursorResult[*tuple[Any, ...]] = CursorResult(
        shape, cursor, source, connection, prepared, statement, parameters, values
    )
    if connection.dialect.supports_sane_rowcount_returning:
        # Some cursors forget it when they are closed, which is when their rows were read.
        result._rowcount = cursor.rowcount
    if prepared is not None and prepared.gives_defaults:
        result.take_defaults()
    return result


def shape_of_result(
    connection: ExecutingConnection, prepared: PreparedStatement | None, statement: Any, cursor: Any
) -> ResultShape:
    """Find what makes rows of what a statement has given.

    Args:
        connection: the Connection.
        prepared: the prepared statement; None for the driver's own SQL.
        statement: the statement, as it was given.
        cursor: the driver's cursor.
    """
    if prepared is None or not prepared.columns:
        names = [column[0] for column in cursor.description]
        if connection.dialect.requires_name_normalize:
            names = [connection.dialect.normalize_name(name) for name in names]
        return shape_of_keys(tuple(names))
    if prepared.is_textual:
        shape: ResultShape = connection.engine._described_shape(prepared, cursor.description)
    else:
        shape = connection.engine._result_shape(prepared)
    if (prepared.is_shared or prepared.is_textual) and statement is not prepared.compiled.statement:
        # For statements with columns that carry expressions of their own.
        from azoth.engine.execution.own_shape import rebuilt_shape  # noqa: PLC0415

        return rebuilt_shape(shape, prepared, statement)
    return shape


class BatchesResult(CursorResult[*tuple[Any, ...]]):
    """The result of an INSERT or UPDATE whose sets of values have different keys: several executions as one.

    Args:
        results: the result of each.
        parameters: all sets of values.
    """

    __slots__ = ("_results",)

    def __init__(self, results: Sequence[CursorResult[*tuple[Any, ...]]], parameters: list[Any]) -> None:
        last = results[-1]
        shape, source = None, None
        counts = [one.rowcount for one in results]
        if last.returns_rows:
            rows = list(chain.from_iterable([one.driver_rows() for one in results]))
            shape, source, counts = last._shape, IteratorSource(rows), [len(rows)]
        super().__init__(
            shape, last.cursor, source, last.connection, last._prepared, last._statement, parameters, last._values
        )
        self._results = results
        self._rowcount = -1 if -1 in counts else sum(counts)

    @property
    def inserted_primary_key_rows(self) -> Sequence[Any]:
        """The primary keys of the inserted rows."""
        return list(chain.from_iterable([one.inserted_primary_key_rows for one in self._results]))
