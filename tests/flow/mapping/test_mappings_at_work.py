"""Mappings in a session: what is declared is saved, loaded and queried."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, MetaData, String, Table, func, select
from azoth.orm import (
    Bundle,
    DeclarativeBase,
    DynamicMapped,
    Mapped,
    Session,
    WriteOnlyMapped,
    aliased,
    attribute_keyed_dict,
    column_property,
    composite,
    declared_attr,
    mapped_column,
    mapper,
    reconstructor,
    registry,
    relation,
    relationship,
    synonym,
    with_parent,
)
from azoth.orm.mapping.classic.imperative import classic_registry


@dataclasses.dataclass
class Point:
    x: int
    y: int


class Mood(enum.Enum):
    GOOD = "good"
    BAD = "bad"


class Base(DeclarativeBase):
    pass


class HasName:
    name: Mapped[str] = mapped_column("the_name")

    @declared_attr
    def loud(cls) -> Mapped[str]:
        return column_property(func.upper(cls.name))


class Place(HasName, Base):
    __tablename__ = "place"
    id: Mapped[int] = mapped_column(primary_key=True)
    where: Mapped[Point] = composite(mapped_column("x"), mapped_column("y"))
    mood: Mapped[Mood | None]
    notes: Mapped[str | None] = mapped_column(deferred=True)
    title: Mapped[str] = synonym("name")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    parent: Mapped[Place | None] = relationship(back_populates="children", remote_side="Place.id")
    children: Mapped[list[Place]] = relationship(back_populates="parent", order_by="Place.name.desc()")
    tags: Mapped[dict[str, Tag]] = relationship(
        collection_class=attribute_keyed_dict("word"), cascade="all, delete-orphan"
    )
    area: Mapped[int] = column_property(id * 0)

    @reconstructor
    def loaded(self) -> None:
        self.was_loaded = True


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        world = Place(name="world", where=Point(0, 0), mood=Mood.GOOD, notes="big")
        world.children = [Place(name=name, where=Point(len(name), 1)) for name in ("asia", "europe", "africa")]
        world.tags["round"] = Tag(word="round")
        session.add(world)
        session.commit()
        session.expunge_all()
        yield session


def test_renamed_columns_composites_and_expressions_come_back(session: Session) -> None:
    world = session.scalars(select(Place).where(Place.title == "world")).one()

    assert (world.name, world.title, world.loud, world.area) == ("world", "world", "WORLD", 0)
    assert world.where == Point(0, 0)
    assert world.mood is Mood.GOOD
    assert world.tags["round"].word == "round"


def test_strings_order_relationships(session: Session) -> None:
    world = session.query(Place).filter_by(name="world").one()

    assert [child.name for child in world.children] == ["europe", "asia", "africa"]
    assert world.children[0].parent is world


def test_deferred_columns_load_when_they_are_read(session: Session) -> None:
    world = session.query(Place).filter_by(title="world").one()

    assert "notes" not in world.__dict__
    assert world.notes == "big"


def test_composites_are_saved_when_they_are_replaced(session: Session) -> None:
    world = session.query(Place).filter(Place.where == Point(0, 0)).one()
    world.where = Point(7, 8)
    session.commit()

    assert session.execute(select(Place.x, Place.y).where(Place.id == world.id)).one() == (7, 8)
    assert world.where == Point(7, 8)


def test_relationships_filter(session: Session) -> None:
    world = session.query(Place).filter_by(name="world").one()
    europe = session.query(Place).filter_by(name="europe").one()
    names = select(Place.name).order_by(Place.name)

    assert session.scalars(names.where(Place.parent == world)).all() == ["africa", "asia", "europe"]
    assert session.scalars(names.where(Place.parent == None)).all() == ["world"]  # noqa: E711
    assert session.scalars(names.where(Place.parent != world)).all() == ["world"]
    assert session.scalars(names.where(Place.children.contains(europe))).all() == ["world"]
    assert session.scalars(names.where(Place.children.any(Place.name == "asia"))).all() == ["world"]
    assert session.scalars(names.where(Place.parent.has(name="world"))).all() == ["africa", "asia", "europe"]
    assert session.scalars(names.where(Place.tags.any())).all() == ["world"]
    assert session.scalars(names.where(with_parent(world, Place.children))).all() == ["africa", "asia", "europe"]


def test_comparing_with_a_pending_object_uses_the_key_that_the_flush_makes(session: Session) -> None:
    moon = Place(name="moon", where=Point(9, 9))
    crater = Place(name="crater", where=Point(9, 8), parent=moon)
    session.add(moon)
    statement = select(Place.name).where(Place.parent == moon)

    assert session.scalars(statement).all() == ["crater"]
    assert crater.parent_id == moon.id


def test_aliases_join_through_relationships(session: Session) -> None:
    up = aliased(Place)
    pairs = [("africa", "world"), ("asia", "world"), ("europe", "world")]
    both = select(Place.name, up.name).order_by(Place.name)

    assert session.execute(both.join(Place.parent.of_type(up))).all() == pairs
    assert session.execute(both.join(up, Place.parent)).all() == pairs
    assert session.execute(both.join(up, Place.parent.and_(up.name != "world"))).all() == []


def test_bundles_come_back_as_one_value(session: Session) -> None:
    row = session.execute(select(Bundle("b", Place.id, Place.name)).where(Place.name == "asia")).one()

    assert row.b.name == "asia"


def test_reconstructors_run_on_load_only(session: Session) -> None:
    assert not hasattr(Place(), "was_loaded")
    assert session.query(Place).filter_by(name="asia").one().was_loaded


def test_classic_mappings_work(engine: azoth.Engine) -> None:
    metadata = MetaData()
    users = Table("users", metadata, Column("user_id", Integer, primary_key=True), Column("name", String))
    keywords = Table("keywords", metadata, Column("id", Integer, primary_key=True), Column("word", String))
    links = Table("links", metadata, Column("u", ForeignKey("users.user_id")), Column("k", ForeignKey("keywords.id")))

    class User:
        pass

    class Keyword:
        def __init__(self, word: str) -> None:
            self.word = word

    try:
        mapper(Keyword, keywords)
        mapper(
            User,
            users,
            properties={"id": users.c.user_id, "keywords": relation(Keyword, links, backref="users", lazy=False)},
        )
        metadata.create_all(engine)
        with Session(engine) as session:
            user: Any = User()
            user.name = "ed"
            user.keywords.append(Keyword("x"))
            session.add(user)
            session.commit()
            session.expunge_all()
            user = session.query(User).filter_by(name="ed").one()
            assert user.id == 1
            assert user.keywords[0].users == [user]
    finally:
        classic_registry().dispose()


def test_classes_that_see_their_own_writes_are_saved_and_changed(engine: azoth.Engine) -> None:
    class Own(DeclarativeBase):
        pass

    class Watching:
        def __setattr__(self, key: str, value: Any) -> None:
            super().__setattr__(key, value.strip() if isinstance(value, str) else value)

    class Parent(Watching, Own):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        children: Mapped[list[Child]] = relationship(back_populates="parent")

    class Child(Watching, Own):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
        parent: Mapped[Parent] = relationship(back_populates="children")

    Own.metadata.create_all(engine)
    with Session(engine) as session:
        parent = Parent(name=" a ")
        session.add(Child(parent=parent))
        session.commit()
        assert parent.name == "a"
        parent.name = " b "
        session.commit()
        assert session.scalars(select(Parent.name)).all() == ["b"]
        assert [child.parent for child in parent.children] == [parent]


def test_a_join_can_be_loaded(engine: azoth.Engine) -> None:
    metadata = MetaData()
    person = Table("person", metadata, Column("id", Integer, primary_key=True), Column("name", String))
    job = Table(
        "job", metadata, Column("person_id", ForeignKey("person.id"), primary_key=True), Column("title", String)
    )

    class Employee: ...

    own = registry()
    own.map_imperatively(
        Employee,
        person.join(job),
        properties={"id": [person.c.id, job.c.person_id], "name": person.c.name, "title": job.c.title},
        primary_key=[person.c.id],
    )
    metadata.create_all(engine)
    with Session(engine) as session:
        session.execute(person.insert().values(id=1, name="ed"))
        session.execute(job.insert().values(person_id=1, title="cook"))
        employee: Any = session.query(Employee).one()
        assert (employee.id, employee.name, employee.title) == (1, "ed", "cook")
    own.dispose()


def test_annotations_can_ask_for_dynamic_and_write_only_collections() -> None:
    class Own(DeclarativeBase):
        pass

    class Child(Own):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))

    class Parent(Own):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        dynamic: DynamicMapped[Child] = relationship(viewonly=True)
        write_only: WriteOnlyMapped[Child] = relationship(viewonly=True)

    relationships = azoth.inspect(Parent).relationships
    assert [(prop.key, prop.lazy, prop.uselist) for prop in relationships] == [
        ("dynamic", "dynamic", True),
        ("write_only", "write_only", True),
    ]
