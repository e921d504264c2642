"""Turns: in each round every library does the work once, so that a slow moment of the machine meets all of them."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bench.stand import Cost
from bench.worker import Worker
from bench.works import Work

Times = dict[str, float]
"""Median seconds by name of library; a library that cannot do the work is missing."""


class Costs(NamedTuple):
    """The medians of a work, in seconds: until it was done, and of the library's process on a processor."""

    wall: Times
    cpu: Times


def costs(workers: Mapping[str, Worker], rounds: int, *works: Work) -> list[Costs]:
    """Time works, every one on every library once per round.

    Raises:
        RuntimeError: a library failed, or came to another result than it must.
    """
    costs_of: list[dict[str, list[Cost]]] = [{} for _ in works]
    # Round 0 is the one that is checked, and fills caches; it does not count.
    for position in range(rounds + 1):
        for name in _rotated(list(workers), position):
            for work, measured in zip(works, costs_of, strict=True):
                if work.name not in workers[name].able:
                    continue
                _show_progress(f"{work.title}, round {position} of {rounds}, {name}")
                cost = workers[name].time(work.name, check=position == 0)
                if position:
                    measured.setdefault(name, []).append(cost)
    _show_progress("")
    return [
        Costs(
            {name: statistics.median(cost.wall for cost in all_) for name, all_ in measured.items()},
            {name: statistics.median(cost.cpu for cost in all_) for name, all_ in measured.items()},
        )
        for measured in costs_of
    ]


def _rotated(names: Sequence[str], by: int) -> list[str]:
    by %= len(names)
    return [*names[by:], *names[:by]]


def _show_progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
