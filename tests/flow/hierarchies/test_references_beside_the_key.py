"""Derived classes whose table has a key of its own beside the column that refers to the table of the base."""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library

FORMS = ("one attribute for both keys", "the same name", "three tables")


def make_model(lib: Library, form: str) -> Any:
    base: Any = lib.declarative_base()
    column, integer = lib.Column, lib.Integer

    class Animal(base):
        __tablename__ = "animal"
        id = column(integer, primary_key=True)
        name = column(lib.String(20))
        kind = column(lib.String(20))
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "animal"}

    def own_key(above: Any) -> Any:
        key = column(integer, primary_key=True)
        return key if form == "the same name" else lib.column_property(key, above.id)

    class Dog(Animal):
        __tablename__ = "dog"
        id = own_key(Animal)
        animal_id = column(integer, lib.ForeignKey("animal.id"))
        tricks = column(lib.String(20))
        toys = lib.relationship("Toy", back_populates="dog", order_by="Toy.id", cascade="all, delete-orphan")
        __mapper_args__ = {"polymorphic_identity": "dog"}

    class Toy(base):
        __tablename__ = "toy"
        id = column(integer, primary_key=True)
        dog_id = column(lib.ForeignKey("dog.id"))
        dog = lib.relationship(Dog, back_populates="toys")

    found = SimpleNamespace(metadata=base.metadata, Animal=Animal, Dog=Dog, Toy=Toy, Last=Dog)
    if form == "three tables":

        class Hound(Dog):
            __tablename__ = "hound"
            id = lib.column_property(column(integer, primary_key=True), Dog.id, Animal.id)
            dog_id = column(integer, lib.ForeignKey("dog.id"))
            nose = column(lib.String(20))
            __mapper_args__ = {"polymorphic_identity": "hound"}

        found.Last = Hound
    lib.configure_mappers()
    return found


def rows(lib: Library, m: Any, session: Any) -> dict[str, list[Any]]:
    return {
        table.name: sorted(tuple(row) for row in session.execute(table.select())) for table in m.metadata.sorted_tables
    }


def outcome(database: Database, lib: Library, form: str) -> list[Any]:
    told: list[Any] = []
    with warnings.catch_warnings():
        # That one attribute stands for the keys of both is warned of where nobody has said that it is meant.
        warnings.simplefilter("ignore")
        m = make_model(lib, form)
    engine = database.make_engine(library=lib)
    m.metadata.create_all(engine)
    with lib.Session(engine) as session:
        session.add_all([m.Animal(name="a"), m.Animal(name="b")])
        session.flush()
        dog = m.Last(name="c", tricks="sit", toys=[m.Toy(), m.Toy()])
        session.add_all([dog, m.Dog(name="d"), m.Animal(name="e")])
        session.commit()
        told.append((rows(lib, m, session), dog.id, dog.animal_id))
        session.expunge_all()
        (dog,) = session.scalars(lib.select(m.Dog).where(m.Dog.animal_id == dog.id))
        told.append((type(dog).__name__, dog.id, dog.animal_id, dog.name, dog.tricks, [toy.id for toy in dog.toys]))
        dog.name, dog.tricks = "f", "roll"
        del dog.toys[0]
        session.commit()
        told.append(rows(lib, m, session))
        session.expunge_all()
        animals = session.scalars(lib.select(m.Animal).order_by(m.Animal.id)).all()
        told.append([(type(one).__name__, one.id, getattr(one, "animal_id", None)) for one in animals])
        told.append(session.get(m.Last, 3).name)
        session.delete(session.get(m.Animal, 3))
        session.commit()
        told.append(rows(lib, m, session))
    return told


@pytest.mark.parametrize("form", FORMS)
def test_both_columns_have_the_key_of_the_base(database: Database, form: str) -> None:
    ours = outcome(database, AZOTH, form)
    assert ours == outcome(database, SQLALCHEMY, form)
    assert ours[0][1:] == (3, 3)


@pytest.mark.parametrize("form", FORMS)
def test_each_column_has_its_attribute(form: str) -> None:
    found = []
    for lib in (AZOTH, SQLALCHEMY):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            mapper = lib.inspect(make_model(lib, form).Last)
        found.append(
            {prop.key: [str(column) for column in prop.columns] for prop in mapper.column_attrs if prop.key != "kind"}
        )
    assert found[0] == found[1]
    assert found[0]["animal_id"] == ["dog.animal_id"]
