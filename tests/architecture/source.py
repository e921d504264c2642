"""The source files under test: where they are, what they import, what they say."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"


@dataclass(frozen=True)
class Module:
    """A module of the package."""

    name: str
    path: Path

    @property
    def text(self) -> str:
        """Its source."""
        return self.path.read_text(encoding="utf-8")

    @property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return _parse(self.path)

    def is_below(self, *packages: str) -> bool:
        """Is it one of these modules or packages, or inside of one?"""
        return any(self.name == package or self.name.startswith(package + ".") for package in packages)


@cache
def modules() -> tuple[Module, ...]:
    """Find every module of the package, by name."""
    return tuple(sorted((_module(path) for path in SOURCE.rglob("*.py")), key=lambda module: module.name))


@cache
def imports() -> grimp.ImportGraph:
    """Read who imports whom, imports for types and inside functions included."""
    return grimp.build_graph("azoth", cache_dir=None)


def _module(path: Path) -> Module:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), path)


@cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
