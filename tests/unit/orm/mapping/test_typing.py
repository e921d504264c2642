"""Type checkers know the attributes of mapped classes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
PROGRAM = ROOT / "tests" / "typing" / "mapped_classes.py"


def check(program: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(cache), str(program)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_program_with_mapped_classes_passes_mypy_in_strict_mode(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    result = check(PROGRAM, tmp_path / "cache")
    assert result.returncode == 0, result.stdout

    wrong = tmp_path / "wrong.py"
    mistakes = "\n\nshould_be_text: str = User(name='x').id\nfrom azoth.orm import Sesion\n"
    wrong.write_text(PROGRAM.read_text() + mistakes)
    result = check(wrong, tmp_path / "cache")
    assert result.returncode == 1
    assert "Incompatible types in assignment" in result.stdout
    assert 'Module "azoth.orm" has no attribute "Sesion"' in result.stdout
