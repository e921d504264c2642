"""merge() of an object of a base class where the session has an object of a derived class under its key."""

from __future__ import annotations

from azoth import ForeignKey
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from tests.database import Database


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str | None]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}


class Engineer(Person):
    __tablename__ = "engineer"
    id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    language: Mapped[str | None]
    __mapper_args__ = {"polymorphic_identity": "engineer"}


class Manager(Person):
    __tablename__ = "manager"
    id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    assistant_id: Mapped[int | None] = mapped_column(ForeignKey("engineer.id"))
    assistant: Mapped[Engineer | None] = relationship(foreign_keys=[assistant_id])
    __mapper_args__ = {"polymorphic_identity": "manager", "inherit_condition": id == Person.id}


def test_an_object_of_a_derived_class_stays_one(database: Database) -> None:
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Engineer(id=1, name="ann", language="Ada"))
        session.commit()
        merged = session.merge(Person(id=1, name="eve"))
        assert isinstance(merged, Engineer)
        session.commit()
        session.expunge_all()
        found = session.get(Person, 1)
        assert isinstance(found, Engineer)
        assert (found.kind, found.name, found.language) == ("engineer", "eve", "Ada")


def test_a_class_that_is_named_by_hand_is_copied(database: Database) -> None:
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Engineer(id=1, name="ann"))
        session.commit()
        given = Person(id=1)
        given.kind = "other"
        assert session.merge(given).kind == "other"
        session.rollback()


def test_a_copy_of_a_deleted_object_is_of_its_class_whatever_is_loaded(database: Database) -> None:
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        engineer = Engineer(id=1, name="ann")
        session.add(engineer)
        session.commit()
        session.delete(engineer)
        session.flush()
        copy = session.merge(engineer)
        session.commit()
        session.expunge_all()
        assert copy is not engineer
        assert type(session.get(Person, 1)) is Engineer


def test_two_classes_for_one_key_are_two_objects(database: Database) -> None:
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        boss = Manager(id=1, assistant=Engineer(id=1))
        merged = session.merge(boss)
        assert (type(merged), type(merged.assistant)) == (Manager, Engineer)
        session.rollback()
