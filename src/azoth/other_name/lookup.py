"""Looking names up under others' paths."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Final

from azoth.other_name.paths import homes_of
from azoth.other_name.private_names import PRIVATE_NAMES

__all__ = ["ABSENT", "find", "is_there", "public_names"]

ABSENT: Final = object()
"""What is found where there is nothing."""


def find(path: str, name: str) -> object:
    """Find what a name stands for: private ones are in the table, others in the modules that have them.

    Args:
        path: the import path, such as "sqlalchemy.orm".
        name: the name there.

    Returns:
        the object; ABSENT for what is not there, and for names of modules below the path.
    """
    place = PRIVATE_NAMES.get(path, {}).get(name)
    if place is not None:
        home, _, attribute = place.partition(":")
        return getattr(import_module(home), attribute)
    for home in homes_of(path) or ():
        module = import_module(home)
        found = getattr(module, name, ABSENT)
        # A module of azoth's is handed out where it is listed: below others may stand what only the alias has.
        if found is not ABSENT and (not _is_own_module(found) or name in getattr(module, "__all__", ())):
            return found
    return ABSENT


def is_there(path: str, name: str) -> bool:
    """Tell whether a program can import a name from a path: an object, or a module below it.

    Args:
        path: the import path.
        name: the name there; empty for the path itself.
    """
    if not name:
        return homes_of(path) is not None
    return homes_of(f"{path}.{name}") is not None or find(path, name) is not ABSENT


def public_names(path: str) -> list[str]:
    """List the public names of a path, in the order of the modules that have them.

    Args:
        path: the import path.
    """
    names: dict[str, None] = {}
    for home in homes_of(path) or ():
        module = import_module(home)
        public = getattr(module, "__all__", None)
        names.update(dict.fromkeys(public if public is not None else vars(module)))
    return [name for name in names if not name.startswith("_")]


def _is_own_module(value: object) -> bool:
    return isinstance(value, ModuleType) and value.__name__.partition(".")[0] == "azoth"
