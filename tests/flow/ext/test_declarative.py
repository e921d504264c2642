"""What is imported from ext.declarative does what it did in the days of that path."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import exc
from azoth.ext.declarative import (
    AbstractConcreteBase,
    ConcreteBase,
    DeferredReflection,
    as_declarative,
    declarative_base,
    declared_attr,
    has_inherited_table,
    instrument_declarative,
    synonym_for,
)
from azoth.orm import Session, configure_mappers, mapped_column, relationship
from azoth.orm.exc import UnmappedClassError
from tests.database import Database


def test_classes_without_a_base_share_a_dictionary_of_names(database: Database) -> None:
    names: dict[str, Any] = {}
    metadata = azoth.MetaData()

    class Owner:
        __tablename__ = "owner"
        id = azoth.Column(azoth.Integer, primary_key=True)
        pets = relationship("Pet", backref="owner")

    class Pet:
        __tablename__ = "pet"
        id = azoth.Column(azoth.Integer, primary_key=True)
        owner_id = azoth.Column(azoth.ForeignKey("owner.id"))

    for class_ in (Owner, Pet):
        instrument_declarative(class_, names, metadata)
    assert set(names) == {"Owner", "Pet"}
    assert Owner.metadata is metadata
    owner, pet = Owner(), Pet()
    owner.pets = [pet]
    assert pet.owner is owner
    engine = database.make_engine()
    metadata.create_all(engine)
    with Session(engine) as session:
        session.add(owner)
        session.commit()
        assert session.scalars(azoth.select(Pet.owner_id)).all() == [owner.id]
    with pytest.raises(exc.InvalidRequestError, match="Owner already has been instrumented declaratively"):
        instrument_declarative(Owner, names, metadata)


def test_a_synonym_stands_for_a_property_or_a_method() -> None:
    Base = declarative_base()

    class Job(Base):
        __tablename__ = "job"
        id = azoth.Column(azoth.Integer, primary_key=True)
        status = azoth.Column(azoth.String(20))

        @synonym_for("status")
        @property
        def shown(self) -> str:
            return f"is {self.status}"

        @synonym_for("status")
        def told(self) -> str:
            return f"was {self.status}"

    job = Job(status="done")
    assert (job.shown, job.told) == ("is done", "was done")
    assert str(Job.shown == "x") == str(Job.status == "x") == str(Job.told == "x")


def test_a_class_knows_whether_it_inherits_a_table_before_it_is_mapped() -> None:
    asked: dict[str, bool] = {}

    class Named:
        @declared_attr.directive
        def __tablename__(cls) -> str | None:
            asked[cls.__name__] = has_inherited_table(cls)
            return None if has_inherited_table(cls) else cls.__name__.lower()

    @as_declarative()
    class Base:
        pass

    class Animal(DeferredReflection, Named, Base):
        id = azoth.Column(azoth.Integer, primary_key=True)
        kind = azoth.Column(azoth.String(10))

    class Dog(Animal):
        tail = azoth.Column(azoth.Integer)

    assert asked == {"Animal": False, "Dog": True}
    assert Animal.__table__.c.keys() == ["id", "kind", "tail"]


def test_views_are_read_where_that_is_asked_for(database: Database) -> None:
    engine = database.make_engine()
    with engine.begin() as connection:
        connection.execute(azoth.text("CREATE TABLE word (id INTEGER NOT NULL PRIMARY KEY, text VARCHAR(20))"))
        connection.execute(azoth.text("CREATE VIEW short_word AS SELECT id, text FROM word WHERE length(text) < 3"))
        connection.execute(azoth.text("INSERT INTO word VALUES (1, 'a'), (2, 'abc')"))

    def model() -> Any:
        Base = declarative_base()

        class Short(DeferredReflection, Base):
            __tablename__ = "short_word"
            id = azoth.Column(azoth.Integer, primary_key=True)

        return Short

    with pytest.raises(exc.InvalidRequestError, match="not available in the database: short_word"):
        model().prepare(engine)
    Short = model()
    Short.prepare(engine, views=True)
    with Session(engine) as session:
        assert [one.text for one in session.scalars(azoth.select(Short))] == ["a"]


def test_a_class_that_could_not_be_mapped_can_be_when_that_is_mended(database: Database) -> None:
    engine = database.make_engine()
    Base = declarative_base()

    class Late(DeferredReflection, Base):
        __tablename__ = "late"

    with pytest.raises(exc.InvalidRequestError, match="late"):
        Late.prepare(engine)
    with engine.begin() as connection:
        connection.execute(azoth.text("CREATE TABLE late (id INTEGER NOT NULL PRIMARY KEY)"))
    Late.prepare(engine)
    assert azoth.inspect(Late).column_attrs.keys() == ["id"]
    Late.prepare(engine)


def test_single_table_classes_declare_columns_of_the_table_that_is_read(database: Database) -> None:
    engine = database.make_engine()
    with engine.begin() as connection:
        connection.execute(
            azoth.text("CREATE TABLE animal (id INTEGER NOT NULL PRIMARY KEY, kind VARCHAR(10), tail INTEGER)")
        )
    Base = declarative_base()

    class Animal(DeferredReflection, Base):
        __tablename__ = "animal"
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}

    class Dog(Animal):
        length = mapped_column("tail", azoth.Integer)
        __mapper_args__ = {"polymorphic_identity": "dog"}

    Animal.prepare(engine)
    with Session(engine) as session:
        session.add(Dog(length=3))
        session.commit()
        assert session.execute(azoth.text("SELECT kind, tail FROM animal")).all() == [("dog", 3)]
        assert session.scalars(azoth.select(Animal)).one().length == 3


def test_the_base_of_concrete_classes_has_no_objects_of_its_own() -> None:
    Base = declarative_base()

    class Staff(AbstractConcreteBase, Base):
        pass

    with pytest.raises(UnmappedClassError, match="Staff is not mapped yet"):
        Session().query(Staff)

    class Clerk(Staff):
        __tablename__ = "clerk"
        id = azoth.Column(azoth.Integer, primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "clerk", "concrete": True}

    configure_mappers()
    assert azoth.inspect(Clerk).inherits.class_ is Staff
    with pytest.raises(exc.InvalidRequestError, match=r"polymorphic_abstract=True"):
        Staff()


def test_a_discriminator_with_the_name_of_a_column_is_an_error() -> None:
    Base = declarative_base()

    class Staff(ConcreteBase, Base):
        __tablename__ = "staff"
        id = azoth.Column(azoth.Integer, primary_key=True)
        type = azoth.Column(azoth.String(10))
        __mapper_args__ = {"polymorphic_identity": "staff", "concrete": True}

    class Clerk(Staff):
        __tablename__ = "clerk"
        id = azoth.Column(azoth.Integer, primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "clerk", "concrete": True}

    with pytest.raises(exc.InvalidRequestError, match="can't name its column 'type'"):
        Base.registry.configure()
