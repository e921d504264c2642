"""Generated programs: after the move each name is azoth's object, and after going back SQLAlchemy's again."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("libcst")
pytest.importorskip("sqlalchemy")

from azoth.other_name.lookup import find, public_names
from azoth.other_name.paths import OTHER_PATHS, SAME_PATHS
from azoth.tools.homes.direction import BACK, OVER, Obstacle, Place
from azoth.tools.moving.plan import plan

pytestmark = pytest.mark.sqlite_only("texts of programs are looked at, no database")

STAYING = [("sqlalchemy.util", "OrderedSet"), ("sqlalchemy.util", "EMPTY_DICT"), ("sqlalchemy", "__version__")]


class Name(NamedTuple):
    """A name of SQLAlchemy's that a generated program reads."""

    path: str
    name: str


class Read(NamedTuple):
    """How a program reads a name: the import, and the expression."""

    name: Name
    imports: str
    expression: str


@cache
def moving_names() -> list[Name]:
    paths = sorted(f"sqlalchemy.{path}".rstrip(".") for path in SAME_PATHS | set(OTHER_PATHS))
    return [
        Name(path, name)
        for path in paths
        # What a package has as a name is not reached as its module, in SQLAlchemy neither: postgresql.hstore.
        if not OVER.is_name(*path.rpartition(".")[::2])
        for name in public_names(path)
        if name.isidentifier() and isinstance(home(path, name), Place)
    ]


def home(path: str, name: str) -> Place | None:
    """Give where SQLAlchemy has a name that has been moved and goes back; None for what only azoth has."""
    place = OVER.place_of(path, name)
    back = BACK.place_of(place.module, name) if isinstance(place, Place) else None
    return back if isinstance(back, Place) and is_their_own(path, name) else None


def is_their_own(path: str, name: str) -> bool:
    """Tell whether SQLAlchemy has a name at a path, for a thing of its own."""
    try:
        value = getattr(import_module(path), name)
    except (ImportError, AttributeError):
        return False
    return (getattr(value, "__module__", None) or "sqlalchemy").partition(".")[0] == "sqlalchemy"


def by_its_path(name: Name, number: int) -> Read:
    return Read(name, f"import {name.path}", f"{name.path}.{name.name}")


def by_an_alias(name: Name, number: int) -> Read:
    return Read(name, f"import os, {name.path} as m{number}", f"m{number}.{name.name}")


def by_the_package(name: Name, number: int) -> Read:
    below = name.path.partition(".")[2]
    path = f"m{number}.{below}" if below else f"m{number}"
    return Read(name, f"import sqlalchemy as m{number}, {name.path}", f"{path}.{name.name}")


def by_the_module(name: Name, number: int) -> Read:
    above, _, last = name.path.rpartition(".")
    if not above or OVER.is_name(above, last):
        return by_its_path(name, number)
    return Read(name, f"from {above} import ({last} as m{number},)", f"m{number}.{name.name}")


def by_itself(name: Name, number: int) -> Read:
    return Read(name, f"from {name.path} import {name.name} as n{number}", f"n{number}")


def at_the_top(read: Read, number: int) -> str:
    return f"{read.imports}\nfound.append({read.expression})"


def in_a_function(read: Read, number: int) -> str:
    return f"def f{number}():\n    {read.imports}\n    return {read.expression}\nfound.append(f{number}())"


def from_a_function(read: Read, number: int) -> str:
    return f"def f{number}():\n    return {read.expression}\nif True: {read.imports}\nfound.append(f{number}())"


def in_a_class(read: Read, number: int) -> str:
    return f"class A{number}:\n    {read.imports}\n    x = {read.expression}\nfound.append(A{number}.x)"


def in_a_method(read: Read, number: int) -> str:
    return (
        f"try:\n    {read.imports}\nexcept ImportError:\n    raise\n"
        f"class A{number}:\n    sqlalchemy = azoth = None\n    def x(self): return {read.expression}\n"
        f"found.append(A{number}().x())"
    )


def in_a_comprehension(read: Read, number: int) -> str:
    return f"{read.imports}\nfound += [{read.expression} for azoth_ in [0]]"


def in_an_annotation(read: Read, number: int) -> str:
    quoted = f"def f{number}(x: '{read.expression}'): ..."
    return f"{read.imports}\n{quoted}\nfound.append(eval(f{number}.__annotations__['x']))"


def beside_another_meaning(read: Read, number: int) -> str:
    return (
        f"def f{number}(sqlalchemy, azoth): return sqlalchemy, azoth\n{read.imports}\nfound.append({read.expression})"
    )


def where_the_name_is_taken(read: Read, number: int) -> str:
    return f"{read.imports}\ndef f{number}(azoth): return {read.expression}\nfound.append(f{number}(0))"


FORMS = [by_its_path, by_an_alias, by_the_package, by_the_module, by_itself]
PLACES = [
    at_the_top, in_a_function, from_a_function, in_a_class, in_a_method, in_a_comprehension, in_an_annotation,
    beside_another_meaning,
]  # fmt: skip

Form = Callable[[Name, int], Read]
Where = Callable[[Read, int], str]

moving = st.deferred(lambda: st.sampled_from(moving_names()))
staying = st.sampled_from([Name(*name) for name in STAYING])
forms = st.sampled_from(FORMS)
places = st.sampled_from(PLACES)
all_places = st.sampled_from([*PLACES, where_the_name_is_taken])


def written(parts: list[tuple[Name, Form, Where]]) -> str:
    return "\n".join(place(form(name, number), number) for number, (name, form, place) in enumerate(parts)) + "\n"


def run(program: str) -> list[object]:
    namespace: dict[str, object] = {"found": []}
    exec(compile(program, "program", "exec", dont_inherit=True), namespace)
    found = namespace["found"]
    assert isinstance(found, list)
    return found


@given(st.lists(st.tuples(moving, forms, places), min_size=1, max_size=5))
def test_names_that_move(parts: list[tuple[Name, Form, Where]]) -> None:
    program = written(parts)
    over = plan(program.encode(), OVER)
    assert over.findings == (), program
    moved = over.after.decode()
    assert "import sqlalchemy" not in moved
    assert "from sqlalchemy" not in moved
    found = run(moved)
    assert all(value is find(*name) for value, (name, _, _) in zip(found, parts, strict=True)), moved
    again = plan(over.after, BACK)
    assert again.findings == (), moved
    for value, (name, _, _) in zip(run(again.after.decode()), parts, strict=True):
        place = home(*name)
        assert place is not None
        assert value is getattr(import_module(place.module), place.name), again.after.decode()


@given(st.lists(st.tuples(st.one_of(moving, staying), forms, all_places), min_size=1, max_size=5))
def test_names_of_which_some_stay(parts: list[tuple[Name, Form, Where]]) -> None:
    program = written(parts)
    over = plan(program.encode(), OVER)
    moved = over.after.decode()
    taken = any(finding.obstacle is Obstacle.TAKEN for finding in over.findings)
    for value, (name, _, _) in zip(run(moved), parts, strict=True):
        old = getattr(import_module(name.path), name.name)
        if tuple(name) in STAYING:
            assert value is old, moved
        else:
            assert value is find(*name) or (taken and value is old), moved


@given(st.lists(st.tuples(moving, forms, places), min_size=1, max_size=5))
def test_paths_that_both_have_come_back_as_they_were(parts: list[tuple[Name, Form, Where]]) -> None:
    same = [
        part
        for part in parts
        if OVER.place_of(*part[0]) == Place(part[0].path.replace("sqlalchemy", "azoth", 1), part[0].name)
    ]
    program = written(same)
    assert plan(plan(program.encode(), OVER).after, BACK).after.decode() == program


def test_generated_programs_are_what_they_are_meant_to_be() -> None:
    assert len(moving_names()) > 1500
    parts = [(Name("sqlalchemy.sql.sqltypes", "String"), form, place) for form in FORMS for place in PLACES]
    assert len(run(written(parts))) == len(parts)
