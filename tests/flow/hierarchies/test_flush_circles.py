"""Rows of a hierarchy that need each other, in one table and across tables, are written in an order that works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, String
from azoth.orm import DeclarativeBase, Session, relationship
from tests.database import Database


class Model:
    """People with friends, workers with bosses, bosses with helpers.

    Attributes:
        metadata: the tables.
        Person, Worker, Boss, Guest: the classes; Guest shares the table of Person.
    """

    def __init__(self) -> None:
        class Base(DeclarativeBase):
            pass

        class Person(Base):
            __tablename__ = "person"
            id = Column(Integer, primary_key=True)
            kind = Column(String(20))
            friend_id = Column(ForeignKey("person.id"))
            friend = relationship("Person", remote_side=[id], foreign_keys=[friend_id])
            __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person"}

        class Worker(Person):
            __tablename__ = "worker"
            id = Column(ForeignKey("person.id"), primary_key=True)
            boss_id = Column(ForeignKey("boss.id"))
            boss = relationship("Boss", foreign_keys=[boss_id])
            __mapper_args__ = {
                "polymorphic_identity": "worker", "inherit_condition": id == Person.id
            }  # fmt: skip

        class Boss(Person):
            __tablename__ = "boss"
            id = Column(ForeignKey("person.id"), primary_key=True)
            rank = Column(Integer, unique=True)
            helper_id = Column(ForeignKey("worker.id", use_alter=True, name="helper_of_boss"))
            helper = relationship("Worker", foreign_keys=[helper_id])
            __mapper_args__ = {
                "polymorphic_identity": "boss", "inherit_condition": id == Person.id
            }  # fmt: skip

        class Guest(Person):
            host_id = Column(ForeignKey("person.id"))
            host = relationship("Person", remote_side=[Person.id], foreign_keys=[host_id])
            __mapper_args__ = {"polymorphic_identity": "guest"}

        self.metadata = Base.metadata
        self.Person: Any = Person
        self.Worker: Any = Worker
        self.Boss: Any = Boss
        self.Guest: Any = Guest


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def session(database: Database, model: Model) -> Iterator[Session]:
    engine = database.make_engine(foreign_keys=True)
    model.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


def test_tables_that_refer_to_each_other(model: Model, session: Session) -> None:
    worker, boss = model.Worker(), model.Boss()
    worker.boss, boss.helper = boss, worker
    session.add_all([worker, boss])
    session.commit()
    assert (worker.boss_id, boss.helper_id) == (boss.id, worker.id)
    session.delete(worker)
    session.delete(boss)
    session.commit()
    assert session.query(model.Person).count() == 0


def test_friends_of_each_other(model: Model, session: Session) -> None:
    people = [model.Person(), model.Worker(), model.Boss(), model.Guest()]
    for place, one in enumerate(people):
        one.friend = people[place - 1]
    people[3].host = people[2]
    session.add_all(people)
    session.commit()
    assert [one.friend_id for one in people] == [people[place - 1].id for place in range(4)]
    assert people[3].host_id == people[2].id
    for one in people:
        session.delete(one)
    session.commit()
    assert session.query(model.Person).count() == 0


def test_unique_values_of_a_derived_table_change_places(model: Model, session: Session) -> None:
    bosses = [model.Boss(rank=rank) for rank in (1, 2, 3)]
    session.add_all([model.Worker(), *bosses])
    session.commit()
    for boss in bosses:
        boss.rank = boss.rank % 3 + 1
    session.commit()
    assert [boss.rank for boss in bosses] == [2, 3, 1]


def test_a_host_that_goes_when_the_guest_becomes_a_boss(model: Model, session: Session) -> None:
    host, guest = model.Worker(id=1), model.Guest(id=2)
    guest.host = host
    session.add_all([guest, host])
    session.commit()
    session.delete(guest)
    session.delete(host)
    session.add_all([model.Boss(id=2, rank=1), model.Guest(id=1, host_id=2)])
    session.commit()
    assert [(type(one).__name__, one.id) for one in session.query(model.Person).order_by(model.Person.id)] == [
        ("Guest", 1), ("Boss", 2)
    ]  # fmt: skip
