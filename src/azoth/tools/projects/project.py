"""What moving does to the files of a project, and doing it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from azoth.tools.homes.direction import Direction
from azoth.tools.moving.plan import Line, Plan, plan
from azoth.tools.moving.program import UnreadableError
from azoth.tools.projects.libraries import imported_modules, own_modules
from azoth.tools.projects.other_files import is_other_file, lines_to_look_at
from azoth.tools.projects.source_files import is_program, project_files
from azoth.util.named_tuple import NamedTuple

__all__ = ["ProjectPlan", "plan_project", "replace_file"]


class ProjectPlan(NamedTuple):
    """What becomes of a project.

    Attributes:
        programs: by file, what becomes of those that name the old package.
        unreadable: by file, why it cannot be read.
        others: by file that is no program, the lines to look at.
        imported: the first names of what its programs import, without modules of its own.
    """

    programs: dict[Path, Plan]
    unreadable: dict[Path, str]
    others: dict[Path, tuple[Line, ...]]
    imported: frozenset[str]


def plan_project(path: Path, direction: Direction) -> ProjectPlan:
    """Plan the move of a project.

    Args:
        path: its folder, or one file of it.
        direction: where to move.
    """
    files = list(project_files(path))
    programs = {file: file.read_bytes() for file in files if is_program(file)}
    own = own_modules(path, programs)
    plans: dict[Path, Plan] = {}
    unreadable: dict[Path, str] = {}
    asked_for = _is_asked_for(direction.old, programs.values(), own)
    for file, data in programs.items():
        try:
            planned = plan(data, direction, asked_for=asked_for)
        except UnreadableError as error:
            unreadable[file] = str(error)
        else:
            if planned != Plan(data, data):
                plans[file] = planned
    imported = frozenset(name for data in programs.values() for name in imported_modules(data)) - own
    return ProjectPlan(plans, unreadable, dict(_others(files, programs, direction)), imported)


def _others(
    files: Iterable[Path], programs: Mapping[Path, bytes], direction: Direction
) -> Iterator[tuple[Path, tuple[Line, ...]]]:
    for file in files:
        if file not in programs and is_other_file(file):
            lines = tuple(lines_to_look_at(file.read_text(encoding="utf-8", errors="replace"), direction))
            if lines:
                yield file, lines


def _is_asked_for(package: str, programs: Iterable[bytes], own: Iterable[str]) -> bool:
    """Tell whether a program imports the name of a package from another one: ``from .compat import sqlalchemy``."""
    modules = "|".join([r"\.", *(rf"{re.escape(name)}\b" for name in own if name != package)])
    wanted = re.compile(
        rf"^[ \t]*from[ \t]+(?:{modules})[\w. \t]*import\b[^\r\n#;]*\b{package}\b".encode(), re.MULTILINE
    )
    return any(wanted.search(data) is not None for data in programs)


def replace_file(file: Path, before: bytes, after: bytes) -> bool:
    """Replace a file as a whole: whoever reads it finds the old text or the new one.

    Args:
        file: the file, which keeps its mode.
        before: what it is expected to hold.
        after: what it is to hold.

    Returns:
        False where it holds something else by now, which stays.
    """
    if file.read_bytes() != before:
        return False
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(after)
        shutil.copymode(file, new)
        new.replace(file)
    except BaseException:
        new.unlink()
        raise
    return True
