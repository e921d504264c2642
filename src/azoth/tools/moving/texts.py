"""Texts of a program that name a package: names of loggers are moved, others are for people to look at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import libcst as cst

from azoth.other_name.alias_module import ROOT
from azoth.tools.homes.direction import Direction, Obstacle
from azoth.tools.homes.public_modules import AZOTH
from azoth.tools.moving.loggers import is_logger_name, renamed_logger
from azoth.tools.moving.program import Edit, Program

__all__ = ["logger_edits", "places_to_look_at"]

_TAKING_PATHS: Final = frozenset(
    {
        "__import__",
        "delattr",
        "distribution",
        "find_spec",
        "import_module",
        "import_string",
        "importorskip",
        "object",
        "patch",
        "resolve_name",
        "run_module",
        "setattr",
        "version",
    }
)
"""Functions that are handed an import path as a text."""

_REQUIREMENT: Final = {
    ROOT: re.compile(r"sqlalchemy(\[[^\]]*\])?\s*([<>=!~;@].*)?", re.IGNORECASE),
    AZOTH: re.compile(r"azoth[-_.]orm(\[[^\]]*\])?\s*([<>=!~;@].*)?", re.IGNORECASE),
}
"""The distribution of a package, with a version or without."""

_PATH: Final = re.compile(r"[^\W\d]\w*(?:[.:][^\W\d]\w*)*")


def logger_edits(program: Program, direction: Direction) -> Iterator[Edit]:
    """Rename the loggers that the program names.

    Args:
        program: the program.
        direction: where to move.
    """
    for node in _texts(program, direction.old):
        name = renamed_logger(node.raw_value, direction) if is_logger_name(node, program) else None
        if name is not None:
            start = program.span(node).start + len(node.prefix) + len(node.quote)
            yield Edit(start, start + len(node.raw_value), name)


def places_to_look_at(program: Program, direction: Direction, edited: list[Edit]) -> Iterator[int]:
    """Find texts, and comments that give types, that may mean the old package or something of it.

    Args:
        program: the program.
        direction: where to move.
        edited: what is rewritten already.
    """
    done = {edit.start for edit in edited}
    for node in _texts(program, direction.old):
        span = program.span(node)
        is_edited = any(place in done for place in range(span.start, span.end))
        if not is_edited and not isinstance(program.parent(node), cst.Expr) and _means(node, program, direction):
            yield span.start
    for match in re.finditer(rf"#\s*type:[^\r\n]*\b{direction.old}\.".encode(), program.text):
        yield match.start()


class _Texts(cst.CSTVisitor):
    def __init__(self, package: str) -> None:
        super().__init__()
        self.package = package.lower()
        self.found: list[cst.SimpleString] = []

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        if self.package in node.value.lower() and "b" not in node.prefix.lower():
            self.found.append(node)


def _texts(program: Program, package: str) -> list[cst.SimpleString]:
    visitor = _Texts(package)
    program.tree.visit(visitor)
    return visitor.found


def _means(node: cst.SimpleString, program: Program, direction: Direction) -> bool:
    text = node.raw_value
    requirement = _REQUIREMENT[direction.old].fullmatch(text.strip())
    if requirement is not None:
        return any(requirement.groups()) or _is_handed_to_imports(node, program) or _is_listed(node, program)
    if _PATH.fullmatch(text) is None:
        return False
    first, *others = re.split(r"[.:]", text)
    if first != direction.old:
        # A module of the program's own, whose import of the package has another name now.
        return direction.old in others
    return bool(others) and (
        _is_handed_to_imports(node, program)
        or direction.is_module(f"{first}.{others[0]}")
        or not isinstance(direction.place_of(first, others[0]), Obstacle)
    )


def _is_listed(node: cst.CSTNode, program: Program) -> bool:
    """Tell whether a text is one of a list, other than those of names that a module or class has."""
    above = program.parent(node)
    values = program.parent(above) if isinstance(above, cst.Element) else None
    assigned = program.parent(values) if values is not None else None
    if isinstance(assigned, cst.Assign) and isinstance(assigned.targets[0].target, cst.Name):
        return not assigned.targets[0].target.value.startswith("__")
    return values is not None


def _is_handed_to_imports(node: cst.CSTNode, program: Program) -> bool:
    above = program.parent(node)
    call = program.parent(above) if isinstance(above, cst.Arg) else None
    if not isinstance(call, cst.Call):
        return False
    function = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
    return isinstance(function, cst.Name) and function.value in _TAKING_PATHS
