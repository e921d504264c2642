"""Reading a result: the methods that all kinds of results share, whatever one element of theirs is."""

from __future__ import annotations

import contextlib
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Final, Generic, Self, TypeVar, cast

from azoth.exc import (
    AzothError,
    InvalidRequestError,
    MultipleResultsFound,
    NoResultFound,
    ResourceClosedError,
    UnreadableValueError,
)
from azoth.util.arguments import check_count

__all__ = ["FetchedRows", "Fetching", "IteratorSource", "RowSource", "close_cursor"]

Element = TypeVar("Element")

CHUNK: Final = 500
"""Rows that iteration reads at a time: enough to make the calls per chunk cheap, few enough to stay small."""


class RowSource(ABC):
    """Where raw rows come from; several views (rows, scalars, mappings) may read from one source.

    Attributes:
        holds: what must not end before somebody has read everything or closes the source, or None.
    """

    __slots__ = ("_pushed_back", "closed", "exhausted", "holds")

    holds: object

    portion = CHUNK
    """How many rows iteration reads at a time, where the result does not say it."""

    @property
    def usual_size(self) -> int | None:
        """How many rows fetchmany() gives, where neither its caller nor the result says it; None for all."""
        return None

    def __init__(self) -> None:
        self.closed = False
        self.exhausted = False
        self._pushed_back: list[Any] | None = None
        self.holds = None

    @abstractmethod
    def _read_all(self) -> Iterable[Any]:
        """Give all remaining rows; an iterator is fine, and saves a list."""

    @abstractmethod
    def _read_many(self, size: int) -> list[Any]: ...

    @abstractmethod
    def _release(self) -> None:
        """Let go of what stands behind the source; called once."""

    def refuse_unique_portions(self) -> None:
        """Hear that portions of the rows are to be made unique, which a source of objects refuses when it is read."""
        return

    def _translated(self, error: Exception) -> Exception:
        """Turn an error of the driver into one of ours."""
        return error

    def all(self) -> Iterable[Any]:
        """Give all remaining rows; whoever has consumed them calls ``finish()``."""
        pushed_back, self._pushed_back = self._pushed_back, None
        if self.exhausted:
            return self._nothing() if pushed_back is None else pushed_back
        return self._read_all() if pushed_back is None else chain(pushed_back, self._read_all())

    def many(self, size: int) -> list[Any]:
        """Read up to so many rows; an empty list at the end."""
        if self._pushed_back is not None:
            rows, rest = self._pushed_back[:size], self._pushed_back[size:]
            self._pushed_back = rest or None
            return rows
        if self.exhausted:
            # Not with the last rows, which are still being used.
            self.holds = None
            return self._nothing()
        try:
            rows = self._read_many(size)
        except BaseException as error:
            self.fail(error)
            raise
        if len(rows) < size:
            # There are no more: the cursor need not stay open until somebody asks in vain.
            self.finish()
        return rows

    def push_back(self, rows: Sequence[Any]) -> None:
        """Put rows back that were read and not used."""
        if not self.closed:
            # Some drivers give tuples of rows.
            self._pushed_back = [*rows, *(self._pushed_back or ())]

    def close(self) -> None:
        """Close the source; reading from it is an error afterwards."""
        self.closed = True
        self._pushed_back = None
        self.finish()
        self.holds = None

    def fail(self, error: BaseException) -> None:
        """Close the source after an error while it was read: what was lost then would be missing without a sound.

        Raises:
            AzothError: for an error of the driver; otherwise the caller raises what was raised.
        """
        if isinstance(error, AzothError) and not isinstance(error, UnreadableValueError):
            # Ours, as where unique() is missing: nothing was read.
            return
        with contextlib.suppress(Exception):
            self.close()
        raise_translated(self, error)

    def finish(self) -> None:
        """Let go of everything behind the source; what was pushed back can still be read."""
        if not self.exhausted:
            self.exhausted = True
            try:
                self._release()
            except Exception as error:
                raise_translated(self, error)
                raise

    def _nothing(self) -> list[Any]:
        if self.closed:
            raise ResourceClosedError(
                "this result is closed", fix="read it before close(), first() or the end of its `with` block."
            )
        return []


def raise_translated(source: RowSource, error: BaseException) -> None:
    """Raise an error of the driver as one of ours; return where it is none."""
    if isinstance(error, Exception):
        translated = source._translated(error)
        if translated is not error:
            raise translated from error


def close_cursor(cursor: Any) -> None:
    """Close a cursor; a failure or an interrupt in the middle of that does not leave it open.

    Raises:
        BaseException: what closing has raised; of two errors the second, which may say that the connection is lost.
    """
    # An open cursor holds locks, even of a connection that was closed, as long as the error's traceback holds it.
    try:
        cursor.close()
    except Exception:
        cursor.close()
        raise
    except BaseException:
        with contextlib.suppress(Exception):
            cursor.close()
        raise


class IteratorSource(RowSource):
    """Raw rows that come one by one, or were fetched all at once before.

    Args:
        rows: the rows.
    """

    __slots__ = ("_rows",)

    def __init__(self, rows: Iterable[Any]) -> None:
        super().__init__()
        self._rows = iter(rows)

    def _read_all(self) -> Iterable[Any]:
        return self._rows

    def _read_many(self, size: int) -> list[Any]:
        return list(islice(self._rows, size))

    def _release(self) -> None:
        self._rows = iter(())


class FetchedRows:
    """What remains of a driver's cursor when its statement is through: all rows.

    Args:
        cursor: the cursor.
        rows: what was fetched from it.
    """

    __slots__ = ("_rows", "description", "lastrowid", "rowcount")

    def __init__(self, cursor: Any, rows: Iterable[Any]) -> None:
        self.description = cursor.description
        self.rowcount = cursor.rowcount
        self.lastrowid = getattr(cursor, "lastrowid", None)
        self._rows: Iterator[Any] = iter(rows)

    def __iter__(self) -> Iterator[Any]:
        return self._rows

    def fetchone(self) -> Any:
        """Give the next row, or None."""
        return next(self._rows, None)

    def fetchmany(self, size: int = 1) -> list[Any]:
        """Give the next rows."""
        return list(islice(self._rows, size))

    def fetchall(self) -> list[Any]:
        """Give all rows that are left."""
        return list(self._rows)

    def close(self) -> None:
        """Forget the rows."""
        self._rows = iter(())


class _Uniqueness:
    """Which elements were seen already."""

    __slots__ = ("_key", "_seen")

    def __init__(self, key: Callable[[Any], Any] | None) -> None:
        self._key = key
        self._seen: set[Any] = set()

    def filter(self, elements: list[Any]) -> list[Any]:
        """Keep the elements that were not seen before."""
        return self.sources(elements, elements)

    def sources(self, sources: list[Any], elements: list[Any]) -> list[Any]:
        """Keep what the elements come from that were not seen before; one source for each element."""
        key, seen, kept = self._key, self._seen, []
        try:
            for source, element in zip(sources, elements, strict=True):
                mark = element if key is None else key(element)
                if mark not in seen:
                    seen.add(mark)
                    kept.append(source)
        except TypeError as error:
            raise InvalidRequestError(
                "unique() cannot compare the elements of this result",
                why=f"{error}.",
                fix="pass a function that makes a hashable key, as in unique(strategy=lambda row: row.id).",
                code="AZ-E22",
            ) from error
        return kept


class Fetching(Generic[Element]):
    """What can be asked of a result, of its scalars and of its mappings alike."""

    __slots__ = ("_source", "_unique", "_yield_per")

    _source: RowSource
    _unique: _Uniqueness | None
    _yield_per: int | None

    def _make(self, raw: Iterable[Any]) -> list[Element]:
        raise TypeError(f"{type(self).__name__} does not say what its elements are")  # pragma: no cover

    def _made(self, raw: Iterable[Any]) -> list[Element]:
        """Make elements of rows that were read; close the source where that fails, as the rows are lost."""
        try:
            return self._make(raw)
        except BaseException as error:
            self._source.fail(error)
            raise

    def _default_unique_key(self) -> Callable[[Any], Any] | None:
        return None

    # --- many --------------------------------------------------------------------------------------------------------

    def all(self) -> Sequence[Element]:
        """Fetch everything that is left, as a list."""
        source = self._source
        try:
            elements = self._make(source.all())
        except BaseException as error:
            source.fail(error)
            raise
        source.finish()
        source.holds = None
        return elements if self._unique is None else self._unique.filter(elements)

    def fetchall(self) -> Sequence[Element]:
        """Fetch everything that is left, as a list."""
        return self.all()

    def fetchmany(self, size: int | None = None) -> Sequence[Element]:
        """Fetch up to ``size`` elements; an empty list at the end.

        Without a size, what ``yield_per()`` has said, or as many as the driver's cursor gives (its ``arraysize``).

        Raises:
            ArgumentError: ``size`` is no number of rows.
        """
        if size is not None:
            check_count("fetchmany(): size", size, least=0)
        wanted = size if size is not None else self._yield_per or self._source.usual_size
        return self.all() if wanted is None else self._up_to(wanted)

    def _up_to(self, wanted: int) -> Sequence[Element]:
        if self._unique is None:
            return self._made(self._source.many(wanted))
        elements: list[Element] = []
        while len(elements) < wanted:
            raw = self._source.many(wanted - len(elements))
            if not raw:
                break
            elements.extend(self._unique.filter(self._made(raw)))
        return elements

    def partitions(self, size: int | None = None) -> Iterator[Sequence[Element]]:
        """Iterate over lists of up to ``size`` elements.

        Raises:
            ArgumentError: ``size`` is no number of rows.
        """
        if size is not None:
            check_count("partitions(): size", size)
        # The check comes with the call, the rows with the iteration.
        return self._partitions(size)

    def _partitions(self, size: int | None) -> Iterator[Sequence[Element]]:
        while True:
            elements = self.fetchmany(size)
            if not elements:
                return
            yield elements

    def __iter__(self) -> Iterator[Element]:
        if self._unique is not None:
            return self._one_by_one()
        return self._by_chunks()

    def __next__(self) -> Element:
        elements = self._up_to(1)
        if not elements:
            raise StopIteration
        return elements[0]

    def _one_by_one(self) -> Iterator[Element]:
        # How many raw rows stand behind the elements of a chunk is not known here, so nothing is read ahead.
        while elements := self._up_to(1):
            yield elements[0]

    def _by_chunks(self) -> Iterator[Element]:
        source = self._source
        size = self._yield_per or source.portion
        while True:
            raw = source.many(size)
            if not raw:
                return
            elements = iter(self._made(raw))
            try:
                yield from elements
            finally:
                # Whoever leaves the loop early finds the rows that were read ahead by the next fetch.
                left = operator.length_hint(elements)
                if left:
                    source.push_back(raw[-left:])

    # --- one ---------------------------------------------------------------------------------------------------------

    def first(self) -> Element | None:
        """Fetch the first element, or None, and close the result."""
        source = self._source
        elements = self._made(source.many(1))
        source.close()
        return elements[0] if elements else None

    def one(self) -> Element:
        """Fetch the only element.

        Returns:
            the element.

        Raises:
            NoResultFound: there is none.
            MultipleResultsFound: there are several.
        """
        return cast(Element, self._only(needed=True))

    def one_or_none(self) -> Element | None:
        """Fetch the only element, or None.

        Returns:
            the element, or None where there is none.

        Raises:
            MultipleResultsFound: there are several.
        """
        return self._only(needed=False)

    def _only(self, *, needed: bool) -> Element | None:
        elements = self._up_to(2)
        self._source.close()
        if len(elements) == 1:
            return elements[0]
        if elements:
            raise MultipleResultsFound(
                "several rows were found where one was asked for",
                fix="narrow the condition, or use first() if any of them will do"
                + ("." if self._unique is not None else ", or unique() if they are the same."),
            )
        if needed:
            raise NoResultFound(
                "no row was found where one was asked for", fix="use one_or_none() or first() if there may be none."
            )
        return None

    # --- settings ----------------------------------------------------------------------------------------------------

    def unique(self, strategy: Callable[[Any], Any] | None = None) -> Self:
        """Leave out elements that were returned before.

        Args:
            strategy: makes the key by which elements are compared; by default the element is compared itself.

        Returns:
            this result.
        """
        self._unique = _Uniqueness(strategy if strategy is not None else self._default_unique_key())
        if self._yield_per is not None:
            self._source.refuse_unique_portions()
        return self

    def yield_per(self, num: int) -> Self:
        """Read so many rows at a time when iterating, and for partitions of no given size.

        Raises:
            ArgumentError: ``num`` is no number of rows.
        """
        check_count("yield_per", num)
        self._yield_per = num
        if self._unique is not None:
            self._source.refuse_unique_portions()
        return self

    def close(self) -> None:
        """Close the result; what was not fetched is dropped."""
        self._source.close()

    @property
    def closed(self) -> bool:
        """Whether the result was closed."""
        return self._source.closed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
