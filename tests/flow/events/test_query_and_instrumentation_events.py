"""Listening to classic queries, and to the instrumentation of classes."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, String, event, exc
from azoth.orm import EXT_SKIP, DeclarativeBase, Query, Session, registry, relationship


@pytest.fixture
def people(family: Any, session: Session) -> Any:
    session.add_all([family.Parent(name=name) for name in "abc"])
    session.commit()
    return family.Parent


def names(query: Any) -> list[str]:
    return sorted(one.name for one in query)


class Hidden(Query):  # type: ignore[type-arg]
    """A class of queries of its own, so that listeners reach no other test."""


@pytest.fixture
def query(session: Session, people: Any) -> Any:
    def begin(*entities: Any) -> Any:
        return Hidden(entities or people, session)

    return begin


def without_b(query: Any) -> Any:
    for description in query.column_descriptions:
        if description["entity"] is not None:
            query = query.enable_assertions(False).filter(description["entity"].name != "b")
    return query


@pytest.fixture
def listening() -> Any:
    event.listen(Hidden, "before_compile", without_b, retval=True, bake_ok=True)
    yield
    event.remove(Hidden, "before_compile", without_b)


@pytest.mark.usefixtures("listening")
def test_a_listener_gives_the_query_that_runs(query: Any, people: Any, session: Session) -> None:
    assert names(query()) == names(query().all()) == ["a", "c"]
    assert query().count() == 2
    assert query().filter_by(name="b").first() is None
    assert names(query().order_by(people.name).limit(2)) == ["a", "c"]
    assert len(session.query(query().subquery()).all()) == 2
    assert session.query(query().exists()).scalar() is True
    assert sorted(query(people.name).all()) == [("a",), ("c",)]
    assert names(query().yield_per(1)) == ["a", "c"]
    assert names(session.query(people)) == ["a", "b", "c"]


def test_what_a_listener_returns_without_retval_is_passed_over(query: Any) -> None:
    heard: list[Any] = []

    def watch(given: Any) -> None:
        heard.append(given.column_descriptions[0]["name"])

    event.listen(Hidden, "before_compile", watch)
    try:
        assert names(query()) == ["a", "b", "c"]
        assert heard == ["Parent"]
    finally:
        event.remove(Hidden, "before_compile", watch)
    assert names(query()) == ["a", "b", "c"]
    assert heard == ["Parent"]


def test_an_update_can_be_changed(query: Any, people: Any) -> None:
    def change(given: Any, context: Any) -> Any:
        assert context.query is given
        assert context.mapper is people.__mapper__
        context.values["note"] = "changed"
        return given.filter(people.name == "a")

    event.listen(Hidden, "before_compile_update", change, retval=True)
    try:
        assert query().update({"name": "z"}) == 1
    finally:
        event.remove(Hidden, "before_compile_update", change)
    assert sorted((one.name, one.note) for one in query()) == [("b", "none yet"), ("c", "none yet"), ("z", "changed")]


def test_a_delete_can_be_narrowed(query: Any, people: Any, session: Session) -> None:
    def narrow(given: Any, context: Any) -> Any:
        assert context.session is session
        return given.filter(people.name == "a")

    event.listen(Hidden, "before_compile_delete", narrow, retval=True)
    try:
        assert query().delete() == 1
    finally:
        event.remove(Hidden, "before_compile_delete", narrow)
    assert names(query()) == ["b", "c"]


def test_one_query_is_no_target(query: Any) -> None:
    with pytest.raises(exc.InvalidRequestError, match="AZ-C93"):
        event.listen(query(), "before_compile", without_b)


def test_criteria_after_a_limit_may_be_allowed(query: Any, people: Any) -> None:
    limited = query().order_by(people.id).limit(1)
    with pytest.raises(exc.InvalidRequestError, match="AZ-S72"):
        limited.filter(people.name == "b")
    assert names(limited.enable_assertions(False).filter(people.name == "b")) == ["b"]
    with pytest.raises(exc.InvalidRequestError, match="AZ-S72"):
        limited.enable_assertions(False).enable_assertions(True).filter(people.name == "b")


def test_classes_and_attributes_are_told_of_when_they_are_instrumented() -> None:
    heard: list[Any] = []

    class Base(DeclarativeBase):
        pass

    event.listen(Base, "class_instrument", lambda cls: heard.append(("class", cls.__name__)))
    event.listen(Base, "class_uninstrument", lambda cls: heard.append(("gone", cls.__name__)))
    event.listen(
        Base,
        "attribute_instrument",
        lambda cls, key, inst: heard.append((cls.__name__, key, inst is getattr(cls, key))),
    )

    class One(Base):
        __tablename__ = "one"
        id = Column(Integer, primary_key=True)
        many = relationship("Many")

    class Many(Base):
        __tablename__ = "many"
        id = Column(Integer, primary_key=True)
        one_id = Column(ForeignKey("one.id"))

    assert heard == [("class", "One"), ("class", "Many")]
    Base.registry.configure()
    assert sorted(heard[2:]) == [
        ("Many", "id", True), ("Many", "one_id", True), ("One", "id", True), ("One", "many", True),
    ]  # fmt: skip
    del heard[:]
    One.name = Column(String)
    assert heard == [("One", "name", True)]
    del heard[:]
    Base.registry.dispose()
    assert sorted(heard) == [("gone", "Many"), ("gone", "One")]


def test_listeners_of_all_classes_and_of_one_class_alone() -> None:
    heard: list[str] = []

    class Base(DeclarativeBase):
        pass

    class Alone(Base):
        __abstract__ = True

    def every(cls: Any) -> None:
        heard.append(f"any {cls.__name__}")

    event.listen(type, "class_instrument", every)
    event.listen(Alone, "class_instrument", lambda cls: heard.append(f"alone {cls.__name__}"), propagate=False)
    try:

        class Below(Alone):
            __tablename__ = "below"
            id = Column(Integer, primary_key=True)

        assert heard == ["any Below"]
    finally:
        event.remove(type, "class_instrument", every)


def test_a_listener_to_attributes_may_listen_to_each_as_a_validator() -> None:
    class Base(DeclarativeBase):
        pass

    def check(cls: Any, key: str, inst: Any) -> None:
        if not isinstance(inst.property.columns[0].type, String):
            return

        @event.listens_for(inst, "set", retval=True)
        def shorten(target: Any, value: str, oldvalue: Any, initiator: Any) -> str:
            return value[: inst.property.columns[0].type.length]

    event.listen(Base, "attribute_instrument", check)

    class Thing(Base):
        __tablename__ = "thing"
        id = Column(Integer, primary_key=True)
        code = Column(String(3))

    assert Thing(code="abcdef").code == "abc"


def test_a_mapper_may_be_left_for_a_later_round() -> None:
    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "thing"
        id = Column(Integer, primary_key=True)

    answers = [EXT_SKIP, None]
    event.listen(Thing, "before_mapper_configured", lambda mapper, class_: answers.pop(0), retval=True)
    event.listen(Thing, "before_mapper_configured", lambda mapper, class_: EXT_SKIP)
    Base.registry.configure()
    assert not Thing.__mapper__.configured
    Base.registry.configure()
    assert Thing.__mapper__.configured


def test_listening_to_what_is_no_class_is_refused() -> None:
    with pytest.raises(exc.InvalidRequestError, match="AZ-C93"):
        event.listen(registry(), "class_instrument", print)
