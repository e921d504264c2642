"""The page for those who move over says what is there, and what is not."""

from __future__ import annotations

import importlib
import importlib.util
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "moving.md"
CODE = re.compile(r"`([^`]+)`")


def rows(section: str) -> list[list[str]]:
    """Read the table of a section, without its head."""
    text = PAGE.read_text(encoding="utf-8").partition(f"## {section}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


PRESENT = rows("What is there")
ABSENT = [module for row in rows("What is absent today") for module in CODE.findall(row[0])]


def in_azoth(module: str) -> str:
    return re.sub(r"^sqlalchemy\b", "azoth", module)


@pytest.mark.parametrize("row", PRESENT, ids=lambda row: row[0])
def test_what_is_there_is_imported(row: list[str]) -> None:
    (theirs,), (ours,), names = (CODE.findall(cell) for cell in row)
    assert ours == in_azoth(theirs)
    module = importlib.import_module(ours)
    assert names
    assert [name for name in names if not hasattr(module, name)] == []


@pytest.mark.parametrize("row", PRESENT, ids=lambda row: row[0])
def test_the_names_are_those_of_sqlalchemy(row: list[str]) -> None:
    (theirs,), _, names = (CODE.findall(cell) for cell in row)
    module = importlib.import_module(theirs)
    assert [name for name in names if not hasattr(module, name)] == []


@pytest.mark.parametrize("module", ABSENT)
def test_what_is_absent_is_absent(module: str) -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(in_azoth(module))


def test_each_extension_and_dialect_is_named() -> None:
    found = importlib.util.find_spec("sqlalchemy")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    known = {*ABSENT, *(CODE.findall(row[0])[0] for row in PRESENT)}
    for folder in ("ext", "dialects"):
        names = {path.stem for path in (package / folder).iterdir() if not path.name.startswith(("_", "type_"))}
        assert {f"sqlalchemy.{folder}.{name}" for name in names} - known == set(), "say whether it is there"


def test_the_page_is_found_from_the_readme() -> None:
    assert "(docs/moving.md)" in (PAGE.parents[1] / "README.md").read_text(encoding="utf-8")
