"""Names of the program's own, which what is written must not meet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import libcst as cst
from libcst.metadata import Assignment, ClassScope, GlobalScope, ImportAssignment, Scope

from azoth.tools.homes.direction import Direction
from azoth.tools.moving.program import Program
from azoth.tools.moving.resolving import Resolved

__all__ = ["Names"]

_ALL: Final = "__all__"


class Names:
    """What a program's names allow to be written.

    Args:
        program: the program.
        direction: where to move.
        package_uses: the scopes in which the name of the old package is read, each with the scope that has it.
        asked_for: whether other files import the old package's name from this one.
    """

    def __init__(
        self, program: Program, direction: Direction, package_uses: Iterable[tuple[Scope, Scope]], *, asked_for: bool
    ) -> None:
        self._program = program
        self._direction = direction
        self._package_uses = tuple(package_uses)
        self._asked_for = asked_for

    def can_be_written(self, scope: Scope, uses: Iterable[Resolved]) -> bool:
        """Tell whether uses can name both packages, once ``import`` has brought these into a scope.

        Args:
            scope: where the imports are.
            uses: what is going to name modules in full.
        """
        hidden = not isinstance(scope, GlobalScope) and any(
            bound_in is not scope and _is_within(read_in, scope) for read_in, bound_in in self._package_uses
        )
        reading = [use.use.scope for use in uses]
        return not hidden and all(
            self._means_package(name, scope, reading) for name in (self._direction.old, self._direction.new)
        )

    def may_rename_in(self, scope: Scope, uses: Iterable[Resolved]) -> bool:
        """Tell whether the name of the old package can become that of the new one, where a scope has it.

        Args:
            scope: where it is imported.
            uses: the places that read it.
        """
        old = self._direction.old
        others = [found for found in scope.assignments[old] if not self._imports_package(found)]
        return (
            self._means_package(self._direction.new, scope, [use.use.scope for use in uses])
            and all(isinstance(found, Assignment) and isinstance(found.node, cst.Name) for found in others)
            and not self._is_declared(old)
            and not (isinstance(scope, ClassScope) and self._is_an_attribute(old))
            and not (isinstance(scope, GlobalScope) and (self._asked_for or self._is_in_all(old)))
        )

    def is_new_name_free_in(self, scope: Scope) -> bool:
        """Tell whether a scope may import the new package under its name."""
        return self._means_package(self._direction.new, scope, ())

    def rebound(self, scope: Scope) -> list[cst.Name]:
        """List the places where a scope binds the name of the old package to something else, such as None."""
        return [
            found.node
            for found in scope.assignments[self._direction.old]
            if isinstance(found, Assignment) and isinstance(found.node, cst.Name)
        ]

    def _means_package(self, name: str, scope: Scope, reading: Iterable[Scope]) -> bool:
        """Tell whether a name that is imported in a scope means the package where others read it.

        Args:
            name: the package's name.
            scope: where it is imported.
            reading: the scopes that are going to read it.
        """
        bound = {found.scope for read_in in (scope, *reading) for found in read_in[name]}
        return all(
            _is_within(scope, where) and all(map(self._imports_package, where.assignments[name])) for where in bound
        )

    def _imports_package(self, found: object) -> bool:
        """Tell whether an assignment is ``import package``, or ``import package.module``, or is about to be."""
        return (
            isinstance(found, ImportAssignment)
            and isinstance(found.node, cst.Import)
            and any(self._brings_package(alias, found.name.partition(".")[0]) for alias in found.node.names)
        )

    def _brings_package(self, alias: cst.ImportAlias, name: str) -> bool:
        if alias.asname is None:
            return _first_name(alias.name) == name
        is_about_to = isinstance(alias.name, cst.Name) and alias.name.value == self._direction.old
        return is_about_to and name == self._direction.new == _first_name(alias.asname.name)

    def _is_declared(self, name: str) -> bool:
        """Tell whether ``global`` or ``nonlocal`` names it."""
        return any(node.name.value == name for node in self._program.nodes(cst.NameItem))

    def _is_an_attribute(self, name: str) -> bool:
        return any(node.attr.value == name for node in self._program.nodes(cst.Attribute))

    def _is_in_all(self, name: str) -> bool:
        """Tell whether the program's ``__all__`` may name it."""
        has_all = any(scope.assignments[_ALL] for scope in self._program.scopes)
        return has_all and re.search(rf"""(["']){name}\1""".encode(), self._program.text) is not None


def _first_name(node: cst.BaseExpression) -> str:
    while isinstance(node, cst.Attribute):
        node = node.value
    return node.value if isinstance(node, cst.Name) else ""


def _is_within(scope: Scope, outer: Scope) -> bool:
    while scope is not outer and scope.parent is not scope:
        scope = scope.parent
    return scope is outer
