"""Near misses: which of the known names somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Phrase the names nearest to an unknown one as advice; without near ones, list what is known.

    Args:
        name: what was written.
        known: what would have been right.
    """
    # Only errors get here; the import is not worth its time in programs without any.
    from difflib import get_close_matches  # noqa: PLC0415

    names = sorted(known)
    near = get_close_matches(name, names, n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(repr(candidate) for candidate in near)}?"
    if not names:
        return "there are none to choose from"
    shown = ", ".join(names[:12])
    return f"known here: {shown}{', ...' if len(names) > 12 else ''}"
