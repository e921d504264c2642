"""AssociationList: a list of values that are attributes of related objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableSequence
from typing import Any, NoReturn, SupportsIndex

from azoth.ext.associationproxy.proxied_collection import AssociationCollection


class AssociationList(AssociationCollection, MutableSequence[Any]):
    """What an association proxy shows of a list; changes of it make, change and remove related objects."""

    def _values(self) -> list[Any]:
        return [self.getter(member) for member in self.col]

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self.getter(member) for member in self.col[index]]
        return self.getter(self.col[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        members = self.col
        if not isinstance(index, slice):
            self.setter(members[index], value)
            return
        values = list(value)
        places = range(*index.indices(len(members)))
        if index.step is None or index.step == 1:
            for _ in places:
                del members[places.start]
            for place, one in enumerate(values, places.start):
                members.insert(place, self.creator(one))
            return
        if len(values) != len(places):
            raise ValueError(
                f"attempt to assign sequence of size {len(values)} to extended slice of size {len(places)}"
            )
        for place, one in zip(places, values, strict=True):
            self.setter(members[place], one)

    def __delitem__(self, index: Any) -> None:
        del self.col[index]

    def __iter__(self) -> Iterator[Any]:
        for member in self.col:
            yield self.getter(member)

    def __contains__(self, value: object) -> bool:
        return any(one == value for one in self)

    def append(self, value: object) -> None:
        """Put a value at the end: a related object is made for it."""
        self.col.append(self.creator(value))

    def insert(self, index: int, value: object) -> None:
        """Put a value at a place: a related object is made for it."""
        self.col.insert(index, self.creator(value))

    def extend(self, values: Iterable[Any]) -> None:
        """Put values at the end."""
        for value in list(values):
            self.append(value)

    def pop(self, index: int = -1) -> Any:
        """Take out the value at a place: its object leaves the owner."""
        return self.getter(self.col.pop(index))

    def remove(self, value: object) -> None:
        """Take out the first one that is equal.

        Raises:
            ValueError: there is none.
        """
        for place, one in enumerate(self):
            if one == value:
                del self.col[place]
                return
        raise ValueError("value not in list")

    def clear(self) -> None:
        """Remove all values: the related objects leave the owner."""
        del self.col[:]

    def reverse(self) -> NoReturn:
        """Refuse: the related objects keep their order.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("the related objects keep their order; reorder the relationship's own list")

    def sort(self, **_options: object) -> NoReturn:
        """Refuse: the related objects keep their order.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("the related objects keep their order; reorder the relationship's own list")

    def copy(self) -> list[Any]:
        """List the values."""
        return self._values()

    def __eq__(self, other: object) -> bool:
        return self._values() == (other._values() if isinstance(other, AssociationList) else other)

    def __lt__(self, other: Iterable[Any]) -> bool:
        return self._values() < list(other)

    def __le__(self, other: Iterable[Any]) -> bool:
        return self._values() <= list(other)

    def __gt__(self, other: Iterable[Any]) -> bool:
        return self._values() > list(other)

    def __ge__(self, other: Iterable[Any]) -> bool:
        return self._values() >= list(other)

    def __add__(self, other: Iterable[Any]) -> list[Any]:
        if not isinstance(other, Iterable):
            return NotImplemented
        return self._values() + list(other)

    def __radd__(self, other: Iterable[Any]) -> list[Any]:
        if not isinstance(other, Iterable):
            return NotImplemented
        return list(other) + self._values()

    def __mul__(self, times: SupportsIndex) -> list[Any]:
        if not isinstance(times, SupportsIndex):
            return NotImplemented
        return self._values() * times

    __rmul__ = __mul__

    def __imul__(self, times: SupportsIndex) -> AssociationList:
        count = times.__index__()
        if count <= 0:
            self.clear()
        elif count > 1:
            self.extend(self._values() * (count - 1))
        return self

    def __repr__(self) -> str:
        return repr(self._values())
