"""SessionExtension, MapperExtension and AttributeExtension."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from azoth import Column, Integer, MetaData, String, Table
from azoth.orm import (
    EXT_STOP,
    AttributeExtension,
    MapperExtension,
    Session,
    SessionExtension,
    class_mapper,
    column_property,
    create_session,
    interfaces,
    mapper,
    relation,
    sessionmaker,
)


class Recorder(SessionExtension):
    def __init__(self) -> None:
        self.heard: list[Any] = []

    def before_commit(self, session: Session) -> None:
        self.heard.append("before_commit")

    def after_commit(self, session: Session) -> None:
        self.heard.append("after_commit")

    def after_rollback(self, session: Session) -> None:
        self.heard.append("after_rollback")

    def before_flush(self, session: Session, flush_context: Any, instances: Any) -> None:
        self.heard.append("before_flush")

    def after_flush(self, session: Session, flush_context: Any) -> None:
        self.heard.append("after_flush")

    def after_flush_postexec(self, session: Session, flush_context: Any) -> None:
        self.heard.append("after_flush_postexec")

    def after_begin(self, session: Session, transaction: Any, connection: Any) -> None:
        self.heard.append("after_begin")

    def after_attach(self, session: Session, instance: Any) -> None:
        self.heard.append("after_attach")

    def after_bulk_update(self, session: Session, query: Any, query_context: Any, result: Any) -> None:
        self.heard.append(("after_bulk_update", result.rowcount))

    def after_bulk_delete(self, session: Session, query: Any, query_context: Any, result: Any) -> None:
        self.heard.append(("after_bulk_delete", result.rowcount))


def test_a_session_extension_hears_of_everything(shop: Any) -> None:
    recorder = Recorder()
    sess = sessionmaker(bind=shop.engine, extension=recorder)()
    sess.save(shop.User("ed"))
    sess.commit()
    assert recorder.heard == [
        "after_attach",
        "before_commit",
        "before_flush",
        "after_begin",
        "after_flush",
        "after_flush_postexec",
        "after_commit",
    ]
    recorder.heard.clear()
    sess.query(shop.User).update({"name": "edward"})
    sess.query(shop.User).delete()
    sess.rollback()
    assert recorder.heard == ["after_begin", ("after_bulk_update", 1), ("after_bulk_delete", 1), "after_rollback"]


def test_the_example_of_before_commit(shop: Any) -> None:
    said: list[str] = []

    class MySessionExtension(SessionExtension):
        def before_commit(self, session: Session) -> None:
            said.append("before commit!")

    Maker = sessionmaker(extension=MySessionExtension(), bind=shop.engine)
    Maker().commit()
    sess = create_session(extension=MySessionExtension(), bind=shop.engine)
    sess.begin()
    sess.commit()
    assert said == ["before commit!", "before commit!"]


def test_one_extension_serves_many_sessions_and_a_session_takes_many(shop: Any) -> None:
    class Named(SessionExtension):
        def __init__(self, name: str) -> None:
            self.name = name

        def before_commit(self, session: Session) -> None:
            heard.append((self.name, session))

    heard: list[Any] = []
    one, two = Named("one"), Named("two")
    first = Session(shop.engine, extension=[one, two])
    second = Session(shop.engine, extension=one)
    for sess in (first, second):
        sess.commit()
        sess.close()
    assert heard == [("one", first), ("two", first), ("one", second)]
    with Session(shop.engine) as third:
        third.commit()
    assert len(heard) == 3


def test_sessions_with_the_same_extension_share_their_listeners(shop: Any) -> None:
    maker = sessionmaker(bind=shop.engine, extension=Recorder())
    first, second = maker(), maker()
    assert first.dispatch is second.dispatch


class Hooked(MapperExtension):
    def __init__(self, heard: list[Any], name: str = "") -> None:
        self.heard, self.name = heard, name

    def init_instance(self, mapper: Any, class_: Any, oldinit: Any, instance: Any, args: Any, kwargs: Any) -> None:
        self.heard.append(f"{self.name}init_instance")

    def reconstruct_instance(self, mapper: Any, instance: Any) -> None:
        self.heard.append(f"{self.name}reconstruct_instance")

    def on_reconstitute(self, mapper: Any, instance: Any) -> None:
        self.heard.append(f"{self.name}on_reconstitute")

    def before_insert(self, mapper: Any, connection: Any, instance: Any) -> None:
        self.heard.append(f"{self.name}before_insert")
        instance.stamp = "inserted"

    def after_insert(self, mapper: Any, connection: Any, instance: Any) -> None:
        self.heard.append(f"{self.name}after_insert {instance.id}")

    def before_update(self, mapper: Any, connection: Any, instance: Any) -> None:
        self.heard.append(f"{self.name}before_update")
        instance.stamp = "updated"

    def after_update(self, mapper: Any, connection: Any, instance: Any) -> None:
        self.heard.append(f"{self.name}after_update")

    def before_delete(self, mapper: Any, connection: Any, instance: Any) -> None:
        self.heard.append(f"{self.name}before_delete")

    def after_delete(self, mapper: Any, connection: Any, instance: Any) -> None:
        self.heard.append(f"{self.name}after_delete")


@pytest.fixture
def things(engine: Any) -> Iterator[Any]:
    metadata = MetaData()
    table = Table(
        "things",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(30)),
        Column("stamp", String(30)),
    )
    metadata.create_all(engine)
    mapped: list[type[Any]] = []

    def map_with(**options: Any) -> type[Any]:
        class Thing:
            name: Any
            stamp: Any

        mapper(Thing, table, **options)
        mapped.append(Thing)
        return Thing

    yield SimpleNamespace(map_with=map_with, engine=engine, table=table)
    for class_ in mapped:
        class_mapper(class_).dispose()


def test_a_mapper_extension_hears_of_construction_rows_and_loading(things: Any) -> None:
    heard: list[Any] = []
    Thing = things.map_with(extension=Hooked(heard))
    sess = create_session(bind=things.engine)
    thing = Thing()
    assert heard == ["init_instance"]
    thing.name = "a"
    sess.save(thing)
    sess.flush()
    assert heard[1:] == ["before_insert", "after_insert 1"]
    thing.name = "b"
    sess.flush()
    assert heard[3:] == ["before_update", "after_update"]
    sess.clear()
    loaded = sess.query(Thing).one()
    assert (loaded.name, loaded.stamp) == ("b", "updated")
    assert heard[5:] == ["reconstruct_instance", "on_reconstitute"]
    sess.delete(loaded)
    sess.flush()
    assert heard[7:] == ["before_delete", "after_delete"]


def test_several_mapper_extensions_are_called_in_order_until_one_stops(things: Any) -> None:
    heard: list[Any] = []

    class Stopping(Hooked):
        def before_insert(self, mapper: Any, connection: Any, instance: Any) -> Any:
            super().before_insert(mapper, connection, instance)
            return EXT_STOP

    Thing = things.map_with(extension=[Stopping(heard, "1 "), Hooked(heard, "2 ")])
    sess = create_session(bind=things.engine)
    sess.save(Thing())
    heard.clear()
    sess.flush()
    assert heard == ["1 before_insert", "1 after_insert 1", "2 after_insert 1"]


def test_methods_that_an_extension_leaves_out_cost_nothing(things: Any) -> None:
    class Idle(MapperExtension):
        pass

    Thing = things.map_with(extension=Idle())
    dispatch = class_mapper(Thing).dispatch
    assert not (dispatch.inserting or dispatch.updating or dispatch.deleting)


def test_an_attribute_extension_sees_and_changes_values(things: Any, shop: Any) -> None:
    heard: list[Any] = []

    class Upper(AttributeExtension):
        active_history = True

        def set(self, state: Any, value: Any, oldvalue: Any, initiator: Any) -> Any:
            heard.append(("set", oldvalue))
            return value.upper()

    Thing = things.map_with(properties={"name": column_property(things.table.c.name, extension=Upper())})
    thing = Thing()
    thing.name = "a"
    thing.name = "b"
    assert thing.name == "B"
    assert heard[1] == ("set", "A")


def test_an_attribute_extension_of_a_collection(shop: Any) -> None:
    heard: list[Any] = []

    class Noting(AttributeExtension):
        def append(self, state: Any, value: Any, initiator: Any) -> Any:
            heard.append(("append", value.email))
            return value

        def remove(self, state: Any, value: Any, initiator: Any) -> None:
            heard.append(("remove", value.email))

    class Owner:
        pass

    class Mail:
        email = ""

    mapper(Owner, shop.users, properties={"mails": relation(Mail, extension=[Noting()], overlaps="__*")})
    mapper(Mail, shop.addresses)
    try:
        owner, mail = Owner(), Mail()
        mail.email = "a"
        owner.mails.append(mail)
        owner.mails.remove(mail)
        assert heard == [("append", "a"), ("remove", "a")]
    finally:
        for class_ in (Owner, Mail):
            class_mapper(class_).dispose()


def test_the_names_are_in_interfaces() -> None:
    assert interfaces.SessionExtension is SessionExtension
    assert interfaces.MapperExtension is MapperExtension
    assert interfaces.AttributeExtension is AttributeExtension
