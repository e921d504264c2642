"""Names that are bound to modules: what each of them is bound to in the end, and how its uses are written then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from azoth.tools.homes.direction import Direction, Home, Obstacle
from azoth.tools.moving.changes import Change, Decision, Finding
from azoth.tools.moving.imports import Imported
from azoth.tools.moving.names import Names
from azoth.tools.moving.program import Edit, Program
from azoth.tools.moving.resolving import Resolved

__all__ = ["decide_alias", "decide_package"]


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
    near = [use for use in moved if _is_below(use.home, module)]
    far = [use for use in moved if not _is_below(use.home, module)]
    in_full = [*far, *(use for use in uses if isinstance(use.home, Obstacle))]
    if in_full and not names.can_be_written(imported.scope, in_full):
        return Decision(Change(stays=True), (), (*stuck, Finding(line, path, Obstacle.TAKEN)))
    edits = [_written(use, imported.local + str(use.home)[len(module) :]) for use in near]
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
    modules = [_modules_for(imported.path, moved, direction) for imported in imports]
    findings = [
        *_findings(stuck, program),
        *(
            Finding(line, imported.path, obstacle)
            for imported, line, found in zip(imports, lines, modules, strict=True)
            if not found and isinstance(obstacle := direction.module_for(imported.path), Obstacle)
        ),
    ]
    renamed = names.may_rename_in(scope, uses)
    is_told_apart = renamed and not names.rebound(scope) and names.can_be_written(scope, uses)
    if findings and not (is_told_apart and (moved or not stuck)):
        if moved:
            findings.append(Finding(lines[0], direction.old, Obstacle.TAKEN))
        return [Decision(Change(stays=True), (), tuple(findings))] + [Decision(Change(stays=True), (), ())] * (
            len(imports) - 1
        )
    local = direction.new if renamed else direction.old
    edits = [_written(use, local + str(use.home)[len(direction.new) :]) for use in moved]
    edits += [Edit(*program.span(node), local) for node in names.rebound(scope)]
    kept = _kept(imports, stuck)
    changes = [
        _of_package(imported, found, imported in kept, names, direction, renamed=renamed)
        for imported, found in zip(imports, modules, strict=True)
    ]
    first, *others = changes
    return [Decision(first, _changing(edits, program), tuple(findings)), *(Decision(each, (), ()) for each in others)]


def _of_package(
    imported: Imported, modules: Sequence[str], is_kept: bool, names: Names, direction: Direction, *, renamed: bool
) -> Change:
    if not modules:
        return Change(stays=True)
    if renamed:
        beside = (imported.path,) if is_kept else ()
        return Change(imports=tuple((module, None) for module in modules), beside=beside)
    # Modules below it are imported under names that nobody reads: they are reached as its attributes.
    is_free = names.is_new_name_free_in(imported.scope)
    below = [(module, None if is_free else module.replace(".", "_")) for module in modules if "." in module]
    return Change(imports=((direction.new, direction.old), *below))


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
        return Change(home=Home(above, last), beside=beside)
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
