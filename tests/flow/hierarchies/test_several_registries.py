"""Classes of one hierarchy can be mapped in several registries; what they need of each other is there in time."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import ForeignKey, Integer, String, select
from azoth.exc import InvalidRequestError
from azoth.orm import Session, mapped_column, registry, relationship
from tests.database import Database


class Model:
    """A class with a relationship in one registry, and a class that is derived from it in another."""

    def __init__(self) -> None:
        self.first = registry()
        self.second = registry(metadata=self.first.metadata)

        @self.first.mapped
        class Person:
            __tablename__ = "person"
            id = mapped_column(Integer, primary_key=True)
            kind = mapped_column(String(9))
            pets = relationship("Pet", back_populates="owner")
            __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person"}

        @self.first.mapped
        class Pet:
            __tablename__ = "pet"
            id = mapped_column(Integer, primary_key=True)
            owner_id = mapped_column(ForeignKey("person.id"))
            owner = relationship("Person", back_populates="pets")

        @self.second.mapped
        class Worker(Person):
            tool = mapped_column(String(9))
            __mapper_args__ = {"polymorphic_identity": "worker"}

        self.Person: Any = Person
        self.Pet: Any = Pet
        self.Worker: Any = Worker


def test_a_derived_class_is_used_first(database: Database) -> None:
    m = Model()
    worker = m.Worker(tool="saw", pets=[m.Pet()])
    assert worker.kind == "worker"
    assert worker.pets[0].owner is worker
    engine = database.make_engine()
    m.first.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(worker)
        session.commit()
        assert session.scalars(select(m.Person)).one() is worker
        assert session.scalars(select(m.Worker.tool).join(m.Worker.pets)).one() == "saw"


def test_the_registry_of_a_base_is_not_disposed_of_alone() -> None:
    m = Model()
    m.second.configure(cascade=True)
    with pytest.raises(InvalidRequestError, match="on whose classes others depend"):
        m.first.dispose()
    m.second.dispose()
    assert not hasattr(m.Worker, "tool")
    assert hasattr(m.Worker, "pets")
    m.first.dispose()
    assert not hasattr(m.Worker, "pets")


def test_a_registry_is_configured_with_that_of_the_base() -> None:
    m = Model()
    with pytest.raises(InvalidRequestError, match="cannot configure the base of Worker"):
        m.second.configure()
    m.first.dispose(cascade=True)


def test_queries_for_the_base_forget_a_class_that_is_no_longer_mapped(database: Database) -> None:
    m = Model()
    engine = database.make_engine()
    m.first.metadata.create_all(engine)
    m.second.configure(cascade=True)
    with Session(engine) as session:
        session.add_all([m.Person(), m.Worker()])
        session.commit()
        assert [type(one) for one in session.scalars(select(m.Person).order_by(m.Person.id))] == [m.Person, m.Worker]
    m.second.dispose()
    with Session(engine) as session, pytest.raises(InvalidRequestError, match="no class of the hierarchy"):
        session.scalars(select(m.Person)).all()


def test_all_mappings_of_a_hierarchy_are_cleared() -> None:
    m = Model()
    m.second.configure(cascade=True)
    m.first.dispose(cascade=True)
    for class_ in (m.Person, m.Pet, m.Worker):
        assert not [name for name in vars(class_) if "azoth" in name]
        class_()
