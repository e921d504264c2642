"""PropertyView: properties or columns by key, in order, as a mapping and as attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from azoth.util.near_names import did_you_mean

ItemT = TypeVar("ItemT")


class PropertyView(Generic[ItemT]):
    """Read-only items by key; iterating gives the items, ``in`` and ``[]`` take keys, and so do attributes.

    Args:
        items: key -> item.
    """

    __slots__ = ("_items",)

    def __init__(self, items: dict[str, ItemT]) -> None:
        self._items = items

    def __iter__(self) -> Iterator[ItemT]:
        return iter(list(self._items.values()))

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __getitem__(self, key: str) -> ItemT:
        return self._items[key]

    def __getattr__(self, key: str) -> ItemT:
        try:
            return self._items[key]
        except KeyError:
            raise AttributeError(f"no item {key!r}; {did_you_mean(key, self._items)}") from None

    def __bool__(self) -> bool:
        return bool(self._items)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._items]

    def __repr__(self) -> str:
        return f"PropertyView({list(self._items)!r})"

    def get(self, key: str, default: Any = None) -> Any:
        """Give the item of a key, or the default."""
        return self._items.get(key, default)

    def keys(self) -> list[str]:
        """List the keys."""
        return list(self._items)

    def values(self) -> list[ItemT]:
        """List the items."""
        return list(self._items.values())

    def items(self) -> list[tuple[str, ItemT]]:
        """List keys and items."""
        return list(self._items.items())

    def has_key(self, key: str) -> bool:
        """Tell whether there is an item of a key."""
        return key in self._items
