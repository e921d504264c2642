"""Warnings point at the line of the program that caused them, and have a code, a cause and a fix."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest

import azoth
from azoth import exc, exists, func, select, text, true
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, scoped_session, sessionmaker
from tests.database import Database

metadata = azoth.MetaData()
people = azoth.Table("people", metadata, azoth.Column("id", azoth.Integer, primary_key=True))
pets = azoth.Table(
    "pets",
    metadata,
    azoth.Column("id", azoth.Integer, primary_key=True),
    azoth.Column("person_id", azoth.Integer),
    azoth.Column("data", azoth.JSON),
)


@pytest.fixture(autouse=True)
def _tables(engine: azoth.Engine) -> None:
    metadata.create_all(engine)


def warned(act: Callable[[], object]) -> list[warnings.WarningMessage]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        act()
    return [one for one in caught if issubclass(one.category, exc.AzothWarning)]


def check(caught: list[warnings.WarningMessage], code: str, *words: str) -> None:
    (warning,) = caught
    assert warning.filename == __file__
    shown = str(warning.message)
    assert f"[{code}]" in shown.splitlines()[0]
    assert "why: " in shown
    assert "fix: " in shown
    for word in words:
        assert word in shown


def run(engine: azoth.Engine, statement: Any) -> None:
    with engine.connect() as connection:
        connection.execute(statement)


# -- cartesian products -----------------------------------------------------------------------------


def test_tables_that_nothing_joins_are_warned_of_once(engine: azoth.Engine) -> None:
    check(warned(lambda: run(engine, select(people, pets))), "AZ-C703", '"people"', '"pets"')
    assert warned(lambda: run(engine, select(people, pets))) == [], "the statement is compiled already"


CONNECTED = {
    "a comparison": select(people, pets).where(people.c.id == pets.c.person_id),
    "a comparison inside OR": select(people, pets).where((people.c.id == pets.c.person_id) | (people.c.id == 1)),
    "a join on everything": select(people.c.id).select_from(people.join(pets, true())),
    "a correlated EXISTS": select(people.c.id).where(exists().where(pets.c.person_id == people.c.id)),
    "a correlated scalar subquery": select(
        people.c.id, select(func.count(pets.c.id)).where(pets.c.person_id == people.c.id).scalar_subquery()
    ),
    "a list of keys from a subquery": select(people.c.id).where(people.c.id.in_(select(pets.c.person_id))),
    "a text that may be the condition": select(people, pets).where(text("people.id = pets.person_id")),
}


@pytest.mark.parametrize("case", CONNECTED)
def test_tables_that_something_joins_are_not_warned_of(engine: azoth.Engine, case: str) -> None:
    assert warned(lambda: run(engine, CONNECTED[case])) == []


LOOSE = {
    "conditions on one side only": select(people, pets).where(people.c.id == 1, pets.c.person_id == 2),
    "a column of each": select(people.c.id + pets.c.id),
    "a subquery": select(people, select(pets.c.id).subquery("loose")),
    "inside a subquery": select(select(people.c.id, pets.c.data).subquery("inner").c.id),
    "a third table": select(people, pets, pets.alias("third")).where(people.c.id == pets.c.person_id),
}


@pytest.mark.parametrize("case", LOOSE)
def test_tables_without_a_condition_between_them_are_warned_of(engine: azoth.Engine, case: str) -> None:
    check(warned(lambda: run(engine, LOOSE[case])), "AZ-C703", "cartesian product")


@pytest.mark.sqlite_only("json_each() is a function of SQLite")
def test_a_function_in_from_that_reads_a_column_is_joined(engine: azoth.Engine) -> None:
    values = func.json_each(pets.c.data).table_valued("value")
    assert warned(lambda: run(engine, select(pets.c.id, values.c.value))) == []


def test_the_look_for_cartesian_products_can_be_switched_off(database: Database) -> None:
    engine = database.make_engine(enable_from_linting=False)
    metadata.create_all(engine)
    assert warned(lambda: run(engine, select(people, pets))) == []


def test_a_query_of_a_session_points_at_its_line(engine: azoth.Engine) -> None:
    with Session(engine) as session:
        check(warned(lambda: session.query(people.c.id, pets.c.id).all()), "AZ-C703")


# -- relationships ----------------------------------------------------------------------------------


def two_ways(**options: Any) -> Callable[[], object]:
    """Map a parent with two collections of the same children."""

    class Base(DeclarativeBase):
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        children = relationship("Child", back_populates="parent")
        others = relationship("Child", **options)

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int | None] = mapped_column(azoth.ForeignKey("parent.id"))
        parent = relationship(Parent, back_populates="children")

    return Base.registry.configure


def test_two_relationships_that_write_one_column_are_warned_of() -> None:
    first, second = warned(two_ways())
    check([first], "AZ-M307", "'Parent.others'", "parent.id", "child.parent_id", "'Parent.children'", "viewonly=True")
    check([second], "AZ-M307", "'Child.parent'", "'Parent.others'")


@pytest.mark.parametrize("options", [{"viewonly": True}, {"overlaps": "children,parent"}, {"overlaps": "__*"}], ids=str)
def test_relationships_that_are_meant_to_overlap_say_so(options: dict[str, Any]) -> None:
    assert warned(two_ways(**options)) == []


def test_sides_that_do_not_know_each_other_are_told_of_back_populates() -> None:
    class Base(DeclarativeBase):
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        children = relationship("Child")

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int | None] = mapped_column(azoth.ForeignKey("parent.id"))
        parent = relationship(Parent)

    check(warned(Base.registry.configure), "AZ-M307", "back_populates")


def test_a_comma_behind_a_column_is_noticed() -> None:
    class Base(DeclarativeBase):
        pass

    def declare() -> None:
        class Person(Base):
            __tablename__ = "person"
            id: Mapped[int] = mapped_column(primary_key=True)
            name = (mapped_column(azoth.String),)
            size = (1, 2)

    check(warned(declare), "AZ-M308", "Person.name", "comma")


# -- sessions ---------------------------------------------------------------------------------------


def test_a_session_that_is_there_already_is_not_configured(engine: azoth.Engine) -> None:
    sessions = scoped_session(sessionmaker(engine))
    sessions()
    check(warned(lambda: sessions.configure(autoflush=False)), "AZ-S981", "remove()")
    sessions.remove()
