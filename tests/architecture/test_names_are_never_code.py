"""I7: who may make code at run time, and that hostile names are fed to all who do."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.source import modules
from tests.flow.names.test_names_are_never_code import COVERED

MAKING_CODE = frozenset({"exec", "eval", "compile", "__import__", "namedtuple", "make_dataclass"})
"""Functions of Python that compile text, or write text with names in it and compile that."""

MAY_MAKE_CODE = {
    "azoth.util.generated_code": {"exec", "compile"},
    # The text of annotations, which is the program's own.
    "azoth.orm.mapping.declarative.annotations.annotation_names": {"compile", "eval"},
    "azoth.orm.mapping.declarative.annotations.undefined_paths": {"compile"},
}


def _calls() -> Iterator[tuple[str, str]]:
    for module in modules():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call):
                continue
            function = node.func
            if isinstance(function, ast.Name):
                yield module.name, function.id
            elif isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
                # Methods of other objects, such as re.compile() and statement.compile(), make no code of Python.
                if function.value.id in ("builtins", "collections", "dataclasses", "types"):
                    yield module.name, function.attr


def test_code_is_made_in_known_places_only() -> None:
    found: dict[str, set[str]] = {}
    for module, function in _calls():
        if function in MAKING_CODE:
            found.setdefault(module, set()).add(function)
    assert found == MAY_MAKE_CODE


def test_hostile_names_are_fed_to_every_generator() -> None:
    generators = {module for module, function in _calls() if function in ("define", "Template")}
    assert generators == set(COVERED)


def test_generators_write_names_as_literals() -> None:
    """What ``repr()`` gives for a subclass of str is up to that class."""
    wrong = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        if module.name in COVERED
        for node in _outside_of_messages(module.tree)
        if isinstance(node, ast.FormattedValue) and node.conversion == ord("r")
    ]
    assert wrong == []


def _outside_of_messages(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a tree but those of texts for people: of errors, and of what ``repr()`` gives."""
    for node in ast.iter_child_nodes(tree):
        is_error = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Error")
        if is_error or (isinstance(node, ast.FunctionDef) and node.name == "__repr__"):
            continue
        yield node
        yield from _outside_of_messages(node)
