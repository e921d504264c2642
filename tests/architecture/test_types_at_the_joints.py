"""Types are to become more: the number of annotations that say only ``Any`` may fall and not rise."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.source import Module, modules

MOST_BARE_ANYS = 3_867
"""As many as there are. Whoever types some lowers the number; nobody raises it."""

SLACK = 25
"""So many fewer than the number above call for lowering it."""

MAPPERS_IN = ("azoth.orm.loading", "azoth.orm.persistence", "azoth.orm.query", "azoth.orm.bulk")
"""The layers above the mappings that get mappers, not what a user may pass for one."""


JOINTS = frozenset({"connection", "session", "unit"})
"""What the layers of the ORM and the engine hand each other: of a known type wherever it is declared."""

OVERRIDDEN_BY_USERS = {
    # A Protocol would refuse a method of the user's that says Session or Connection, which the layer may not name.
    "azoth.orm.mapping.mapper.extension.MapperExtension",
    "azoth.orm.session.classic.extension.SessionExtension",
}
"""Classes whose methods take what users know by its own class."""

READ_BY_USERS = {
    # The same: what users take from here is of the real class to them, and no Protocol has all of its methods.
    "azoth.engine.events.ExceptionContext",
    "azoth.engine.execution.cursor_result.CursorResult",
    "azoth.engine.execution.cursor_result.Execution",
    "azoth.engine.execution.execution_context.ExecutionContext",
    "azoth.orm.query.query_state.QueryState",
    "azoth.orm.loading.load_context.QueryContext",
    "azoth.orm.session.events.flush_context.FlushContext",
    "azoth.orm.session.statements.execute_state.BulkChange",
    "azoth.orm.session.statements.execute_state.ORMExecuteState",
}
"""Classes with an attribute that users read, of a class of a higher layer."""


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


def test_connections_sessions_and_units_have_their_types() -> None:
    untyped = {
        f"{module.name}.{owner}"
        for module in modules()
        if module.is_below("azoth.orm", "azoth.engine")
        for owner, name in _declared_any(module)
        if name in JOINTS
    }
    assert untyped == OVERRIDDEN_BY_USERS | READ_BY_USERS


def test_arguments_are_typed_where_only_an_attribute_is_for_users() -> None:
    untyped = [
        f"{module.name}:{argument.lineno}"
        for module in modules()
        if any(name.startswith(f"{module.name}.") for name in READ_BY_USERS)
        for argument in _arguments(module)
        if argument.arg in JOINTS and _is_any(argument.annotation)
    ]
    assert untyped == []


def bare_anys(module: Module) -> Iterator[ast.expr]:
    """Yield the annotations of a module that are ``Any`` and nothing else.

    Functions with overloads do not count: these say what goes together, and the last is for all the rest.
    """
    for node in _outside_of_overloads(module.tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and _is_any(node.annotation):
            yield node.annotation
        elif isinstance(node, ast.FunctionDef) and _is_any(node.returns):
            yield node.returns


def _outside_of_overloads(tree: ast.AST) -> Iterator[ast.AST]:
    children = list(ast.iter_child_nodes(tree))
    functions = [node for node in children if isinstance(node, ast.FunctionDef)]
    overloaded = {
        node.name for node in functions if any(ast.unparse(mark) == "overload" for mark in node.decorator_list)
    }
    for node in children:
        if isinstance(node, ast.FunctionDef) and node.name in overloaded:
            continue
        yield node
        yield from _outside_of_overloads(node)


def _arguments(module: Module) -> Iterator[ast.arg]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.arg))


def _declared_any(module: Module) -> Iterator[tuple[str, str]]:
    """Yield the names that are declared as ``Any``, each with the class or function of the module that it is in."""
    for outer in module.tree.body:
        owner = getattr(outer, "name", "")
        for node in ast.walk(outer):
            if isinstance(node, ast.arg) and _is_any(node.annotation):
                yield owner, node.arg
            elif isinstance(node, ast.AnnAssign) and _is_any(node.annotation):
                target = node.target
                yield owner, getattr(target, "attr", None) or getattr(target, "id", "")


def _is_any(annotation: ast.expr | None) -> bool:
    return isinstance(annotation, ast.Name) and annotation.id == "Any"
