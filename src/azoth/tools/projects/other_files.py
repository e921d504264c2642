"""Files beside the programs that name a package: configurations, requirements, templates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from azoth.other_name.alias_module import ROOT
from azoth.tools.homes.direction import Direction
from azoth.tools.homes.public_modules import AZOTH
from azoth.tools.moving.plan import Line

__all__ = ["is_other_file", "lines_to_look_at"]

_SUFFIXES: Final = frozenset(
    {".cfg", ".conf", ".ini", ".ipynb", ".j2", ".jinja", ".jinja2", ".json", ".mako", ".tmpl", ".toml", ".yaml", ".yml"}
)
_REQUIREMENTS: Final = re.compile(r"(.*requirements?.*|constraints?.*)\.(txt|in)|Pipfile", re.IGNORECASE)
_LONGEST: Final = 1_000_000
"""Bytes of a file that somebody wrote; longer ones are data."""

_DISTRIBUTIONS: Final = {ROOT: "sqlalchemy", AZOTH: "azoth[-_.]orm"}


def is_other_file(file: Path) -> bool:
    """Tell whether a file may name a package that its project uses.

    Args:
        file: the file.
    """
    is_text = file.suffix in _SUFFIXES or _REQUIREMENTS.fullmatch(file.name) is not None
    return is_text and file.stat().st_size <= _LONGEST


def lines_to_look_at(text: str, direction: Direction) -> Iterator[Line]:
    """Find the lines that may mean the old package: loggers, requirements, imports in templates and notebooks.

    Args:
        text: the text of the file.
        direction: where to move.
    """
    package = direction.old
    distribution = _DISTRIBUTIONS[package]
    patterns = (
        # Loggers, plugins of checkers, entry points; keys such as "sqlalchemy.url" are their reader's own.
        rf"\b{package}\.(?:engine|pool|orm|dialects|ext|plugins)\b",
        rf"^\s*qualname\s*=\s*{package}\b",
        rf"\bmypy-{package}\b",
        # Imports in templates and notebooks.
        rf"\b(?:from|import)\s+{package}\b",
        # Requirements: SQLAlchemy>=2, "sqlalchemy[asyncio]", sqlalchemy = "^2.0", - sqlalchemy.
        rf"""(?i:^[\s\-"']*{distribution}(?:\[[^\]]*\])?\s*(?:[<>=!~;@,"'].*)?$)""",
        rf"""(?i:["']{distribution}(?:\[[^\]]*\])?\s*(?:[<>=!~;@][^"']*)?["'])""",
        rf"\b{package}\.as_sqlalchemy\b" if package == AZOTH else r"(?!)",
    )
    wanted = re.compile("|".join(patterns))
    for number, line in enumerate(text.splitlines(), start=1):
        if wanted.search(line) and not line.lstrip().startswith(("#", ";")):
            yield Line(number, line.strip())
