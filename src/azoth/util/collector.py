"""Keep the cyclic garbage collector quiet while many objects are made that are not garbage.

Nothing that a load makes is garbage, but the collector starts a pass after each 700 new containers, and a full one
whenever their number grew by a quarter: for 50,000 objects of six columns that was 40 % of the time, and more than
linear in their number. A flush makes one tuple of parameters for each row and lets go of them at its end: without the
pause the collector took a third of the time for 10,000 rows.

- During a load or a flush the collector is paused. Without more, it would go over the whole result once when it is
  back.
- After a large load its objects move to the oldest generation at once, where two passes would have brought them.
  ``gc.freeze()`` followed by ``gc.unfreeze()`` does that by joining lists, without looking at any object. Whatever
  else was young moves with them, so after a number of large loads a full pass is made that would otherwise be put off
  for ever.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any, Final

__all__ = ["PausedCollector", "quietly"]

LARGE_RESULT: Final = 5_000
"""From so many rows on, a result's objects are moved to the oldest generation."""

LARGE_LOADS_PER_FULL_PASS: Final = 50

_large_loads = 0


class PausedCollector:
    """A block during which the collector does not run, if it was running."""

    __slots__ = ("_was_enabled",)

    def __enter__(self) -> None:
        self._was_enabled = gc.isenabled()
        if self._was_enabled:
            gc.disable()

    def __exit__(self, *error: object) -> None:
        if self._was_enabled:
            gc.enable()


def quietly(load: Callable[..., list[Any]], *arguments: Any) -> list[Any]:
    """Call a row loader with the collector paused, if it was running.

    Args:
        load: the row loader.
        arguments: its arguments.

    Returns:
        what the loader returns.
    """
    if not gc.isenabled():
        return load(*arguments)
    gc.disable()
    try:
        results = load(*arguments)
        if len(results) >= LARGE_RESULT:
            _promote()
    finally:
        gc.enable()
    return results


def _promote() -> None:
    """Move all young objects to the oldest generation, unless the program keeps a frozen one of its own."""
    global _large_loads
    if gc.get_freeze_count():
        return
    _large_loads += 1
    if _large_loads % LARGE_LOADS_PER_FULL_PASS == 0:
        gc.collect()
        return
    gc.freeze()
    gc.unfreeze()
