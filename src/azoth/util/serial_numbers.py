"""Numbers that are given once in a process, in whatever thread."""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Iterator

__all__ = ["serial_numbers"]


class _Locked(Iterator[int]):
    def __init__(self, numbers: Iterator[int]) -> None:
        self._numbers = numbers
        # Reentrant, because the collector may run a finalizer while it is held, which may want a number too.
        self._lock = threading.RLock()

    def __next__(self) -> int:
        with self._lock:
            return next(self._numbers)


def serial_numbers() -> Iterator[int]:
    """Make an iterator of 1, 2, 3, ... that threads may share: each number is given once."""
    numbers = itertools.count(1)
    # With the global lock nothing can come between the one call into C that this is.
    return numbers if getattr(sys, "_is_gil_enabled", lambda: True)() else _Locked(numbers)
