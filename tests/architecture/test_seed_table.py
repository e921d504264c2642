"""docs/seeds.md names modules and tests that exist, and leaves no cell empty."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?!Statement \||---)(.+) \|$", re.MULTILINE)


def rows() -> list[list[str]]:
    """List the rows of all tables, cell by cell."""
    text = (ROOT / "docs" / "seeds.md").read_text(encoding="utf-8")
    return [[cell.strip() for cell in row.split(" | ")] for row in ROW.findall(text)]


@cache
def names_in(path: Path) -> frozenset[str]:
    """Give the names of the tests in a file."""
    return frozenset(re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_table_is_there() -> None:
    assert len(rows()) > 100


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0][:60])
def test_each_statement_names_modules_and_tests_that_exist(row: list[str]) -> None:
    assert len(row) == 3
    statement, modules, tests = row
    assert statement
    named = re.findall(r"`([^`]+)`", modules)
    assert named
    for module in named:
        assert (ROOT / "src" / "azoth" / module).is_file(), module
    shown = re.findall(r"`([^`]+)`", tests)
    assert shown
    for test in shown:
        path, name = test.split("::")
        assert name in names_in(ROOT / "tests" / path), test
