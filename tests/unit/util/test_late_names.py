"""Modules whose names are imported when they are first asked for."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from azoth.util.near_names import near_names

PACKAGE = """
from azoth.util.late_names import late_names
__getattr__, __dir__ = late_names(__name__, globals(), first="late_package.first")
__all__ = ["Thing", "other"]
_HOMES = {"late_package": ("home",), "late_package.home": ("Thing", "other")}
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    folder = tmp_path / "late_package"
    folder.mkdir()
    (folder / "__init__.py").write_text(PACKAGE)
    (folder / "home.py").write_text("Thing = 'a thing'\nother = 'another'\n")
    (folder / "first.py").write_text("import sys\nassert 'late_package.home' not in sys.modules\n")
    (folder / "broken.py").write_text("import a_module_that_is_not_there\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module("late_package")
    for name in [name for name in sys.modules if name.partition(".")[0] == "late_package"]:
        del sys.modules[name]


def test_a_name_is_imported_with_its_first_use_and_stays(package: ModuleType) -> None:
    assert "late_package.home" not in sys.modules
    assert package.Thing == "a thing"
    assert "Thing" in vars(package)
    assert "other" not in vars(package)


def test_from_imports_find_late_names(package: ModuleType) -> None:
    names: dict[str, object] = {}
    exec("from late_package import other", names)
    assert names["other"] == "another"


def test_star_imports_bring_all_of_them(package: ModuleType) -> None:
    names: dict[str, object] = {}
    exec("from late_package import *", names)
    assert set(names) - {"__builtins__"} == {"Thing", "other"}


def test_what_must_come_first_does(package: ModuleType) -> None:
    assert package.home is not None
    assert "late_package.first" not in sys.modules, "a submodule is no name"
    del sys.modules["late_package.home"]
    assert package.other == "another"
    assert "late_package.first" in sys.modules


def test_dir_lists_the_names_and_nothing_of_the_machinery(package: ModuleType) -> None:
    listed = [name for name in dir(package) if not name.startswith("__")]
    assert listed == ["Thing", "home", "other"]
    assert "__file__" in dir(package)


def test_submodules_can_be_read_as_attributes(package: ModuleType) -> None:
    assert package.home.Thing == "a thing"


def test_unknown_names_are_attribute_errors(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match="module 'late_package' has no attribute 'nothing'"):
        _ = package.nothing
    assert not hasattr(package, "__wrapped__")


def test_an_unknown_name_brings_the_nearest_one_once(package: ModuleType) -> None:
    with pytest.raises(AttributeError) as raised:
        _ = package.othr
    assert str(raised.value) == "module 'late_package' has no attribute 'othr'; did you mean 'other'?"
    assert raised.value.name == "othr"
    assert "".join(traceback.format_exception_only(raised.value)).lower().count("did you mean") == 1


def test_what_a_submodule_lacks_is_not_hidden(package: ModuleType) -> None:
    with pytest.raises(ModuleNotFoundError, match="a_module_that_is_not_there"):
        _ = package.broken


def test_near_names_come_nearest_first() -> None:
    assert near_names("nmae", ["other", "name", "names"], 2) == ["name", "names"]
    assert near_names("zzz", {"name"}) == []
