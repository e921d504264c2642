"""MutableSet: a set that tells of its changes."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any, Self, TypeVar

from azoth.ext.mutable.values import Mutable

ItemT = TypeVar("ItemT")


class MutableSet(Mutable, set[ItemT]):
    """A set whose changes mark the attributes that hold it as changed; what is in it is not watched."""

    @classmethod
    def coerce(cls, index: str, value: object) -> MutableSet[ItemT] | None:
        """Make one of any other set."""
        if isinstance(value, cls):
            return value
        if isinstance(value, set):
            return cls(value)
        made: None = super().coerce(index, value)
        return made

    def update(self, *arg: Iterable[ItemT]) -> None:
        """Put items in."""
        try:
            super().update(*arg)
        finally:
            # What cannot be read to its end is in as far as it could; likewise below.
            self.changed()

    def intersection_update(self, *arg: Iterable[Any]) -> None:
        """Keep only what the others have too."""
        try:
            super().intersection_update(*arg)
        finally:
            self.changed()

    def difference_update(self, *arg: Iterable[Any]) -> None:
        """Take out what the others have."""
        try:
            super().difference_update(*arg)
        finally:
            self.changed()

    def symmetric_difference_update(self, *arg: Iterable[ItemT]) -> None:
        """Take out what the other has, and put in what only the other has."""
        try:
            super().symmetric_difference_update(*arg)
        finally:
            self.changed()

    def __ior__(self, other: AbstractSet[ItemT]) -> Self:  # type: ignore[misc, override]
        self.update(other)
        return self

    def __iand__(self, other: AbstractSet[object]) -> Self:
        self.intersection_update(other)
        return self

    def __ixor__(self, other: AbstractSet[ItemT]) -> Self:  # type: ignore[misc, override]
        self.symmetric_difference_update(other)
        return self

    def __isub__(self, other: AbstractSet[object]) -> Self:
        self.difference_update(other)
        return self

    def add(self, elem: ItemT) -> None:
        """Put an item in."""
        super().add(elem)
        self.changed()

    def remove(self, elem: ItemT) -> None:
        """Take an item out that is there."""
        super().remove(elem)
        self.changed()

    def discard(self, elem: ItemT) -> None:  # type: ignore[override]  # a set takes any object
        """Take an item out if it is there."""
        super().discard(elem)
        self.changed()

    def pop(self) -> ItemT:
        """Take some item out and give it."""
        item = super().pop()
        self.changed()
        return item

    def clear(self) -> None:
        """Take all items out."""
        super().clear()
        self.changed()
