"""Overlapping relationships: two of them that write one column, so that the last one to be flushed wins."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any, Final

from azoth.util.warning import warn

EVERYTHING: Final = "__*"
"""In ``overlaps=``: this relationship may write what any other one writes."""

_writers: weakref.WeakKeyDictionary[Any, weakref.WeakSet[Any]] = weakref.WeakKeyDictionary()
"""Column -> the configured relationships that write it."""


def warn_of_overlaps(relationship: Any) -> None:
    """Note what a relationship writes, and warn where another one writes it too.

    Args:
        relationship: one that is configured, with the other side known.
    """
    if relationship.viewonly:
        return
    for source, column in _copies(relationship):
        writers = _writers.setdefault(column, weakref.WeakSet())
        others = sorted((one for one in writers if _conflicts(relationship, one)), key=str)
        if others:
            _warn(relationship, source, column, others)
        writers.add(relationship)


def _copies(relationship: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the pairs (column read, column written) of a flush."""
    yield from relationship.synchronize_pairs
    yield from relationship.secondary_synchronize_pairs or ()


def _conflicts(one: Any, other: Any) -> bool:
    return other is not one and _is_mapped(other) and not _are_meant(one, other)


def _is_mapped(relationship: Any) -> bool:
    return relationship.parent.class_.__dict__.get("__mapper__") is relationship.parent


def _are_meant(one: Any, other: Any) -> bool:
    """Tell whether two relationships may write one column: two sides of one thing, or named in ``overlaps=``."""
    return (
        other in one._reverse_property
        or one in other._reverse_property
        or other.key in one.overlaps
        or one.key in other.overlaps
        or EVERYTHING in one.overlaps | other.overlaps
    )


def _warn(relationship: Any, source: Any, column: Any, others: list[Any]) -> None:
    names = ", ".join(f"'{other}'" for other in others)
    other = others[0]
    is_back = other.parent is relationship.mapper and other.mapper is relationship.parent
    sides = "if they are two sides of one thing, give both back_populates=; " if is_back else ""
    warn(
        f"relationship '{relationship}' will copy column {_name(source)} to column {_name(column)}, which conflicts "
        f"with relationship(s): {names}",
        why="both write the column in a flush, and the value of the last one stays",
        fix=f"{sides}where one is only read, set viewonly=True on it; where both are meant, set "
        f'overlaps="{",".join(one.key for one in others)}" on {relationship}',
        code="AZ-M307",
    )


def _name(column: Any) -> str:
    return f"{column.table.description}.{column.key}"
