"""What was put into and taken out of a collection that is never loaded, since the last flush."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class MemberChanges:
    """The changes to one collection, by identity and in order; it stands in ``state.changes`` as the attribute's past.

    Attributes:
        added: the items that join.
        removed: the items that leave.
        known: the members in the database, where somebody had to look (a deletion of the owner), else None.
    """

    __slots__ = ("added", "known", "removed")

    def __init__(self) -> None:
        self.added: list[Any] = []
        self.removed: list[Any] = []
        self.known: list[Any] | None = None

    def add(self, item: Any) -> bool:
        """Note an item that joins; tells whether that is news."""
        if _drop(self.removed, item):
            return True
        if any(member is item for member in self.added):
            return False
        self.added.append(item)
        return True

    def remove(self, item: Any) -> bool:
        """Note an item that leaves; tells whether that is news."""
        if _drop(self.added, item):
            return True
        if any(member is item for member in self.removed):
            return False
        self.removed.append(item)
        return True

    def applied_to(self, members: Iterable[Any]) -> list[Any]:
        """Give the members that there will be after the flush."""
        leaving = {id(item) for item in self.removed}
        merged = {id(item): item for item in members if id(item) not in leaving}
        merged.update((id(item), item) for item in self.added)
        return list(merged.values())


def _drop(items: list[Any], item: Any) -> bool:
    for position, member in enumerate(items):
        if member is item:
            del items[position]
            return True
    return False
