"""Which of SQLAlchemy's names the sources of a project use."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from azoth.other_name.alias_module import ROOT
from azoth.other_name.lookup import is_there
from azoth.other_name.paths import ASYNCIO, homes_of
from azoth.tools.projects.source_files import is_program, project_files
from azoth.util.named_tuple import NamedTuple

__all__ = ["Use", "used_names"]


class Use(NamedTuple):
    """A place in which a name is used.

    Attributes:
        file: the file.
        line: the line there.
        path: the import path, such as "sqlalchemy.orm".
        name: the name; empty where the module itself is imported.
    """

    file: Path
    line: int
    path: str
    name: str

    @property
    def full_name(self) -> str:
        """Path and name."""
        return f"{self.path}.{self.name}" if self.name else self.path

    @property
    def is_there(self) -> bool:
        """Whether azoth has it."""
        return is_there(self.path, self.name)

    @property
    def is_refused(self) -> bool:
        """Whether azoth only lets it be imported, and refuses its use."""
        return ASYNCIO in (homes_of(self.path) or ())


def used_names(path: Path) -> list[Use]:
    """Find the uses of names: those that are imported, and attributes of modules that are.

    Args:
        path: a file, or a folder with sources.
    """
    return [use for file in project_files(path) if is_program(file) for use in _uses_in(file)]


def _uses_in(file: Path) -> Iterator[Use]:
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        # A template, or a program for another Python.
        return
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] == ROOT:
                    modules[alias.asname or ROOT] = alias.name if alias.asname else ROOT
                    yield Use(file, node.lineno, alias.name, "")
        elif isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").partition(".")[0] == ROOT:
            path = node.module or ""
            for alias in node.names:
                yield Use(file, node.lineno, path, "" if alias.name == "*" else alias.name)
                if homes_of(f"{path}.{alias.name}") is not None:
                    modules[alias.asname or alias.name] = f"{path}.{alias.name}"
    yield from _attributes(file, tree, modules)


def _attributes(file: Path, tree: ast.Module, modules: dict[str, str]) -> Iterator[Use]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            path = _module_at(node.value, modules)
            if path is not None and homes_of(f"{path}.{node.attr}") is None:
                yield Use(file, node.lineno, path, node.attr)


def _module_at(node: ast.expr, modules: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return modules.get(node.id)
    if isinstance(node, ast.Attribute):
        above = _module_at(node.value, modules)
        path = f"{above}.{node.attr}"
        return path if above is not None and homes_of(path) is not None else None
    return None
