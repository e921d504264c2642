"""The public modules: every exported name is there, and importing them costs little."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import azoth
import azoth.ext.declarative
import azoth.orm


@pytest.mark.parametrize("module", [azoth, azoth.orm, azoth.ext.declarative], ids=lambda module: module.__name__)
def test_every_exported_name_is_there(module: object) -> None:
    exported = module.__all__  # type: ignore[attr-defined]
    missing = [name for name in exported if not hasattr(module, name)]

    assert missing == []
    assert len(exported) == len(set(exported))


@pytest.mark.parametrize("module", [azoth, azoth.orm], ids=lambda module: module.__name__)
def test_the_list_of_exports_and_the_table_of_homes_agree(module: object) -> None:
    homes = module._HOMES  # type: ignore[attr-defined]
    at_home = {name for home, names in homes.items() if home != module.__name__ for name in names}  # type: ignore[attr-defined]
    assert set(module.__all__) == at_home  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", [azoth, azoth.orm], ids=lambda module: module.__name__)
def test_dir_lists_the_exports_and_the_submodules_that_programs_know(module: object) -> None:
    listed = {name for name in dir(module) if not name.startswith("_")}
    submodules = set(module._HOMES[module.__name__])  # type: ignore[attr-defined]
    assert listed == {*module.__all__, *submodules}  # type: ignore[attr-defined]
    assert {"exc"} <= submodules
    assert [name for name in submodules if not inspect.ismodule(getattr(module, name))] == []


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="'nothing'"):
        azoth.nothing
    with pytest.raises(AttributeError, match="'nothing'"):
        azoth.orm.nothing


@pytest.mark.parametrize("module, name, meant", [(azoth, "selct", "select"), (azoth.orm, "Sesion", "Session")])
def test_unknown_names_bring_the_nearest_one(module: object, name: str, meant: str) -> None:
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'; did you mean '{meant}'"):
        getattr(module, name)


def test_importing_the_orm_alone_imports_nothing_of_it() -> None:
    program = "import azoth.orm, sys; print(sorted(m for m in sys.modules if m.startswith('azoth.')))"
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert output.strip() == "['azoth.orm', 'azoth.util', 'azoth.util.late_names']"


def test_core_names_come_without_the_orm() -> None:
    program = (
        "import sys; from azoth import create_engine, select, column; print(select(column('x'))); "
        "print('azoth.orm.mapping' in sys.modules)"
    )
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert output.split() == ["SELECT", "x", "False"]
