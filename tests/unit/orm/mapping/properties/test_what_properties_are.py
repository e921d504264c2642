"""What can be asked of any property of a mapper, and how cascades go along it."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, String, exc, func, inspect
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    column_property,
    composite,
    declared_attr,
    mapped_column,
    reconstructor,
    relationship,
    synonym,
)
from azoth.orm.interfaces import InspectionAttr, NotExtension
from azoth.orm.properties import ColumnProperty
from tests.database import Database
from tests.unit.orm.mapping.properties.test_composite import Point


class Base(DeclarativeBase):
    pass


class Node(Base):
    __tablename__ = "node"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
    loud: Mapped[str] = column_property(func.upper("x"))
    key: Mapped[int] = synonym("id")
    place: Mapped[Point] = composite(Point, "id", "parent_id")
    children: Mapped[list[Node]] = relationship(cascade="all, delete-orphan")


@pytest.mark.parametrize("key", ["id", "loud", "key", "place", "children"])
def test_a_property_is_one_and_nothing_else(key: str) -> None:
    prop = Node.__mapper__.get_property(key)
    assert isinstance(prop, InspectionAttr)
    assert prop.is_property
    assert not (prop.is_attribute or prop.is_mapper or prop.is_instance or prop.is_bundle)
    assert not (prop.is_selectable or prop.is_aliased_class or prop.is_clause_element)
    assert prop.extension_type is NotExtension.NOT_EXTENSION


def test_a_property_made_by_a_mixin_stands_on_the_class() -> None:
    class Named:
        @declared_attr
        def name(cls) -> Mapped[str]:
            return column_property(Column("full_name", String))

    class Person(Named, Base):
        __tablename__ = "person"
        id: Mapped[int] = mapped_column(primary_key=True)

    assert Person.__table__.c.keys() == ["id", "full_name"]
    assert isinstance(Person.name.property, ColumnProperty)


def test_a_cascade_goes_to_the_related_objects_once() -> None:
    first, second = Node(), Node()
    node = Node(children=[first, second])
    state: Any = inspect(node)
    visited = {inspect(second)}
    prop = Node.__mapper__.get_property("children")

    found = list(prop.cascade_iterator("save-update", state, state.dict, visited))
    assert found == [(first, Node.__mapper__, inspect(first), first.__dict__)]
    assert visited == {inspect(first), inspect(second)}
    assert list(prop.cascade_iterator("save-update", state, state.dict, visited)) == []
    assert list(prop.cascade_iterator("save-update", state, state.dict, set(), lambda state: True)) == []
    assert list(Node.__mapper__.get_property("id").cascade_iterator("save-update", state, state.dict, set())) == []


def test_a_cascade_of_deletions_loads_what_it_leads_to(database: Database) -> None:
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Node(id=1, children=[Node(id=2)]))
        session.commit()
        node = session.get_one(Node, 1)
        state: Any = inspect(node)
        prop = Node.__mapper__.get_property("children")
        assert list(prop.cascade_iterator("save-update", state, state.dict, set())) == []
        assert [found[0].id for found in prop.cascade_iterator("delete", state, state.dict, set())] == [2]


def test_declared_attr_takes_its_function_and_whether_it_cascades() -> None:
    class OwnBase(DeclarativeBase):
        pass

    def key_of(cls: Any) -> Any:
        of_base = [ForeignKey("employee.id")] if cls.__name__ == "Manager" else []
        return Column("id", Integer, *of_base, primary_key=True)

    class HasKey:
        id: Any = declared_attr(fn=key_of, cascading=True)

    class Employee(HasKey, OwnBase):
        __tablename__ = "employee"

    class Manager(Employee):
        __tablename__ = "manager"

    assert Manager.__table__.c.id.foreign_keys
    with pytest.raises(exc.ArgumentError, match="cascading is True or False"):
        declared_attr(key_of, cascading="no")  # type: ignore[arg-type]


def test_a_reconstructor_is_a_function() -> None:
    with pytest.raises(exc.ArgumentError, match="fn is a function"):
        reconstructor(fn=5)  # type: ignore[type-var]
