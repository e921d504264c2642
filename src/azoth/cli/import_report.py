"""Printing which of SQLAlchemy's names a project uses, and what azoth makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from azoth.tools.differences import differences_about
from azoth.tools.used_names import Use, used_names

__all__ = ["report_imports"]


def report_imports(path: Path) -> int:
    """Print what a project uses: what is not there first, then the differences that its names have.

    Args:
        path: a file, or a folder with sources, which is there.

    Returns:
        0 where all names are there, 1 where some are not, or are there to be imported only.
    """
    uses = used_names(path)
    names = {use.full_name for use in uses}
    absent = [use for use in uses if use.is_refused or not use.is_there]
    missing = {use.full_name for use in absent}
    print(f"{len(names)} names of SQLAlchemy are used; azoth has {len(names) - len(missing)} of them.")
    _print_absent(absent)
    _print_differences(names - missing)
    return 1 if absent else 0


def _print_absent(absent: Sequence[Use]) -> None:
    if absent:
        print("\nNot there:")
    for use in absent:
        reason = " (can be imported, and not used: azoth has no asyncio part yet)" if use.is_refused else ""
        print(f"  {use.file}:{use.line}: {use.full_name}{reason}")


def _print_differences(names: set[str]) -> None:
    found = differences_about({name.rpartition(".")[2] for name in names})
    if found:
        print(f"\nDifferent on purpose, in what these names are about ({len(found)}):")
    for difference in found:
        print(f"  - {difference}")
