"""Listening to instances: construction, loading, refreshing, expiring, pickling."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from azoth import ForeignKey, event, func, inspect, select
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, selectinload
from tests.database import Database


class Base(DeclarativeBase):
    pass


class Keepsake(Base):
    __tablename__ = "keepsake"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def test_init_comes_before_the_constructor_and_may_change_its_arguments(family: Any) -> None:
    heard: list[Any] = []

    @event.listens_for(family.Parent, "init")
    def before(target: Any, args: Any, kwargs: Any) -> None:
        heard.append((target.__dict__.get("name"), args, dict(kwargs)))
        kwargs.setdefault("note", "from the listener")

    parent = family.Parent(name="p")
    assert heard == [(None, (), {"name": "p"})]
    assert (parent.name, parent.note) == ("p", "from the listener")


def test_without_listeners_a_class_has_its_own_constructor_back(family: Any) -> None:
    family.Parent()
    own = family.Parent.__init__

    def listener(target: Any, args: Any, kwargs: Any) -> None:
        pass

    event.listen(family.Parent, "init", listener)
    assert family.Parent.__init__ is not own
    event.remove(family.Parent, "init", listener)
    assert family.Parent.__init__ is own


def test_init_failure_is_announced(family: Any) -> None:
    heard: list[Any] = []
    event.listen(family.Parent, "init_failure", lambda target, args, kwargs: heard.append(kwargs))
    with pytest.raises(TypeError):
        family.Parent(colour="red")
    assert heard == [{"colour": "red"}]


def test_load_is_announced_once_for_each_object_made(family: Any, session: Session) -> None:
    session.add_all([family.Parent(name="a"), family.Parent(name="b")])
    session.commit()
    session.expunge_all()
    session.scalars(select(family.Parent)).all()
    heard: list[Any] = []

    @event.listens_for(family.Parent, "load")
    def loaded(target: Any, context: Any) -> None:
        heard.append(target.name)
        target.greeting = f"hello {target.name}"

    session.expunge_all()
    parents = session.scalars(select(family.Parent).order_by(family.Parent.id)).all()
    session.scalars(select(family.Parent)).all()
    assert heard == ["a", "b"]
    assert parents[0].greeting == "hello a"
    event.remove(family.Parent, "load", loaded)
    session.expunge_all()
    session.scalars(select(family.Parent)).all()
    assert len(heard) == 2


def test_load_is_announced_on_every_way_of_loading(family: Any, session: Session) -> None:
    session.add(family.Parent(name="p", children=[family.Child(name="c"), family.Child(name="d")]))
    session.commit()
    heard: list[Any] = []
    event.listen(family.Child, "load", lambda target, context: heard.append(target.name))
    for load in (
        lambda: session.get(family.Parent, 1).children,
        lambda: session.scalars(select(family.Parent).options(selectinload(family.Parent.children))).all(),
        lambda: session.query(family.Child).all(),
        lambda: [session.get(family.Child, key) for key in (1, 2)],
        lambda: session.scalars(select(family.Child).from_statement(select(family.Child))).all(),
    ):
        session.expunge_all()
        heard.clear()
        load()
        assert sorted(heard) == ["c", "d"]


def test_refresh_names_what_was_loaded(family: Any, session: Session) -> None:
    heard: list[Any] = []
    event.listen(family.Parent, "refresh", lambda target, context, attrs: heard.append(attrs and sorted(attrs)))
    parent = family.Parent(name="p")
    session.add(parent)
    session.commit()
    assert heard == []
    assert parent.name == "p"
    session.expire(parent, ["name"])
    assert parent.name == "p"
    session.scalars(select(family.Parent)).all()
    session.scalars(select(family.Parent), execution_options={"populate_existing": True}).all()
    assert heard == [["id", "name", "note"], ["name"], None]


def test_refresh_flush_names_the_defaults_that_a_flush_filled_in(family: Any, session: Session) -> None:
    heard: list[Any] = []
    event.listen(family.Parent, "refresh_flush", lambda target, context, attrs: heard.append(sorted(attrs)))
    session.add(family.Parent(name="p", children=[family.Child()]))
    session.flush()
    assert heard == [["note"]]


def test_expire_is_announced(family: Any, session: Session) -> None:
    heard: list[Any] = []
    event.listen(family.Parent, "expire", lambda target, attrs: heard.append(attrs))
    parent = family.Parent(name="p")
    session.add(parent)
    session.flush()
    session.expire(parent, ["name"])
    session.expire(parent)
    session.commit()
    assert heard == [["name"], None, None]


MADE = {
    # eager_defaults of the mapping -> what is told of an INSERT, of an UPDATE and of an UPDATE with an expression
    False: [
        [("refresh_flush", ["given"]), ("expire", ["served"]), ("refresh_flush", ["own"])],
        [("refresh_flush", ["counted"]), ("expire", ["computed"])],
        [("refresh_flush", ["counted"]), ("expire", ["computed", "note"])],
    ],
    True: [
        [("refresh_flush", ["served", "given"]), ("refresh_flush", ["own"])],
        [("refresh_flush", ["computed", "counted"])],
        [("refresh_flush", ["computed", "note", "counted"])],
    ],
}


@pytest.mark.parametrize("eager", [False, True])
def test_a_flush_tells_once_for_each_row_what_it_has_made_and_what_it_has_expired(
    database: Database, eager: bool
) -> None:
    class Mine(DeclarativeBase):
        pass

    class Post(Mine):
        __tablename__ = "post"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        note: Mapped[str]
        given: Mapped[int] = mapped_column(default=5)
        served: Mapped[int] = mapped_column(server_default="3")
        counted: Mapped[int | None] = mapped_column(onupdate=lambda: 7)
        computed: Mapped[int | None] = mapped_column(onupdate=func.abs(-3))
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "post", "eager_defaults": eager}

    class Letter(Post):
        __tablename__ = "letter"
        letter_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
        own: Mapped[int] = mapped_column(default=6)
        __mapper_args__ = {"polymorphic_identity": "letter", "eager_defaults": eager}

    heard: list[Any] = []
    event.listen(Post, "refresh_flush", lambda target, _, names: heard.append(("refresh_flush", names)), propagate=True)
    event.listen(Post, "expire", lambda target, names: heard.append(("expire", sorted(names))), propagate=True)
    engine = database.make_engine()
    Mine.metadata.create_all(engine)
    with Session(engine) as session:
        letter = Letter(note="a")
        session.add(letter)
        told = []
        for note in (None, "b", func.lower("C")):
            if note is not None:
                letter.note = note
            session.flush()
            told.append(list(heard))
            heard.clear()
        assert told == MADE[eager]
        session.delete(letter)
        session.flush()
        assert heard == []
    Mine.registry.dispose()


def test_pickling_carries_what_listeners_add() -> None:
    heard: list[Any] = []

    def pack(target: Any, state_dict: dict[str, Any]) -> None:
        state_dict["packed"] = True

    def unpack(target: Any, state_dict: dict[str, Any]) -> None:
        heard.append(dict(state_dict))

    event.listen(Keepsake, "pickle", pack)
    event.listen(Keepsake, "unpickle", unpack)
    try:
        keepsake = Keepsake(name="ring")
        inspect(keepsake)
        copy = pickle.loads(pickle.dumps(keepsake))
    finally:
        event.remove(Keepsake, "pickle", pack)
        event.remove(Keepsake, "unpickle", unpack)
    assert copy.name == "ring"
    assert heard == [{"packed": True}]


def test_raw_listeners_get_states(family: Any) -> None:
    heard: list[Any] = []
    event.listen(family.Parent, "init", lambda state, args, kwargs: heard.append(state), raw=True)
    parent = family.Parent()
    assert heard == [inspect(parent)]


def test_a_listener_of_a_base_class_hears_its_subclasses_with_propagate(engine: Any) -> None:
    class Root(DeclarativeBase):
        pass

    heard: list[str] = []
    event.listen(Root, "init", lambda target, args, kwargs: heard.append(type(target).__name__), propagate=True)

    class One(Root):
        __tablename__ = "one"

        id: Mapped[int] = mapped_column(primary_key=True)

    class Two(Root):
        __tablename__ = "two"

        id: Mapped[int] = mapped_column(ForeignKey("one.id"), primary_key=True)

    One()
    Two()
    assert heard == ["One", "Two"]
