"""What authors of dialects see of the suite: false claims, what they do not claim, what they have forgotten."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from azoth.dialects import mysql, postgresql, sqlite
from azoth.exc import ArgumentError
from azoth.testing.suite import Requirements

PLUGIN = 'pytest_plugins = ["azoth.testing.suite.plugin"]\n'
SUITE = "from azoth.testing.suite import *\n"
CLAIMS = """
import pytest
from azoth.testing.suite import *

class Claims(Requirements):
    @property
    def {claim}(self):
        return True

@pytest.fixture(scope="module")
def azoth_requirements(azoth_engine):
    return Claims(azoth_engine.dialect)
"""


def run(folder: Path, *arguments: str, conftest: str = PLUGIN, test: str = SUITE) -> str:
    """Run pytest in a folder of an author, and give what it prints."""
    (folder / "conftest.py").write_text(conftest)
    (folder / "test_mine.py").write_text(test)
    source = Path(__file__).parents[4] / "src"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(source)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    ).stdout.replace("\n", " ")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"--azoth-url=sqlite:///{tmp_path / 'mine.db'}"


def test_it_runs_and_lists_what_is_not_claimed(tmp_path: Path, url: str) -> None:
    output = run(tmp_path, url, "-k", "sequence or test_limit_and_offset")
    assert "NOT CLAIMED, SO NOT TESTED" in output
    assert "sqlite+pysqlite: sequences: There are sequences. (2 tests)" in output
    assert "1 passed, 2 skipped" in output


@pytest.mark.parametrize(
    "claim, tests",
    [
        ("sequences", "sequence"),
        ("foreign_keys", "foreign"),
        ("time_zones", "zones and come_back"),
        ("killed_connections", "ping_notices"),
        ("row_locks", "locked_row_is_refused"),
    ],
)
def test_a_false_claim_fails(tmp_path: Path, url: str, claim: str, tests: str) -> None:
    output = run(tmp_path, url, "-k", tests, test=CLAIMS.format(claim=claim))
    assert " failed" in output
    assert "no tests ran" not in output


def test_what_was_forgotten_is_told(tmp_path: Path, url: str) -> None:
    few = ("-k", "test_limit_and_offset")
    output = run(tmp_path, *few)
    assert "pass --azoth-url, or define a fixture azoth_url" in output
    output = run(tmp_path, *few, conftest="")
    assert 'azoth.testing.suite needs pytest_plugins = ["azoth.testing.suite.plugin"]' in output
    connection = sqlite3.connect(tmp_path / "mine.db")
    connection.execute("CREATE TABLE precious (x)")
    connection.close()
    output = run(tmp_path, url, *few)
    assert "runs on an empty database only; this one has the table 'precious'" in output


def test_without_pytest_the_error_says_what_to_install() -> None:
    program = "import sys; sys.modules['pytest'] = None; import azoth.testing, azoth.testing.suite"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "ImportError: azoth.testing.suite needs pytest, which azoth itself does not: pip install" in done.stderr


class Claims(Requirements):
    sequences = property(lambda self: True)


def test_claims_are_those_of_the_dialect() -> None:
    mine, theirs = Requirements(postgresql.dialect()), Requirements(sqlite.dialect())
    assert (mine.sequences, theirs.sequences) == (True, False)
    assert (mine.names_in_bytes, theirs.names_in_bytes) == (True, False)
    assert Requirements(mysql.dialect()).insert_returning is False
    assert Claims.meaning("sequences") == Requirements.meaning("sequences")
    assert all(Requirements.meaning(name).endswith(".") for name in Requirements.names())
    assert mine.has("insert_returning")
    with pytest.raises(ArgumentError, match="no requirement 'sequence'"):
        mine.has("sequence")
