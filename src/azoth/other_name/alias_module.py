"""A module under another's path, whose names are azoth's."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from azoth.other_name.lookup import ABSENT, find, public_names
from azoth.other_name.paths import STARRED_MODULES, homes_of
from azoth.other_name.private_names import PRIVATE_NAMES
from azoth.other_name.status import note_missing
from azoth.other_name.version import API_VERSION

__all__ = ["ROOT", "AliasModule"]

ROOT = "sqlalchemy"


class AliasModule(ModuleType):
    """Find names when they are asked for, and keep what was found.

    Args:
        path: its path, such as "sqlalchemy.orm".
    """

    def __init__(self, path: str) -> None:
        homes = homes_of(path)
        first = import_module(homes[0]) if homes else None
        super().__init__(path, first.__doc__ if first is not None else None)
        self.__path__: list[str] = []
        if first is not None:
            self.__file__ = first.__file__
        if path == ROOT:
            self.__version__ = API_VERSION

    def __getattr__(self, name: str) -> object:
        if name == "__all__":
            modules = STARRED_MODULES.get(self.__name__.partition(".")[2], ())
            return self.__dict__.setdefault(name, [*public_names(self.__name__), *modules])
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name)
        found = find(self.__name__, name)
        if found is ABSENT:
            path = f"{self.__name__}.{name}"
            if homes_of(path) is not None:
                return import_module(path)
            note_missing(path)
            raise AttributeError(
                f"module {self.__name__!r} has no attribute {name!r}: it stands for azoth, which has no such name",
                name=name,
            )
        return self.__dict__.setdefault(name, found)

    def __dir__(self) -> list[str]:
        return sorted({*self.__dict__, *public_names(self.__name__), *PRIVATE_NAMES.get(self.__name__, ())})
