"""The line of a program that warnings are about."""

from __future__ import annotations

import sys


def users_level() -> int:
    """Count the frames from the caller up to the first one outside of the library: a warning's ``stacklevel``."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("azoth."):
        level, frame = level + 1, frame.f_back
    return level
