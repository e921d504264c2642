"""Where a program uses the modules that it has imported: ``sa.orm.Session``, in quoted annotations, too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import libcst as cst
from libcst.metadata import Access, Scope

from azoth.tools.moving.program import Program, Span
from azoth.util.named_tuple import NamedTuple

__all__ = ["Part", "Use", "uses_of"]


class Part(NamedTuple):
    """One of the names behind dots.

    Attributes:
        name: the name.
        end: where it ends in the text.
    """

    name: str
    end: int


class Use(NamedTuple):
    """A place where a name is read that stands for a module.

    Attributes:
        scope: where it is read.
        root: where the name stands in the text.
        parts: the attributes behind it.
    """

    scope: Scope
    root: Span
    parts: tuple[Part, ...]


def uses_of(program: Program, names: Iterable[tuple[Scope, str]]) -> dict[tuple[Scope, str], list[Use]]:
    """Find the uses of names that modules are bound to.

    Args:
        program: the program.
        names: the scopes that have the names, and these.

    Returns:
        by scope and name: the uses, as they follow each other in the text.
    """
    found: dict[tuple[Scope, str], dict[Span, Use]] = {key: {} for key in names}
    wanted = {name for _, name in found}
    for scope in program.scopes:
        for access in scope.accesses:
            for name, use in _uses_in(program, access, wanted):
                bound_in = next(iter(access.scope[name]), None)
                uses = found.get((bound_in.scope, name)) if bound_in is not None else None
                if uses is not None:
                    uses[use.root] = use
    return {key: [uses[root] for root in sorted(uses)] for key, uses in found.items()}


def _uses_in(program: Program, access: Access, names: set[str]) -> Iterator[tuple[str, Use]]:
    node: cst.CSTNode = access.node
    if isinstance(node, cst.SimpleString):
        yield from _uses_in_text(program, access.scope, node, names)
        return
    while isinstance(node, cst.Attribute | cst.Call):
        node = node.value if isinstance(node, cst.Attribute) else node.func
    if isinstance(node, cst.Name) and node.value in names:
        yield node.value, Use(access.scope, program.span(node), tuple(_parts(program, node)))


def _parts(program: Program, node: cst.CSTNode) -> Iterator[Part]:
    above = program.parent(node)
    # What stands in parentheses is taken as a whole.
    while isinstance(above, cst.Attribute) and above.value is node and not getattr(node, "lpar", ()):
        yield Part(above.attr.value, program.span(above.attr).end)
        node, above = above, program.parent(above)


def _uses_in_text(program: Program, scope: Scope, node: cst.SimpleString, names: set[str]) -> Iterator[tuple[str, Use]]:
    """Find names in a quoted annotation whose text is what stands between its quotes."""
    if "\\" in node.value or "b" in node.prefix.lower():
        return
    start = program.span(node).start + len(node.prefix) + len(node.quote)
    for match in re.finditer(r"(?<![\w.])([^\W\d]\w*)((?:\s*\.\s*[^\W\d]\w*)*)", node.raw_value):
        if match[1] in names:
            root = Span(*(start + _size(node.raw_value[:place]) for place in match.span(1)))
            parts = (
                Part(part[0], start + _size(node.raw_value[: match.start(2) + part.end()]))
                for part in re.finditer(r"[^\W\d]\w*", match[2])
            )
            yield match[1], Use(scope, root, tuple(parts))


def _size(text: str) -> int:
    return len(text.encode())
