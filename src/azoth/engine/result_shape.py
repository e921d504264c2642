"""What a result looks like: its columns, and how raw rows of the driver become rows and values."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final

from azoth.engine.row import Row, column_index, index_by_key, row_class
from azoth.util.generated_code import define

__all__ = ["ResultShape", "shape_of_keys"]

Processor = Callable[[Any], Any]
RowMaker = Callable[[Iterable[Any]], list[Any]]
MOST_SHAPES: Final = 1_000

_READ_ROWS: Final = """\
def rows(raw):
    last = None
    try:
        return [make_row(({values},)) for row in raw]
    except Exception as error:
        say_where(error, last)
        raise
"""

_shapes: Final[dict[tuple[str, ...], ResultShape]] = {}


class ResultShape:
    """The columns of a result.

    Args:
        keys: their names.
        objects: what else stands for each column: column objects, labels.
        processors: per column what turns the driver's value into the user's, or None; None where no column needs one.
        sources: the position of each column in the driver's rows; None where they are the same.
    """

    __slots__ = (
        "_row_class",
        "_rows",
        "index",
        "keys",
        "keys_in_sessions",
        "named_in_sessions",
        "objects",
        "processors",
        "sources",
    )

    keys_in_sessions: tuple[str, ...] | None
    """The names that the columns have in rows of sessions; None until a session has asked."""
    named_in_sessions: ResultShape | None
    """The same shape with these names, once it was made."""

    def __init__(
        self,
        keys: tuple[str, ...],
        objects: tuple[tuple[Any, ...], ...] = (),
        processors: tuple[Processor | None, ...] | None = None,
        sources: tuple[int, ...] | None = None,
    ) -> None:
        self.keys = keys
        self.objects = objects
        self.processors = processors if processors is not None and any(processors) else None
        self.sources = sources
        self.index: dict[Any, int] = index_by_key(keys, objects)
        self._row_class: type[Row[*tuple[Any, ...]]] | None = None
        self._rows: RowMaker | None = None
        self.keys_in_sessions = self.named_in_sessions = None

    @property
    def row_class(self) -> type[Row[*tuple[Any, ...]]]:
        """The class of this result's rows, made when the first row is."""
        if self._row_class is None:
            self._row_class = row_class(self.keys, self.index if self.objects else None)
        return self._row_class

    def rows(self, raw: Iterable[Any]) -> list[Any]:
        """Turn rows of the driver into rows of the user."""
        make = self._rows
        if make is None:
            make = self._rows = self._row_maker()
        return make(raw)

    def values(self, raw: Iterable[Any], position: int) -> list[Any]:
        """Turn rows of the driver into the values of one column."""
        source = position if self.sources is None else self.sources[position]
        processor = self.processors[position] if self.processors is not None else None
        if processor is None:
            return [row[source] for row in raw]
        last = None
        try:
            return [processor((last := row)[source]) for row in raw]
        except Exception as error:
            self._say_where(error, last, [processor if at == position else None for at in range(len(self.keys))])
            raise

    def position(self, key: Any) -> int:
        """Find a column by position, name or column object."""
        if isinstance(key, int):
            # Negative positions count from the end, as everywhere.
            return range(len(self.keys))[key]
        return column_index(self.index, key)

    def found_by(self, more: Sequence[tuple[Any, ...]]) -> ResultShape:
        """Let each column be found by further objects, too."""
        objects = self.objects or ((),) * len(self.keys)
        together = [(*known, *others) for known, others in zip(objects, more, strict=True)]
        return self.__class__(self.keys, tuple(together), self.processors, self.sources)

    def narrowed(self, columns: Sequence[Any]) -> ResultShape:
        """Select some columns, in a new order."""
        positions = [self.position(column) for column in columns]
        sources = self.sources
        return ResultShape(
            tuple([self.keys[position] for position in positions]),
            tuple([self.objects[position] for position in positions]) if self.objects else (),
            tuple([self.processors[position] for position in positions]) if self.processors else None,
            tuple(positions if sources is None else [sources[position] for position in positions]),
        )

    def _row_maker(self) -> RowMaker:
        make_row: Callable[[Any], Any] = self.row_class
        if self.processors is not None:
            return self._processing_maker(self.processors)
        if self.sources is None:
            return lambda raw: list(map(make_row, raw))
        if len(self.sources) > 1:
            pick = operator.itemgetter(*self.sources)
            return lambda raw: list(map(make_row, map(pick, raw)))
        sources = self.sources
        return lambda raw: [make_row([row[source] for source in sources]) for row in raw]

    def _processing_maker(self, processors: tuple[Processor | None, ...]) -> RowMaker:
        # Straight-line code, because a loop over the processors would cost more per value than most of them do.
        sources = self.sources if self.sources is not None else tuple(range(len(processors)))
        # The name that outlives the comprehension tells which row it was that could not be read.
        rows = ["(last := row)", *["row"] * len(sources)]
        values = ", ".join(
            f"{row}[{source}]" if processor is None else f"process_{position}({row}[{source}])"
            for position, (row, source, processor) in enumerate(zip(rows, sources, processors, strict=False))
        )
        names: dict[str, Any] = {f"process_{position}": processor for position, processor in enumerate(processors)}
        names["make_row"] = self.row_class
        names["say_where"] = partial(self._say_where, processors=processors)
        maker: RowMaker = define(_READ_ROWS.format(values=values), "rows", "rows", names)
        return maker

    def _say_where(
        self, error: Exception, row: Sequence[object] | None, processors: Sequence[Processor | None]
    ) -> None:
        if row is not None:
            # Programs whose values can be read need not import the words.
            from azoth.engine.unreadable_values import say_where_in_row  # noqa: PLC0415

            sources = self.sources if self.sources is not None else range(len(processors))
            say_where_in_row(error, row, self.objects, processors, sources)


def shape_of_keys(keys: tuple[str, ...]) -> ResultShape:
    """Find or make the shape of a result about which only the names of its columns are known."""
    shape = _shapes.get(keys)
    if shape is None:
        if len(_shapes) >= MOST_SHAPES:
            _shapes.clear()
        shape = _shapes[keys] = ResultShape(keys)
    return shape
