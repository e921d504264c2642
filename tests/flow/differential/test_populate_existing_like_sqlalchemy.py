"""What a statement with populate_existing does not bring is loaded anew when it is read, as with SQLAlchemy.

Deferred columns, columns of derived classes in tables of their own and in that of the base, changed and unchanged.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of

SCENARIOS: list[Scenario] = []


class Zoo:
    """Animals: some have a second table, some more columns in the first; each has a deferred column."""

    def __init__(self, lib: Library) -> None:
        base: Any = lib.declarative_base()
        column, text = lib.Column, lib.String

        class Animal(base):
            __tablename__ = "animal"
            __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}
            id = column(lib.Integer, primary_key=True)
            kind = column(text(20))
            name = column(text(20))
            diet = lib.deferred(column(text(20)))

        class Bird(Animal):
            __tablename__ = "bird"
            __mapper_args__ = {"polymorphic_identity": "bird"}
            id = column(lib.Integer, lib.ForeignKey("animal.id"), primary_key=True)
            song = column(text(20))

        class Fish(Animal):
            __mapper_args__ = {"polymorphic_identity": "fish"}
            water = column(text(20))

        self.metadata = base.metadata
        self.Animal, self.Bird, self.Fish = Animal, Bird, Fish

    def fill(self, session: Any) -> None:
        session.add_all(
            [
                self.Animal(id=1, name="a", diet="d1"),
                self.Bird(id=2, name="b", diet="d2", song="s"),
                self.Fish(id=3, name="f", diet="d3", water="w"),
            ]
        )
        session.commit()
        session.expunge_all()


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy(database: Database, run: Scenario) -> None:
    theirs = outcome_of(database, SQLALCHEMY, Zoo, run)
    assert not str(theirs).startswith("error")
    assert outcome_of(database, AZOTH, Zoo, run) == theirs


def all_loaded(m: Any, s: Any) -> list[Any]:
    """Give the animals, everything of them loaded."""
    found = s.query(m.Animal).order_by(m.Animal.id).all()
    assert [one.diet for one in found] == ["d1", "d2", "d3"]
    assert (found[1].song, found[2].water) == ("s", "w")
    return found


def change_rows(lib: Library, s: Any) -> None:
    s.execute(lib.text("UPDATE animal SET name = 'new name', diet = 'new diet', water = 'new water'"))
    s.execute(lib.text("UPDATE bird SET song = 'new song'"))


def in_memory(animals: list[Any]) -> list[list[tuple[str, Any]]]:
    return [sorted((key, value) for key, value in vars(one).items() if key[0] != "_") for one in animals]


def read(animals: list[Any]) -> list[Any]:
    return [(one.name, one.diet, getattr(one, "song", None), getattr(one, "water", None)) for one in animals]


def populate(lib: Library, m: Any, s: Any, entity: Any = None, *options: Any) -> None:
    statement = lib.select(entity or m.Animal).options(*options)
    with s.no_autoflush:
        s.execute(statement, execution_options={"populate_existing": True}).all()


@scenario
def values_that_a_query_for_the_base_leaves_out(lib: Library, m: Any, s: Any) -> Any:
    animals = all_loaded(m, s)
    change_rows(lib, s)
    populate(lib, m, s)
    return in_memory(animals), read(animals), [s.is_modified(one) for one in animals]


@scenario
def changes_that_a_query_for_the_base_leaves_out(lib: Library, m: Any, s: Any) -> Any:
    animals = all_loaded(m, s)
    for one in animals:
        one.diet = "changed"
    animals[1].song = animals[2].water = "changed"
    populate(lib, m, s)
    dirty = [one in s.dirty for one in animals]
    seen = in_memory(animals), read(animals)
    s.flush()
    return dirty, seen, list(map(tuple, s.execute(lib.text("SELECT name, diet, water FROM animal ORDER BY id"))))


@scenario
def changes_of_what_a_query_brings(lib: Library, m: Any, s: Any) -> Any:
    animals = all_loaded(m, s)
    for one in animals:
        one.name = "changed"
    populate(lib, m, s)
    return in_memory(animals), [one in s.dirty for one in animals]


@scenario
def a_query_for_a_derived_class(lib: Library, m: Any, s: Any) -> Any:
    animals = all_loaded(m, s)
    change_rows(lib, s)
    populate(lib, m, s, m.Bird)
    return in_memory(animals), read(animals)


@scenario
def a_query_for_all_classes(lib: Library, m: Any, s: Any) -> Any:
    animals = all_loaded(m, s)
    change_rows(lib, s)
    populate(lib, m, s, lib.with_polymorphic(m.Animal, "*"))
    return in_memory(animals), read(animals)


@scenario
def a_query_that_loads_what_is_deferred(lib: Library, m: Any, s: Any) -> Any:
    animals = all_loaded(m, s)
    change_rows(lib, s)
    populate(lib, m, s, m.Animal, lib.undefer(m.Animal.diet))
    return in_memory(animals), read(animals)


@scenario
def a_refresh(lib: Library, m: Any, s: Any) -> Any:
    animals = all_loaded(m, s)
    change_rows(lib, s)
    for one in animals:
        s.refresh(one)
    return in_memory(animals), read(animals)


@scenario
def a_refresh_of_one_attribute(lib: Library, m: Any, s: Any) -> Any:
    animals = all_loaded(m, s)
    for one in animals:
        one.diet = "changed"
    with s.no_autoflush:
        for one in animals:
            s.refresh(one, ["name"])
    return read(animals), [one in s.dirty for one in animals]


def test_columns_that_options_leave_out_are_loaded_anew_too(database: Database) -> None:
    """SQLAlchemy keeps those that only an option defers, changes that are no changes any more included."""

    def run(lib: Library, m: Any, s: Any) -> Any:
        animals = all_loaded(m, s)
        change_rows(lib, s)
        animals[0].name = "changed"
        populate(lib, m, s, m.Animal, lib.load_only(m.Animal.id))
        return [name for name, *_ in read(animals)], [one in s.dirty for one in animals]

    assert outcome_of(database, AZOTH, Zoo, run) == (["new name"] * 3, [False] * 3)
    assert outcome_of(database, SQLALCHEMY, Zoo, run) == (["changed", "b", "f"], [False] * 3)
