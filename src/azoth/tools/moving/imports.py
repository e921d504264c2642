"""What a program imports from a package, and under which names."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
from libcst.helpers import get_full_name_for_node
from libcst.metadata import GlobalScope, ImportAssignment, Scope

from azoth.tools.moving.program import Program
from azoth.util.named_tuple import NamedTuple

__all__ = ["STAR", "Imported", "Statement", "imports_of"]

STAR = "*"


class Statement(NamedTuple):
    """An import statement that names a package.

    Attributes:
        node: the statement.
        module: of ``from MODULE import``: the module; empty for ``import``.
        names: what it imports from the package.
    """

    node: cst.Import | cst.ImportFrom
    module: str
    names: tuple[Imported, ...]


class Imported(NamedTuple):
    """One name that a statement imports.

    Attributes:
        alias: its node; None for a star.
        path: the module's path.
        name: the name there; empty where the module itself is imported.
        local: what it is called in the program.
        scope: where it is called so.
    """

    alias: cst.ImportAlias | None
    path: str
    name: str
    local: str
    scope: Scope

    @property
    def binds_package(self) -> bool:
        """Whether it makes the package itself a name: ``import package.module``."""
        return not self.name and self.alias is not None and self.alias.asname is None

    @property
    def full_name(self) -> str:
        """Path and name."""
        return f"{self.path}.{self.name}" if self.name else self.path


def imports_of(program: Program, package: str) -> Iterator[Statement]:
    """Find the statements that import a package or something of it, in their order.

    Args:
        program: the program.
        package: the name of the package.
    """
    found = _Statements()
    program.tree.visit(found)
    scopes = _scopes(program)
    whole = next(scope for scope in program.scopes if isinstance(scope, GlobalScope))
    for node in found.nodes:
        module = _module(node) if isinstance(node, cst.ImportFrom) else ""
        if isinstance(node, cst.ImportFrom) and (node.relative or module.partition(".")[0] != package):
            continue
        names = tuple(_names(node, module, package, scopes, whole))
        if names:
            yield Statement(node, module, names)


class _Statements(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.nodes: list[cst.Import | cst.ImportFrom] = []

    def visit_Import(self, node: cst.Import) -> bool:
        self.nodes.append(node)
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        self.nodes.append(node)
        return False


def _module(node: cst.ImportFrom) -> str:
    return get_full_name_for_node(node.module) or "" if node.module is not None else ""


def _scopes(program: Program) -> dict[tuple[cst.CSTNode, str], Scope]:
    return {
        (assignment.node, assignment.name): scope
        for scope in program.scopes
        for assignment in scope.assignments
        if isinstance(assignment, ImportAssignment)
    }


def _names(
    node: cst.Import | cst.ImportFrom,
    module: str,
    package: str,
    scopes: dict[tuple[cst.CSTNode, str], Scope],
    whole: Scope,
) -> Iterator[Imported]:
    if isinstance(node.names, cst.ImportStar):
        yield Imported(None, module, STAR, "", whole)
        return
    for alias in node.names:
        name = get_full_name_for_node(alias.name) or ""
        as_name = get_full_name_for_node(alias.asname.name) if alias.asname is not None else None
        if isinstance(node, cst.ImportFrom):
            local = as_name or name
            yield Imported(alias, module, name, local, scopes[node, local])
        elif name.partition(".")[0] == package:
            local = as_name or package
            yield Imported(alias, name, "", local, scopes[node, local])
