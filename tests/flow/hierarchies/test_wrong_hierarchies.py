"""Mappings of hierarchies that cannot be meant say what is wrong with them."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, MetaData, String, Table
from azoth.exc import ArgumentError, AzothWarning, InvalidRequestError, NoReferencedTableError
from azoth.orm import DeclarativeBase, Session, configure_mappers, registry, relationship
from azoth.orm.exc import FlushError
from tests.database import Database


class Classes:
    """Tables, and classes that are not mapped."""

    def __init__(self, reference: str = "base.id", *, has_key: bool = True) -> None:
        self.registry = registry()
        metadata: MetaData = self.registry.metadata
        self.base = Table("base", metadata, Column("id", Integer, primary_key=True), Column("kind", String(9)))
        reference_key = Column("id", Integer, ForeignKey(reference), primary_key=has_key)
        self.derived = Table("derived", metadata, reference_key, Column("text", String(9)))

        class Base:
            pass

        class Derived(Base):
            pass

        self.Base: Any = Base
        self.Derived: Any = Derived


def test_a_class_without_an_identity_is_warned_about() -> None:
    m = Classes()
    m.registry.map_imperatively(m.Base, m.base, polymorphic_on=m.base.c.kind, polymorphic_identity="base")
    with pytest.warns(AzothWarning, match=r"Derived has no polymorphic_identity, though base\.kind tells classes"):
        m.registry.map_imperatively(m.Derived, m.derived, inherits=m.Base)


def test_a_joined_table_without_a_key_is_warned_about() -> None:
    m = Classes(has_key=False)
    m.registry.map_imperatively(m.Base, m.base)
    with pytest.warns(AzothWarning, match="derived of Derived has no primary key"):
        m.registry.map_imperatively(m.Derived, m.derived, inherits=m.Base)


def test_a_reference_to_a_missing_table_is_named() -> None:
    m = Classes(reference="bass.id")
    m.registry.map_imperatively(m.Base, m.base)
    with pytest.raises(NoReferencedTableError, match="bass"):
        m.registry.map_imperatively(m.Derived, m.derived, inherits=m.Base)


def test_a_discriminator_of_another_table_is_refused() -> None:
    m = Classes()
    with pytest.raises(InvalidRequestError, match="Could not map polymorphic_on column 'text' of Base"):
        m.registry.map_imperatively(m.Base, m.base, polymorphic_on=m.derived.c.text)


def test_a_class_can_be_mapped_apart_from_the_class_that_it_is_derived_from(database: Database) -> None:
    m = Classes()
    apart = Table("apart", m.registry.metadata, Column("key", Integer, primary_key=True), Column("text", String(9)))
    m.registry.map_imperatively(m.Base, m.base)
    m.registry.map_imperatively(m.Derived, apart)
    engine = database.make_engine()
    m.registry.metadata.create_all(engine)
    with Session(engine) as session:
        derived = m.Derived()
        derived.text = "x"
        session.add_all([m.Base(), derived])
        session.commit()
        assert session.scalars(azoth.select(m.Base)).one().id == 1
        assert session.scalars(azoth.select(m.Derived)).one().text == "x"
        with pytest.raises(AttributeError, match="Derived has no attribute 'kind'"):
            derived.kind


def test_a_relationship_needs_a_column_in_the_table_of_a_concrete_member(database: Database) -> None:
    class Base(DeclarativeBase):
        pass

    class Owner(Base):
        __tablename__ = "owner"
        id = Column(Integer, primary_key=True)
        members = relationship("Member")

    class Member(Base):
        __tablename__ = "member"
        id = Column(Integer, primary_key=True)
        owner_id = Column(ForeignKey("owner.id"))

    class Stranger(Member):
        __tablename__ = "stranger"
        id = Column(Integer, primary_key=True)
        __mapper_args__ = {"concrete": True}

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Owner(members=[Stranger()]))
        with pytest.raises(FlushError, match=r"Owner\.members cannot set Stranger\.owner_id"):
            session.flush()


def test_a_class_has_one_mapped_base() -> None:
    class Base(DeclarativeBase):
        pass

    class One(Base):
        __tablename__ = "one"
        id = Column(Integer, primary_key=True)

    class Two(Base):
        __tablename__ = "two"
        id = Column(Integer, primary_key=True)

    with pytest.raises(InvalidRequestError, match="Both has multiple mapped bases: One and Two"):
        type("Both", (One, Two), {})
    configure_mappers()


def test_abstract_classes_have_no_objects() -> None:
    m = Classes()
    options: dict[str, Any] = {"polymorphic_on": m.base.c.kind, "polymorphic_abstract": True}
    m.registry.map_imperatively(m.Base, m.base, **options)
    m.registry.map_imperatively(m.Derived, m.derived, inherits=m.Base, polymorphic_identity="derived")
    with pytest.raises(InvalidRequestError, match="Can't instantiate class Base"):
        m.Base()
    assert m.Derived().kind == "derived"


def test_a_class_names_a_mapped_base() -> None:
    m = Classes()
    with pytest.raises(ArgumentError, match="does not inherit from 'Base'"):
        m.registry.map_imperatively(m.Derived, m.derived, inherits=m.Base)


def test_an_identity_is_hashable() -> None:
    m = Classes()
    m.registry.map_imperatively(m.Base, m.base, polymorphic_on=m.base.c.kind, polymorphic_identity="base")
    with pytest.raises(ArgumentError, match="mapping of Derived: polymorphic_identity is a hashable value"):
        m.registry.map_imperatively(m.Derived, m.derived, inherits=m.Base, polymorphic_identity=["derived"])
