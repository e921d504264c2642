"""Which of azoth's modules programs import from, and where in them an object is listed."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from azoth.other_name.paths import OTHER_PATHS, SAME_PATHS

__all__ = ["AZOTH", "PUBLIC_MODULES", "has_name", "is_listed", "place_of_object"]

AZOTH: Final = "azoth"

PUBLIC_MODULES: Final = (
    AZOTH,
    *sorted((f"{AZOTH}.{path}" for path in SAME_PATHS), key=lambda path: (path.count("."), path)),
)
"""Those that a program would rather name first: paths that are shorter."""

_TWINS: Final = frozenset(f"{AZOTH}.{path}" for path, homes in OTHER_PATHS.items() if f"{AZOTH}.{path}" in homes)
"""Modules at a path of others', behind the public ones that have its names."""


@cache
def _listed(module: str) -> frozenset[str]:
    return frozenset(getattr(import_module(module), "__all__", ()))


def is_listed(module: str, name: str) -> bool:
    """Tell whether a public module of azoth's lists a name as one of its own.

    Args:
        module: the module's path.
        name: the name.
    """
    return module in PUBLIC_MODULES and name in _listed(module)


def has_name(module: str, name: str) -> bool:
    """Tell whether a name can be imported from a module whose path others have too.

    Args:
        module: the module's path, in azoth.
        name: the name; private ones count as not there.
    """
    return (
        (module in PUBLIC_MODULES or module in _TWINS)
        and not name.startswith("_")
        and hasattr(import_module(module), name)
    )


def place_of_object(name: str, value: object) -> str | None:
    """Find the public module that lists an object under a name.

    Args:
        name: the name.
        value: the object.
    """
    return next(
        (
            module
            for module in PUBLIC_MODULES
            if name in _listed(module) and getattr(import_module(module), name) is value
        ),
        None,
    )
