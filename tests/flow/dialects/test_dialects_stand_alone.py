"""A dialect is imported by whoever asks for it, and by nobody else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import azoth

PROGRAM = """
import sys
sys.path.insert(0, {source!r})
import {module}
print(*sorted(name for name in sys.modules if name.startswith("azoth.")))
"""


def imported_with(module: str) -> set[str]:
    source = str(Path(azoth.__file__).parents[1])
    command = [sys.executable, "-S", "-E", "-c", PROGRAM.format(source=source, module=module)]
    return set(subprocess.run(command, capture_output=True, check=True, text=True).stdout.split())


NAMES = ("sqlite", "postgresql", "mysql", "mssql", "oracle")


@pytest.mark.parametrize("name", NAMES)
def test_a_dialect_brings_neither_the_orm_nor_other_dialects(name: str) -> None:
    modules = imported_with(f"azoth.dialects.{name}; azoth.dialects.{name}.dialect")
    assert f"azoth.dialects.{name}.base" in modules
    assert not any(module.startswith(("azoth.orm", "azoth.ext")) for module in modules)
    assert not {f"azoth.dialects.{other}" for other in NAMES if other != name} & modules


def test_nothing_brings_a_dialect_that_is_not_asked_for() -> None:
    modules = imported_with("azoth.orm, azoth.schema, azoth.types, azoth.dialects")
    unasked = tuple([f"azoth.dialects.{name}" for name in NAMES if name != "sqlite"])
    assert not {module for module in modules if module.startswith(unasked)}
