"""Packages whose names are imported when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["late_names"]


def late_names(package: str, namespace: dict[str, Any], homes: Mapping[str, tuple[str, ...]]) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a package, so that its import costs nothing and a name costs its own module.

    A name is looked up here once; then it stands in the package like any other.

    Args:
        package: the package's name.
        namespace: its ``globals()``.
        homes: from module to the names that it defines.

    Returns:
        the function, which imports submodules that somebody reads as attributes as well.
    """
    home_of = {name: module for module, names in homes.items() for name in names}

    def find(name: str) -> Any:
        home = home_of.get(name)
        if home is not None:
            value = namespace[name] = getattr(import_module(home), name)
            return value
        if not name.startswith("_"):
            try:
                return import_module(f"{package}.{name}")
            except ModuleNotFoundError as error:
                if error.name != f"{package}.{name}":
                    raise
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return find
