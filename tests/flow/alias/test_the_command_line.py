"""``python -m azoth``: running programs on azoth, and looking at what they import."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from azoth.cli.command_line import main
from tests.flow.alias.aliased import run

pytestmark = pytest.mark.sqlite_only("names and imports are looked at, and the smallest database will do")

PROGRAM = """
import sys
import sqlalchemy
import beside
print(sqlalchemy.create_engine.__module__.partition(".")[0], beside.NAME, sys.argv[1:], __name__)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "beside.py").write_text("NAME = 'beside'\n")
    return tmp_path


def test_a_file_runs_with_its_arguments(project: Path) -> None:
    printed = run("-m", "azoth", "run", str(project / "program.py"), "--flag", "-m", "x")
    assert printed == "azoth beside ['--flag', '-m', 'x'] __main__\n"


def test_a_module_runs_with_its_arguments(project: Path) -> None:
    assert run("-m", "azoth", "run", "-m", "program", "one", folder=project) == "azoth beside ['one'] __main__\n"


def test_a_program_decides_how_it_ends(project: Path) -> None:
    (project / "ends.py").write_text("import sys, sqlalchemy; sys.exit(3)")
    run("-m", "azoth", "run", str(project / "ends.py"), status=3)


PARENT = """
import multiprocessing
import sys
import sqlalchemy

def home(type_):
    return sqlalchemy.__file__.replace(chr(92), "/").split("/")[-2], type(type_) is sqlalchemy.Integer, sys.argv[1:]

if __name__ == "__main__":
    for method in sys.argv[1:]:
        with multiprocessing.get_context(method).Pool(1) as pool:
            print(method, pool.apply(home, (sqlalchemy.Integer(),)))
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
@pytest.mark.parametrize("start", [("parent.py",), ("-m", "parent")])
def test_processes_that_a_program_starts_run_on_azoth_too(project: Path, method: str, start: tuple[str, ...]) -> None:
    (project / "parent.py").write_text(PARENT)
    printed = run("-m", "azoth", "run", *start, method, folder=project)
    assert printed == f"{method} ('azoth', True, ['{method}'])\n"


def test_pytest_takes_it_as_a_plugin(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import sqlalchemy, azoth\ndef test_it():\n    assert sqlalchemy.select is azoth.select\n"
    )
    said = run("-m", "pytest", "-q", "-p", "azoth.as_sqlalchemy", "-p", "no:cacheprovider", str(tmp_path))
    assert "1 passed" in said


def test_imports_of_a_project_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(
        "import sqlalchemy as sa\n"
        "import sqlalchemy.orm\n"
        "from sqlalchemy import orm, select\n"
        "from sqlalchemy.orm import Session, no_such_name\n"
        "from sqlalchemy.no_such_module import thing\n"
        "x = sa.Column\n"
        "y = orm.relationship, sqlalchemy.orm.joinedload, sa.exc.NoSuchError, sa.exc.IntegrityError\n"
    )
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "other.py").write_text("from sqlalchemy import not_looked_at\n")
    (tmp_path / "template.py").write_text("{{ no python }\n")
    said = run("-m", "azoth", "check-imports", str(tmp_path), status=1).splitlines()
    assert said[0] == "11 names of SQLAlchemy are used; azoth has 8 of them."
    assert said[2:6] == [
        "Not there:",
        f"  {tmp_path}/models.py:4: sqlalchemy.orm.no_such_name",
        f"  {tmp_path}/models.py:5: sqlalchemy.no_such_module.thing",
        f"  {tmp_path}/models.py:7: sqlalchemy.exc.NoSuchError",
    ]


def test_a_project_of_which_all_is_there_is_a_success(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text("from sqlalchemy.orm import Session\n")
    said = run("-m", "azoth", "check-imports", str(tmp_path))
    assert said.startswith("1 names of SQLAlchemy are used; azoth has 1 of them.\n\nDifferent on purpose")
    assert "`Session(weak_identity_map=False)`" in said


def test_what_can_only_be_imported_is_not_counted_as_there(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text("from sqlalchemy.ext.asyncio import AsyncSession\n")
    said = run("-m", "azoth", "check-imports", str(tmp_path), status=1).splitlines()
    assert said[0] == "1 names of SQLAlchemy are used; azoth has 0 of them."
    reason = "can be imported, and not used: azoth has no asyncio part yet"
    assert said[3].endswith(f"models.py:1: sqlalchemy.ext.asyncio.AsyncSession ({reason})")


def test_a_path_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "no such file or folder" in run("-m", "azoth", "check-imports", str(tmp_path / "nothing"), status=2)


@pytest.mark.parametrize("program", ["missing.py", "program"])
def test_a_program_that_is_not_there_is_told_without_a_traceback(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.chdir(project)
    assert main(["run", program]) == 2
    assert capsys.readouterr().err == f"{program}: no such file; -m stands before the name of a module\n"
