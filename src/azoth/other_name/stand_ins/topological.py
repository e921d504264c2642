"""The sorting that libraries take from ``sqlalchemy.util.topological``."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator
from typing import TypeVar

from azoth.exc import CircularDependencyError
from azoth.util.ordering import strong_components, topological_order

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
    position = {item: number for number, item in enumerate(allitems)}
    successors: dict[ItemT, set[ItemT]] = {}
    for parent, child in tuples:
        if parent in position and child in position and parent != child:
            successors.setdefault(parent, set()).add(child)
    order = topological_order(position, successors, position.__getitem__, in_rounds=True)
    if len(order) < len(position):
        cycle = next(one for one in strong_components(position, successors) if len(one) > 1)
        raise CircularDependencyError(
            f"Circular dependency detected: {cycle!r}",
            why="each of these must stand before another of them",
            fix="leave one of the dependencies out",
            code="AZ-X92",
        )
    yield from order
