"""Writes what the modules that hand names on say about these names: ``__all__`` and where each name is at home.

Such a module is a front: all its public names are imports. The imports are what a person writes; below the mark stands
what follows from them. In a front with a block for type checkers (``if TYPE_CHECKING:``) that block is the list of its
names that are imported when they are first asked for (``azoth.util.late_names``). All other imports of azoth's without
an underscore are names of it, too. ``from azoth.orm import exc as exc`` within ``azoth.orm`` lists a submodule.
"""

from __future__ import annotations

import ast
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeGuard

SOURCE = Path(__file__).parents[1] / "src"
MARK = "# Written by scripts/facades from the imports above; edit those.\n"
WIDTH = 120


class FrontError(Exception):
    """Report a front whose imports cannot be what its author meant."""


class Front(NamedTuple):
    """A module that hands names on: its dotted name, its file, its text."""

    module: str
    path: Path
    text: str

    @property
    def by_hand(self) -> str:
        """What a person wrote."""
        return self.text.partition(MARK)[0]

    def written(self) -> str:
        """Lay the file out anew: what stands there by hand, and what follows from it.

        Raises:
            FrontError: a name is listed twice, under another name than at home, or a module has it; or there is none.
        """
        tree = ast.parse(self.by_hand)
        late = next((node.body for node in tree.body if _is_for_type_checkers(node)), [])
        homes = self._homes(late)
        names = [new_name for _, _, new_name in _imported(tree.body)]
        names += [name for home, names in homes.items() if home != self.module for name in names]
        for name in names:
            if names.count(name) > 1:
                raise FrontError(f"{self.path}: {name!r} is listed twice")
        if not names:
            raise FrontError(f"{self.path}: no name is listed")
        return self.by_hand + MARK + _public(names) + (_table(homes) if late else "")

    def _homes(self, late: list[ast.stmt]) -> dict[str, list[str]]:
        homes: dict[str, list[str]] = {}
        for home, name, new_name in _imported(late):
            if name != new_name:
                raise FrontError(
                    f"{self.path}: {name!r} cannot be handed on as {new_name!r}; give it that name at home"
                )
            if home != self.module and self._has_module(name):
                raise FrontError(f"{self.path}: {name!r} has the name of a module, which would stand in its place")
            homes.setdefault(home, []).append(new_name)
        return homes

    def _has_module(self, name: str) -> bool:
        return self.path.name == "__init__.py" and (self.path.parent / f"{name}.py").exists()


def fronts(source: Path = SOURCE) -> Iterator[Front]:
    """Find the modules that bear the mark.

    Args:
        source: the folder that ``azoth`` stands in.
    """
    for path in sorted(source.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if MARK in text:
            parts = path.relative_to(source).with_suffix("").parts
            yield Front(".".join(parts[:-1] if parts[-1] == "__init__" else parts), path, text)


def outdated(source: Path = SOURCE) -> list[Front]:
    """List the fronts whose written part does not follow from their imports.

    Args:
        source: the folder that ``azoth`` stands in.

    Raises:
        FrontError: the imports of one cannot be what its author meant.
    """
    return [front for front in fronts(source) if front.written() != front.text]


def main(arguments: list[str], source: Path = SOURCE) -> str | None:
    """Write the fronts, or with ``--check`` only tell which ones would change.

    Args:
        arguments: the command line's.
        source: the folder that ``azoth`` stands in.

    Returns:
        what is wrong, or None.
    """
    if arguments not in ([], ["--check"]):
        return "usage: scripts/facades [--check]"
    try:
        changed = outdated(source)
    except FrontError as error:
        return str(error)
    if arguments:
        listing = "".join(f"\n  {front.path.relative_to(source)}" for front in changed)
        return f"not what their imports say; run scripts/facades:{listing}" if changed else None
    for front in changed:
        front.path.write_text(front.written(), encoding="utf-8")
    return None


def _is_for_type_checkers(node: ast.stmt) -> TypeGuard[ast.If]:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _imported(body: list[ast.stmt]) -> Iterator[tuple[str, str, str]]:
    """Read the imports: from which module, which name, under which name."""
    for node in body:
        if isinstance(node, ast.ImportFrom) and node.module and _hands_on(node.module):
            for alias in node.names:
                new_name = alias.asname or alias.name
                if not new_name.startswith("_"):
                    yield node.module, alias.name, new_name


def _hands_on(module: str) -> bool:
    return module.partition(".")[0] == "azoth" and module != "azoth.util.late_names"


def _public(names: list[str]) -> str:
    quoted = [f'"{name}"' for name in sorted(names, key=_place)]
    line = f"__all__ = [{', '.join(quoted)}]\n"
    return line if len(line) <= WIDTH else f"__all__ = [\n{_filled(quoted, 4)}]  # fmt: skip\n"


def _table(homes: dict[str, list[str]]) -> str:
    entries = [_entry(home, [f'"{name}"' for name in names]) for home, names in homes.items()]
    skip = "  # fmt: skip" if any(entry.count("\n") > 1 for entry in entries) else ""
    return f'_HOMES = {{\n{"".join(entries)}}}{skip}\n"""Where each name is at home."""\n'


def _entry(home: str, quoted: list[str]) -> str:
    line = f'    "{home}": ({", ".join(quoted)}{"," if len(quoted) == 1 else ""}),\n'
    return line if len(line) <= WIDTH else f'    "{home}": (\n{_filled(quoted, 8)}    ),\n'


def _filled(quoted: list[str], indent: int) -> str:
    margin = " " * indent
    text = ", ".join(quoted) + ","
    return textwrap.fill(text, WIDTH, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False) + "\n"


def _place(name: str) -> tuple[int, list[tuple[int, str]]]:
    """Sort as ruff does: constants, classes, the rest; digits in names count as numbers."""
    kind = 0 if len(name) > 1 and name.isupper() else 1 if name[0].isupper() else 2
    parts = [part for part in re.split(r"(\d+)", name) if part]
    return kind, [(int(part), "") if part.isdigit() else (sys.maxsize, part) for part in parts]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
