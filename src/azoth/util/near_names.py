"""Near misses: which of the known names somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["near_names"]


def near_names(name: str, known: Iterable[str], count: int = 1) -> list[str]:
    """List the known names that are spelled almost like another one, the nearest first.

    Args:
        name: what was written.
        known: what would have been right.
        count: how many to list at most.
    """
    # Only errors get here; the import is not worth its time in programs without any.
    from difflib import get_close_matches  # noqa: PLC0415

    return get_close_matches(name, list(known), count)
