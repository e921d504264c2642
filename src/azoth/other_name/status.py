"""What the alias has done so far in this process."""

from __future__ import annotations

from typing import Final

from azoth.other_name.version import API_VERSION
from azoth.util.named_tuple import NamedTuple

__all__ = ["Status", "note_alias", "note_missing", "status"]

_aliased: Final[set[str]] = set()
_missing: Final[dict[str, None]] = {}


class Status(NamedTuple):
    """What leads to azoth, and what was asked for in vain.

    Attributes:
        version: the version that programs are told.
        aliased: the import paths that were asked for and lead to azoth.
        missing: the names that were asked for and are not there, with their paths; a program that asks whether a name
            exists is among those who asked.
    """

    version: str
    aliased: tuple[str, ...]
    missing: tuple[str, ...]


def status() -> Status:
    """Tell what is aliased now, and which missing names were asked for."""
    return Status(API_VERSION, tuple(sorted(_aliased)), tuple(_missing))


def note_alias(path: str) -> None:
    """Keep a path that leads to azoth from now on."""
    _aliased.add(path)


def note_missing(name: str) -> None:
    """Keep a name that is not there."""
    _missing[name] = None
