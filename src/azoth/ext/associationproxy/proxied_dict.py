"""AssociationDict: a dictionary whose values are attributes of related objects."""

from __future__ import annotations

from collections.abc import Iterator, KeysView, Mapping, MutableMapping
from typing import Any

from azoth.ext.associationproxy.proxied_collection import AssociationCollection


class AssociationDict(AssociationCollection, MutableMapping[Any, Any]):
    """What an association proxy shows of a dictionary; changes of it make, change and remove related objects."""

    def __getitem__(self, key: object) -> Any:
        return self.getter(self.col[key])

    def __setitem__(self, key: object, value: object) -> None:
        members = self.col
        if key in members:
            self.setter(members[key], key, value)
        else:
            members[key] = self.creator(key, value)

    def __delitem__(self, key: object) -> None:
        del self.col[key]

    def __contains__(self, key: object) -> bool:
        return key in self.col

    def __iter__(self) -> Iterator[Any]:
        return iter(self.col.keys())

    def keys(self) -> KeysView[Any]:
        """Give the keys."""
        keys: KeysView[Any] = self.col.keys()
        return keys

    def setdefault(self, key: object, default: object = None) -> Any:
        """Give the value of a key, setting it first where there is none."""
        members = self.col
        if key not in members:
            members[key] = self.creator(key, default)
            return default
        return self.getter(members[key])

    def clear(self) -> None:
        """Remove all values: the related objects leave the owner."""
        self.col.clear()

    def popitem(self) -> tuple[Any, Any]:
        """Take out a key with its value.

        Raises:
            KeyError: there is none.
        """
        key, member = self.col.popitem()
        return key, self.getter(member)

    def copy(self) -> dict[Any, Any]:
        """Give the values by key."""
        return dict(self.items())

    def replace(self, values: Mapping[Any, Any]) -> None:
        """Give the owner other values; objects of keys that stay are kept."""
        given = dict(values)
        for key in [key for key in self if key not in given]:
            del self[key]
        for key, value in given.items():
            self[key] = value

    def __eq__(self, other: object) -> bool:
        return self.copy() == (other.copy() if isinstance(other, AssociationDict) else other)

    def __repr__(self) -> str:
        return repr(self.copy())
