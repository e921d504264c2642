"""Numbers that are given once in a process, in whatever thread."""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Callable

__all__ = ["serial_numbers"]


def serial_numbers() -> Callable[[], int]:
    """Make a function that gives 1, 2, 3, ...: each number once."""
    following = itertools.count(1).__next__
    if getattr(sys, "_is_gil_enabled", lambda: True)():
        # One call into C, which nothing can come between.
        return following
    lock = threading.Lock()

    def next_number() -> int:
        with lock:
            return following()

    return next_number
