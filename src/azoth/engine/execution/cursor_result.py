"""The result of a statement that a driver's cursor holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVarTuple

from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.engine.fetching import CHUNK, IteratorSource, RowSource, close_cursor
from azoth.engine.result import Result
from azoth.engine.result_shape import ResultShape, shape_of_keys
from azoth.engine.row import ResultKeys, Row, row_class
from azoth.engine.transactions.transaction import result_is_over
from azoth.exc import InvalidRequestError, ResourceClosedError
from azoth.sql.dml.inserted_keys import numbered_column
from azoth.sql.schema import Column
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.engine.ports import ExecutingConnection, OpenTransaction
    from azoth.sql.compiler import Compiled

__all__ = ["CursorResult", "CursorSource", "Execution", "ResultProxy", "StreamedSource"]

Values = TypeVarTuple("Values")


class Execution(NamedTuple):
    """What is known about the execution that a result belongs to.

    ``execution_options`` are those that acted: of the connection, of the statement and of the execution.
    """

    connection: Any
    prepared: Any
    statement: Any
    parameters: Any
    sql: str
    values: Any
    execution_options: Mapping[str, Any]

    @property
    def compiled(self) -> Compiled | None:
        """The compiled statement; None for the driver's own SQL."""
        return None if self.prepared is None else self.prepared.compiled

    @property
    def dialect(self) -> DefaultDialect:
        """The dialect of the connection."""
        dialect: DefaultDialect = self.connection.dialect
        return dialect

    @property
    def prefetch_cols(self) -> Sequence[Any]:
        """The columns of an INSERT or UPDATE whose values Python's defaults have made before."""
        return () if self.compiled is None else self.compiled.prefetched_columns

    @property
    def postfetch_cols(self) -> Sequence[Any]:
        """The columns whose values the server has made, and which nothing has given back."""
        return () if self.prepared is None else self.prepared.postfetch_columns


class CursorSource(RowSource):
    """Raw rows of a driver's cursor.

    Args:
        cursor: the cursor.
        connection: the Connection that executed the statement.
        sql: the statement.
        values: its values.
    """

    __slots__ = ("__weakref__", "_connection", "_sql", "_transaction", "_values", "cursor")

    def __init__(self, cursor: Any, connection: ExecutingConnection, sql: str, values: Any) -> None:

        self.closed = False
        self.exhausted = False
        self._pushed_back = self.holds = None
        self.cursor = cursor
        self._connection = connection
        self._sql = sql
        self._values = values
        # The statement has begun one.
        self._transaction: OpenTransaction = connection._nested_transaction or connection._transaction  # type: ignore[assignment]

    @property
    def usual_size(self) -> int | None:
        """How many rows the driver's own fetchmany() gives."""
        size: int = getattr(self.cursor, "arraysize", 1)
        return size

    def fetch(self) -> None:
        """Fetch all rows now, so that the statement is through."""
        self._pushed_back = self._connection.fetch_all(self.cursor, self._sql, self._values) or None
        self.finish()

    def _read_all(self) -> Iterable[Any]:
        if self._transaction.is_over:
            raise result_is_over()
        # Rows are taken from the cursor one by one, not by fetchall(): each raw tuple is then freed before the next
        # one is made, and its memory used again (1.15 instead of 1.45 times the time of fetchall, 6 columns).
        rows: Iterable[Any] = self.cursor
        return rows

    def _read_many(self, size: int) -> list[Any]:
        if self._transaction.is_over:
            raise result_is_over()
        rows: list[Any] = self.cursor.fetchmany(size)
        return rows

    def _release(self) -> None:
        try:
            close_cursor(self.cursor)
        except Exception:
            # Where the driver's connection was closed before, there is nothing left to close.
            if not self._transaction.is_over:
                raise

    def let_go(self) -> None:
        """Close the cursor, because the transaction has ended."""
        if not self.exhausted:
            close_cursor(self.cursor)

    def _translated(self, error: Exception) -> Exception:
        return self._connection.driver_failure(error, self._sql, self._values)


class StreamedSource(CursorSource):
    """Raw rows that are read in portions, from a cursor of the server where the dialect has such.

    Args:
        cursor: the cursor.
        connection: the Connection that executed the statement.
        sql: the statement.
        values: its values.
        portion: how many rows iteration reads at a time.
    """

    __slots__ = ("_reference", "portion")

    def __init__(
        self, cursor: Any, connection: ExecutingConnection, sql: str, values: Any, portion: int | None
    ) -> None:
        super().__init__(cursor, connection, sql, values)
        self.portion = portion or CHUNK
        self._reference = connection.keep_track_of_stream(self, cursor)

    def _release(self) -> None:
        super()._release()
        self._reference.cursor = None


class _NoRows(RowSource):
    """The source of a statement that returns no rows."""

    __slots__ = ()

    def _read_all(self) -> Iterable[Any]:
        raise _returns_no_rows()

    def _read_many(self, size: int) -> list[Any]:
        raise _returns_no_rows()

    def _release(self) -> None:
        pass


class CursorResult(Result[*Values], Generic[*Values]):
    """The result of an executed statement.

    Args:
        shape: the columns; None where the statement returns no rows.
        cursor: the driver's cursor.
        source: where the rows come from.
        connection: the Connection that executed the statement.
        prepared: the prepared statement, None for the driver's own SQL.
        statement: the statement, as it was given.
        parameters: the parameters, as they were given.
        values: the values that the driver got.
    """

    __slots__ = (
        "_lastrowid",
        "_options",
        "_parameters",
        "_prepared",
        "_returned",
        "_rowcount",
        "_statement",
        "_values",
        "connection",
        "cursor",
    )

    def __init__(
        self,
        shape: ResultShape | None,
        cursor: Any,
        source: RowSource | None,
        connection: ExecutingConnection,
        prepared: Any,
        statement: Any,
        parameters: Any,
        values: Any,
    ) -> None:
        self._shape = shape if shape is not None else shape_of_keys(())
        self._source = source if source is not None else _NoRows()
        self._unique = None
        self._yield_per = None
        self._needs_unique = False
        self._unique_filters = None
        self.connection: Any = connection
        self._prepared = prepared
        self._statement = statement
        self._parameters = parameters
        self._values = values
        self.cursor = cursor
        self._rowcount: int | None = None
        self._lastrowid: Any = None
        self._returned: Sequence[Row[*tuple[Any, ...]]] | None = None
        """The rows of ``return_defaults()``."""
        if source is None:
            self._rowcount = cursor.rowcount
            self._lastrowid = getattr(cursor, "lastrowid", None)

    def driver_rows(self) -> list[Any]:
        """Give all rows as the driver makes them, without the conversions of their types."""
        source = self._source
        try:
            rows = list(source.all())
        except BaseException as error:
            source.fail(error)
            raise
        source.finish()
        return rows

    @property
    def returns_rows(self) -> bool:
        """Whether the statement returns rows; they may be none."""
        return not isinstance(self._source, _NoRows)

    @property
    def dialect(self) -> DefaultDialect:
        """The dialect of the connection."""
        dialect: DefaultDialect = self.connection.dialect
        return dialect

    def keys(self) -> ResultKeys:
        """List the names of the columns.

        Raises:
            ResourceClosedError: the statement returns no rows.
        """
        if not self.returns_rows:
            raise _returns_no_rows()
        return super().keys()

    @property
    def rowcount(self) -> int:
        """How many rows the UPDATE, DELETE or INSERT has met."""
        return self.cursor.rowcount if self._rowcount is None else self._rowcount

    @property
    def lastrowid(self) -> Any:
        """The key that the database made for the last inserted row; None where the driver does not tell it."""
        return getattr(self.cursor, "lastrowid", None) if self._lastrowid is None else self._lastrowid

    @property
    def out_parameters(self) -> dict[str, Any]:
        """The values of OUT parameters, by their names.

        Raises:
            InvalidRequestError: the statement has none.
        """
        values: dict[str, Any] | None = getattr(self.cursor, "out_parameters", None)
        if values is None:
            raise self._no_such_values("out_parameters", "a statement with outparam()", "one of such a statement")
        return values

    @property
    def context(self) -> Execution:
        """What was executed."""
        sql = self._statement if self._prepared is None else self._prepared.sql
        # Noted only where there are any.
        options = getattr(self, "_options", None) or {}
        return Execution(self.connection, self._prepared, self._statement, self._parameters, sql, self._values, options)

    def note_options(self, options: Mapping[str, Any]) -> None:
        """Take notice of the options of the execution: ``yield_per`` says how many rows are read at a time."""
        self._options = options
        chunk = options.get("yield_per")
        if chunk is not None:
            self.yield_per(chunk)

    # --- INSERT and UPDATE -------------------------------------------------------------------------------------------

    @property
    def is_insert(self) -> bool:
        """Whether the statement was an INSERT."""
        return getattr(self._prepared, "kind", "") == "insert"

    @property
    def inserted_primary_key(self) -> Any:
        """The primary key of the inserted row, as a row; None for values that are not known here.

        Raises:
            InvalidRequestError: the statement was no INSERT of one row.
        """
        if self.is_insert and isinstance(self._parameters, list):
            raise self._no_such_values("inserted_primary_key", "an INSERT of one row", ".inserted_primary_key_rows")
        keys = self.inserted_primary_key_rows
        return keys[0] if keys else None

    @property
    def inserted_primary_key_rows(self) -> Sequence[Any]:
        """The primary keys of the inserted rows.

        Raises:
            InvalidRequestError: the statement was no INSERT.
        """
        if not self.is_insert:
            raise self._no_such_values("inserted_primary_key", "an INSERT", "the result of an INSERT")
        columns = list(self._prepared.table.primary_key)
        make = row_class(tuple([column.key for column in columns]))
        many = isinstance(self._parameters, list)
        sets = self._values if many else [self._values]
        returned = self._returned or ()
        given_back = self.returned_columns() if len(returned) == len(sets) else ()
        rows = returned if given_back else [None] * len(sets)
        read = [
            _returned_reader(column) if column in given_back else self._key_reader(column, many) for column in columns
        ]
        return [make([reader(values, row) for reader in read]) for values, row in zip(sets, rows, strict=True)]

    def _no_such_values(self, member: str, wanted: str, instead: str) -> InvalidRequestError:
        return InvalidRequestError(
            f"{member} belongs to the result of {wanted}",
            why="this is the result of another statement, which has no such values.",
            fix=f"ask {instead} instead, or select what is wanted.",
            code="AZ-E25",
        )

    def _change(self, member: str, *kinds: str) -> Any:
        if getattr(self._prepared, "kind", "") not in kinds:
            raise self._no_such_values(member, " or ".join(kinds).upper(), "the result of such a statement")
        return self._prepared

    def _key_reader(self, column: Column[Any], many: bool) -> Callable[[Any, Any], Any]:
        """Make what finds the value of a key column: among the values that were bound, or made by the database."""
        place = self._prepared.places.get(column.key)
        process = column.type.dialect_impl(self.connection.dialect).result_processor(self.connection.dialect, None)
        # The number that the driver reports is the key where the database numbers rows.
        is_generated = column is numbered_column(column.table, self.connection.dialect)
        # Where no row was inserted, the driver still reports the key of the last one that was.
        made = self.lastrowid if is_generated and not many and self._rowcount != 0 else None

        def value_of(values: Sequence[Any], _row: object) -> object:
            # NULL given to such a column is where the database puts the number.
            value = made if place is None or values[place] is None else values[place]
            return value if value is None or process is None else process(value)

        return value_of

    def take_defaults(self) -> None:
        """Read the values that the server has made, for ``returned_defaults``."""
        raw = self.driver_rows()
        self._returned = self._shape.rows(raw)
        self._rowcount = len(raw)
        _, others = self._statement._return_defaults or ((), ())
        self._source = IteratorSource(raw if others else ())

    @property
    def returned_defaults(self) -> Row[*tuple[Any, ...]] | None:
        """The values that the server has made, of a statement with ``return_defaults()``; None of others.

        Raises:
            InvalidRequestError: the statement was executed for several sets of values.
        """
        rows = self._returned
        if rows is not None and isinstance(self._parameters, list):
            raise self._no_such_values("returned_defaults", "a statement for one row", ".returned_defaults_rows")
        return rows[0] if rows else None

    @property
    def returned_defaults_rows(self) -> Sequence[Row[*tuple[Any, ...]]] | None:
        """The values that the server has made, of a statement with ``return_defaults()``; None of others."""
        return self._returned

    def prefetch_cols(self) -> Sequence[Any]:
        """List the columns whose values Python's defaults have made.

        Raises:
            InvalidRequestError: the statement was neither INSERT nor UPDATE.
        """
        prepared = self._change("prefetch_cols()", "insert", "update")
        given = self._given_keys()
        made = "default" if prepared.kind == "insert" else "onupdate"
        return [
            column
            for column in prepared.table.columns
            if getattr(column, made, None) is not None and column.key in prepared.places and column.key not in given
        ]

    def _given_keys(self) -> set[str]:
        """The keys of the columns that the statement or its parameters give values for."""
        values = self._parameters[0] if isinstance(self._parameters, list) else self._parameters
        own = getattr(self._statement, "_values", ())
        return {*(values or ()), *(getattr(column, "key", column) for column, _ in own)}

    def postfetch_cols(self) -> Sequence[Any]:
        """List the columns whose values the server has made.

        Raises:
            InvalidRequestError: the statement was neither INSERT nor UPDATE.
        """
        columns: Sequence[Any] = self._change("postfetch_cols()", "insert", "update").postfetch_columns
        return columns

    def lastrow_has_defaults(self) -> bool:
        """Tell whether the server has made values."""
        return self._prepared is not None and self._prepared.kind in _GIVES and bool(self.postfetch_cols())

    def made_by_functions(self) -> dict[Any, Any]:
        """The values that the functions of columns' defaults made for the one row of this execution, by column."""
        return {} if self._prepared is None else self._prepared.made_by_functions(self._values)

    def returned_columns(self) -> frozenset[Any]:
        """The columns of the table whose values ``returned_defaults`` has."""
        return frozenset() if self._prepared is None else self._prepared.returned_columns

    def last_inserted_params(self) -> Any:
        """Give the values of the INSERT by their names, those of Python's defaults among them; a list for many rows.

        Raises:
            InvalidRequestError: the statement was no INSERT.
        """
        return self._sent(self._change("last_inserted_params()", "insert"))

    def last_updated_params(self) -> Any:
        """Give the values of the UPDATE by their names, those of Python's defaults among them; a list for many sets.

        Raises:
            InvalidRequestError: the statement was no UPDATE.
        """
        return self._sent(self._change("last_updated_params()", "update"))

    def _sent(self, prepared: Any) -> Any:
        # Those that were bound; what is written as SQL has no value here.
        def named(values: Any) -> dict[str, Any]:
            return {name: values[place] for name, place in prepared.places.items()}

        return [named(values) for values in self._values] if isinstance(self._parameters, list) else named(self._values)

    # --- results put together ----------------------------------------------------------------------------------------

    def splice_horizontally(self, other: CursorResult[*tuple[Any, ...]]) -> CursorResult[*tuple[Any, ...]]:
        """Read this result and another one, and make one whose rows have the columns of both, side by side.

        Args:
            other: the other result; where one has more rows than the other, the rest of them is left out.

        Returns:
            the new result.
        """
        ours, theirs = self._shape, other._shape
        rows = [(*left, *right) for left, right in zip(self._picked_rows(), other._picked_rows(), strict=False)]
        none = (None,)
        shape = ResultShape(
            ours.keys + theirs.keys,
            (ours.objects or ((),) * len(ours.keys)) + (theirs.objects or ((),) * len(theirs.keys)),
            (ours.processors or none * len(ours.keys)) + (theirs.processors or none * len(theirs.keys)),
        )
        return self._spliced(shape, rows)

    def splice_vertically(self, other: CursorResult[*tuple[Any, ...]]) -> CursorResult[*tuple[Any, ...]]:
        """Read this result and another one with the same columns, and make one with the rows of both.

        Args:
            other: the other result, whose rows come behind this one's.

        Returns:
            the new result.
        """
        ours = self._shape
        shape = ResultShape(ours.keys, ours.objects, ours.processors)
        return self._spliced(shape, [*self._picked_rows(), *other._picked_rows()])

    def _picked_rows(self) -> list[Any]:
        """Read all rows as the driver makes them, in the columns that were chosen; each once after ``unique()``."""
        sources = self._shape.sources
        rows = self.driver_rows()
        if self._unique is not None:
            rows = self._unique.sources(rows, self._make(rows))
        return rows if sources is None else [tuple([row[source] for source in sources]) for row in rows]

    def _spliced(self, shape: ResultShape, rows: list[Any]) -> CursorResult[*tuple[Any, ...]]:
        return CursorResult(
            shape,
            self.cursor,
            IteratorSource(rows),
            self.connection,
            self._prepared,
            self._statement,
            self._parameters,
            self._values,
        )

    def supports_sane_rowcount(self) -> bool:
        """Tell whether the driver counts the rows that were met."""
        return bool(self.connection.dialect.supports_sane_rowcount)

    def supports_sane_multi_rowcount(self) -> bool:
        """Tell whether the driver counts them for many sets of values too."""
        return bool(self.connection.dialect.supports_sane_multi_rowcount)


def _returned_reader(column: Column[Any]) -> Callable[[Any, Any], Any]:
    """Make what finds the value of a key column that was given back."""
    return lambda _values, row: row._mapping[column]


_GIVES: Final = ("insert", "update")

ResultProxy = CursorResult
"""The name in SQLAlchemy 1.3 and before."""


def _returns_no_rows() -> ResourceClosedError:
    return ResourceClosedError(
        "this result returns no rows",
        why="the statement was no SELECT and has no RETURNING.",
        fix="read .rowcount, .lastrowid or .inserted_primary_key instead, or add .returning(...).",
    )
