"""I3: planning a flush is pure. What plans can reach neither a connection nor a loader; what runs a plan is apart."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.source import Module, imports, modules

PERSISTENCE = "azoth.orm.persistence"

RUNNING = (f"{PERSISTENCE}.execution", f"{PERSISTENCE}.division", f"{PERSISTENCE}.ports")
"""What runs a plan, what divides it among connections, and the connection that it needs for that."""

OUT_OF_REACH = (
    "azoth.engine",
    "azoth.pool",
    "azoth.driver",
    "azoth.dialects",
    "azoth.orm.loading",
    "azoth.orm.bulk",
    "azoth.orm.query",
    "azoth.orm.session",
)

INSTANCES = frozenset({"instance", "child_instance", "parent_instance", "item", "target"})
"""How the planning modules call mapped instances: a plain attribute read of one would load what it lacks."""


def test_planning_reaches_no_connection_and_no_loader() -> None:
    reached = [
        f"{module.name} reaches {found}"
        for module in planning()
        for found in sorted(imports().find_upstream_modules(module.name))
        if found.startswith(OUT_OF_REACH) or (found.startswith(PERSISTENCE) and runs_plans(found))
    ]
    assert reached == [], "\n".join(reached)


def test_planning_reads_no_attribute_of_an_instance_that_might_load_it() -> None:
    loading = [f"{module.name}:{line}" for module in planning() for line in _loading_reads(module)]
    assert loading == []


def test_there_are_modules_that_plan_and_modules_that_run() -> None:
    rooms = {module.name.removeprefix(f"{PERSISTENCE}.").partition(".")[0] for module in planning()}
    assert rooms == {"profile", "changes", "statements", "planning"}
    assert runs_plans(f"{PERSISTENCE}.execution.insert_executor")


def planning() -> list[Module]:
    """List the modules of the write side that plan."""
    return [module for module in modules() if module.name.startswith(f"{PERSISTENCE}.") and not runs_plans(module.name)]


def runs_plans(name: str) -> bool:
    """Tell whether a module of the write side runs plans."""
    return any(name == running or name.startswith(f"{running}.") for running in RUNNING)


def _loading_reads(module: Module) -> Iterator[int]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr == "load_missing":
            yield node.lineno
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr"):
            continue
        read = node.args[0]
        if isinstance(read, ast.Name) and read.id in INSTANCES:
            yield node.lineno
