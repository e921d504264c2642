"""What a mapping says of itself, and when it is configured."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, String, Table, event, inspect, literal, select
from azoth.exc import AzothWarning, InvalidRequestError
from azoth.ext.hybrid import hybrid_property
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    column_property,
    configure_mappers,
    declarative_base,
    deferred,
    mapped_column,
    registry,
    relationship,
    synonym,
)


def parent_and_child() -> tuple[Any, Any]:
    class Base(DeclarativeBase):
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        children: Mapped[list[Child]] = relationship("Child", backref="parent")

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))

    return Parent, Child


@pytest.mark.parametrize(
    "name, text",
    [
        ("direction", "RelationshipDirection.ONETOMANY"),
        ("primaryjoin", "parent.id = child.parent_id"),
        ("secondary", "None"),
        ("secondaryjoin", "None"),
        ("uselist", "True"),
        ("order_by", "False"),
    ],
)
def test_looking_at_a_relationship_configures(name: str, text: str) -> None:
    parent, child = parent_and_child()
    assert str(getattr(parent.children.property, name)) == text
    assert hasattr(child, "parent")


def test_looking_for_the_related_mapper_configures() -> None:
    parent, child = parent_and_child()
    assert parent.children.property.mapper.class_ is child
    assert parent.children.property.entity is inspect(child)
    assert parent.children.property.target is child.__table__


def test_looking_for_what_a_relationship_does_not_have_configures_nothing() -> None:
    parent, _ = parent_and_child()
    prop = parent.children.property
    assert not hasattr(prop, "nothing")
    assert not prop.configured


def test_a_relationship_without_a_mapping_has_no_mapper() -> None:
    with pytest.raises(AttributeError, match="mapper"):
        _ = relationship("Nothing").mapper


# -- order --------------------------------------------------------------------


def test_what_is_declared_beside_the_columns_comes_first() -> None:
    class Base(DeclarativeBase):
        pass

    class Ship(Base):
        __tablename__ = "ship"
        id: Mapped[int] = mapped_column(primary_key=True)
        crew: Mapped[list[Sailor]] = relationship("Sailor", backref="ship")
        name: Mapped[str]
        story: Mapped[str] = deferred(mapped_column(String))
        double = column_property(literal(1) + 1)
        title = synonym("name")

    class Sailor(Base):
        __tablename__ = "sailor"
        id: Mapped[int] = mapped_column(primary_key=True)
        ship_id: Mapped[int] = mapped_column(ForeignKey("ship.id"))

    mapper = inspect(Ship)
    assert mapper.attrs.keys() == ["crew", "double", "title", "id", "name", "story"]
    assert mapper.column_attrs.keys() == ["double", "id", "name", "story"]
    assert [prop.key for prop in mapper.iterate_properties] == mapper.attrs.keys()
    assert inspect(Sailor).attrs.keys() == ["id", "ship_id", "ship"]


def test_keys_values_and_items_are_lists() -> None:
    parent, _ = parent_and_child()
    mapper = inspect(parent)
    for view in (mapper.attrs, mapper.column_attrs, mapper.relationships, mapper.columns, mapper.all_orm_descriptors):
        assert type(view.keys()) is type(view.values()) is type(view.items()) is list
        assert view.items() == [(key, view[key]) for key in view.keys()]  # noqa: SIM118 -- iterating gives the values
    assert type(inspect(parent()).attrs.keys()) is list


# -- constructors of imperatively mapped classes ------------------------------


def table_of(mapping: registry) -> Table:
    return Table("ship", mapping.metadata, Column("id", Integer, primary_key=True), Column("name", String))


def test_an_imperatively_mapped_class_gets_the_registrys_constructor() -> None:
    class Ship:
        id: int
        name: str

    mapping = registry()
    mapping.map_imperatively(Ship, table_of(mapping))
    ship = Ship(id=5, name="Argo")  # type: ignore[call-arg]
    assert (ship.id, ship.name) == (5, "Argo")
    with pytest.raises(TypeError, match="'masts' is an invalid keyword argument for Ship"):
        Ship(masts=3)  # type: ignore[call-arg]


def test_an_imperatively_mapped_class_has_its_table_while_it_is_mapped() -> None:
    mapped = registry()
    table = Table("imperative", mapped.metadata, Column("id", Integer, primary_key=True))

    class Plain:
        pass

    class Own:
        __table__ = "a word of its own"

    for class_ in (Plain, Own):
        mapped.map_imperatively(class_, table)
    assert getattr(Plain, "__table__", None) is table
    assert Own.__table__ == "a word of its own"
    mapped.dispose()
    assert not hasattr(Plain, "__table__")
    assert Own.__table__ == "a word of its own"


def test_a_constructor_of_its_own_or_of_its_base_stays() -> None:
    class Named:
        def __init__(self, name: str) -> None:
            self.name = name

    class Ship(Named):
        pass

    mapping = registry()
    mapping.map_imperatively(Ship, table_of(mapping))
    assert Ship("Argo").name == "Argo"


def test_a_registry_may_have_another_constructor_or_none() -> None:
    def construct(self: Any, **values: Any) -> None:
        self.given = values

    class Ship:
        pass

    class Boat:
        pass

    mapping, bare = registry(constructor=construct), registry(constructor=None)
    mapping.map_imperatively(Ship, table_of(mapping))
    bare.map_imperatively(Boat, table_of(bare))
    assert Ship(anything=1).given == {"anything": 1}  # type: ignore[call-arg, attr-defined]
    with pytest.raises(TypeError):
        Boat(name="x")  # type: ignore[call-arg]


# -- configuring --------------------------------------------------------------


def test_a_registry_tells_of_being_configured() -> None:
    mapping, other = registry(), registry()
    told: list[Any] = []
    for name in ("before_configured", "after_configured"):
        event.listen(mapping, name, lambda subject, name=name: told.append((name, subject)))

    class Ship:
        pass

    class Boat:
        pass

    mapping.map_imperatively(Ship, table_of(mapping))
    other.map_imperatively(Boat, table_of(other))
    other.configure()
    assert told == []
    mapping.configure()
    mapping.configure()
    assert told == [("before_configured", mapping), ("after_configured", mapping)]


def test_a_declarative_base_stands_for_its_registry() -> None:
    class Base(DeclarativeBase):
        pass

    old_base = registry().generate_base()
    told: list[Any] = []

    def note(subject: Any) -> None:
        told.append(subject)

    for target in (Base, old_base):
        for name in ("before_configured", "after_configured"):
            event.listen(target, name, note)
            assert event.contains(target, name, note)
            assert event.contains(target.registry, name, note)

    class Ship(Base):
        __tablename__ = "ships"
        id: Mapped[int] = mapped_column(primary_key=True)

    configure_mappers()
    assert told == [Base.registry, Base.registry]
    event.remove(Base, "after_configured", note)
    assert not event.contains(Base.registry, "after_configured", note)


@pytest.mark.parametrize(
    "name, instead",
    [("before_configured", "before_mapper_configured"), ("after_configured", "mapper_configured")],
)
def test_a_class_is_not_configured_in_a_round_of_its_own(name: str, instead: str) -> None:
    parent, _ = parent_and_child()

    class Mixin:
        pass

    for target in (parent, parent.__mapper__, Mixin, DeclarativeBase):
        with pytest.raises(InvalidRequestError, match=f"has no event '{name}'") as caught:
            event.listen(target, name, print, propagate=True)
        assert "listen to Mapper, to the declarative base" in caught.value.fix
        assert f"'{instead}'" in caught.value.fix
    event.listen(parent, instead, print)


def test_classes_are_called_before_and_after_configuring() -> None:
    told: list[tuple[str, str]] = []

    class Base(DeclarativeBase):
        pass

    class Told:
        @classmethod
        def __declare_first__(cls) -> None:
            told.append(("first", cls.__name__))

        @classmethod
        def __declare_last__(cls) -> None:
            told.append(("last", cls.__name__))
            assert inspect(cls).configured  # type: ignore[union-attr]

    class Ship(Told, Base):
        __tablename__ = "ship"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Plain(Base):
        __tablename__ = "plain"
        id: Mapped[int] = mapped_column(primary_key=True)

    assert told == []
    configure_mappers()
    assert told == [("first", "Ship"), ("last", "Ship")]
    configure_mappers()
    assert len(told) == 2

    class Boat(Told, Base):
        __tablename__ = "boat"
        id: Mapped[int] = mapped_column(primary_key=True)

    configure_mappers()
    assert told[2:] == [("first", "Ship"), ("first", "Boat"), ("last", "Ship"), ("last", "Boat")]
    Base.registry.dispose()
    configure_mappers()
    assert len(told) == 6


def test_what_a_class_adds_before_configuring_is_configured() -> None:
    class Base(DeclarativeBase):
        pass

    class Ship(Base):
        __tablename__ = "ship"
        id: Mapped[int] = mapped_column(primary_key=True)

        @classmethod
        def __declare_first__(cls) -> None:
            cls.crew = relationship("Sailor")

    class Sailor(Base):
        __tablename__ = "sailor"
        id: Mapped[int] = mapped_column(primary_key=True)
        ship_id: Mapped[int] = mapped_column(ForeignKey("ship.id"))

    configure_mappers()
    assert inspect(Ship).relationships["crew"].mapper is inspect(Sailor)


def test_the_condition_of_a_relationship_is_compared_by_its_meaning() -> None:
    class Base(DeclarativeBase):
        pass

    class Person(Base):
        __tablename__ = "person"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind"}

    class Sailor(Person):
        __tablename__ = "sailor"
        number: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "sailor"}

    class Oar(Base):
        __tablename__ = "oar"
        id: Mapped[int] = mapped_column(primary_key=True)
        sailor_number: Mapped[int] = mapped_column(ForeignKey("sailor.number"))
        sailor: Mapped[Sailor] = relationship()

    condition: Any = Oar.sailor.property.primaryjoin
    assert condition.compare(Oar.sailor_number == Sailor.number)
    assert condition.compare(Sailor.number == Oar.sailor_number)
    assert not condition.compare(Oar.sailor_number == Person.id)
    assert not select(Sailor.number).compare(select(Sailor.__table__.c.number))


# -- a comma too many ---------------------------------------------------------


@pytest.mark.parametrize("value", [mapped_column(Integer), Column(Integer), relationship("Nothing"), synonym("id")])
def test_a_comma_behind_an_attribute_is_warned_about(value: Any) -> None:
    class Base(DeclarativeBase):
        pass

    with pytest.warns(AzothWarning, match=r"(?s)Ship\.name is a tuple.*comma") as caught:

        class Ship(Base):
            __tablename__ = "ship"
            id: Mapped[int] = mapped_column(primary_key=True)
            name = (value,)

    assert caught[0].filename == __file__
    assert inspect(Ship).attrs.keys() == ["id"]


@pytest.mark.filterwarnings("error")
def test_other_tuples_are_let_be() -> None:
    class Base(DeclarativeBase):
        pass

    class Ship(Base):
        __tablename__ = "ship"
        id: Mapped[int] = mapped_column(primary_key=True)
        ports = ("Iolkos",)
        pair = (1, 2)

    assert Ship.ports == ("Iolkos",)


def test_a_misspelt_attribute_is_known_to_pythons_suggestions() -> None:
    """Python prints the nearest name for errors that carry the class and the name."""
    parent, _ = parent_and_child()
    with pytest.raises(AttributeError) as caught:
        parent.iid
    assert (caught.value.name, caught.value.obj) == ("iid", parent)
    assert not hasattr(parent, "iid")


def test_descriptors_stand_in_the_order_of_the_class_bodies() -> None:
    Base: Any = declarative_base()

    class Plant(Base):
        __tablename__ = "ordered_plant"
        zone = Column(Integer)
        id = Column(Integer, primary_key=True)

        @hybrid_property
        def doubled(self) -> Any:
            return self.zone * 2

        age = Column(Integer)

    class Tree(Plant):
        rings = Column(Integer)

        @hybrid_property
        def bark(self) -> Any:
            return self.rings

        parent_id = Column(ForeignKey("ordered_plant.id"))

    plant = ["zone", "id", "doubled", "age"]
    assert inspect(Plant).all_orm_descriptors.keys() == plant
    assert inspect(Tree).all_orm_descriptors.keys() == ["rings", "bark", "parent_id", *plant]
    Base.registry.dispose()


def test_a_synonym_may_name_a_column_whose_attribute_is_called_otherwise() -> None:
    table = Table("t", registry().metadata, Column("id", Integer, primary_key=True), Column("n", Integer))

    class Thing:
        n2: Any

    registry().map_imperatively(Thing, table, properties={"number": table.c.n, "n2": synonym(table.c.n)})
    thing = Thing()
    thing.n2 = 5
    assert thing.__dict__["number"] == 5
    assert inspect(Thing).synonyms["n2"].name == "number"
