"""``python -m azoth move``: the diff first, then the files, and back again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("libcst")

from tests.flow.alias.aliased import run

pytestmark = pytest.mark.sqlite_only("files are looked at, and the smallest database will do")

MODELS = """\
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Word(Base):
    __tablename__ = "word"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.String(20))
"""
MAIN = """\
import sqlalchemy
import sqlalchemy.orm
from own.models import Base, Word

engine = sqlalchemy.create_engine("sqlite://")
Base.metadata.create_all(engine)
with sqlalchemy.orm.Session(engine) as session:
    session.add(Word(text="a"))
    session.commit()
    print(session.scalars(sqlalchemy.select(Word.text)).all(), type(engine).__module__.partition(".")[0])
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of which everything moves."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "__init__.py").touch()
    (tmp_path / "own" / "models.py").write_text(MODELS)
    (tmp_path / "main.py").write_bytes(MAIN.replace("\n", "\r\n").encode())
    return tmp_path


def move(*arguments: str | Path, status: int = 0) -> str:
    return run("-m", "azoth", "move", *map(str, arguments), status=status)


def texts(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.py")}


def test_the_diff_is_shown_and_nothing_changes(project: Path) -> None:
    before = texts(project)
    said = move(project)
    assert "--- a/own/models.py\n+++ b/own/models.py\n" in said
    assert "\n-import sqlalchemy as sa\n" in said
    assert "\n+import azoth as sa\n" in said
    assert said.endswith("\n2 files would change. Nothing is written yet; --write does.\n")
    assert texts(project) == before


def test_a_moved_program_runs_on_azoth_and_back_on_sqlalchemy(project: Path) -> None:
    before = texts(project)
    assert move(project, "--write").endswith("\n2 files changed.\n")
    assert run(str(project / "main.py")) == "['a'] azoth\n"
    assert b"sqlalchemy" not in b"".join(texts(project).values())
    assert move(project, "--back").endswith("\n2 files would change. Nothing is written yet; --write does.\n")
    assert move(project, "--back", "--write").endswith("\n2 files changed.\n")
    assert texts(project) == before
    assert run(str(project / "main.py")) == "['a'] sqlalchemy\n"


def test_the_diff_is_one_that_patch_takes(project: Path) -> None:
    (project / "end.py").write_text("import sqlalchemy")
    patch = shutil.which("patch")
    if patch is None:
        pytest.skip("there is no program `patch`")
    said = subprocess.run(
        [sys.executable, "-m", "azoth", "move", project], capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")},
    ).stdout  # fmt: skip
    expected = move(project, "--write")
    moved = texts(project)
    move(project, "--back", "--write")
    subprocess.run([patch, "-p1", "--binary"], cwd=project, input=said, check=True, capture_output=True)
    assert texts(project) == moved
    assert "3 files changed" in expected


def test_what_stays_is_listed_with_its_place_and_reason(project: Path) -> None:
    (project / "more.py").write_text("import os\nfrom sqlalchemy.orm import Session, no_such\n")
    (project / "old.py").write_text("import sqlalchemy\nprint 1\n")
    said = move(project, "--write", status=1)
    assert f"\nNot moved (1):\n  {project}/more.py:2: sqlalchemy.orm.no_such: not there\n" in said
    assert f"\nCould not be read, and is left alone (1):\n  {project}/old.py: line 2: " in said
    assert "What is not moved goes on to say sqlalchemy." in said
    assert (project / "more.py").read_text() == (
        "import os\nfrom azoth.orm import Session\nfrom sqlalchemy.orm import no_such\n"
    )
    assert (project / "old.py").read_text() == "import sqlalchemy\nprint 1\n"


def test_differences_are_quoted_about_what_stays(project: Path) -> None:
    (project / "more.py").write_text("from sqlalchemy.orm import select_entity_from\n")
    assert "`Query.select_entity_from()` does not exist" in move(project, status=1)


def test_other_files_are_listed(project: Path) -> None:
    (project / "alembic.ini").write_text("[x]\nsqlalchemy.url = sqlite://\nqualname = sqlalchemy.engine\n")
    (project / "requirements.txt").write_text("SQLAlchemy>=2\n")
    said = move(project)
    assert (
        "\nLook at these, which are not moved by themselves (2):\n"
        f"  {project}/alembic.ini:3: qualname = sqlalchemy.engine\n"
        f"  {project}/requirements.txt:1: SQLAlchemy>=2\n"
    ) in said


def test_scripts_and_stubs_are_programs(tmp_path: Path) -> None:
    for name in ("stub.pyi", "window.pyw"):
        (tmp_path / name).write_text("import sqlalchemy\n")
    (tmp_path / "script").write_text("#!/usr/bin/env python3\nimport sqlalchemy\n")
    (tmp_path / "other").write_text("#!/bin/sh\n: import sqlalchemy\n")
    (tmp_path / "data").write_bytes(b"\x00\xff")
    move(tmp_path, "--write")
    assert (tmp_path / "script").read_text() == "#!/usr/bin/env python3\nimport azoth\n"
    assert (tmp_path / "stub.pyi").read_text() == (tmp_path / "window.pyw").read_text() == "import azoth\n"
    assert "sqlalchemy" in (tmp_path / "other").read_text()


def test_what_is_not_the_projects_own_is_passed_over(tmp_path: Path) -> None:
    for folder in (".hidden", "build", "venv", "env", "node_modules", "x.egg-info", "__pycache__"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.py").write_text("import sqlalchemy\n")
    (tmp_path / "env" / "pyvenv.cfg").touch()
    assert "No files would change." in move(tmp_path)


def test_a_project_within_such_a_folder_moves(tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "a.py").write_text("import sqlalchemy\n")
    assert "1 file changed." in move(tmp_path / "build", "--write")


def test_links_are_not_followed_unless_they_are_named(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "linked.py").write_text("import sqlalchemy\n")
    (project / "link.py").symlink_to(other / "linked.py")
    (project / "folder").symlink_to(other)
    assert "2 files changed." in move(project, "--write")
    assert (other / "linked.py").read_text() == "import sqlalchemy\n"
    assert "1 file changed." in move(project / "link.py", "--write")
    assert (other / "linked.py").read_text() == "import azoth\n"
    assert (project / "link.py").is_symlink()


def test_files_keep_their_modes(project: Path) -> None:
    (project / "main.py").chmod(0o750)
    move(project, "--write")
    assert (project / "main.py").stat().st_mode & 0o777 == 0o750
    assert sorted(file.name for file in project.iterdir()) == ["main.py", "own"]


def test_one_file_moves_alone(project: Path) -> None:
    assert "--- a/main.py\n" in move(project / "main.py", "--write")
    assert b"sqlalchemy" in (project / "own" / "models.py").read_bytes()


def test_a_name_that_another_file_of_the_project_imports_is_kept(project: Path) -> None:
    (project / "compat.py").write_text("import sqlalchemy\n")
    (project / "own" / "user.py").write_text("from compat import sqlalchemy\nsqlalchemy.select\n")
    move(project, "--write")
    assert (project / "compat.py").read_text() == "import azoth as sqlalchemy\n"


def test_libraries_that_need_sqlalchemy_are_named(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for name, requires in {
        "needing": "SQLAlchemy>=2",
        "behind_it": "needing",
        "using": 'SQLAlchemy; extra == "sql"',
        "alone": "requests",
    }.items():
        (site / name).mkdir(parents=True)
        (site / f"{name}-1.0.dist-info").mkdir()
        (site / f"{name}-1.0.dist-info" / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nRequires-Dist: {requires}\n"
        )
        (site / f"{name}-1.0.dist-info" / "top_level.txt").write_text(f"{name}\n")
    project = tmp_path / "project"
    project.mkdir()
    (project / "a.py").write_text("import behind_it, alone as a\nfrom needing.x import y\nimport using\nimport own\n")
    (project / "own.py").touch()
    code = (
        f"import sys; sys.path.append({str(site)!r})\n"
        f"from azoth.cli.command_line import main; main(['move', {str(project)!r}])"
    )
    said = run("-c", code)
    assert "These libraries import sqlalchemy themselves: behind_it, needing." in said
    assert "These do so where they are asked to: using." in said


def test_a_path_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "no such file or folder" in move(tmp_path / "nothing", status=2)


def test_without_libcst_the_extra_is_named(project: Path) -> None:
    code = (
        "import sys, importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'libcst' else find(name, *rest)\n"
        f"from azoth.cli.command_line import main; sys.exit(main(['move', {str(project)!r}]))"
    )
    said = run("-c", code, status=2)
    assert said.startswith("moving imports needs libcst, which is not installed [AZ-X94]\n")
    assert "pip install azoth-orm[move]" in said
