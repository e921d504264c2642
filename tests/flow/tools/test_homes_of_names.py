"""Where names are said to be at home is where they are, in azoth and in SQLAlchemy."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("sqlalchemy")

import azoth
from azoth.other_name.lookup import find
from azoth.other_name.paths import OTHER_PATHS, SAME_PATHS, homes_of
from azoth.tools.homes.direction import BACK, OVER, Home, Obstacle
from azoth.tools.homes.names_of_azoth import AZOTH_ONLY, ELSEWHERE
from azoth.tools.homes.public_modules import PUBLIC_MODULES

pytestmark = pytest.mark.sqlite_only("names are compared, no database")

PATHS = sorted(f"sqlalchemy.{path}".rstrip(".") for path in SAME_PATHS | set(OTHER_PATHS))

OTHER_ROOMS = {"orm.loading", "orm.persistence", "testing", "testing.suite"}
"""Paths that both have for things of their own."""

TWO_OF_A_NAME = {"and_", "or_"}
"""What SQLAlchemy has as a function for programs, and as one for itself elsewhere."""


@cache
def theirs(path: str) -> ModuleType | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return import_module(path)
        except ImportError:
            return None


def names_of(path: str) -> Iterator[tuple[str, object]]:
    """Give what SQLAlchemy has of its own at a path, besides modules."""
    module = theirs(path)
    for name, value in list(vars(module).items()) if module is not None else ():
        is_own = (getattr(value, "__module__", None) or "sqlalchemy").partition(".")[0] == "sqlalchemy"
        if is_own and not name.startswith("_") and not isinstance(value, ModuleType):
            yield name, value


@pytest.mark.parametrize("path", PATHS)
def test_the_home_of_a_name_has_what_the_other_name_gives(path: str) -> None:
    for name, _ in names_of(path):
        over = OVER.home_of(path, name)
        if isinstance(over, Home):
            assert over.module in PUBLIC_MODULES or f"azoth.{path.partition('.')[2]}" == over.module, (name, over)
            assert getattr(import_module(over.module), over.name) is find(path, name)


@pytest.mark.parametrize("path", PATHS)
def test_the_way_back_leads_to_the_same_object(path: str) -> None:
    for name, value in names_of(path):
        over = OVER.home_of(path, name)
        if isinstance(over, Obstacle):
            continue
        home = BACK.home_of(over.module, over.name)
        assert isinstance(home, Home), (name, over, home)
        found = getattr(theirs(home.module), home.name)
        if home.module != path:
            assert found is value or name in TWO_OF_A_NAME, (path, name, home)


@pytest.mark.parametrize("module", PUBLIC_MODULES)
def test_what_a_module_lists_is_in_sqlalchemy_or_in_the_tables(module: str) -> None:
    below = module.partition(".")[2]
    for name in getattr(import_module(module), "__all__", ()):
        home = BACK.home_of(module, name)
        if name in AZOTH_ONLY.get(below, ()):
            assert home is Obstacle.AZOTH_ONLY
            assert not hasattr(theirs(f"sqlalchemy.{below}".rstrip(".")), name)
        else:
            assert isinstance(home, Home), name
            assert hasattr(theirs(home.module), name), (module, name, "add it to azoth.tools.homes.names_of_azoth")


def test_the_tables_name_nothing_that_is_where_azoth_has_it() -> None:
    for below, names in ELSEWHERE.items():
        module = import_module(f"azoth.{below}".rstrip("."))
        twin = theirs(f"sqlalchemy.{below}".rstrip("."))
        for name in names:
            assert hasattr(module, name)
            assert not hasattr(twin, name), (below, name)


def test_every_path_that_azoth_has_too_is_in_the_tables() -> None:
    root = Path(azoth.__file__).parent
    for file in root.rglob("*.py"):
        below = ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        top = below.partition(".")[0]
        if below != "__init__" and find_spec(f"sqlalchemy.{top}") is not None and below not in OTHER_ROOMS:
            try:
                shared = find_spec(f"sqlalchemy.{below}") is not None
            except ModuleNotFoundError:
                shared = False
            assert not shared or homes_of(f"sqlalchemy.{below}") is not None, below
