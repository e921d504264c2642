"""Import statements as they are written when their names have moved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import libcst as cst

from azoth.tools.moving.changes import Change
from azoth.tools.moving.imports import Imported, Statement
from azoth.tools.moving.program import Edit, Program
from azoth.util.named_tuple import NamedTuple

__all__ = ["edits_of"]

_WIDTH: Final = 88
"""Names of a longer line stand on lines of their own, where they did before."""

_COMMENT: Final = re.compile(r"#[^\r\n]*")


class _Item(NamedTuple):
    """One name of a ``from`` statement: how it is written, comments above it, and those behind it in its line."""

    text: str
    above: tuple[str, ...]
    behind: str


def edits_of(statement: Statement, changes: Sequence[Change], program: Program) -> Iterator[Edit]:
    """Write a statement anew, as little of it as possible.

    Args:
        statement: the statement.
        changes: what becomes of each of its names.
        program: the program that it is in.
    """
    if isinstance(statement.node, cst.ImportFrom):
        yield from _edits_of_from(statement, statement.node, changes, program)
        return
    beside: dict[str, None] = {}
    for place, (imported, change) in enumerate(zip(statement.names, changes, strict=True)):
        modules = [_as(module, name) for module, name in change.imports]
        if _is_brought_by_next(statement, changes, place):
            first, following = (statement.names[one].alias for one in (place, place + 1))
            assert first is not None
            assert following is not None
            yield Edit(program.span(first).start, program.span(following).start, "")
            continue
        if change.stays or modules:
            beside.update(dict.fromkeys(change.beside))
        else:
            # Only what uses name in full is left of it.
            modules = list(change.beside)
        if modules:
            yield _names_written(imported, modules, program)
    yield from _behind(statement, [f"import {module}" for module in beside], program)


def _is_brought_by_next(statement: Statement, changes: Sequence[Change], place: int) -> bool:
    """Tell whether ``new as old, new.module`` becomes ``old.module``, which brings the package's name by itself."""
    if place + 1 >= len(changes) or changes[place].stays or changes[place].beside or changes[place + 1].stays:
        return False
    imported, following = statement.names[place : place + 2]
    package = following.path.partition(".")[0]
    written = changes[place + 1].imports
    return (
        imported.path == package
        and not imported.binds_package
        and following.binds_package
        and changes[place].imports == ((imported.local, imported.local),)
        and len(written) == 1
        and written[0][0].startswith(f"{imported.local}.")
        and written[0][1] is None
    )


def _names_written(imported: Imported, modules: Sequence[str], program: Program) -> Edit:
    assert imported.alias is not None
    module, _, local = modules[0].partition(" as ")
    as_before = imported.local if imported.alias.asname is not None else ""
    if len(modules) == 1 and local == as_before:
        return _path_written(imported.alias.name, imported.path, module, program)
    return Edit(*program.span(imported.alias), ", ".join(modules))


def _path_written(node: cst.BaseExpression, before: str, after: str, program: Program) -> Edit:
    """Write a path for another; where only the package is another, the rest keeps its own blanks."""
    package, _, below = after.partition(".")
    if before.partition(".")[2] != below:
        return Edit(*program.span(node), after)
    while isinstance(node, cst.Attribute):
        node = node.value
    return Edit(*program.span(node), package)


def _as(name: str, local: str | None) -> str:
    return name if local in (None, name) else f"{name} as {local}"


def _edits_of_from(
    statement: Statement, node: cst.ImportFrom, changes: Sequence[Change], program: Program
) -> Iterator[Edit]:
    groups = _groups(statement, changes, program)
    imports = [f"import {_as(module, name)}" for change in changes for module, name in change.imports]
    beside = [f"import {module}" for module in dict.fromkeys(name for change in changes for name in change.beside)]
    if len(groups) == 1 and not imports and all(change.home or change.stays for change in changes):
        (module,) = groups
        assert node.module is not None
        if module != statement.module:
            yield _path_written(node.module, statement.module, module, program)
        for imported, change in zip(statement.names, changes, strict=True):
            if change.home is not None and change.home.name != imported.name and imported.alias is not None:
                yield Edit(*program.span(imported.alias), _text(imported, change))
        yield from _behind(statement, beside, program)
        return
    written = [_from(module, items, statement, program) for module, items in groups.items()]
    yield Edit(*program.span(node), _separator(statement, program).join([*written, *imports, *beside]))


def _groups(statement: Statement, changes: Sequence[Change], program: Program) -> dict[str, list[_Item]]:
    """Divide the names of a ``from`` statement by the modules that have them now; a name may stay, and move too."""
    groups: dict[str, list[_Item]] = {}
    for (above, behind), imported, change in zip(_comments(statement, program), statement.names, changes, strict=True):
        if change.stays:
            text = program.part(*program.span(imported.alias)) if imported.alias is not None else imported.name
            groups.setdefault(statement.module, []).append(_Item(text, above, behind))
        if change.home is not None:
            groups.setdefault(change.home.module, []).append(_Item(_text(imported, change), above, behind))
    return groups


def _text(imported: Imported, change: Change) -> str:
    assert change.home is not None
    renamed = imported.alias is not None and imported.alias.asname is not None
    local = imported.local if renamed or change.home.name != imported.name else None
    return f"{change.home.name} as {local}" if local else change.home.name


def _comments(statement: Statement, program: Program) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give the comments of each name: those above it, and those behind it in its line."""
    spans = [program.span(imported.alias) for imported in statement.names if imported.alias is not None]
    node = program.span(statement.node)
    head = program.part(node.start, spans[0].start) if spans else ""
    above = tuple(_COMMENT.findall(head))
    for position, span in enumerate(spans):
        is_last = position == len(spans) - 1
        tail = program.part(span.end, node.end if is_last else spans[position + 1].start)
        same_line, *others = re.split(r"[\r\n]+", tail)
        following = tuple(comment for line in others for comment in _COMMENT.findall(line))
        behind = _COMMENT.findall(same_line)
        yield above, "  ".join([*behind, *following] if is_last else behind)
        above = following
    if not spans:
        yield (), ""


def _from(module: str, items: Sequence[_Item], statement: Statement, program: Program) -> str:
    start = program.span(statement.node).start
    line = f"from {module} import {', '.join(item.text for item in items)}"
    indent = _indent(start, program)
    commented = any(item.above or item.behind for item in items)
    was_long = any(end in program.part(*program.span(statement.node)) for end in "\r\n")
    if not commented and (not was_long or len(indent + line) <= _WIDTH):
        return line
    inner = _inner_indent(statement, program) or f"{indent}    "
    lines = [f"from {module} import ("]
    for item in items:
        lines += [inner + comment for comment in item.above]
        lines.append(f"{inner}{item.text},{'  ' if item.behind else ''}{item.behind}")
    return program.newline.join([*lines, f"{indent})"])


def _inner_indent(statement: Statement, program: Program) -> str | None:
    alias = statement.names[0].alias
    offset = program.span(alias).start if alias is not None else 0
    before = program.part(program.line_start(offset), offset)
    return before if not before.strip() else None


def _indent(offset: int, program: Program) -> str:
    line = program.part(program.line_start(offset), offset)
    return line[: len(line) - len(line.lstrip())]


def _behind(statement: Statement, texts: Sequence[str], program: Program) -> Iterator[Edit]:
    if texts:
        end = program.span(statement.node).end
        separator = _separator(statement, program)
        yield Edit(end, end, "".join(separator + text for text in texts))


def _separator(statement: Statement, program: Program) -> str:
    """Give what stands between a statement and the next one; a comment behind it (``# noqa``) is for both."""
    line = program.parent(statement.node)
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
        return "; "
    comment = line.trailing_whitespace.comment
    behind = f"  {comment.value}" if comment is not None else ""
    return behind + program.newline + _indent(program.span(statement.node).start, program)
