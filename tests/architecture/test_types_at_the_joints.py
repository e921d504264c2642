"""Types are to become more: the number of annotations that say only ``Any`` may fall and not rise."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.source import Module, modules

MOST_BARE_ANYS = 4249
"""As many as there are. Whoever types some lowers the number; nobody raises it."""

SLACK = 25
"""So many fewer than the number above call for lowering it."""

MAPPERS_IN = ("azoth.orm.loading", "azoth.orm.persistence", "azoth.orm.query", "azoth.orm.bulk")
"""The layers above the mappings that get mappers, not what a user may pass for one."""


def test_there_are_no_more_bare_anys_than_before() -> None:
    count = sum(1 for module in modules() for _ in bare_anys(module))
    assert count <= MOST_BARE_ANYS, "give the new annotations types"
    assert count > MOST_BARE_ANYS - SLACK, f"fewer than before: lower MOST_BARE_ANYS to {count}"


def test_mappers_have_their_type_where_layers_meet() -> None:
    untyped = [
        f"{module.name}:{argument.lineno}"
        for module in modules()
        if module.is_below(*MAPPERS_IN)
        for argument in _arguments(module)
        if argument.arg == "mapper" and _is_any(argument.annotation)
    ]
    assert untyped == []


def bare_anys(module: Module) -> Iterator[ast.expr]:
    """Yield the annotations of a module that are ``Any`` and nothing else."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and _is_any(node.annotation):
            yield node.annotation
        elif isinstance(node, ast.FunctionDef) and _is_any(node.returns):
            yield node.returns


def _arguments(module: Module) -> Iterator[ast.arg]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.arg))


def _is_any(annotation: ast.expr | None) -> bool:
    return isinstance(annotation, ast.Name) and annotation.id == "Any"
