"""The page about migrations, followed file by file and command by command."""

import os
import re
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "migrations.md"
BLOCK = re.compile(r"^```(python)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(line, folder):
    program, *arguments = shlex.split(line)
    assert program == "python"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{line}\n{done.stderr}"
    return done.stdout + done.stderr


def test_the_page_works_as_it_is_written(tmp_path):
    said = {}
    for language, text in BLOCK.findall(PAGE.read_text()):
        if language:
            name = text.splitlines()[0].removeprefix("# ")
            (tmp_path / name).write_text(text)
            continue
        for line in text.splitlines():
            if not line.startswith("pip "):
                said[line] = run(line, tmp_path)
    alembic = "python -m azoth run -m alembic "
    (revision,) = (tmp_path / "migrations" / "versions").glob("*.py")
    assert "op.f('fk_letter_person_id_person')" in revision.read_text()
    assert "No new upgrade operations detected" in said[alembic + "check"]
    assert "(head)" in said[alembic + "current"]
    assert "people and letters" in said[alembic + "history --verbose"]
    assert "CREATE TABLE person" in said[alembic + "upgrade head --sql"]
    assert "id SERIAL NOT NULL" in said[alembic + "-x url=postgresql:// upgrade head --sql"]
    with sqlite3.connect(tmp_path / "app.sqlite") as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables == {"alembic_version", "letter", "person"}
