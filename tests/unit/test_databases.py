"""Which databases a test run is for, and what tests get of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from tests.database import KINDS, SQLite, SQLiteFile, wanted

ROOT = Path(__file__).parents[2]


class Unreachable(SQLite):
    name = "far away"

    @classmethod
    def obstacle(cls) -> str | None:
        return "nobody listens on port 1"


def test_sqlite_is_the_default() -> None:
    assert wanted({}) == (SQLite,)


def test_several_are_named_with_commas_and_each_counts_once() -> None:
    assert wanted({"AZOTH_TEST_DATABASES": "sqlite_file, sqlite,sqlite_file"}) == (SQLiteFile, SQLite)


@pytest.mark.parametrize("text", ["nosuch", "sqlite,nosuch", ""])
def test_an_unknown_name_is_an_error(text: str) -> None:
    with pytest.raises(pytest.UsageError, match=r"none of: .*sqlite, sqlite_file"):
        wanted({"AZOTH_TEST_DATABASES": text})


def test_a_database_that_cannot_be_reached_is_an_error() -> None:
    known = {**KINDS, "far away": Unreachable}
    with pytest.raises(pytest.UsageError, match="'far away', which cannot be reached: nobody listens on port 1"):
        wanted({"AZOTH_TEST_DATABASES": "sqlite,far away"}, known)


def run(databases: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = {**os.environ, "AZOTH_TEST_DATABASES": databases}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_run_for_a_database_that_is_unknown_does_not_begin() -> None:
    ran = run("postgres", "tests/flow/engine/test_savepoints.py")
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert "AZOTH_TEST_DATABASES names 'postgres'" in ran.stderr


def test_behaviour_tests_run_on_each_database_and_those_about_sqlite_on_it_alone() -> None:
    files = ["tests/flow/engine/test_savepoints.py", "tests/flow/core/test_what_sqlite_lacks.py"]
    shown = run("sqlite,sqlite_file", "--collect-only", *files).stdout.splitlines()
    names = [line.rpartition("::")[2] for line in shown if "::" in line]
    general = [name for name in names if "sqlite_file" in name]
    assert general
    assert len(names) > 2 * len(general)
    for name in general:
        assert name.replace("sqlite_file", "sqlite") in names
    ran = run("sqlite_file", files[1]).stdout
    assert "about SQLite only: " in ran
    assert " passed" not in ran


class Able(SQLite):
    capabilities = frozenset({"two phases"})


def test_what_a_test_needs_and_what_it_is_not_about() -> None:
    assert Able.unsuited(["two phases"], ["transactional DDL"]) is None
    assert Able.unsuited(["two phases", "transactional DDL"], []) == "sqlite does not have transactional DDL"
    assert Able.unsuited([], ["two phases"]) == "sqlite has two phases"


def test_a_test_that_needs_more_than_the_database_has_is_left_out_with_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "test_needs.py"
    file.write_text(
        "import pytest\nfrom tests.conftest import database, database_kind\n"
        '@pytest.mark.needs("two phases")\ndef test_it(database):\n    raise AssertionError\n'
    )
    ran = run("sqlite", "-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}", str(file))
    assert "sqlite does not have two phases" in ran.stdout
    assert "1 skipped" in ran.stdout


@pytest.mark.parametrize("kind", [SQLite, SQLiteFile])
@pytest.mark.parametrize("library", [None, sqlalchemy])
def test_engines_without_a_name_have_databases_of_their_own(kind: Any, library: Any, tmp_path: Path) -> None:
    database = kind(tmp_path)
    options = {} if library is None else {"library": library}
    with database.make_engine(**options).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER)")
    with database.make_engine(**options).connect() as connection:
        assert not sqlalchemy.inspect(connection).has_table("t") if library else not connection.has_table("t")
    database.close()


def test_engines_and_direct_connections_see_the_same_rows_by_name(tmp_path: Path) -> None:
    database = SQLite(tmp_path)
    with database.make_engine("one").begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
    outside = database.connect_directly("one")
    assert outside.execute("SELECT id FROM t").fetchall() == [(1,)]
    with database.make_engine("one", library=sqlalchemy).connect() as connection:
        assert connection.exec_driver_sql("SELECT id FROM t").scalar() == 1
    database.close()
    with pytest.raises(SQLite.driver.ProgrammingError):
        outside.execute("SELECT 1")


def test_engines_are_disposed_of_at_the_end(tmp_path: Path) -> None:
    database = SQLite(tmp_path)
    engine = database.make_engine("one")
    engine.connect().close()
    before = engine.pool
    database.close()
    assert engine.pool is not before or engine.pool.checkedin() == 0


@pytest.mark.parametrize("library", ["azoth", "sqlalchemy"])
def test_foreign_keys_are_enforced_where_they_matter(library: str, tmp_path: Path) -> None:
    database = SQLite(tmp_path)
    arguments = {"library": sqlalchemy} if library == "sqlalchemy" else {}
    with database.make_engine(foreign_keys=True, **arguments).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()
