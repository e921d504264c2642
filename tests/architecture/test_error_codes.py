"""Each error has a code of its own, and docs/errors.md explains each code."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from docs.error_catalog import catalog
from tests.architecture.source import ROOT, Module, modules

CODE = re.compile(r"AZ-[A-Z]+[0-9]+")
WELL_FORMED = re.compile(r"AZ-[CDEPMLSFTX][0-9]{2,3}")
HEADING = re.compile(r"^### (?P<code>AZ-[A-Z]+[0-9]+)\b", re.MULTILINE)


def test_codes_are_an_area_and_a_number() -> None:
    malformed = {code: where for code, where in _used().items() if not WELL_FORMED.fullmatch(code)}
    assert malformed == {}


def test_every_code_is_explained() -> None:
    unexplained = {code: where for code, where in _used().items() if code not in _explained()}
    assert unexplained == {}


def test_every_explained_code_is_used() -> None:
    assert sorted(set(_explained()) - set(_used())) == []


def test_no_code_is_explained_twice() -> None:
    assert [code for code, count in _explained().items() if count > 1] == []


def test_no_code_means_two_things() -> None:
    """Modules of one package may raise the same error; what two packages raise are two errors."""
    shared = [
        f"{code} in {', '.join(sorted(where))}"
        for code, where in sorted(_used().items())
        if len({_package(name) for name in where}) > 1
    ]
    assert shared == [], "\n".join(shared)


def test_the_page_of_errors_says_what_the_source_says() -> None:
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert page == catalog(), "run: python docs/error_catalog.py"


def _package(module: str) -> str:
    return ".".join(module.split(".")[:3])


def _used() -> dict[str, set[str]]:
    used: dict[str, set[str]] = {}
    for module in modules():
        for code in _codes_in(module):
            used.setdefault(code, set()).add(module.name)
    return used


def _codes_in(module: Module) -> Iterator[str]:
    docstrings = {id(node) for node in _docstrings(module.tree)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield from CODE.findall(node.value)


def _docstrings(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _explained() -> Counter[str]:
    return Counter(HEADING.findall((ROOT / "docs" / "errors.md").read_text(encoding="utf-8")))
