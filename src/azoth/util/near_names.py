"""Near misses: which of the known names somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["did_you_mean", "near_names"]


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


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Phrase the names nearest to an unknown one as advice; without near ones, list what is known.

    Args:
        name: what was written.
        known: what would have been right.
    """
    names = sorted(set(known))
    near = near_names(name, names, count=3)
    if near:
        return f"did you mean {' or '.join(repr(candidate) for candidate in near)}?"
    if not names:
        return "there are none to choose from"
    shown = ", ".join(names[:12])
    return f"known here: {shown}{', ...' if len(names) > 12 else ''}"
