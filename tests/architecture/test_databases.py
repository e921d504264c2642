"""Behaviour tests run on any database: only those that are about SQLite say so, and open it by themselves."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import ROOT

FLOW = ROOT / "tests" / "flow"
MARK = "sqlite_only"

OPENS_SQLITE = re.compile(r"""sqlite3\.connect\b|create_engine\(\s*[rf]{0,2}["']sqlite\b|["']sqlite(\+\w+)?://""")
"""How a test gets a SQLite database of its own, in code or in the text of a program that it runs."""


def test_behaviour_tests_get_their_databases_from_the_fixture() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted(FLOW.rglob("*.py"))
        for line in opening_sqlite(path.read_text(encoding="utf-8"))
    ]
    assert found == [], "\n".join(found)


def test_what_is_about_sqlite_only_says_why() -> None:
    reasons = [
        mark.args[0]
        for path in sorted(FLOW.rglob("*.py"))
        for mark in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(mark, ast.Call) and _is_mark(mark)
    ]
    assert len(reasons) > 5
    assert all(isinstance(reason, ast.Constant) and len(str(reason.value)) > 10 for reason in reasons)


def test_a_file_that_opens_sqlite_is_found() -> None:
    """The rule sees plain calls, f-strings and texts of programs, and lets marked tests and whole marked files be."""
    texts = {
        'def test(): create_engine("sqlite://")': 1,
        "def test(path): azoth.create_engine(f'sqlite:///{path}')": 1,
        "import sqlite3\ndef test(): sqlite3.connect('x')": 1,
        'PROGRAM = """\nengine = create_engine("sqlite://")\n"""': 1,
        '@pytest.mark.sqlite_only("a reason")\ndef test(): create_engine("sqlite://")': 0,
        'pytestmark = pytest.mark.sqlite_only("a reason")\ndef test(): create_engine("sqlite://")': 0,
        "def test(database): database.make_engine()": 0,
    }
    for text, count in texts.items():
        assert len(opening_sqlite(text)) == count, text


def opening_sqlite(text: str) -> list[int]:
    """List the lines at which statements begin that open SQLite, and are not marked."""
    lines = text.splitlines()
    return [
        node.lineno
        for node in _unmarked(ast.parse(text))
        if OPENS_SQLITE.search("\n".join(lines[node.lineno - 1 : node.end_lineno]))
    ]


def _unmarked(tree: ast.Module) -> Iterator[ast.stmt]:
    """Give the statements of a file that are not about SQLite only."""
    if any(_is_mark(node.value) for node in tree.body if isinstance(node, ast.Assign)):
        return
    for node in tree.body:
        decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
        if not any(_is_mark(decorator) for decorator in decorators):
            yield node


def _is_mark(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == MARK
