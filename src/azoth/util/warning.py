"""Warnings: said at the line of the program that caused them, with a code, a cause and a fix."""

from __future__ import annotations

import sys
import warnings
from typing import Final

from azoth.exc import AzothWarning

__all__ = ["user_level", "warn"]

_OWN: Final = "azoth"


def warn(
    summary: str,
    *,
    why: str,
    fix: str,
    code: str,
    category: type[Warning] = AzothWarning,
) -> None:
    """Warn at the line of the program that led here.

    Args:
        summary: what is probably wrong, in one line without user data.
        why: what azoth found.
        fix: what to change.
        code: a stable code.
        category: the class of the warning.
    """
    text = f"{summary} [{code}]\n  why: {why}\n  fix: {fix}"
    warnings.warn(text, category, stacklevel=user_level())


def user_level() -> int:
    """Count the frames from the caller of this function up to the first one outside of azoth.

    Returns:
        1 where the caller itself is the program, 2 where its caller is, and so on.
    """
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and _is_own(frame.f_globals.get("__name__", "")):
        frame, level = frame.f_back, level + 1
    return level


def _is_own(module: str) -> bool:
    # Generated loaders and setters have no module of their own, or the name "builtins".
    return module == _OWN or module.startswith(f"{_OWN}.") or module in {"", "builtins", "contextlib", "functools"}
