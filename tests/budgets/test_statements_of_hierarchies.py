"""How many statements a flush of many objects of several classes sends, and how much Python it runs for them."""

from __future__ import annotations

from typing import Any

import azoth
from azoth import Column, ForeignKey, Integer, String, event
from azoth.orm import DeclarativeBase, Session


class Base(DeclarativeBase):
    """The classes of this module."""


class Animal(Base):
    """The topmost class."""

    __tablename__ = "animal"
    id = Column(Integer, primary_key=True)
    kind = Column(String(20))
    name = Column(String(20))
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "animal"}


class Dog(Animal):
    """A class with a table of its own."""

    __tablename__ = "dog"
    id = Column(ForeignKey("animal.id"), primary_key=True)
    tricks = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "dog"}


class Cat(Animal):
    """Another one."""

    __tablename__ = "cat"
    id = Column(ForeignKey("animal.id"), primary_key=True)
    lives = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "cat"}


class Lion(Cat):
    """A class with three tables."""

    __tablename__ = "lion"
    id = Column(ForeignKey("cat.id"), primary_key=True)
    mane = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "lion"}


def zoo() -> tuple[Session, list[str]]:
    """A session on an empty database, and the list of statements that it sends."""
    engine = azoth.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    sent: list[str] = []

    def note(connection: Any, cursor: Any, sql: str, *rest: Any) -> None:
        sent.append(" ".join(sql.split()[:3]))

    event.listen(engine, "before_cursor_execute", note)
    return Session(engine), sent


def animals(count: int, *, keyed: bool) -> list[Animal]:
    """Objects of four classes in turn."""
    classes: tuple[type[Animal], ...] = (Animal, Dog, Cat, Lion)
    made = []
    for number in range(count):
        one = classes[number % 4](name=str(number))
        if keyed:
            one.id = number + 1
        made.append(one)
    return made


def test_300_inserts_with_given_keys_are_one_call_for_each_table() -> None:
    session, sent = zoo()
    with session:
        session.add_all(animals(300, keyed=True))
        session.flush()
    assert sent == ["INSERT INTO animal", "INSERT INTO dog", "INSERT INTO cat", "INSERT INTO lion"]


def test_300_inserts_with_keys_of_the_server() -> None:
    session, sent = zoo()
    with session:
        session.add_all(animals(300, keyed=False))
        session.flush()
    assert [sql for sql in sent if sql != "INSERT INTO animal"] == [
        "INSERT INTO dog", "INSERT INTO cat", "INSERT INTO lion"
    ]  # fmt: skip
    assert len(sent) <= 303


def test_300_updates_are_one_call_for_each_table() -> None:
    session, sent = zoo()
    with session:
        made = animals(300, keyed=True)
        session.add_all(made)
        session.flush()
        sent.clear()
        for one in made:
            one.name += "!"
            if isinstance(one, Dog):
                one.tricks = 1
            elif isinstance(one, Lion):
                one.mane = 1
        session.flush()
    assert sorted(sent) == ["UPDATE animal SET", "UPDATE dog SET", "UPDATE lion SET"]


def test_300_deletes_are_one_call_for_each_table() -> None:
    session, sent = zoo()
    with session:
        made = animals(300, keyed=True)
        session.add_all(made)
        session.flush()
        sent.clear()
        for one in made:
            session.delete(one)
        session.flush()
    assert sent[-1] == "DELETE FROM animal"
    assert sorted(sent) == ["DELETE FROM animal", "DELETE FROM cat", "DELETE FROM dog", "DELETE FROM lion"]
