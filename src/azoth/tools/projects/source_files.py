"""The files of a project: its programs, and others beside them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

__all__ = ["is_program", "project_files"]

_PASSED_OVER: Final = frozenset({"__pycache__", "build", "dist", "node_modules", "site-packages", "venv"})
"""Folders in which there is nothing of the project's own; so are hidden ones, and virtual environments."""

_PROGRAMS: Final = frozenset({".py", ".pyi", ".pyw"})
_FIRST_LINE: Final = re.compile(rb"#!.*\bpython[\d.]*w?\b")


def project_files(path: Path) -> Iterator[Path]:
    """Find the files of a project, sorted; links are not followed.

    Args:
        path: a file, or a folder with sources.
    """
    if path.is_file():
        yield path
        return
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not _is_passed_over(Path(folder, name)))
        for name in sorted(files):
            file = Path(folder, name)
            if not name.startswith(".") and file.is_file() and not file.is_symlink():
                yield file


def is_program(file: Path) -> bool:
    """Tell whether a file is a program in Python: by its name, or by its first line.

    Args:
        file: the file.
    """
    if file.suffix in _PROGRAMS:
        return True
    if file.suffix:
        return False
    with file.open("rb") as stream:
        return _FIRST_LINE.match(stream.readline(200)) is not None


def _is_passed_over(folder: Path) -> bool:
    name = folder.name
    return (
        name.startswith(".")
        or name in _PASSED_OVER
        or name.endswith(".egg-info")
        or folder.is_symlink()
        or (folder / "pyvenv.cfg").exists()
    )
