"""Over to azoth, or back to SQLAlchemy: where the modules and names of the one are in the other."""

from __future__ import annotations

from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol

import azoth
from azoth.other_name.alias_module import ROOT
from azoth.other_name.lookup import ABSENT, find
from azoth.other_name.paths import ASYNCIO, SAME_PATHS, STARRED_MODULES, homes_of
from azoth.tools.homes.names_of_azoth import AZOTH_ONLY, ELSEWHERE
from azoth.tools.homes.public_modules import AZOTH, PUBLIC_MODULES, has_name, is_listed, module_listing
from azoth.util.named_tuple import NamedTuple

__all__ = ["BACK", "OVER", "Direction", "Home", "Obstacle"]

_OF_EVERY_MODULE: Final = frozenset({"__all__", "__dict__", "__doc__", "__file__", "__name__", "__path__"})


class Obstacle(Enum):
    """Why a name stays where it is; the value is what people are told."""

    NOT_THERE = "not there"
    NO_ASYNCIO = "not there: azoth has no asyncio part yet"
    PRIVATE_PATH = "private path: only the other name has it"
    OTHER_VERSION = "azoth has a version of its own"
    AZOTH_ONLY = "only azoth has it"
    INTERNAL = "private path of azoth's"
    SEVERAL = "its name stands for several modules in this file"
    TAKEN = "the name of the package is taken in this file"


class Home(NamedTuple):
    """Where a name is at home.

    Attributes:
        module: the path of the module.
        name: the name there.
    """

    module: str
    name: str


class Direction(Protocol):
    """Where to move.

    Attributes:
        old: the package that names are moved from.
        new: the package that they are moved to.
    """

    old: str
    new: str

    def is_module(self, path: str) -> bool:
        """Tell whether a path of the old package is a module's."""
        ...

    def is_name(self, path: str, name: str) -> bool:
        """Tell whether a module of the old package lists a name that is no module's."""
        ...

    def module_for(self, path: str) -> str | Obstacle:
        """Name the module that stands for an old one, as a whole."""
        ...

    def modules_of_names(self, path: str) -> tuple[str, ...]:
        """Name the public modules that have the names of an old one, the one to look at first before others."""
        ...

    def modules_behind_star(self, path: str) -> tuple[str, ...]:
        """Name the modules below an old one that a star brings, and that of the new one does not."""
        ...

    def home_of(self, path: str, name: str) -> Home | Obstacle:
        """Find the new home of a name that is no module's."""
        ...


def _twin(path: str, root: str) -> str:
    _, dot, below = path.partition(".")
    return f"{root}{dot}{below}"


def _is_shared(path: str) -> bool:
    below = path.partition(".")[2]
    return not below or below in SAME_PATHS


class _Over:
    """From SQLAlchemy to azoth, by the tables of the other name."""

    old = ROOT
    new = AZOTH

    def is_module(self, path: str) -> bool:
        return homes_of(path) is not None

    def is_name(self, path: str, name: str) -> bool:
        return any(is_listed(home, name) for home in homes_of(path) or ())

    def module_for(self, path: str) -> str | Obstacle:
        if _is_shared(path):
            return _twin(path, AZOTH)
        homes = homes_of(path)
        if homes is None:
            return Obstacle.NOT_THERE
        return Obstacle.NO_ASYNCIO if ASYNCIO in homes else Obstacle.PRIVATE_PATH

    def modules_of_names(self, path: str) -> tuple[str, ...]:
        return tuple(home for home in homes_of(path) or () if home in PUBLIC_MODULES)

    def modules_behind_star(self, path: str) -> tuple[str, ...]:
        return STARRED_MODULES.get(path.partition(".")[2], ())

    def home_of(self, path: str, name: str) -> Home | Obstacle:
        homes = homes_of(path)
        if homes is None:
            return Obstacle.NOT_THERE
        own = _twin(path, AZOTH)
        if name.startswith("__"):
            return self._of_every_module(path, name)
        listed = next((home for home in homes if is_listed(home, name)), None)
        if listed is not None:
            return Home(listed, name)
        found = find(path, name)
        if found is ABSENT:
            return Obstacle.NOT_THERE
        # What others import may stand for something else than what azoth has there.
        is_own = has_name(own, name) and getattr(import_module(own), name) is found
        elsewhere = module_listing(name, found) or (own if is_own else None)
        if elsewhere is not None:
            return Home(elsewhere, name)
        return Obstacle.NO_ASYNCIO if ASYNCIO in homes else Obstacle.PRIVATE_PATH

    def _of_every_module(self, path: str, name: str) -> Home | Obstacle:
        if name == "__version__":
            return Obstacle.OTHER_VERSION
        if name in _OF_EVERY_MODULE and _is_shared(path):
            return Home(_twin(path, AZOTH), name)
        return Obstacle.NOT_THERE


class _Back:
    """From azoth to SQLAlchemy, which need not be installed: what only azoth has stands in a table."""

    old = AZOTH
    new = ROOT

    def is_module(self, path: str) -> bool:
        # Importing one to find out may do something: azoth.as_sqlalchemy, azoth.__main__.
        place = Path(azoth.__file__).parent.joinpath(*path.split(".")[1:])
        return place.is_dir() or place.with_suffix(".py").is_file()

    def is_name(self, path: str, name: str) -> bool:
        return is_listed(path, name)

    def module_for(self, path: str) -> str | Obstacle:
        if _is_shared(path):
            return _twin(path, ROOT)
        return Obstacle.INTERNAL if homes_of(_twin(path, ROOT)) is not None else Obstacle.AZOTH_ONLY

    def modules_of_names(self, path: str) -> tuple[str, ...]:
        return ()

    def modules_behind_star(self, path: str) -> tuple[str, ...]:
        return ()

    def home_of(self, path: str, name: str) -> Home | Obstacle:
        if name.startswith("__"):
            return self._of_every_module(path, name)
        if path in PUBLIC_MODULES:
            home = self._module_with(path, name)
            if home is not None:
                return Home(home, name) if home else Obstacle.AZOTH_ONLY
        return self._home_of_inner_name(path, name)

    def _home_of_inner_name(self, path: str, name: str) -> Home | Obstacle:
        """Find the home of a name that no public module lists at this path."""
        if not _is_shared(".".join(path.split(".")[:2])) and homes_of(_twin(path, ROOT)) is None:
            return Obstacle.AZOTH_ONLY
        value = getattr(import_module(path), name, ABSENT) if self.is_module(path) else ABSENT
        if value is ABSENT:
            return Obstacle.NOT_THERE
        public = module_listing(name, value)
        if public is None:
            return Home(_twin(path, ROOT), name) if has_name(path, name) else Obstacle.INTERNAL
        home = self._module_with(public, name)
        return Home(home, name) if home else Obstacle.AZOTH_ONLY

    def _module_with(self, path: str, name: str) -> str | None:
        """Name the module of SQLAlchemy's that has a name of a public module; empty where none has it."""
        below = path.partition(".")[2]
        if name in AZOTH_ONLY.get(below, ()):
            return ""
        elsewhere = ELSEWHERE.get(below, {}).get(name)
        if elsewhere is not None:
            return f"{ROOT}.{elsewhere}"
        return _twin(path, ROOT) if is_listed(path, name) else None

    def _of_every_module(self, path: str, name: str) -> Home | Obstacle:
        if name == "__version__":
            return Obstacle.OTHER_VERSION
        if name in _OF_EVERY_MODULE and _is_shared(path):
            return Home(_twin(path, ROOT), name)
        return Obstacle.NOT_THERE


OVER: Final[Direction] = _Over()
BACK: Final[Direction] = _Back()
