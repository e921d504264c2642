"""Type checkers know the attributes of mapped classes, and what functions that map them take and give."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
PROGRAMS = sorted((ROOT / "tests" / "typing").glob("*.py"))
PROGRAM = ROOT / "tests" / "typing" / "mapped_classes.py"


def check(cache: Path, *programs: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(cache), *map(str, programs)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_programs_with_mapped_classes_pass_mypy_in_strict_mode(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    result = check(tmp_path / "cache", *PROGRAMS)
    assert result.returncode == 0, result.stdout

    wrong = tmp_path / "wrong.py"
    mistakes = "\n\nshould_be_text: str = User(name='x').id\nfrom azoth.orm import Sesion\n"
    wrong.write_text(PROGRAM.read_text() + mistakes)
    result = check(tmp_path / "cache", wrong)
    assert result.returncode == 1
    assert "Incompatible types in assignment" in result.stdout
    assert 'Module "azoth.orm" has no attribute "Sesion"' in result.stdout
