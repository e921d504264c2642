"""Where the steps about one object begin and end, if it has rows in several tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from azoth.orm.persistence.profile.mapped_table import MappedTable
from azoth.orm.runtime.state import InstanceState

Pairs = list[tuple[InstanceState, Any]]
"""States with their instances."""


class EntrySpan:
    """For which of its objects a step is the first or the last of its kind.

    Attributes:
        beginning: the objects of which no earlier step of the kind writes a row.
        ending: those of which no later one does.
        tables: all tables in which a step of the kind writes a row, for each object that begins here.
    """

    __slots__ = ("beginning", "ending", "tables")

    def __init__(self) -> None:
        self.beginning: Pairs = []
        self.ending: Pairs = []
        self.tables: dict[InstanceState, list[MappedTable]] = {}


def set_spans(steps: Iterable[Any]) -> None:
    """Tell the steps that write rows of objects with several tables where these objects begin and end.

    Args:
        steps: the steps of a plan in order, without those of many-to-many tables.
    """
    of_kind: dict[str, list[Any]] = {}
    for step in steps:
        if not step.mapped.is_alone:
            step.span = EntrySpan()
            of_kind.setdefault(step.verb, []).append(step)
    for alike in of_kind.values():
        _set_beginnings(alike)
        _set_endings(alike)


def _set_beginnings(steps: Sequence[Any]) -> None:
    tables: dict[InstanceState, list[MappedTable]] = {}
    for step in steps:
        span = step.span
        for state, instance in zip(step.states, step.instances, strict=True):
            known = tables.get(state)
            if known is None:
                known = tables[state] = span.tables[state] = []
                span.beginning.append((state, instance))
            known.append(step.mapped)


def _set_endings(steps: Sequence[Any]) -> None:
    seen: set[InstanceState] = set()
    for step in reversed(steps):
        for state, instance in zip(step.states, step.instances, strict=True):
            if state not in seen:
                seen.add(state)
                step.span.ending.append((state, instance))
