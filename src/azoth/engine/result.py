"""Results: rows, and the views of them as scalars, mappings and tuples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, Literal, Self, TypeVar, TypeVarTuple, cast, overload

from azoth.engine.fetching import Fetching, IteratorSource, RowSource
from azoth.engine.result_shape import ResultShape, shape_of_keys
from azoth.engine.row import ResultKeys, Row, RowMapping
from azoth.exc import InvalidRequestError

__all__ = [
    "ChunkedIteratorResult",
    "FilterResult",
    "FrozenResult",
    "IteratorResult",
    "MappingResult",
    "MergedResult",
    "Result",
    "ScalarResult",
    "SimpleResultMetaData",
    "TupleResult",
    "result_tuple",
    "scalar_shape",
]

Values = TypeVarTuple("Values")
Value = TypeVar("Value")


class Result(Fetching[Row[*Values]], Generic[*Values]):
    """The rows of an executed statement, fetched once.

    Args:
        cursor_metadata: the columns.
        source: where the raw rows come from.
    """

    __slots__ = ("_needs_unique", "_shape", "_unique_filters")

    def __init__(self, cursor_metadata: ResultShape, source: RowSource) -> None:
        self._shape = cursor_metadata
        self._source = source
        self._unique = None
        self._yield_per = None
        self._needs_unique = False
        self._unique_filters: Sequence[Callable[[Any], Any] | None] | None = None
        """Per column how unique() compares its values: by identity for entities, for instance."""

    def _make(self, raw: Iterable[Any]) -> list[Row[*Values]]:
        if self._needs_unique:
            self._check_unique(self._unique)
        return self._shape.rows(raw)

    def _check_unique(self, unique: object) -> None:
        if unique is None:
            raise InvalidRequestError(
                "the result must be made unique before it is read",
                why="collections are loaded along with it by a join, which repeats the rows of their owners.",
                fix="call .unique() on the result before all(), scalars(), one() and the like.",
                code="AZ-E23",
            )

    def _default_unique_key(self) -> Callable[[Any], Any] | None:
        filters = self._unique_filters
        if filters is None or not any(filters):
            return None
        return lambda row: tuple(
            [value if mark is None else mark(value) for value, mark in zip(row, filters, strict=True)]
        )

    # --- columns -----------------------------------------------------------------------------------------------------

    def keys(self) -> ResultKeys:
        """List the names of the columns."""
        return ResultKeys(self._shape.keys, self._shape.index)

    def columns(self, *col_expressions: Any) -> Self:
        """Keep some columns, in this order.

        Args:
            col_expressions: positions, names or column objects.

        Returns:
            this result.
        """
        if self._unique_filters is not None:
            self._unique_filters = [self._unique_filters[self._shape.position(column)] for column in col_expressions]
        self._shape = self._shape.narrowed(col_expressions)
        return self

    @overload
    def scalars(self: Result[Value, *tuple[Any, ...]], index: Literal[0] = 0) -> ScalarResult[Value]: ...
    @overload
    def scalars(self, index: Any = 0) -> ScalarResult[Any]: ...
    def scalars(self, index: Any = 0) -> ScalarResult[Any]:
        """Look at one column alone.

        Args:
            index: its position, name or column object.

        Returns:
            a result of its values.
        """
        return ScalarResult(self, self._shape.position(index))

    def mappings(self) -> MappingResult:
        """Look at the rows as mappings."""
        return MappingResult(self)

    def tuples(self) -> TupleResult[*Values]:
        """Look at the rows as plainly typed tuples."""
        return cast("TupleResult[*Values]", self)

    @property
    def t(self) -> TupleResult[*Values]:
        """The rows as plainly typed tuples."""
        return self.tuples()

    # --- rows --------------------------------------------------------------------------------------------------------

    def fetchone(self) -> Row[*Values] | None:
        """Fetch one row, or None at the end."""
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def scalar(self: Result[Value, *tuple[Any, ...]]) -> Value | None:
        """Fetch the first value of the first row, or None, and close the result."""
        row = self.first()
        return None if row is None else row[0]

    def scalar_one(self: Result[Value, *tuple[Any, ...]]) -> Value:
        """Fetch the first value of the only row; see ``one()``."""
        return self.one()[0]

    def scalar_one_or_none(self: Result[Value, *tuple[Any, ...]]) -> Value | None:
        """Fetch the first value of the only row, or None; see ``one_or_none()``."""
        row = self.one_or_none()
        return None if row is None else row[0]

    # --- whole results -----------------------------------------------------------------------------------------------

    def freeze(self) -> FrozenResult[*Values]:
        """Read everything, and make a function that gives the same result again and again."""
        return FrozenResult(self)

    def merge(self, *others: Result[*tuple[Any, ...]]) -> MergedResult[*Values]:
        """Chain this result and others with the same columns into one."""
        return MergedResult(ResultShape(self._shape.keys, self._shape.objects), (self, *others))


class TupleResult(Result[*Values]):
    """A result whose rows are typed as plain tuples; only for type checkers, the object is the Result itself."""

    __slots__ = ()


class FilterResult(Fetching[Value], Generic[Value]):
    """A look at another result, which is read by it: its values of one column, or its rows as mappings.

    Closing it closes the other one, and how many rows the one reads at a time, the other one does.
    """

    __slots__ = ("_result",)

    _result: Result[*tuple[Any, ...]]


class ScalarResult(FilterResult[Value], Generic[Value]):
    """The values of one column of a result.

    Args:
        real_result: the result.
        index: the position of the column, its name or the column object.
    """

    __slots__ = ("_position",)

    def __init__(self, real_result: Result[*tuple[Any, ...]], index: Any = 0) -> None:
        self._result = real_result
        self._position = index if index.__class__ is int and index >= 0 else real_result._shape.position(index)
        self._source = real_result._source
        self._yield_per = real_result._yield_per
        self._unique = None
        if real_result._unique is not None:
            self.unique()

    def _make(self, raw: Iterable[Any]) -> list[Value]:
        result = self._result
        if result._needs_unique:
            result._check_unique(self._unique)
        return result._shape.values(raw, self._position)

    def _default_unique_key(self) -> Callable[[Any], Any] | None:
        filters = self._result._unique_filters
        return None if filters is None else filters[self._position]


class MappingResult(FilterResult[RowMapping]):
    """The rows of a result as mappings."""

    __slots__ = ()

    def __init__(self, result: Result[*tuple[Any, ...]]) -> None:
        self._result = result
        self._source = result._source
        self._yield_per = result._yield_per
        self._unique = result._unique

    def _make(self, raw: Iterable[Any]) -> list[RowMapping]:
        return [RowMapping(row) for row in self._result._make(raw)]

    def _default_unique_key(self) -> Callable[[Any], Any] | None:
        key = self._result._default_unique_key()
        return lambda mapping: mapping._row if key is None else key(mapping._row)

    def keys(self) -> ResultKeys:
        """List the names of the columns."""
        return self._result.keys()

    def columns(self, *col_expressions: Any) -> Self:
        """Keep some columns, in this order."""
        self._result.columns(*col_expressions)
        return self

    def fetchone(self) -> RowMapping | None:
        """Fetch one mapping, or None at the end."""
        rows = self.fetchmany(1)
        return rows[0] if rows else None


class _ChunkSource(RowSource):
    """Raw rows that come in lists; a list that is wanted as it is is not taken apart.

    Attributes:
        is_of_objects: whether there are objects of a session in the rows.
    """

    __slots__ = ("_chunks", "_on_close", "is_of_objects")

    def __init__(self, chunks: Iterator[list[Any]], on_close: Callable[[], None] | None = None) -> None:
        super().__init__()
        self._chunks = chunks
        self._on_close = on_close
        self.is_of_objects = False

    def refuse_unique_portions(self) -> None:
        if self.is_of_objects:
            self._chunks = _refused_chunks()

    def _read_all(self) -> list[Any]:
        chunks = list(self._chunks)
        return chunks[0] if len(chunks) == 1 else list(chain.from_iterable(chunks))

    def _read_many(self, size: int) -> list[Any]:
        rows: list[Any] = []
        try:
            while len(rows) < size:
                chunk = next(self._chunks, None)
                if chunk is None:
                    break
                rows = rows + chunk if rows else chunk
        except BaseException:
            self._pushed_back = rows or None
            raise
        if len(rows) > size:
            self._pushed_back = rows[size:]
            return rows[:size]
        return rows

    def _release(self) -> None:
        self._chunks = iter(())
        if self._on_close is not None:
            self._on_close()


def _refused_chunks() -> Iterator[list[Any]]:
    raise InvalidRequestError(
        "yield_per and unique() do not go together in a result with objects",
        why="what was given before would have to be kept until the end, which reading in portions is to save",
        fix="leave one of them out, or read by partitions() and make each of these unique",
        code="AZ-E740",
    )
    yield []


class IteratorResult(Result[*Values]):
    """A result of rows that exist already.

    Args:
        cursor_metadata: the names of the columns, or a shape.
        iterator: the rows, as tuples.
        raw: another result that the rows come from, which is closed together with this one.
        context: what was executed, for those who ask the result for it.
    """

    __slots__ = ("context",)

    def __init__(
        self,
        cursor_metadata: Iterable[str] | ResultShape,
        iterator: Iterable[Any],
        raw: Result[*tuple[Any, ...]] | None = None,
        _source_supports_scalars: bool = False,
        context: object = None,
    ) -> None:
        self.context = context
        source = IteratorSource(iterator) if raw is None else _SourceOfAnother(iterator, raw)
        if _source_supports_scalars and not isinstance(cursor_metadata, ResultShape):
            super().__init__(_ScalarShape(tuple(cursor_metadata)), source)
        else:
            super().__init__(_shape_of(cursor_metadata), source)


class _SourceOfAnother(IteratorSource):
    """Rows that come from another result, which is closed with them."""

    __slots__ = ("_raw",)

    def __init__(self, rows: Iterable[Any], raw: Result[*tuple[Any, ...]]) -> None:
        super().__init__(rows)
        self._raw = raw

    def _release(self) -> None:
        super()._release()
        if self.closed:
            self._raw.close()


class _ScalarShape(ResultShape):
    """The shape of a result of one column whose raw rows are the bare values."""

    __slots__ = ()

    def rows(self, raw: Iterable[Any]) -> list[Any]:
        return list(map(self.row_class, zip(raw)))

    def values(self, raw: Iterable[Any], position: int) -> list[Any]:
        return raw if isinstance(raw, list) else list(raw)

    def narrowed(self, columns: Sequence[Any]) -> ResultShape:
        positions = [self.position(column) for column in columns]
        if positions != [0]:
            raise InvalidRequestError(
                "a result of one column cannot be rearranged",
                why="scalars() has taken the other columns away",
                fix="rearrange the rows before: result.columns(...).scalars()",
                code="AZ-E24",
            )
        return self


class ChunkedIteratorResult(Result[*Values]):
    """A result of lists of rows, as a loader makes them.

    ``all()`` of a single chunk does not touch its rows one by one; with bare values and ``scalars()`` it is that very
    list.

    Args:
        cursor_metadata: the names of the columns, or a shape.
        chunks: lists of tuples, or of bare values; or a function that gives them, called with how many rows are wanted
            at a time (None for all).
        source_supports_scalars: the lists hold bare values of the only column.
        raw: another result that the rows come from, which is closed together with this one.
        dynamic_yield_per: ``yield_per()`` calls the function anew, with its number.
        context: what the result belongs to, for whoever asks.
        on_close: called once when everything is read or the result is closed.
        unique_filters: per column how unique() compares its values.
        needs_unique: reading is an error until unique() was called.
    """

    __slots__ = ("_chunks", "context", "raw")

    def __init__(
        self,
        cursor_metadata: Iterable[str] | ResultShape,
        chunks: Iterable[list[Any]] | Callable[[int | None], Iterable[list[Any]]],
        source_supports_scalars: bool = False,
        raw: Result[*tuple[Any, ...]] | None = None,
        dynamic_yield_per: bool = False,
        context: object = None,
        *,
        on_close: Callable[[], None] | None = None,
        unique_filters: Sequence[Callable[[Any], Any] | None] | None = None,
        needs_unique: bool = False,
    ) -> None:
        if not isinstance(cursor_metadata, ResultShape) and source_supports_scalars:
            shape: ResultShape = _ScalarShape(tuple(cursor_metadata))
        else:
            shape = _shape_of(cursor_metadata)
        self.raw = raw
        self.context = context
        self._chunks = chunks if callable(chunks) and dynamic_yield_per else None
        close = on_close if raw is None else raw.close
        super().__init__(shape, _ChunkSource(_lists(chunks(None)) if callable(chunks) else iter(chunks), close))
        self._unique_filters = unique_filters
        self._needs_unique = needs_unique

    @staticmethod
    def _source_of(chunks: Iterable[list[Any]]) -> RowSource:
        """Make a source of lists of raw rows."""
        return _ChunkSource(iter(chunks))

    def yield_per(self, num: int) -> Self:
        """Read so many rows at a time; a function that gives them is asked for as many."""
        super().yield_per(num)
        if self._chunks is not None:
            self._source = _ChunkSource(_lists(self._chunks(num)), None if self.raw is None else self.raw.close)
        return self


def _lists(chunks: Iterable[Iterable[Any]]) -> Iterator[list[Any]]:
    return (chunk if isinstance(chunk, list) else list(chunk) for chunk in chunks)


def scalar_shape(key: str, objects: tuple[Any, ...] = ()) -> ResultShape:
    """Make the shape of a result of one column whose chunks hold bare values; make it once per statement."""
    return _ScalarShape((key,), (objects,) if objects else ())


class FrozenResult(Generic[*Values]):
    """A result that was read in full; calling it gives the same rows again."""

    def __init__(self, result: Result[*Values]) -> None:
        self._take(result._shape.keys, result._shape.objects, result._unique_filters, result.all())

    def _take(
        self,
        keys: tuple[str, ...],
        objects: tuple[tuple[Any, ...], ...],
        filters: Sequence[Callable[[Any], Any] | None] | None,
        data: Sequence[Any],
    ) -> None:
        self.keys = keys
        self.data = data
        self._shape = ResultShape(keys, objects)
        self._unique_filters = filters

    def __call__(self) -> IteratorResult[*Values]:
        result: IteratorResult[*Values] = IteratorResult(self._shape, self.data)
        result._unique_filters = self._unique_filters
        return result

    def __getstate__(self) -> tuple[tuple[str, ...], Sequence[Any]]:
        # Columns are found by name in another process.
        return self.keys, self.data

    def __setstate__(self, state: tuple[tuple[str, ...], Sequence[Any]]) -> None:
        keys, data = state
        self._take(keys, (), None, data)

    def rewrite_rows(self) -> Sequence[Sequence[Any]]:
        """List the rows as tuples."""
        return [tuple(row) for row in self.data]

    def with_new_rows(self, tuple_data: Sequence[Any]) -> FrozenResult[*Values]:
        """Make a frozen result of the same columns with other rows."""
        return FrozenResult(IteratorResult(self._shape, tuple_data))


class _MergedSource(IteratorSource):
    """The rows of several results; closing it closes all of them."""

    __slots__ = ("_results",)

    def __init__(self, results: Sequence[Result[*tuple[Any, ...]]]) -> None:
        super().__init__(chain.from_iterable(results))
        self._results = results

    def _release(self) -> None:
        super()._release()
        for result in self._results if self.closed else ():
            result.close()


class MergedResult(Result[*Values]):
    """Several results with the same columns, one after the other.

    Args:
        cursor_metadata: the names of the columns, or a shape.
        results: the results.
    """

    __slots__ = ("_results",)

    def __init__(
        self, cursor_metadata: Iterable[str] | ResultShape, results: Sequence[Result[*tuple[Any, ...]]]
    ) -> None:
        super().__init__(_shape_of(cursor_metadata), _MergedSource(results))
        self._results = results
        self._yield_per = results[0]._yield_per
        self._unique_filters = results[0]._unique_filters

    @property
    def rowcount(self) -> int:
        """How many rows the statements have met, where the results are those of statements."""
        counts: list[int] = [result.rowcount for result in self._results]  # type: ignore[attr-defined]
        return sum(counts)


def _shape_of(keys: Iterable[str] | ResultShape) -> ResultShape:
    return keys if isinstance(keys, ResultShape) else shape_of_keys(tuple(keys))


class SimpleResultMetaData(ResultShape):
    """The columns of a result that a program makes of rows of its own; for ``IteratorResult`` and its like.

    Args:
        keys: the names of the columns.
        extra: per column what else stands for it, such as column objects.
    """

    __slots__ = ()

    def __init__(self, keys: Sequence[str], extra: Sequence[Sequence[Any]] | None = None) -> None:
        super().__init__(tuple(keys), tuple([tuple(one) for one in extra or ()]))


def result_tuple(
    fields: Sequence[str], extra: Sequence[Any] | None = None
) -> Callable[[Iterable[Any]], Row[*tuple[Any, ...]]]:
    """Make what turns values into a row.

    Args:
        fields: the names of the columns.
        extra: per column what else stands for it, in a tuple.

    Returns:
        a function of the values of one row.
    """
    return SimpleResultMetaData(fields, extra).row_class
