"""Programs that run on azoth under the other name, each in a process of its own: the alias is for a whole process."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import azoth

SOURCE = str(Path(azoth.__file__).parents[1])


def run(*arguments: str, status: int = 0, folder: Path | None = None) -> str:
    """Run Python with arguments; give what was printed, errors behind."""
    environment = {**os.environ, "PYTHONPATH": SOURCE, "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=environment, cwd=folder, check=False
    )
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def run_aliased(program: str) -> list[str]:
    """Run the text of a program with the alias; give the lines that it printed."""
    return run("-c", "import azoth.as_sqlalchemy\n" + textwrap.dedent(program)).splitlines()
