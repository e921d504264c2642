"""Listening to what happens to the rows of a class, and to mappings."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, Integer, Table, event, insert, inspect, select
from azoth.orm import DeclarativeBase, Mapped, Mapper, Session, configure_mappers, mapped_column, mapper, registry
from tests.database import Database

NAMES = ["before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete"]


def test_rows_are_announced_before_and_after(family: Any, session: Session) -> None:
    heard: list[Any] = []
    for name in NAMES:
        event.listen(
            family.Parent, name, lambda mapper, connection, target, name=name: heard.append((name, target.name))
        )
    parent = family.Parent(name="a")
    session.add(parent)
    session.flush()
    parent.name = "b"
    session.flush()
    session.delete(parent)
    session.flush()
    assert heard == [
        ("before_insert", "a"),
        ("after_insert", "a"),
        ("before_update", "b"),
        ("after_update", "b"),
        ("before_delete", "b"),
        ("after_delete", "b"),
    ]


def test_listeners_get_the_mapper_and_a_connection_in_the_transaction(family: Any, session: Session) -> None:
    @event.listens_for(family.Parent, "after_insert")
    def log(mapper: Any, connection: Any, target: Any) -> None:
        assert mapper is inspect(family.Parent)
        connection.execute(insert(family.Child.__table__), {"name": f"log of {target.id}"})

    session.add(family.Parent(name="a"))
    session.flush()
    assert session.scalars(select(family.Child.name)).all() == ["log of 1"]
    session.rollback()
    assert session.scalars(select(family.Child.name)).all() == []


def test_before_insert_may_set_columns(family: Any, session: Session) -> None:
    @event.listens_for(family.Child, "before_insert")
    def complete(mapper: Any, connection: Any, target: Any) -> None:
        target.name = target.name or "unnamed"

    session.add(family.Parent(children=[family.Child(), family.Child(name="x")]))
    session.commit()
    assert session.scalars(select(family.Child.name).order_by(family.Child.id)).all() == ["unnamed", "x"]


def test_before_update_may_set_further_columns_of_some_rows(family: Any, session: Session, statements: Any) -> None:
    parents = [family.Parent(name="a"), family.Parent(name="b"), family.Parent(name="c")]
    session.add_all(parents)
    session.commit()

    @event.listens_for(family.Parent, "before_update")
    def stamp(mapper: Any, connection: Any, target: Any) -> None:
        if target.name != "b2":
            target.note = "changed"

    for parent in parents:
        parent.name += "2"
    session.commit()
    rows = session.execute(select(family.Parent.name, family.Parent.note).order_by(family.Parent.id)).all()
    assert rows == [("a2", "changed"), ("b2", "none yet"), ("c2", "changed")]


def test_before_update_may_take_a_change_back(family: Any, session: Session) -> None:
    parent = family.Parent(name="a")
    session.add(parent)
    session.commit()

    @event.listens_for(family.Parent, "before_update")
    def undo(mapper: Any, connection: Any, target: Any) -> None:
        target.name = "a"

    parent.name = "b"
    session.flush()
    assert not session.dirty
    session.commit()
    assert parent.name == "a"


def test_objects_that_are_marked_as_changed_without_net_changes_are_announced(family: Any, session: Session) -> None:
    heard: list[Any] = []
    event.listen(family.Parent, "before_update", lambda mapper, connection, target: heard.append(target.name))
    parent = family.Parent(name="a")
    session.add(parent)
    session.commit()
    with session.no_autoflush:
        parent.name = "a"
        parent.children.append(family.Child())
    session.flush()
    assert heard == ["a"]


def test_a_parents_key_is_known_before_the_childs_row_is_inserted(family: Any, session: Session) -> None:
    heard: list[Any] = []
    event.listen(family.Child, "before_insert", lambda mapper, connection, target: heard.append(target.parent.id))
    session.add(family.Parent(children=[family.Child()]))
    session.flush()
    assert heard == [1]


def test_listening_to_a_base_class_propagates_to_classes_that_are_mapped_later(engine: Any) -> None:
    class Base(DeclarativeBase):
        pass

    heard: list[Any] = []

    class Named:
        pass

    event.listen(Named, "before_insert", lambda mapper, connection, target: heard.append(target.id), propagate=True)
    event.listen(Named, "before_insert", lambda mapper, connection, target: heard.append("never"))

    class Thing(Named, Base):
        __tablename__ = "thing"

        id: Mapped[int] = mapped_column(primary_key=True)

    class Other(Base):
        __tablename__ = "other"

        id: Mapped[int] = mapped_column(primary_key=True)

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Thing(id=7), Other(id=8)])
        session.flush()
    assert heard == [7]


@pytest.mark.parametrize("target", [Mapper, mapper])
def test_listening_to_all_mappers(family: Any, session: Session, target: Any) -> None:
    heard: list[Any] = []

    def listener(mapper: Any, connection: Any, target: Any) -> None:
        heard.append(type(target).__name__)

    event.listen(target, "before_insert", listener)
    try:
        session.add(family.Parent(children=[family.Child()]))
        session.flush()
        assert heard == ["Parent", "Child"]
    finally:
        event.remove(target, "before_insert", listener)
    session.add(family.Parent())
    session.flush()
    assert len(heard) == 2


def test_mappings_are_announced(engine: Any) -> None:
    heard: list[Any] = []
    removals: list[tuple[Any, str, Any]] = []

    def note(name: str, arguments: int) -> None:
        def listener(*given: Any) -> None:
            heard.append(name if not given else (name, given[1].__name__))

        def about_all() -> None:
            listener()

        def about_one(mapper: Any, class_: type[Any]) -> None:
            listener(mapper, class_)

        wrapped: Any = about_all if arguments == 0 else about_one
        event.listen(Mapper, name, wrapped)
        removals.append((Mapper, name, wrapped))

    configure_mappers()
    for name in ("instrument_class", "after_mapper_constructed", "before_mapper_configured", "mapper_configured"):
        note(name, 2)
    for name in ("before_configured", "after_configured"):
        note(name, 0)
    try:

        class Base(DeclarativeBase):
            pass

        class Thing(Base):
            __tablename__ = "thing"

            id: Mapped[int] = mapped_column(primary_key=True)

        assert heard == [("instrument_class", "Thing"), ("after_mapper_constructed", "Thing")]
        heard.clear()
        configure_mappers()
        assert heard == [
            "before_configured",
            ("before_mapper_configured", "Thing"),
            ("mapper_configured", "Thing"),
            "after_configured",
        ]
    finally:
        for removal in removals:
            event.remove(*removal)


def test_inspecting_a_class_configures_nothing_until_it_is_asked_for_attributes() -> None:
    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "thing"

        id: Mapped[int] = mapped_column(primary_key=True)

    mapper = inspect(Thing)
    assert mapper.class_ is Thing and [column.name for column in mapper.columns] == ["id"]
    assert not mapper.configured
    assert mapper.attrs.keys() == ["id"]
    assert mapper.configured


def test_a_listener_of_instrument_class_gives_each_class_of_a_hierarchy_its_constructor() -> None:
    class Thing:
        pass

    class Tool(Thing):
        pass

    made: list[type[Any]] = []

    def construct(self: object) -> None:
        made.append(type(self))

    def give_constructor(mapper: Any, class_: Any) -> None:
        class_.__init__ = construct

    event.listen(Mapper, "instrument_class", give_constructor)
    mappings = registry()
    try:
        mappings.map_imperatively(Thing, Table("thing", mappings.metadata, Column("id", Integer, primary_key=True)))
        mappings.map_imperatively(Tool, inherits=Thing)
    finally:
        event.remove(Mapper, "instrument_class", give_constructor)
    assert [inspect(thing).transient for thing in (Thing(), Tool())] == [True, True]
    assert made == [Thing, Tool]
    mappings.dispose()


def test_raw_listeners_get_states(family: Any, session: Session) -> None:
    heard: list[Any] = []
    event.listen(family.Parent, "before_insert", lambda mapper, connection, state: heard.append(state), raw=True)
    parent = family.Parent()
    session.add(parent)
    session.flush()
    assert heard == [inspect(parent)]


def test_an_error_in_a_listener_fails_the_flush(family: Any, session: Session) -> None:
    def refuse(mapper: Any, connection: Any, target: Any) -> None:
        raise ValueError("not this one")

    event.listen(family.Parent, "before_insert", refuse)
    parent = family.Parent()
    session.add(parent)
    with pytest.raises(ValueError, match="not this one"):
        session.flush()
    session.rollback()
    assert inspect(parent).transient


def test_rows_that_are_not_batched_are_announced_one_by_one(database: Database) -> None:
    class Base(DeclarativeBase):
        pass

    class Bell(Base):
        __tablename__ = "bell"
        __mapper_args__ = {"batch": False}
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    heard: list[tuple[str, str]] = []
    for name in NAMES[:4]:
        event.listen(Bell, name, lambda mapper, connection, bell, name=name: heard.append((name, bell.name)))
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        bells = [Bell(name="a"), Bell(name="b")]
        session.add_all(bells)
        session.flush()
        assert heard == [(name, bell) for bell in "ab" for name in NAMES[:2]]
        heard.clear()
        for bell in bells:
            bell.name += "2"
        session.flush()
        assert heard == [
            ("before_update", "a2"),
            ("after_update", "a2"),
            ("before_update", "b2"),
            ("after_update", "b2"),
        ]
        assert session.scalars(select(Bell.name)).all() == ["a2", "b2"]
    engine.dispose()
