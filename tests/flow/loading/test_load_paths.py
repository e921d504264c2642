"""A load ends where its path closes, whatever the data: in circles, and as deep as they like."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from azoth import Column, Engine, ForeignKey, Integer, Table, event, insert, inspect, select
from azoth.exc import InvalidRequestError
from azoth.orm import Session, declarative_base, immediateload, joinedload, relationship, selectinload
from tests.database import Database

Base: Any = declarative_base()

friendship = Table(
    "friendship",
    Base.metadata,
    Column("a", ForeignKey("person.id"), primary_key=True),
    Column("b", ForeignKey("person.id"), primary_key=True),
)


class Person(Base):
    __tablename__ = "person"
    id = Column(Integer, primary_key=True)
    boss_id = Column(ForeignKey("person.id"))
    reports = relationship("Person", back_populates="boss", order_by=id)
    boss = relationship("Person", back_populates="reports", remote_side=[id])
    friends = relationship(
        "Person", secondary=friendship, primaryjoin=id == friendship.c.a, secondaryjoin=id == friendship.c.b
    )
    dogs = relationship("Dog", back_populates="owner", lazy="selectin")


class Dog(Base):
    __tablename__ = "dog"
    id = Column(Integer, primary_key=True)
    owner_id = Column(ForeignKey("person.id"))
    owner = relationship(Person, back_populates="dogs", lazy="selectin")


DEEP = 1500


@pytest.fixture
def people(database: Database) -> Engine:
    """A chain of people, each of whom reports to the one before."""
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(Person), [{"id": n, "boss_id": n - 1 or None} for n in range(1, DEEP + 1)])
        connection.execute(insert(Dog), [{"id": n, "owner_id": n} for n in range(1, 6)])
    return engine


@pytest.fixture
def sent(people: Engine) -> list[str]:
    found: list[str] = []
    event.listen(people, "before_cursor_execute", lambda *arguments: found.append(arguments[2]))
    return found


@pytest.mark.parametrize("eager", [selectinload, immediateload])
def test_all_levels_of_a_deep_chain(people: Engine, sent: list[str], eager: Callable[..., Any]) -> None:
    with Session(people) as session:
        query = select(Person).where(Person.id == 1).options(eager(Person.reports, recursion_depth=-1))
        found = session.scalars(query).one()
        count = len(sent)
        levels = 1
        while found.reports:
            [found] = found.reports
            levels += 1
        assert levels == DEEP
        # One for each level and, since these have them, two for the dogs of all: of the first and of the others.
        assert count <= 2 * DEEP + 2
        assert len(sent) == count


def test_all_levels_upwards(people: Engine, sent: list[str]) -> None:
    with Session(people) as session:
        query = select(Person).where(Person.id == DEEP).options(selectinload(Person.boss, recursion_depth=-1))
        found = session.scalars(query).one()
        count = len(sent)
        while found.boss is not None:
            found = found.boss
        assert found.id == 1
        assert len(sent) == count


def test_a_deep_chain_read_level_by_level(people: Engine) -> None:
    with Session(people) as session:
        found = session.get(Person, 1)
        while found.reports:
            [found] = found.reports
        assert found.id == DEEP


@pytest.mark.parametrize("eager", [selectinload, immediateload])
def test_all_levels_of_data_that_go_round(people: Engine, sent: list[str], eager: Callable[..., Any]) -> None:
    ring = [1, 2, 3, 1]
    with Session(people) as session:
        session.execute(insert(friendship), [{"a": a, "b": b} for a, b in pairwise(ring)])
        session.commit()
        sent.clear()
        query = select(Person).where(Person.id == 1).options(eager(Person.friends, recursion_depth=-1))
        found = session.scalars(query).one()
        count = len(sent)
        assert found.friends[0].friends[0].friends == [found]
        assert len(sent) == count


def test_a_recursion_goes_on_behind_what_is_loaded_already(people: Engine, sent: list[str]) -> None:
    with Session(people) as session:
        known = session.get(Person, 3)
        assert [one.id for one in known.reports] == [4]
        query = select(Person).where(Person.id == 1).options(selectinload(Person.reports, recursion_depth=4))
        found = session.scalars(query).one()
        count = len(sent)
        for _ in range(5):
            [found] = found.reports
        assert found.id == 6
        assert len(sent) == count


def test_options_are_followed_behind_objects_that_were_there(people: Engine, sent: list[str]) -> None:
    with Session(people) as session:
        boss = session.get(Person, 1)
        query = select(Person).where(Person.id == 2).options(selectinload(Person.boss).selectinload(Person.friends))
        found = session.scalars(query).one()
        count = len(sent)
        assert found.boss is boss
        assert boss.friends == []
        assert len(sent) == count
        # Now the reference itself is loaded, too.
        session.expire(boss, ["friends"])
        session.scalars(query).one()
        assert "friends" not in inspect(boss).unloaded


def test_further_options_hold_on_each_level(people: Engine) -> None:
    with Session(people) as session:
        option = selectinload(Person.reports, recursion_depth=2)
        query = select(Person).where(Person.id == 1).options(option.selectinload(Person.friends))
        found = session.scalars(query).one()
        missing = []
        for _ in range(3):
            [found] = found.__dict__["reports"]
            missing.append(inspect(found).unloaded)
        assert missing == [{"boss"}, {"boss"}, {"boss", "reports"}]


def test_the_other_way_back_is_not_loaded_by_the_mapping(people: Engine, sent: list[str]) -> None:
    with Session(people) as session:
        person = session.scalars(select(Person).where(Person.id == 1)).one()
        assert len(sent) == 2
        [dog] = person.dogs
        assert inspect(dog).unloaded == {"owner"}
        assert dog.owner is person
        assert len(sent) == 2


def test_what_the_mapping_did_not_load_is_loaded_for_all_peers(people: Engine, sent: list[str]) -> None:
    with Session(people) as session:
        dogs = session.scalars(select(Dog).options(joinedload(Dog.owner)).order_by(Dog.id)).all()
        sent.clear()
        assert [len(dog.owner.dogs) for dog in dogs] == [1] * 5
        assert len(sent) <= 1


def test_recursion_depth_is_refused_where_the_relationship_leads_elsewhere(people: Engine) -> None:
    with Session(people) as session, pytest.raises(InvalidRequestError, match=r"Dog\.owner is not self-referential"):
        session.scalars(select(Dog).options(selectinload(Dog.owner, recursion_depth=1)))


@pytest.mark.parametrize("depth", [-2, "all", 1.5])
def test_recursion_depth_is_a_number_of_levels(people: Engine, depth: Any) -> None:
    with Session(people) as session, pytest.raises(InvalidRequestError, match=r"recursion_depth of Person\.reports is"):
        session.scalars(select(Person).options(selectinload(Person.reports, recursion_depth=depth)))


def test_recursion_depth_and_a_written_step_contradict_each_other(people: Engine) -> None:
    option = selectinload(Person.reports, recursion_depth=1).selectinload(Person.reports)
    with Session(people) as session, pytest.raises(InvalidRequestError, match="contradict each other"):
        session.scalars(select(Person).options(option))
