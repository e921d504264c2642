"""Texts between quotes, in which a backslash begins something else unless the server is told otherwise."""

from __future__ import annotations

__all__ = ["with_backslashes"]


def with_backslashes(written: str, dialect: object) -> str:
    """Double the backslashes of a text that is written as SQL, where the server reads them so.

    Args:
        written: the text, with its quotes.
        dialect: the dialect.
    """
    doubles: bool = getattr(dialect, "doubles_backslashes", True)
    return written.replace("\\", "\\\\") if doubles else written
