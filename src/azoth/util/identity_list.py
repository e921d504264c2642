"""A list of instances, each once, that finds them by identity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


class IdentityList:
    """Instances in the order in which they came; looking for one and taking it out do not look at the others.

    Args:
        items: the first of them.
    """

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[Any] = ()) -> None:
        self._items: dict[int, Any] = {id(item): item for item in items}

    def append(self, item: Any) -> bool:
        """Put an item at the end; tells whether it was not there yet."""
        if id(item) in self._items:
            return False
        self._items[id(item)] = item
        return True

    def drop(self, item: Any) -> bool:
        """Take an item out; tells whether it was there."""
        if id(item) not in self._items:
            return False
        del self._items[id(item)]
        return True

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, item: object) -> bool:
        return id(item) in self._items

    def __reduce__(self) -> Any:
        return IdentityList, (list(self),)
