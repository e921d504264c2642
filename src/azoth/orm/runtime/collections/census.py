"""How often each item stands in a large collection, so that taking items out one by one needs no look at the rest.

Counted when somebody first asks and kept while items are taken out. Items that are put in go to the end, so those
beyond the counted ones are counted with the next question; any other change makes the count be given up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from itertools import islice
from typing import Any, Final

SMALL: Final = 16
"""A collection of so few items is looked through."""


class Census:
    """The counted items of one collection.

    Attributes:
        counts: identity of an item -> how often it stands among the counted ones.
        total: how many items from the beginning are counted.
    """

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()
        self.total = 0


def holds_item(collection: Any, items: Collection[Any], item: Any) -> bool:
    """Tell whether an item is in a collection, by identity.

    Args:
        collection: the collection, which keeps its census.
        items: its items in order.
        item: the item.
    """
    size = len(items)
    if size <= SMALL:
        return id(item) in map(id, items)
    census = collection._azoth_census
    if census is None or census.total > size:
        census = collection._azoth_census = Census()
    count_the_rest(collection, items)
    return id(item) in census.counts


def count_the_rest(collection: Any, items: Collection[Any]) -> None:
    """Count the items that were put in since the count began; to be done before one is taken out."""
    census = collection._azoth_census
    if census is not None and census.total < len(items):
        # In C: no member's own __eq__ is asked, and no call is made for each.
        census.counts.update(map(id, islice(items, census.total, None)))
        census.total = len(items)


def note_taken_out(collection: Any, item: Any) -> None:
    """Follow the removal of one occurrence of an item."""
    census = collection._azoth_census
    if census is None:
        return
    left = census.counts.get(id(item), 0) - 1
    if left < 0 or census.total != len(collection) + 1:
        # Something changed unseen.
        collection._azoth_census = None
        return
    if left:
        census.counts[id(item)] = left
    else:
        del census.counts[id(item)]
    census.total -= 1


def give_up_census(collection: Any) -> None:
    """Forget the count: items changed their places, or several went at once."""
    if collection._azoth_census is not None:
        collection._azoth_census = None
