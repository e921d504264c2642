"""Rows: tuples whose values also have names."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, KeysView, Mapping, Sequence, ValuesView
from typing import Any, ClassVar, Final, Generic, TypeAlias, TypeVarTuple, cast

from azoth.exc import AmbiguousColumnError, NoSuchColumnError
from azoth.sql.cache_key import is_cacheable
from azoth.sql.elements import ClauseElement

__all__ = ["BaseRow", "ResultKeys", "Row", "RowMapping", "column_index", "index_by_key", "row_class"]

Values = TypeVarTuple("Values")
Plain: TypeAlias = tuple[*Values]
"""A tuple; Row has a method of that name."""

AMBIGUOUS: Final = -1
MOST_CLASSES: Final = 1_000
"""Programs have few layouts; one that makes up ever new column names must not collect classes for ever."""

_TUPLE_NAMES: Final = frozenset({"count", "index", "t", "tuple"})
"""Names of methods that give way to a column of that name."""

_classes: Final[dict[tuple[str, ...], type[Row[*tuple[Any, ...]]]]] = {}


class Row(tuple[*Values], Generic[*Values]):
    """One row of a result: a tuple whose values can be read by attribute, and by key through ``_mapping``.

    Each layout of columns has a subclass of its own, whose attributes read the values as fast as a named tuple's.
    """

    __slots__ = ()
    _key_names: ClassVar[tuple[str, ...]] = ()
    _index: ClassVar[dict[Any, int]] = {}

    @property
    def _mapping(self) -> RowMapping:
        """The row as a mapping from names, and from the selected columns, to values."""
        return RowMapping(self)

    @property
    def _fields(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self._key_names

    def _asdict(self) -> dict[str, Any]:
        """Make a dictionary of the row."""
        return dict(zip(self._key_names, cast(Iterable[Any], self), strict=False))

    def _tuple(self) -> Plain[*Values]:
        """The row, typed as a tuple of its values."""
        return self

    @property
    def t(self) -> Plain[*Values]:
        """The row, typed as a tuple of its values."""
        return self._tuple()

    @property
    def _t(self) -> Plain[*Values]:
        """The row, typed as a tuple of its values."""
        return self._tuple()

    def tuple(self) -> Plain[*Values]:
        """The row, typed as a tuple of its values."""
        return self._tuple()

    def __getattr__(self, name: str) -> Any:
        close = ", ".join(repr(key) for key in self._key_names)
        raise AttributeError(f"this row has no column {name!r}; its columns are {close}")

    def __repr__(self) -> str:
        return "(" + ", ".join(map(repr, self)) + (",)" if len(self) == 1 else ")")

    def __reduce__(self) -> Any:
        return _restored, (self._key_names, (*self,))


class ResultKeys(KeysView[str]):
    """The names of a result's columns, in order; a column object is contained too.

    Args:
        keys: the names.
        index: where to find columns by name and by column object.
    """

    __slots__ = ("_index", "_names")

    def __init__(self, keys: Sequence[str], index: dict[Any, int]) -> None:
        self._names = keys
        self._index = index

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __contains__(self, key: object) -> bool:
        return known_index(self._index, key) is not None

    def __getitem__(self, position: int) -> str:
        return self._names[position]

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Iterable) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"ResultKeys({list(self)!r})"


class RowValues(ValuesView[Any]):
    """The values of a row as a mapping, equal to any values that are the same in the same order."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Iterable) else NotImplemented

    __hash__ = None  # type: ignore[assignment]


class RowMapping(Mapping[Any, Any]):
    """A row as a mapping; keys are names and the columns that were selected."""

    __slots__ = ("_row",)

    def __init__(self, row: Row[*tuple[Any, ...]]) -> None:
        self._row = row

    def __getitem__(self, key: Any) -> Any:
        return self._row[column_index(self._row._index, key)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._row._key_names)

    def __len__(self) -> int:
        return len(self._row)

    def __contains__(self, key: object) -> bool:
        return known_index(self._row._index, key) is not None

    def keys(self) -> ResultKeys:
        """List the names of the columns, in their order; a column object is contained too."""
        return ResultKeys(self._row._key_names, self._row._index)

    def values(self) -> RowValues:
        """List the values, in the order of the columns."""
        return RowValues(self)

    def __repr__(self) -> str:
        return repr(dict(self))

    def __hash__(self) -> int:
        return hash(self._row)


def row_class(keys: tuple[str, ...], index: dict[Any, int] | None = None) -> type[Row[*tuple[Any, ...]]]:
    """Find or make the class of rows with these columns.

    Args:
        keys: the names of the columns.
        index: where to find columns by name and by column object; a layout with column objects has a class of its own.

    Returns:
        a subclass of Row; calling it with a tuple makes a row.
    """
    if index is not None:
        return _new_class(keys, index)
    found = _classes.get(keys)
    if found is None:
        if len(_classes) >= MOST_CLASSES:
            _classes.clear()
        found = _classes[keys] = _new_class(keys, index_by_key(keys))
    return found


def index_by_key(keys: Sequence[str], objects: Sequence[Sequence[Any]] = ()) -> dict[Any, int]:
    """Tell where each name and each column object stands; a name that occurs twice is ambiguous.

    Args:
        keys: the names of the columns.
        objects: what else stands for each column: column objects, labels.

    Returns:
        position by name and object.
    """
    index: dict[Any, int] = {}
    for position, key in enumerate(keys):
        index[key] = AMBIGUOUS if key in index else position
    has_repeated_names = len(index) < len(keys)
    for position, aliases in enumerate(objects):
        for alias in aliases:
            known = index.setdefault(alias, position)
            if has_repeated_names and known != position and isinstance(alias, str):
                # A column's key that is the name of another column gives way to it, as long as names tell columns
                # apart; where they do not, nobody can know that this one does.
                index[alias] = AMBIGUOUS
    return index


def known_index(index: dict[Any, int], key: Any) -> int | None:
    """Find the position of a column; None where there is none, AMBIGUOUS where there are several."""
    try:
        position = index.get(key)
    except TypeError:
        return None
    if position is None and not isinstance(key, str):
        if hasattr(key, "__clause_element__"):
            return known_index(index, key.__clause_element__())
        if getattr(key, "table", None) is not None:
            # A column is no other one, though that has the same name.
            return None
        position = _equal_expression(index, key)
        name = getattr(key, "key", None)
        if position is None and isinstance(name, str) and not hasattr(key, "table"):
            # Labels have no other identity when a statement is built anew.
            position = index.get(name)
    return position


def _equal_expression(index: dict[Any, int], key: object) -> int | None:
    """Find the same expression without values, as a statement has it that was built anew for this execution."""
    if not isinstance(key, ClauseElement) or key._binds or not is_cacheable(key._shape):
        return None
    for known, position in index.items():
        if isinstance(known, ClauseElement) and known._shape == key._shape and not known._binds:
            return position
    return None


def column_index(index: dict[Any, int], key: Any) -> int:
    """Find the position of a column.

    Args:
        index: positions by name and column object.
        key: a name, a column, or a position.

    Returns:
        the position.

    Raises:
        NoSuchColumnError: there is no such column.
        AmbiguousColumnError: several columns have this name.
    """
    position = known_index(index, key)
    if position is None:
        if isinstance(key, int) and key in index.values():
            return key
        names = ", ".join(repr(name) for name in index if isinstance(name, str))
        raise NoSuchColumnError(
            f"the row has no column {key!r}",
            why="rows have the columns that their statement names.",
            fix=f"its columns are {names}.",
        )
    if position == AMBIGUOUS:
        raise _ambiguous(key)
    return position


def _ambiguous(key: Any) -> AmbiguousColumnError:
    return AmbiguousColumnError(
        f"several columns of the result are named {key!r}",
        fix="give them labels (`SELECT a.id AS a_id`, `a.c.id.label('a_id')`), or read them by position.",
    )


BaseRow = Row
"""The name of the part of Row that SQLAlchemy writes in C."""


def _new_class(keys: tuple[str, ...], index: dict[Any, int]) -> type[Row[*tuple[Any, ...]]]:
    namespace: dict[str, Any] = {"__slots__": (), "_key_names": keys, "_index": index}
    for key in keys:
        if not _can_be_attribute(key) or (key not in _TUPLE_NAMES and hasattr(tuple, key)):
            continue
        namespace[key] = _attribute(key, index[key])
    for name, position in index.items():
        # A column whose key is not its name in the database is read by either.
        if isinstance(name, str) and name not in namespace and not hasattr(Row, name) and _can_be_attribute(name):
            namespace[name] = _attribute(name, position)
    return type("Row", (Row,), namespace)


def _can_be_attribute(key: str) -> bool:
    """Tell whether a column can be read as an attribute: Python gives some names a meaning for the whole class."""
    if key.startswith("__") and key.endswith("__"):
        return False
    return not (key.startswith("_") and hasattr(Row, key))


def _attribute(key: str, position: int) -> property:
    if position != AMBIGUOUS:
        return property(operator.itemgetter(position))

    def read(row: Row[*tuple[Any, ...]]) -> Any:
        raise _ambiguous(key)

    return property(read)


def _restored(keys: tuple[str, ...], values: tuple[Any, ...]) -> Row[*tuple[Any, ...]]:
    return row_class(keys)(values)
