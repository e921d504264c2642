"""The name under which azoth is installed: one place says it, and nothing says the name of another project."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from azoth.util.distribution import DISTRIBUTION, install_command

ROOT = Path(__file__).parents[3]
PLACES = ("src", "docs", "examples", "bench", "scripts", "tests", "README.md", "ARCHITECTURE.md", "pyproject.toml")
INSTALLS = re.compile(r"(?:pip|pipx|uv|poetry|pdm)\s+(?:pip\s+)?(?:install|add)\b[^\n]*?\bazoth(?![\w-])")
ASKS = re.compile(r"\b(?:version|distribution|metadata|requires|files)\(\s*['\"]azoth['\"]")


def texts() -> Iterator[tuple[Path, str]]:
    """Yield the texts of the project."""
    for place in PLACES:
        path = ROOT / place
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        for file in files:
            if file.is_file() and file.suffix != ".pyc" and file != Path(__file__):
                yield file, file.read_text(encoding="utf-8")


def test_the_patterns_know_the_wrong_name_from_the_right_one() -> None:
    assert INSTALLS.search("write `pip install azoth[postgresql]`")
    assert INSTALLS.search("pip install --upgrade 'azoth'")
    assert INSTALLS.search("uv add azoth")
    assert not INSTALLS.search(install_command("postgresql"))
    assert ASKS.search('metadata.version("azoth")')


def test_nothing_tells_users_to_install_another_project() -> None:
    assert [str(path) for path, text in texts() if INSTALLS.search(text)] == []


def test_nothing_asks_for_the_metadata_of_another_project() -> None:
    assert [str(path) for path, text in texts() if ASKS.search(text)] == []


def test_hints_come_from_one_place() -> None:
    hinting = [path for path, text in texts() if path.is_relative_to(ROOT / "src") and "pip install" in text]
    assert [path.name for path in hinting] == ["distribution.py"]
    assert install_command("web") == "pip install azoth-orm[web]"


def test_the_project_is_built_under_that_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == DISTRIBUTION == "azoth-orm"
    own = [one for part in project["optional-dependencies"].values() for one in part if re.match(r"azoth\b", one)]
    assert [one.partition("[")[0] for one in own] == [DISTRIBUTION] * len(own)
