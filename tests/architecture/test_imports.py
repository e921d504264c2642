"""I1, I2, I3, I6: who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, imports, modules

PERFORMS = "azoth.orm.persistence.execution"
"""The room of the write side that runs statements; all its others plan."""

CONNECTIONS = ("azoth.engine", "azoth.pool", "azoth.driver")


def test_import_contracts_hold() -> None:
    """I1: layers, independence, no cycles."""
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_import_contracts_ignore_nothing() -> None:
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "importer, imported",
    [("azoth.orm.loading", "azoth.orm.persistence"), ("azoth.orm.persistence", "azoth.orm.loading")],
)
def test_read_side_and_write_side_do_not_know_each_other(importer: str, imported: str) -> None:
    """I2."""
    assert _chain(importer, imported) is None


def test_planning_a_flush_cannot_reach_a_connection() -> None:
    """I3."""
    planning = [
        module.name
        for module in modules()
        if module.is_below("azoth.orm.persistence") and not module.is_below(PERFORMS)
    ]
    chains = [_module_chain(name, target) for name in planning for target in CONNECTIONS]
    assert [chain for chain in chains if chain] == []


@pytest.mark.parametrize(
    "core", ["azoth.sql", "azoth.engine", "azoth.pool", "azoth.driver", "azoth.event", "azoth.dialects", "azoth.util"]
)
def test_core_does_not_know_the_orm(core: str) -> None:
    """I6."""
    assert _chain(core, "azoth.orm") is None


MAY_IMPORT = {"libcst": "azoth.tools.moving", "pytest": "azoth.testing.suite"}
"""Optional dependencies, and the one package that imports each."""


def test_no_module_outside_the_standard_library_is_required() -> None:
    allowed = sys.stdlib_module_names | {"azoth", "typing_extensions"} | {"psycopg", "pymysql", "MySQLdb"}
    foreign = {
        (module.name, imported)
        for module in modules()
        for imported in _external_imports(module.tree)
        if imported not in allowed and not (imported in MAY_IMPORT and module.is_below(MAY_IMPORT[imported]))
    }
    assert foreign == set()


def _external_imports(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def _chain(importer: str, imported: str) -> tuple[str, ...] | None:
    graph = imports()
    if importer not in graph.modules or imported not in graph.modules:
        return None
    return graph.find_shortest_chain(importer, imported, as_packages=True)


def _module_chain(importer: str, imported: str) -> tuple[str, ...] | None:
    graph = imports()
    for target in {imported} | graph.find_descendants(imported):
        chain = graph.find_shortest_chain(importer, target)
        if chain:
            return chain
    return None
