"""I4, I5: who may execute and fetch, and who may know the session."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.source import Module, modules

PERFORMS_IO = (
    "azoth.driver",
    "azoth.pool",
    "azoth.engine",
    "azoth.dialects",
    "azoth.orm.persistence.execution",
    "azoth.orm.loading.statement_runner",
    "azoth.orm.bulk",
    "azoth.orm.query.fetching",
    "azoth.orm.query.query",
    "azoth.orm.session",
    "azoth.asyncio",
    "azoth.testing",
)
"""The only modules and packages that talk to a database."""

EXECUTING = frozenset(
    {"execute", "executemany", "executescript", "exec_driver_sql", "fetchone", "fetchmany", "fetchall", "callproc"}
)
"""Methods of DB-API cursors and of connections that reach the database."""

EXECUTING_ON_CONNECTIONS = frozenset({"run", "run_many"})
"""Words with other meanings elsewhere; the connection's own low-level calls."""

MAY_KNOW_THE_SESSION = (
    "azoth.orm.session",
    "azoth.orm.wiring",
    "azoth.orm.events",
    "azoth.orm.identity",
    "azoth.orm.interfaces",
    "azoth.orm.scoping",
    "azoth.orm.shard",
    "azoth.orm.sharding",
    "azoth.orm.util",
)
"""Inside the ORM; those beside the first two and sharding, and its own ``__init__``, re-export names only."""

LAYERS_ABOVE = ("azoth.tools", "azoth.ext", "azoth.asyncio", "azoth.testing")

UNIT = {"Unit", "Unit | None"}


def test_only_named_modules_execute_and_fetch() -> None:
    """I4."""
    outside = [
        f"{module.name}:{line} calls {name}"
        for module in modules()
        if not module.is_below(*PERFORMS_IO)
        for line, name in _executing_calls(module)
    ]
    assert outside == [], "\n".join(outside)


def test_nothing_below_the_session_imports_it() -> None:
    """I5."""
    offending = [
        f"{module.name}:{node.lineno}"
        for module in _below_the_session()
        for node in ast.walk(module.tree)
        if _imports_session(node)
    ]
    assert offending == []


def test_nothing_below_the_session_takes_it_as_an_argument() -> None:
    """I5: what a low layer needs is a Protocol in its own ports."""
    offending = [
        f"{module.name}:{annotation.lineno} says {ast.unparse(annotation)}"
        for module in _below_the_session()
        for annotation in _annotations(module.tree)
        if _names_session(annotation)
    ]
    assert offending == []


def test_one_protocol_says_what_is_needed_of_the_unit_of_work() -> None:
    """I5: whoever below the session gets the unit of work calls it ``unit`` and knows it as ``Unit``."""
    parameters = [
        (f"{module.name}:{node.lineno}", node.arg, "" if node.annotation is None else ast.unparse(node.annotation))
        for module in _below_the_session()
        # The map is what Unit is made of, so it cannot know it.
        if module.is_below("azoth.orm") and module.name != "azoth.orm.runtime.identity_map"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.arg)
    ]
    assert sum(kind in UNIT for _, _, kind in parameters) > 20
    assert [place for place, name, kind in parameters if (name == "unit") != (kind in UNIT)] == []


def _executing_calls(module: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _executes(node.func):
            yield node.lineno, ast.unparse(node.func)


def _executes(method: ast.Attribute) -> bool:
    if method.attr in EXECUTING_ON_CONNECTIONS:
        return "connection" in ast.unparse(method.value).lower()
    return method.attr in EXECUTING


def _below_the_session() -> Iterator[Module]:
    for module in modules():
        if module.name not in {"azoth", "azoth.orm"} and not module.is_below(*MAY_KNOW_THE_SESSION, *LAYERS_ABOVE):
            yield module


def _imports_session(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        names = {f"{module}.{alias.name}" for alias in node.names}
        return any(name == "azoth.orm.session" or name.startswith("azoth.orm.session.") for name in {module} | names)
    if isinstance(node, ast.Import):
        return any(alias.name.startswith("azoth.orm.session") for alias in node.names)
    return False


def _annotations(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            yield node.returns


def _names_session(annotation: ast.expr) -> bool:
    for node in ast.walk(annotation):
        if isinstance(node, ast.Name) and node.id == "Session":
            return True
        if isinstance(node, ast.Attribute) and node.attr == "Session":
            return True
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "Session" in node.value.split("[")[0]:
            return True
    return False
