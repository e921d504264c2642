"""AssociationSet: a set of values that are attributes of related objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableSet
from collections.abc import Set as AbstractSet
from typing import Any

from azoth.ext.associationproxy.proxied_collection import AssociationCollection


class AssociationSet(AssociationCollection, MutableSet[Any]):
    """What an association proxy shows of a set; changes of it make and remove related objects."""

    def _values(self) -> set[Any]:
        return {self.getter(member) for member in self.col}

    def __contains__(self, value: object) -> bool:
        return any(one == value for one in self)

    def __iter__(self) -> Iterator[Any]:
        for member in self.col:
            yield self.getter(member)

    def add(self, value: object) -> None:
        """Put a value in, where it is not there: a related object is made for it."""
        if value not in self:
            self.col.add(self.creator(value))

    def discard(self, value: object) -> None:
        """Take a value out, where it is there: its object leaves the owner."""
        for member in self.col:
            if self.getter(member) == value:
                self.col.discard(member)
                return

    def remove(self, value: object) -> None:
        """Take a value out: its object leaves the owner.

        Raises:
            KeyError: it is not there.
        """
        if value not in self:
            raise KeyError(value)
        self.discard(value)

    def pop(self) -> Any:
        """Take some value out: its object leaves the owner.

        Raises:
            KeyError: there is none.
        """
        members = self.col
        if not members:
            raise KeyError("pop from an empty set")
        return self.getter(members.pop())

    def clear(self) -> None:
        """Remove all values: the related objects leave the owner."""
        self.col.clear()

    def replace(self, values: Iterable[Any]) -> None:
        """Give the owner other values; objects of values that stay are kept."""
        given = list(values)
        present = self._values()
        for value in given:
            if value not in present:
                self.add(value)
        for value in present.difference(given):
            self.discard(value)

    def update(self, *others: Iterable[Any]) -> None:
        """Put values in."""
        for other in others:
            for value in list(other):
                self.add(value)

    def difference_update(self, *others: Iterable[Any]) -> None:
        """Take values out."""
        for other in others:
            for value in list(other):
                self.discard(value)

    def intersection_update(self, *others: Iterable[Any]) -> None:
        """Take out what is not in the others."""
        for value in self._values() - self._values().intersection(*others):
            self.discard(value)

    def symmetric_difference_update(self, other: Iterable[Any]) -> None:
        """Hold what is in one of both."""
        self.replace(self._values().symmetric_difference(other))

    def union(self, *others: Iterable[Any]) -> set[Any]:
        """Give the values with those of the others."""
        return self._values().union(*others)

    def difference(self, *others: Iterable[Any]) -> set[Any]:
        """Give the values without those of the others."""
        return self._values().difference(*others)

    def intersection(self, *others: Iterable[Any]) -> set[Any]:
        """Give the values that the others have, too."""
        return self._values().intersection(*others)

    def symmetric_difference(self, other: Iterable[Any]) -> set[Any]:
        """Give the values that are in one of both."""
        return self._values().symmetric_difference(other)

    def issubset(self, other: Iterable[Any]) -> bool:
        """Tell whether the other has all values."""
        return self._values().issubset(other)

    def issuperset(self, other: Iterable[Any]) -> bool:
        """Tell whether all values of the other are here."""
        return self._values().issuperset(other)

    def copy(self) -> set[Any]:
        """Give the values."""
        return self._values()

    def __eq__(self, other: object) -> bool:
        return self._values() == (other._values() if isinstance(other, AssociationSet) else other)

    def __or__(self, other: AbstractSet[Any]) -> Any:
        return self._values() | set(other) if _is_set(other) else NotImplemented

    def __and__(self, other: AbstractSet[Any]) -> Any:
        return self._values() & set(other) if _is_set(other) else NotImplemented

    def __sub__(self, other: AbstractSet[Any]) -> Any:
        return self._values() - set(other) if _is_set(other) else NotImplemented

    def __xor__(self, other: AbstractSet[Any]) -> Any:
        return self._values() ^ set(other) if _is_set(other) else NotImplemented

    __ror__ = __or__
    __rand__ = __and__
    __rxor__ = __xor__

    def __rsub__(self, other: AbstractSet[Any]) -> Any:
        return set(other) - self._values() if _is_set(other) else NotImplemented

    def __ior__(self, other: AbstractSet[Any]) -> AssociationSet:
        if not _is_set(other):
            return NotImplemented
        self.update(other)
        return self

    def __isub__(self, other: AbstractSet[Any]) -> AssociationSet:
        if not _is_set(other):
            return NotImplemented
        self.difference_update(other)
        return self

    def __iand__(self, other: AbstractSet[Any]) -> AssociationSet:
        if not _is_set(other):
            return NotImplemented
        self.intersection_update(other)
        return self

    def __ixor__(self, other: AbstractSet[Any]) -> AssociationSet:
        if not _is_set(other):
            return NotImplemented
        self.symmetric_difference_update(other)
        return self

    def __repr__(self) -> str:
        return repr(self._values())


def _is_set(value: object) -> bool:
    """Tell whether a value takes part in operators of sets, as the built-in ones see it."""
    return isinstance(value, AbstractSet)
