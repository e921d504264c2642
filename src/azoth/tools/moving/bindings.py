"""Names that are bound to modules: what each of them is bound to in the end, and how its uses are written then."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import libcst as cst
from libcst.metadata import Assignment, GlobalScope, ImportAssignment, Scope

from azoth.tools.homes.direction import Direction, Obstacle, Place
from azoth.tools.moving.changes import Change, Decision, Finding
from azoth.tools.moving.imports import Imported
from azoth.tools.moving.program import Edit, Program
from azoth.tools.moving.resolving import Resolved

__all__ = ["Names", "decide_alias", "decide_package"]

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
        others = [found for found in scope.assignments[old] if not _imports_package(found)]
        return (
            self._means_package(self._direction.new, scope, [use.use.scope for use in uses])
            and all(isinstance(found, Assignment) and isinstance(found.node, cst.Name) for found in others)
            and not self._is_declared(old)
            and not (isinstance(scope, GlobalScope) and (self._asked_for or self._is_in_all(old)))
        )

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
        return all(_is_within(scope, where) and all(map(_imports_package, where.assignments[name])) for where in bound)

    def _is_declared(self, name: str) -> bool:
        found = _Declared()
        self._program.tree.visit(found)
        return name in found.names

    def _is_in_all(self, name: str) -> bool:
        """Tell whether the program's ``__all__`` may name it."""
        has_all = any(scope.assignments[_ALL] for scope in self._program.scopes)
        return has_all and re.search(rf"""(["']){name}\1""".encode(), self._program.text) is not None


def _imports_package(found: object) -> bool:
    """Tell whether an assignment is ``import package``, or ``import package.module``."""
    return (
        isinstance(found, ImportAssignment)
        and isinstance(found.node, cst.Import)
        and any(
            alias.asname is None and _first_name(alias.name) == found.name.partition(".")[0]
            for alias in found.node.names
        )
    )


class _Declared(cst.CSTVisitor):
    """Names in ``global`` and ``nonlocal``."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def visit_NameItem(self, node: cst.NameItem) -> None:
        self.names.add(node.name.value)


def _first_name(node: cst.BaseExpression) -> str:
    while isinstance(node, cst.Attribute):
        node = node.value
    return node.value if isinstance(node, cst.Name) else ""


def _is_within(scope: Scope, outer: Scope) -> bool:
    while scope is not outer and scope.parent is not scope:
        scope = scope.parent
    return scope is outer


def decide_alias(
    imported: Imported, uses: Sequence[Resolved], line: int, names: Names, direction: Direction, program: Program
) -> Decision:
    """Decide about a name that is bound to one module: ``import sqlalchemy.orm as so``, ``from sqlalchemy import orm``.

    Args:
        imported: the name.
        uses: its uses.
        line: where it is imported.
        names: what can be written.
        direction: where to move.
        program: the program.
    """
    path = imported.full_name
    moved = [use for use in uses if not isinstance(use.home, Obstacle)]
    stuck = _findings((use for use in uses if isinstance(use.home, Obstacle)), program)
    module = direction.module_for(path)
    if isinstance(module, Obstacle):
        if not direction.is_module(path):
            return Decision(Change(stays=True), (), (Finding(line, path, module),))
        homes = {use.home for use in moved if isinstance(use.home, str)}
        if not uses:
            homes = set(direction.modules_of_names(path)[:1])
        if stuck or len(homes) != 1:
            left = stuck if uses else (Finding(line, path, module),)
            return _scattered(imported, moved, left, line, names)
        module = homes.pop()
    elif stuck and not moved:
        return Decision(Change(stays=True), (), stuck)
    far = [use for use in moved if not _is_below(use.home, module)]
    in_full = [*far, *(use for use in uses if isinstance(use.home, Obstacle))]
    if in_full and not names.can_be_written(imported.scope, in_full):
        return Decision(Change(stays=True), (), (*stuck, Finding(line, path, Obstacle.TAKEN)))
    edits = [_written(use, imported.local + str(use.home)[len(module) :]) for use in moved if use not in far]
    edits += [_written(use, str(use.home)) for use in far]
    edits += [Edit(*use.use.root, path) for use in uses if isinstance(use.home, Obstacle)]
    beside = (*_unique(str(use.home) for use in far), *((path,) if stuck else ()))
    return Decision(_bound(imported, module, beside), _changing(edits, program), stuck)


def _scattered(
    imported: Imported, moved: Sequence[Resolved], stuck: tuple[Finding, ...], line: int, names: Names
) -> Decision:
    """Let each use name the module that has it, where no single module stands for the old one."""
    if not moved:
        return Decision(Change(stays=True), (), stuck)
    if not names.can_be_written(imported.scope, moved):
        return Decision(Change(stays=True), (), (*stuck, Finding(line, imported.full_name, Obstacle.TAKEN)))
    change = Change(stays=bool(stuck), beside=_unique(str(use.home) for use in moved))
    return Decision(change, tuple(_written(use, str(use.home)) for use in moved), stuck)


def decide_package(
    imports: Sequence[Imported],
    lines: Sequence[int],
    uses: Sequence[Resolved],
    names: Names,
    direction: Direction,
    program: Program,
) -> list[Decision]:
    """Decide about the name of the package itself in one scope: ``import sqlalchemy``, ``import sqlalchemy.orm``.

    Args:
        imports: what binds it there.
        lines: where that is imported.
        uses: its uses.
        names: what can be written.
        direction: where to move.
        program: the program.

    Returns:
        for each of the imports what becomes of it; the edits of the uses stand with the first.
    """
    scope = imports[0].scope
    moved = [use for use in uses if not isinstance(use.home, Obstacle)]
    stuck = [use for use in uses if isinstance(use.home, Obstacle)]
    findings = _findings(stuck, program)
    renamed = names.may_rename_in(scope, uses)
    if stuck and (not moved or not renamed or names.rebound(scope) or not names.can_be_written(scope, uses)):
        taken = (Finding(lines[0], direction.old, Obstacle.TAKEN),) if moved else ()
        return [Decision(Change(stays=True), (), (*findings, *taken) if first else ()) for first in _firsts(imports)]
    local = direction.new if renamed else direction.old
    edits = [_written(use, local + str(use.home)[len(direction.new) :]) for use in moved]
    edits += [Edit(*program.span(node), local) for node in names.rebound(scope)]
    kept = _kept(imports, stuck)
    decisions = []
    for imported, line, first in zip(imports, lines, _firsts(imports), strict=True):
        modules = _modules_for(imported.path, moved, direction)
        own: tuple[Finding, ...] = ()
        if not modules:
            obstacle = direction.module_for(imported.path)
            assert isinstance(obstacle, Obstacle)
            own = (Finding(line, imported.path, obstacle),)
            change = Change(stays=True)
        elif renamed:
            beside = (imported.path,) if imported in kept else ()
            change = Change(imports=tuple((module, None) for module in modules), beside=beside)
        else:
            change = Change(imports=((direction.new, direction.old),))
        decisions.append(
            Decision(change, _changing(edits, program) if first else (), (*own, *findings) if first else own)
        )
    return decisions


def _modules_for(path: str, moved: Sequence[Resolved], direction: Direction) -> tuple[str, ...]:
    module = direction.module_for(path)
    if not isinstance(module, Obstacle):
        return (module,)
    homes = _unique(str(use.home) for use in moved if _is_below(use.path, path))
    return homes or direction.modules_of_names(path)[:1]


def _kept(imports: Sequence[Imported], stuck: Sequence[Resolved]) -> list[Imported]:
    """List the imports without which a use that stays would not find its module."""
    kept = []
    for use in stuck:
        providing = [imported for imported in imports if _is_below(use.path, imported.path)]
        kept.append(max(providing, key=lambda imported: len(imported.path), default=imports[0]))
    return kept


def _bound(imported: Imported, module: str, beside: tuple[str, ...]) -> Change:
    above, _, last = module.rpartition(".")
    if imported.name and above:
        return Change(place=Place(above, last), beside=beside)
    return Change(imports=((module, imported.local),), beside=beside)


def _written(use: Resolved, text: str) -> Edit:
    """Write a path for that of a use; where only its first name is another, the rest keeps its own blanks."""
    behind = "".join(f".{part.name}" for part in use.use.parts if part.end <= use.span.end)
    if text.endswith(behind):
        return Edit(*use.use.root, text.removesuffix(behind))
    return Edit(*use.span, text)


def _changing(edits: Iterable[Edit], program: Program) -> tuple[Edit, ...]:
    """Leave out edits that would write what is there."""
    return tuple(edit for edit in edits if program.part(edit.start, edit.end) != edit.text)


def _firsts(imports: Sequence[Imported]) -> list[bool]:
    return [position == 0 for position in range(len(imports))]


def _findings(uses: Iterable[Resolved], program: Program) -> tuple[Finding, ...]:
    return tuple(
        Finding(program.line(use.use.root.start), use.full_name, use.home)
        for use in uses
        if isinstance(use.home, Obstacle)
    )


def _is_below(path: str | Obstacle, module: str) -> bool:
    return isinstance(path, str) and (path == module or path.startswith(f"{module}."))


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
