"""The columns of a selectable: by attribute, key or position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, overload

from azoth import exc
from azoth.sql.elements import ColumnElement
from azoth.util.near_names import near_names

__all__ = ["ColumnCollection", "ColumnSet", "corresponding_in", "index_by_lineage", "lineage_of"]


class ColumnSet(tuple[ColumnElement[Any], ...]):
    """Hold columns in order, with membership by identity (``==`` on columns builds SQL)."""

    __slots__ = ()

    def __contains__(self, column: object) -> bool:
        return any(own is column for own in self)

    def contains_column(self, column: object) -> bool:
        """Tell whether a column is in the set."""
        return column in self

    @property
    def columns(self) -> ColumnCollection:
        """The same columns as a collection with access by key."""
        return ColumnCollection((str(column.key), column) for column in self)


class ColumnCollection:
    """Hold the columns of a selectable in order, found by attribute, key, position or object.

    Args:
        columns: pairs of key and column; where a key occurs twice, the first column has it.
    """

    _columns: list[tuple[str, Any]]
    _by_key: dict[str, Any]

    def __init__(self, columns: Iterable[tuple[str, Any]] = ()) -> None:
        self.__dict__["_columns"] = []
        self.__dict__["_by_key"] = {}
        for key, column in columns:
            self.add(column, key)

    def add(self, column: Any, key: str | None = None) -> None:
        """Append a column under its key.

        Args:
            column: the column.
            key: the key, the column's own where none is given.
        """
        name = key if key is not None else column.key
        self._columns.append((name, column))
        if name not in self._by_key:
            self._by_key[name] = column
            # Plain attributes of the instance are found without a call; names of methods stay methods.
            if name not in _RESERVED:
                self.__dict__[name] = column

    def replace(self, column: Any, key: str | None = None) -> None:
        """Put a column in the place of the one that has its key, or append it.

        Args:
            column: the new column.
            key: the key, the column's own where none is given.
        """
        name = key if key is not None else column.key
        if name not in self._by_key:
            self.add(column, name)
            return
        position = next(index for index, (own, _) in enumerate(self._columns) if own == name)
        self._columns[position] = (name, column)
        self._by_key[name] = column
        if name not in _RESERVED:
            self.__dict__[name] = column

    def move(self, column: object, index: int) -> None:
        """Put a column of the collection at another position.

        Args:
            column: the column.
            index: how many columns stand before it.
        """
        place = next(place for place, (_, own) in enumerate(self._columns) if own is column)
        self._columns.insert(index, self._columns.pop(place))

    def remove(self, column: Any) -> None:
        """Take a column out.

        Raises:
            ArgumentError: where the column is not in the collection.
        """
        if not self.contains_column(column):
            raise exc.ArgumentError(
                f"column {column.key!r} is not in this collection",
                why="only what is there can be taken out",
                fix="look at its keys()",
                code="AZ-C20",
            )
        remaining = [pair for pair in self._columns if pair[1] is not column]
        for name in self._by_key:
            self.__dict__.pop(name, None) if name not in _RESERVED else None
        self.__init__(remaining)  # type: ignore[misc]

    def get(self, key: str, default: Any = None) -> Any:
        """Find a column by key, or give the default."""
        return self._by_key.get(key, default)

    def keys(self) -> list[str]:
        """List the keys in order."""
        return [key for key, _ in self._columns]

    def values(self) -> list[Any]:
        """List the columns in order."""
        return [column for _, column in self._columns]

    def items(self) -> list[tuple[str, Any]]:
        """List the pairs of key and column in order."""
        return list(self._columns)

    def contains_column(self, col: object) -> bool:
        """Tell whether a column object is in the collection."""
        return any(own is col for _, own in self._columns)

    def corresponding_column(self, column: object, require_embedded: bool = False) -> Any:
        """Find the column of this collection that stands for a column of another selectable.

        Args:
            column: a column that one of these was made from, or that shares its origin.
            require_embedded: accept only columns which one of these was made from.

        Returns:
            the column, or None.
        """
        return corresponding_in(index_by_lineage(self), column, require_embedded)

    def compare(self, other: ColumnCollection) -> bool:
        """Tell whether another collection has the same columns in the same order."""
        return len(self) == len(other) and all(own is its for own, its in zip(self, other, strict=True))

    def as_readonly(self) -> ColumnCollection:
        """Give a collection of the same columns that later additions do not reach."""
        return ColumnCollection(self._columns)

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, str):
            raise exc.ArgumentError(
                "membership in a column collection is tested with the column's key",
                why="columns compare by SQL, keys by their text",
                fix="use contains_column(column) for a column object",
                code="AZ-C21",
            )
        return key in self._by_key

    def __iter__(self) -> Iterator[Any]:
        return iter([column for _, column in self._columns])

    def __len__(self) -> int:
        return len(self._columns)

    @overload
    def __getitem__(self, key: str | int) -> Any: ...
    @overload
    def __getitem__(self, key: slice | tuple[str | int, ...]) -> ColumnCollection: ...
    def __getitem__(self, key: str | int | slice | tuple[str | int, ...]) -> Any:
        if isinstance(key, str):
            try:
                return self._by_key[key]
            except KeyError:
                raise KeyError(key) from None
        if isinstance(key, int):
            return self._columns[key][1]
        if isinstance(key, slice):
            return ColumnCollection(self._columns[key])
        names = [part if isinstance(part, str) else self._columns[part][0] for part in key]
        return ColumnCollection((name, self[name]) for name in names)

    def __getattr__(self, name: str) -> Any:
        # Runs only for names that are no column (see add), or before __init__ as copying and pickling do.
        by_key = self.__dict__.get("_by_key", {})
        if name in by_key:
            return by_key[name]
        raise AttributeError(missing_column_text(name, list(by_key)), name=name, obj=self)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"columns are not set by attribute: {name!r}")

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def __repr__(self) -> str:
        return f"ColumnCollection({', '.join(repr(column) for column in self)})"


def lineage_of(column: Any) -> tuple[Any, ...]:
    """List a column and the columns that it stands for, the nearest first."""
    known: tuple[Any, ...] | None = column.__dict__.get("_lineage")
    if known is not None:
        return known
    lineage: list[Any] = [column]
    for origin in column._proxies:
        lineage.extend(ancestor for ancestor in lineage_of(origin) if not _contains(lineage, ancestor))
    return tuple(lineage)


def _contains(columns: list[Any], wanted: object) -> bool:
    return any(column is wanted for column in columns)


def index_by_lineage(columns: Iterable[Any]) -> dict[Any, Any]:
    """Index columns by themselves and by what they stand for."""
    lineages = [lineage_of(column) for column in columns]
    index: dict[Any, Any] = {}
    # Nearer relations win over farther ones: a column itself, then what it directly stands for, and so on.
    for distance in range(max(map(len, lineages), default=0)):
        for lineage in lineages:
            if distance < len(lineage):
                index.setdefault(lineage[distance], lineage[0])
    return index


def corresponding_in(index: dict[Any, Any], column: object, require_embedded: bool) -> Any:
    """Find what stands for a column in an index of columns, None where nothing does.

    Args:
        index: what ``index_by_lineage()`` made.
        column: the column.
        require_embedded: whether a common ancestor does not suffice.
    """
    own = index.get(column)
    if own is not None or require_embedded:
        return own
    for ancestor in lineage_of(column)[1:]:
        if ancestor in index:
            return index[ancestor]
    return None


def missing_column_text(name: str, names: Sequence[str]) -> str:
    """Say that there is no column of a name, and which one may be meant."""
    close = near_names(name, names, 1)
    return f"there is no column {name!r}" + (f"; did you mean {close[0]!r}?" if close else "")


_RESERVED: Final = frozenset(dir(ColumnCollection)) | {"_columns", "_by_key"}
