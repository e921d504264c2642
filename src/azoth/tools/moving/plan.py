"""What moving does to one file: a function of its bytes."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst
from libcst.metadata import Scope

from azoth.tools.homes.direction import Direction, Home, Obstacle
from azoth.tools.moving.bindings import decide_alias, decide_package
from azoth.tools.moving.changes import Change, Decision, Finding
from azoth.tools.moving.imports import STAR, Imported, Statement, imports_of
from azoth.tools.moving.names import Names
from azoth.tools.moving.program import Edit, Program
from azoth.tools.moving.resolving import resolve
from azoth.tools.moving.statements import edits_of
from azoth.tools.moving.texts import logger_edits, offsets_to_look_at
from azoth.tools.moving.uses import Use, uses_of
from azoth.util.named_tuple import NamedTuple

__all__ = ["Line", "Plan", "plan"]


class Line(NamedTuple):
    """A line for people to look at.

    Attributes:
        line: its number.
        text: the line, without the blanks around it.
    """

    line: int
    text: str


class Plan(NamedTuple):
    """What becomes of a file.

    Attributes:
        before: its bytes now.
        after: its bytes afterwards.
        findings: names that stay where they are.
        lines: lines to look at.
    """

    before: bytes
    after: bytes
    findings: tuple[Finding, ...] = ()
    lines: tuple[Line, ...] = ()


def plan(data: bytes, direction: Direction, *, asked_for: bool = False) -> Plan:
    """Plan the move of one program.

    Args:
        data: the bytes of its file.
        direction: where to move.
        asked_for: whether other files import the old package's name from this one, so that it has to keep it.

    Raises:
        UnreadableError: this is no program, or one that libcst does not understand.
    """
    if direction.old.encode() not in data.lower():
        return Plan(data, data)
    program = Program(data)
    planned = _Planned(program, direction, asked_for)
    edits = [*planned.edits, *logger_edits(program, direction)]
    offsets = sorted({*planned.offsets, *offsets_to_look_at(program, direction, edits)})
    lines = dict.fromkeys(Line(program.line(offset), program.line_text(offset)) for offset in offsets)
    return Plan(data, program.edited(edits), tuple(sorted(set(planned.findings), key=_order)), tuple(lines))


def _order(finding: Finding) -> tuple[int, str]:
    return finding.line, finding.name


class _Planned:
    """The imports of one program and what becomes of them.

    Args:
        program: the program.
        direction: where to move.
        asked_for: as of plan().

    Attributes:
        edits: what is rewritten.
        findings: names that stay.
        offsets: of what people should look at.
    """

    def __init__(self, program: Program, direction: Direction, asked_for: bool) -> None:
        self.edits: list[Edit] = []
        self.findings: list[Finding] = []
        self.offsets: list[int] = []
        self._program = program
        self._direction = direction
        self._changes: dict[Imported, Change] = {}
        statements = list(imports_of(program, direction.old))
        self._decide(statements, asked_for)
        for statement in statements:
            changes = [self._changes[imported] for imported in statement.names]
            self.edits += edits_of(statement, changes, program)

    def _decide(self, statements: Sequence[Statement], asked_for: bool) -> None:
        modules: dict[tuple[Scope, str], list[Imported]] = {}
        for statement in statements:
            for imported in statement.names:
                if imported.name == STAR:
                    self._take(imported, self._of_star(imported, statement))
                elif self._is_module(imported):
                    modules.setdefault((imported.scope, imported.local), []).append(imported)
                else:
                    self._take(imported, self._of_object(imported))
        uses = uses_of(self._program, modules)
        package_uses = [
            (use.scope, scope) for (scope, name), found in uses.items() if name == self._direction.old for use in found
        ]
        names = Names(self._program, self._direction, package_uses, asked_for=asked_for)
        for key, imports in modules.items():
            if all(imported.binds_package for imported in imports):
                self._take_package(imports, uses[key], names)
            else:
                self._take_alias(imports, uses[key], names)

    def _is_module(self, imported: Imported) -> bool:
        return not imported.name or (
            self._direction.is_module(imported.full_name) and not self._direction.is_name(imported.path, imported.name)
        )

    def _take(self, imported: Imported, decision: Decision) -> None:
        self._changes[imported] = decision.change
        self.edits += decision.edits
        self.findings += decision.findings

    def _take_package(self, imports: Sequence[Imported], uses: Sequence[Use], names: Names) -> None:
        lines = [self._line(imported) for imported in imports]
        resolved = [resolve(use, self._direction.old, self._direction) for use in uses]
        decisions = decide_package(imports, lines, resolved, names, self._direction, self._program)
        for imported, decision in zip(imports, decisions, strict=True):
            self._take(imported, decision)

    def _take_alias(self, imports: Sequence[Imported], uses: Sequence[Use], names: Names) -> None:
        """Decide about a name that is bound to modules, most often to one, if by several statements."""
        by_path = {imported.full_name: imported for imported in reversed(imports)}
        decisions = {path: self._of_alias(imported, uses, names) for path, imported in by_path.items()}
        if len(decisions) > 1 and any(found.change.stays or found.edits for found in decisions.values()):
            for imported in imports:
                finding = Finding(self._line(imported), imported.full_name, Obstacle.SEVERAL)
                self._take(imported, Decision(Change(stays=True), (), (finding,)))
            return
        for path, decision in decisions.items():
            self._take(by_path[path], decision)
        for imported in imports:
            self._changes[imported] = decisions[imported.full_name].change

    def _of_alias(self, imported: Imported, uses: Sequence[Use], names: Names) -> Decision:
        resolved = [resolve(use, imported.full_name, self._direction) for use in uses]
        return decide_alias(imported, resolved, self._line(imported), names, self._direction, self._program)

    def _of_object(self, imported: Imported) -> Decision:
        home = self._direction.home_of(imported.path, imported.name)
        if isinstance(home, Obstacle):
            return Decision(Change(stays=True), (), (Finding(self._line(imported), imported.full_name, home),))
        return Decision(Change(home=home), (), ())

    def _of_star(self, imported: Imported, statement: Statement) -> Decision:
        offset = self._program.span(statement.node).start
        module = self._direction.module_for(imported.path)
        if isinstance(module, Obstacle):
            finding = Finding(self._program.line(offset), f"{imported.path}.{STAR}", module)
            return Decision(Change(stays=True), (), (finding,))
        unbound = self._unbound()
        imports: list[tuple[str, str | None]] = []
        missing: list[Finding] = []
        for name in self._direction.modules_behind_star(imported.path):
            if name in unbound:
                below = self._direction.module_for(f"{imported.path}.{name}")
                if isinstance(below, Obstacle):
                    missing.append(Finding(unbound.pop(name), f"{imported.path}.{name}", below))
                else:
                    del unbound[name]
                    imports.append((below, name))
        # Any of several stars may bring another name.
        if len(self._program.nodes(cst.ImportStar)) == 1:
            for name, line in unbound.items():
                home = self._direction.home_of(imported.path, name)
                if isinstance(home, Obstacle):
                    missing.append(Finding(line, f"{imported.path}.{name}", home))
        if missing:
            return Decision(Change(stays=True), (), tuple(missing))
        self.offsets.append(offset)
        return Decision(Change(home=Home(str(module), STAR), imports=tuple(imports)), (), ())

    def _unbound(self) -> dict[str, int]:
        """Name what the program reads and nothing in it binds by its name, each with the line that reads it first."""
        found: dict[str, int] = {}
        for scope in self._program.scopes:
            for access in scope.accesses:
                node: cst.CSTNode = access.node
                while isinstance(node, cst.Attribute):
                    node = node.value
                if isinstance(node, cst.Name) and not access.scope[node.value]:
                    line = self._program.line(self._program.span(node).start)
                    found[node.value] = min(line, found.get(node.value, line))
        return found

    def _line(self, imported: Imported) -> int:
        assert imported.alias is not None
        return self._program.line(self._program.span(imported.alias).start)
