"""Results: rows, and the views of them as scalars, mappings and tuples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, KeysView, Sequence
from itertools import chain
from typing import Any, Generic, Self, TypeVar, cast

from azoth.engine.fetching import Fetching, IteratorSource, RowSource
from azoth.engine.result_shape import ResultShape, shape_of_keys
from azoth.engine.row import Row, RowMapping, known_index
from azoth.exc import InvalidRequestError

__all__ = [
    "ChunkedIteratorResult",
    "FrozenResult",
    "IteratorResult",
    "MappingResult",
    "MergedResult",
    "Result",
    "ResultKeys",
    "ScalarResult",
    "TupleResult",
    "scalar_shape",
]

Values = TypeVar("Values")
Value = TypeVar("Value")


class ResultKeys(KeysView[str]):
    """The names of a result's columns, in order; a column object is contained too."""

    __slots__ = ("_shape",)

    def __init__(self, shape: ResultShape) -> None:
        self._shape = shape

    def __len__(self) -> int:
        return len(self._shape.keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._shape.keys)

    def __contains__(self, key: object) -> bool:
        return known_index(self._shape.index, key) is not None

    def __getitem__(self, position: int) -> str:
        return self._shape.keys[position]

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Iterable) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"ResultKeys({list(self)!r})"


class Result(Fetching[Row[Values]], Generic[Values]):
    """The rows of an executed statement, fetched once.

    Args:
        shape: the columns.
        source: where the raw rows come from.
    """

    __slots__ = ("_needs_unique", "_shape", "_unique_filters")

    def __init__(self, shape: ResultShape, source: RowSource) -> None:
        self._shape = shape
        self._source = source
        self._unique = None
        self._yield_per = None
        self._needs_unique = False
        self._unique_filters: Sequence[Callable[[Any], Any] | None] | None = None
        """Per column how unique() compares its values: by identity for entities, for instance."""

    def _make(self, raw: Iterable[Any]) -> list[Row[Values]]:
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
        return ResultKeys(self._shape)

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

    def tuples(self) -> TupleResult[Values]:
        """Look at the rows as plainly typed tuples."""
        return cast("TupleResult[Values]", self)

    @property
    def t(self) -> TupleResult[Values]:
        """The rows as plainly typed tuples."""
        return self.tuples()

    # --- rows --------------------------------------------------------------------------------------------------------

    def fetchone(self) -> Row[Values] | None:
        """Fetch one row, or None at the end."""
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def scalar(self) -> Any:
        """Fetch the first value of the first row, or None, and close the result."""
        row = self.first()
        return None if row is None else row[0]

    def scalar_one(self) -> Any:
        """Fetch the first value of the only row; see ``one()``."""
        return self.one()[0]

    def scalar_one_or_none(self) -> Any:
        """Fetch the first value of the only row, or None; see ``one_or_none()``."""
        row = self.one_or_none()
        return None if row is None else row[0]

    # --- whole results -----------------------------------------------------------------------------------------------

    def freeze(self) -> FrozenResult[Values]:
        """Read everything, and make a function that gives the same result again and again."""
        return FrozenResult(self)

    def merge(self, *others: Result[Any]) -> MergedResult[Values]:
        """Chain this result and others with the same columns into one."""
        return MergedResult((self, *others))


class TupleResult(Result[Values]):
    """A result whose rows are typed as plain tuples; only for type checkers, the object is the Result itself."""

    __slots__ = ()


class ScalarResult(Fetching[Value], Generic[Value]):
    """The values of one column of a result."""

    __slots__ = ("_position", "_result")

    def __init__(self, result: Result[Any], position: int) -> None:
        self._result = result
        self._position = position
        self._source = result._source
        self._yield_per = result._yield_per
        self._unique = None
        if result._unique is not None:
            self.unique()

    def _make(self, raw: Iterable[Any]) -> list[Value]:
        result = self._result
        if result._needs_unique:
            result._check_unique(self._unique)
        return result._shape.values(raw, self._position)

    def _default_unique_key(self) -> Callable[[Any], Any] | None:
        filters = self._result._unique_filters
        return None if filters is None else filters[self._position]


class MappingResult(Fetching[RowMapping]):
    """The rows of a result as mappings."""

    __slots__ = ("_result",)

    def __init__(self, result: Result[Any]) -> None:
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
    """Raw rows that come in lists; a list that is wanted as it is is not taken apart."""

    __slots__ = ("_chunks", "_on_close")

    def __init__(self, chunks: Iterator[list[Any]], on_close: Callable[[], None] | None = None) -> None:
        super().__init__()
        self._chunks = chunks
        self._on_close = on_close

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


class IteratorResult(Result[Values]):
    """A result of rows that exist already.

    Args:
        keys: the names of the columns, or a shape.
        iterator: the rows, as tuples.
    """

    __slots__ = ()

    def __init__(self, keys: Iterable[str] | ResultShape, iterator: Iterable[Any]) -> None:
        shape = keys if isinstance(keys, ResultShape) else shape_of_keys(tuple(keys))
        super().__init__(shape, IteratorSource(iterator))


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


class ChunkedIteratorResult(Result[Values]):
    """A result of lists of rows, as a loader makes them.

    ``all()`` of a single chunk does not touch its rows one by one; with bare values and ``scalars()`` it is that very
    list.

    Args:
        keys: the names of the columns, or a shape.
        chunks: lists of tuples, or of bare values.
        source_supports_scalars: the lists hold bare values of the only column.
        on_close: called once when everything is read or the result is closed.
        unique_filters: per column how unique() compares its values.
        needs_unique: reading is an error until unique() was called.
    """

    __slots__ = ()

    def __init__(
        self,
        keys: Iterable[str] | ResultShape,
        chunks: Iterable[list[Any]],
        *,
        source_supports_scalars: bool = False,
        on_close: Callable[[], None] | None = None,
        unique_filters: Sequence[Callable[[Any], Any] | None] | None = None,
        needs_unique: bool = False,
    ) -> None:
        if isinstance(keys, ResultShape):
            shape = keys
        else:
            shape = _ScalarShape(tuple(keys)) if source_supports_scalars else shape_of_keys(tuple(keys))
        super().__init__(shape, _ChunkSource(iter(chunks), on_close))
        self._unique_filters = unique_filters
        self._needs_unique = needs_unique


def scalar_shape(key: str, objects: tuple[Any, ...] = ()) -> ResultShape:
    """Make the shape of a result of one column whose chunks hold bare values; make it once per statement."""
    return _ScalarShape((key,), (objects,) if objects else ())


class FrozenResult(Generic[Values]):
    """A result that was read in full; calling it gives the same rows again."""

    def __init__(self, result: Result[Values]) -> None:
        self.keys = result._shape.keys
        self.data: Sequence[Any] = result.all()

    def __call__(self) -> IteratorResult[Values]:
        return IteratorResult(self.keys, self.data)

    def rewrite_rows(self) -> Sequence[Sequence[Any]]:
        """List the rows as tuples."""
        return [tuple(row) for row in self.data]

    def with_new_rows(self, tuple_data: Sequence[Any]) -> FrozenResult[Values]:
        """Make a frozen result of the same columns with other rows."""
        return FrozenResult(IteratorResult(self.keys, tuple_data))


class MergedResult(IteratorResult[Values]):
    """Several results with the same columns, one after the other."""

    __slots__ = ()

    def __init__(self, results: Sequence[Result[Any]]) -> None:
        super().__init__(results[0]._shape.keys, chain.from_iterable(results))
