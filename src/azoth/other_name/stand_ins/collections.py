"""The collections that libraries take from ``sqlalchemy.util``."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, MutableSet
from typing import Final, NoReturn, TypeVar

__all__ = [
    "EMPTY_DICT",
    "OrderedDict",
    "OrderedSet",
    "column_set",
    "immutabledict",
    "to_list",
    "unique_list",
]

ItemT = TypeVar("ItemT", bound=Hashable)
KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")


class OrderedSet(MutableSet[ItemT]):
    """A set that keeps the order in which its members came.

    Args:
        items: the first of them.
    """

    def __init__(self, items: Iterable[ItemT] = ()) -> None:
        self._items: dict[ItemT, None] = dict.fromkeys(items)

    def __contains__(self, item: object) -> bool:
        return item in self._items

    def __iter__(self) -> Iterator[ItemT]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self._items)!r})"

    def __getitem__(self, position: int) -> ItemT:
        return list(self._items)[position]

    def add(self, value: ItemT) -> None:
        """Add a member at the end, unless it is one."""
        self._items.setdefault(value)

    def discard(self, value: ItemT) -> None:
        """Take a member out, if it is one."""
        self._items.pop(value, None)

    def copy(self) -> OrderedSet[ItemT]:
        """Give another set with the same members."""
        return OrderedSet(self._items)

    def update(self, *others: Iterable[ItemT]) -> None:
        """Add the members of others."""
        for other in others:
            self._items.update(dict.fromkeys(other))

    def union(self, *others: Iterable[ItemT]) -> OrderedSet[ItemT]:
        """Give a set with the members of all."""
        made = self.copy()
        made.update(*others)
        return made

    def difference(self, *others: Iterable[ItemT]) -> OrderedSet[ItemT]:
        """Give a set with the members that the others do not have."""
        without = {item for other in others for item in other}
        return OrderedSet(item for item in self._items if item not in without)

    def intersection(self, *others: Iterable[ItemT]) -> OrderedSet[ItemT]:
        """Give a set with the members that all others have."""
        kept = [set(other) for other in others]
        return OrderedSet(item for item in self._items if all(item in other for other in kept))


class immutabledict(dict[KeyT, ValueT]):  # the name that libraries know
    """A dictionary that cannot be changed."""

    def _refuse(self, *arguments: object, **keywords: object) -> NoReturn:
        raise TypeError(f"{type(self).__name__} object is immutable")

    __setitem__ = __delitem__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse
    __ior__ = _refuse

    def union(self, *others: object, **more: ValueT) -> immutabledict[KeyT, ValueT]:
        """Give a dictionary with the items of all, the last ones count."""
        made: dict[KeyT, ValueT] = dict(self)
        for other in (*others, more):
            made.update(other or {})  # type: ignore[call-overload]
        return immutabledict(made)

    merge_with = union

    def __or__(self, other: object) -> immutabledict[KeyT, ValueT]:  # type: ignore[override]
        return self.union(other)

    def __reduce__(self) -> tuple[type, tuple[dict[KeyT, ValueT]]]:
        return type(self), (dict(self),)

    def copy(self) -> immutabledict[KeyT, ValueT]:
        """Give the dictionary itself."""
        return self


EMPTY_DICT: Final = immutabledict[str, object]()
column_set = set


def to_list(value: object, default: list[object] | None = None) -> list[object] | None:
    """Give what is a list as it is, and one thing as a list of it.

    Args:
        value: the things.
        default: what None means.
    """
    if value is None:
        return default
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        return [value]
    return value if isinstance(value, list) else list(value)


def unique_list(items: Iterable[ItemT], hashfunc: Callable[[ItemT], Hashable] | None = None) -> list[ItemT]:
    """Give things once each, in their order.

    Args:
        items: the things.
        hashfunc: what tells two of them apart; by default they do so themselves.
    """
    if hashfunc is None:
        return list(dict.fromkeys(items))
    return list({hashfunc(item): item for item in reversed(list(items))}.values())[::-1]
