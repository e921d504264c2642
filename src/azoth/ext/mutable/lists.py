"""MutableList: a list that tells of its changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self, SupportsIndex, TypeVar

from azoth.ext.mutable.values import Mutable

ItemT = TypeVar("ItemT")


class MutableList(Mutable, list[ItemT]):
    """A list whose changes mark the attributes that hold it as changed; what is in it is not watched."""

    @classmethod
    def coerce(cls, key: str, value: object) -> MutableList[ItemT] | None:
        """Make one of any other list."""
        if isinstance(value, cls):
            return value
        if isinstance(value, list):
            return cls(value)
        made: None = super().coerce(key, value)
        return made

    def __setitem__(self, index: SupportsIndex | slice, value: Any) -> None:
        super().__setitem__(index, value)
        self.changed()

    def __delitem__(self, index: SupportsIndex | slice) -> None:
        super().__delitem__(index)
        self.changed()

    def __iadd__(self, x: Iterable[ItemT]) -> Self:  # type: ignore[misc, override]  # a list's has overloads
        self.extend(x)
        return self

    def __imul__(self, n: SupportsIndex) -> Self:
        super().__imul__(n)
        self.changed()
        return self

    def append(self, x: ItemT) -> None:
        """Put an item at the end."""
        super().append(x)
        self.changed()

    def extend(self, x: Iterable[ItemT]) -> None:
        """Put items at the end."""
        try:
            super().extend(x)
        finally:
            # What cannot be read to its end is in as far as it could.
            self.changed()

    def insert(self, i: SupportsIndex, x: ItemT) -> None:
        """Put an item before another one."""
        super().insert(i, x)
        self.changed()

    def pop(self, *arg: SupportsIndex) -> ItemT:
        """Take an item out and give it, the last one where no index says which."""
        item = super().pop(*arg)
        self.changed()
        return item

    def remove(self, i: ItemT) -> None:
        """Take out the first item that is equal to this."""
        super().remove(i)
        self.changed()

    def clear(self) -> None:
        """Take all items out."""
        super().clear()
        self.changed()

    def sort(self, **kw: Any) -> None:
        """Sort the items; ``key`` and ``reverse`` as for every list."""
        try:
            super().sort(**kw)
        finally:
            # Items that cannot be compared leave a list that is sorted in part.
            self.changed()

    def reverse(self) -> None:
        """Turn the order round."""
        super().reverse()
        self.changed()

    def __setstate__(self, state: object) -> None:
        if isinstance(state, list):
            # As in pickles of the same class that older versions of another library wrote.
            self[:] = state
            return
        values, slots = state if isinstance(state, tuple) else (state, None)
        self.__dict__.update(values or {})
        for name, value in (slots or {}).items():
            setattr(self, name, value)
