"""The sorting that libraries take from ``sqlalchemy.util.topological``."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from azoth.exc import CircularDependencyError

__all__ = ["sort"]

ItemT = TypeVar("ItemT", bound=Hashable)


def sort(
    tuples: Iterable[tuple[ItemT, ItemT]], allitems: Collection[ItemT], deterministic_order: bool = True
) -> Iterator[ItemT]:
    """Give things one after the other, each after those that it depends on, otherwise in their order.

    Args:
        tuples: pairs of a thing and one that depends on it.
        allitems: the things.
        deterministic_order: accepted; the order always is.

    Raises:
        CircularDependencyError: some depend on each other.
    """
    items = list(allitems)
    position = {item: number for number, item in enumerate(items)}
    sorter: TopologicalSorter[ItemT] = TopologicalSorter(dict.fromkeys(items, ()))
    for parent, child in tuples:
        if parent in position and child in position and parent != child:
            sorter.add(child, parent)
    try:
        sorter.prepare()
    except CycleError as error:
        cycle: list[ItemT] = error.args[1]
        raise CircularDependencyError(
            f"Circular dependency detected: {cycle!r}",
            why="each of these must stand before another of them",
            fix="leave one of the dependencies out",
            code="AZ-X92",
        ) from None
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=position.__getitem__)
        yield from ready
        sorter.done(*ready)
