"""The page of what azoth does otherwise on purpose."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

import azoth

__all__ = ["differences_about"]

_PAGE: Final = "differences.md"


def differences_about(names: AbstractSet[str]) -> list[str]:
    """List the differences whose text names one of some classes, functions or options.

    Args:
        names: their names, without paths.
    """
    if not names:
        return []
    named = re.compile(r"`[^`]*\b(?:" + "|".join(map(re.escape, sorted(names))) + r")\b[^`]*`")
    return [line[2:] for line in _page().splitlines() if line.startswith("- ") and named.search(line)]


def _page() -> str:
    package = Path(azoth.__file__).parent
    # Beside this file where azoth is installed, among the documents in a checkout.
    for place in (package / "tools" / _PAGE, package.parents[1] / "docs" / _PAGE):
        if place.is_file():
            return place.read_text(encoding="utf-8")
    return ""
