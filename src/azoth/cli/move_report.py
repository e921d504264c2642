"""Printing what moving a project's imports would change, and changing it where that is asked for."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from azoth.exc import InvalidRequestError
from azoth.tools.differences import differences_about
from azoth.util.distribution import install_command

if TYPE_CHECKING:
    from azoth.tools.moving.plan import Plan
    from azoth.tools.projects.libraries import Libraries
    from azoth.tools.projects.project import ProjectPlan

__all__ = ["move_imports"]


def move_imports(path: Path, *, back: bool, write: bool) -> int:
    """Print what changes in a project, what does not, and what remains to do; write the changes if that is asked for.

    Args:
        path: a file, or a folder with sources, which is there.
        back: whether to move from azoth to SQLAlchemy.
        write: whether to change the files.

    Returns:
        0 where all names are moved, 1 where some are not, or a file cannot be read or written.

    Raises:
        InvalidRequestError: libcst is not installed.
    """
    if find_spec("libcst") is None:
        raise InvalidRequestError(
            "moving imports needs libcst, which is not installed",
            why="it reads programs with all their blanks and comments, so that these stay",
            fix=install_command("move"),
            code="AZ-X94",
        )
    from azoth.tools.homes.direction import BACK, OVER  # noqa: PLC0415  # needs libcst
    from azoth.tools.projects.libraries import libraries_on_sqlalchemy  # noqa: PLC0415
    from azoth.tools.projects.project import plan_project  # noqa: PLC0415

    # A link that is named is followed, so that the file itself is replaced.
    path = path.resolve() if path.is_symlink() else path
    project = plan_project(path, BACK if back else OVER)
    changed = {file: plan for file, plan in project.programs.items() if plan.before != plan.after}
    for file, plan in changed.items():
        _say("".join(_diff(file.relative_to(path) if file != path else Path(file.name), plan)), end="")
    _print_findings(project)
    _print_lines(project)
    if not back:
        _print_remains(project, libraries_on_sqlalchemy(project.imported))
    written = _write(changed) if write else _say_how_to_write(changed)
    stays = any(plan.findings for plan in project.programs.values())
    return 0 if written and not stays and not project.unreadable else 1


def _say(text: str, end: str = "\n") -> None:
    """Print text that may have letters which the terminal does not have."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), end=end)


def _diff(name: Path, plan: Plan) -> Iterator[str]:
    before, after = _lines(plan.before), _lines(plan.after)
    for line in difflib.unified_diff(before, after, f"a/{name.as_posix()}", f"b/{name.as_posix()}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(data: bytes) -> list[str]:
    """Divide a file by its line feeds, and by nothing else that might end a line."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def _print_findings(project: ProjectPlan) -> None:
    findings = [(file, finding) for file, plan in project.programs.items() for finding in plan.findings]
    if findings:
        _say(f"\nNot moved ({len(findings)}):")
    for file, finding in findings:
        _say(f"  {file}:{finding.line}: {finding.name}: {finding.obstacle.value}")
    for difference in differences_about({finding.name.rpartition(".")[2] for _, finding in findings}):
        _say(f"  - {difference}")
    if project.unreadable:
        _say(f"\nCould not be read, and is left alone ({len(project.unreadable)}):")
    for file, reason in project.unreadable.items():
        _say(f"  {file}: {reason}")


def _print_lines(project: ProjectPlan) -> None:
    places = [(file, line) for file, plan in project.programs.items() for line in plan.lines]
    places += [(file, line) for file, lines in project.others.items() for line in lines]
    if places:
        _say(f"\nLook at these, which are not moved by themselves ({len(places)}):")
    for file, line in places:
        _say(f"  {file}:{line.line}: {line.text}")


def _print_remains(project: ProjectPlan, libraries: Libraries) -> None:
    if any(plan.findings for plan in project.programs.values()):
        _say(
            "\nWhat is not moved goes on to say sqlalchemy. That is azoth where the program imports azoth.as_sqlalchemy"
            "\nbefore it, and SQLAlchemy itself, whose objects do not work together with azoth's, otherwise."
        )
    if libraries.needing:
        _say(
            f"\nThese libraries import sqlalchemy themselves: {', '.join(libraries.needing)}."
            "\nImport azoth.as_sqlalchemy before them, and they work on azoth, too."
        )
    if libraries.using:
        _say(f"\nThese do so where they are asked to: {', '.join(libraries.using)}.")


def _say_how_to_write(changed: Mapping[Path, Plan]) -> bool:
    _say(f"\n{_files(len(changed))} would change." + (" Nothing is written yet; --write does." if changed else ""))
    return True


def _write(changed: Mapping[Path, Plan]) -> bool:
    """Put the new texts in their places; tell whether all of them are."""
    from azoth.tools.projects.project import replace_file  # noqa: PLC0415

    failed: dict[Path, str] = {}
    for file, plan in changed.items():
        try:
            if not replace_file(file, plan.before, plan.after):
                failed[file] = "it has been changed meanwhile"
        except OSError as error:
            failed[file] = str(error)
    _say(f"\n{_files(len(changed) - len(failed))} changed.")
    for file, reason in failed.items():
        _say(f"  {file} is not written: {reason}")
    return not failed


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count or 'No'} files"
