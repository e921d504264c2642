"""The code of a guide is a program that prints what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"


GUIDES = [
    "association-proxy.md",
    "contextual-sessions.md",
    "dialects.md",
    "failures.md",
    "fault-testing.md",
    "hierarchies.md",
    "hybrids.md",
    "mutable.md",
    "own-sql.md",
    "sharding.md",
]


@pytest.mark.parametrize("name", GUIDES)
def test_every_block_of_a_guide_runs_and_prints_what_it_says(tmp_path: Path, name: str) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / name).read_text(encoding="utf-8"), re.DOTALL)
    program = "\n\n".join(blocks)
    announced = re.findall(r"^ *print\(.*\)  # (.*)$", program, re.MULTILINE)
    assert len(announced) == program.count("print(")

    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines() == announced
    assert run.stderr == ""
