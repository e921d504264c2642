"""Lists of key values in statements: how many at a time, and the criterion that selects them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final, TypeVar

from azoth.sql.elements import and_, or_

Item = TypeVar("Item")


class BoundValues:
    """The values of a statement that was found by its shape, in the place of the statement itself."""

    __slots__ = ("_binds",)

    def __init__(self, binds: tuple[Any, ...]) -> None:
        self._binds = binds


SIZES: Final = (1, 2, 5, 10, 25, 50, 100, 250, 500)
"""The lengths of key lists. A shorter list is filled up by repeating its last key, so that the number of different
statements stays small and each of them is compiled once."""

COMPOSITE_LIMIT: Final = 100
"""Composite keys make an OR of ANDs, whose depth databases limit."""


def portions(items: Sequence[Item], *, composite: bool) -> Iterator[Sequence[Item]]:
    """Cut a list into portions that one statement can take."""
    size = COMPOSITE_LIMIT if composite else SIZES[-1]
    for start in range(0, len(items), size):
        yield items[start : start + size]


def padded(keys: Sequence[Any]) -> list[Any]:
    """Fill a list of keys up to the next size."""
    count = len(keys)
    size = next(size for size in SIZES if size >= count)
    return [*keys, *[keys[-1]] * (size - count)]


def criterion(columns: Sequence[Any], keys: Sequence[Any]) -> Any:
    """Make the criterion that selects the rows with one of these keys (tuples where there are several columns)."""
    if len(columns) == 1:
        return columns[0] == keys[0] if len(keys) == 1 else columns[0].in_(list(keys))
    return or_(*(and_(*(column == part for column, part in zip(columns, key, strict=True))) for key in keys))


class KeyValue:
    """A value in the place of the bind parameter that ``criterion`` made for it."""

    __slots__ = ("value",)

    callable: ClassVar[None] = None
    """No function makes it, as one may make that of a parameter."""

    def __init__(self, value: object) -> None:
        self.value = value


def bound_keys(columns: Sequence[Any], keys: Sequence[Any]) -> BoundValues:
    """Give keys the form in which a plan made with ``criterion`` takes them, without building an expression."""
    if len(columns) > 1:
        return BoundValues(tuple([KeyValue(part) for key in keys for part in key if part is not None]))
    if len(keys) == 1:
        return BoundValues((KeyValue(keys[0]),))
    return BoundValues((KeyValue(keys),))
