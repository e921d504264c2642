"""A primary key changes, and objects in memory that refer to it have what ``ON UPDATE`` made of their rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from azoth import Column, ForeignKey, ForeignKeyConstraint, Integer, String, inspect, select
from azoth.orm import Session, declarative_base, relationship
from tests.database import Database

Base: Any = declarative_base()


class Country(Base):
    __tablename__ = "country"
    code = Column(String(3), primary_key=True)
    name = Column(String(20))
    towns = relationship("Town", back_populates="country", order_by="Town.number")
    flag = relationship("Flag", uselist=False)
    stamps = relationship("Stamp")


class Town(Base):
    """Its primary key changes along."""

    __tablename__ = "town"
    country_code = Column(ForeignKey("country.code", onupdate="CASCADE"), primary_key=True)
    number = Column(Integer, primary_key=True, autoincrement=False)
    name = Column(String(20))
    country = relationship("Country", back_populates="towns")
    streets = relationship("Street", back_populates="town")


class Street(Base):
    """Refers to what changes along."""

    __tablename__ = "street"
    id = Column(Integer, primary_key=True)
    country_code = Column(String(3))
    number = Column(Integer)
    __table_args__ = (
        ForeignKeyConstraint(["country_code", "number"], ["town.country_code", "town.number"], onupdate="CASCADE"),
    )
    town = relationship("Town", back_populates="streets")


class Flag(Base):
    __tablename__ = "flag"
    id = Column(Integer, primary_key=True)
    country_code = Column(ForeignKey("country.code", onupdate="CASCADE"))


class Stamp(Base):
    """Loses its country."""

    __tablename__ = "stamp"
    id = Column(Integer, primary_key=True)
    country_code = Column(ForeignKey("country.code", onupdate="SET NULL"))


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    engine = database.make_engine(foreign_keys=True)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        towns = [Town(number=1, streets=[Street(id=7)]), Town(number=2)]
        session.add(Country(code="a", towns=towns, flag=Flag(id=5), stamps=[Stamp(id=6)]))
        session.add(Country(code="b"))
        session.commit()
        yield session


@pytest.fixture(params=["collections", "references", "nothing"])
def objects(session: Session, request: pytest.FixtureRequest) -> list[Any]:
    """All objects, with their collections or their references loaded, or neither."""
    country = session.get_one(Country, "a")
    town, street = session.get_one(Town, ("a", 1)), session.get_one(Street, 7)
    found = [country, town, street, session.get_one(Flag, 5), session.get_one(Stamp, 6)]
    if request.param == "collections":
        assert [*country.towns, country.flag, *country.stamps, *town.streets] != []
    elif request.param == "references":
        assert (town.country, street.town) == (country, town)
    return found


def test_they_have_the_new_key(session: Session, objects: list[Any]) -> None:
    country, town, street, flag, stamp = objects
    country.code = "z"
    session.flush()
    assert (town.country_code, street.country_code, flag.country_code, stamp.country_code) == ("z", "z", "z", None)
    assert inspect(town).identity == ("z", 1)
    assert (town.country, street.town) == (country, town)
    assert session.get(Town, ("z", 1)) is town
    assert session.get(Town, ("a", 1)) is None


def test_they_are_written_under_the_new_key(session: Session, objects: list[Any]) -> None:
    country, town, street, *_ = objects
    country.code = "y"
    session.flush()
    country.code = "z"
    session.flush()
    town.name, street.number = "Ulm", 2
    session.commit()
    query = select(Town.country_code, Town.number, Town.name).order_by(Town.number)
    assert session.execute(query).all() == [("z", 1, "Ulm"), ("z", 2, None)]
    assert street.town is session.get_one(Town, ("z", 2))


@pytest.mark.parametrize("nested", [False, True])
def test_a_rollback_gives_them_the_old_one(session: Session, objects: list[Any], nested: bool) -> None:
    country, town, street, flag, stamp = objects
    transaction: Any = session.begin_nested() if nested else session
    country.code = "z"
    session.flush()
    transaction.rollback()
    assert country.code == "a"
    assert (town.country_code, street.country_code, flag.country_code, stamp.country_code) == ("a", "a", "a", "a")
    assert inspect(town).identity == ("a", 1)
    assert (town.country, street.town, session.get(Town, ("a", 1))) == (country, town, town)


def test_what_was_set_in_the_same_flush_stays(session: Session, objects: list[Any]) -> None:
    country, _, _, flag, _ = objects
    flag.country_code = "b"
    country.code = "z"
    session.commit()
    assert flag.country_code == "b"


def test_keys_of_several_objects_change_together(session: Session, objects: list[Any]) -> None:
    country, town, street, *_ = objects
    other = session.get_one(Country, "b")
    other.code = "c"
    session.flush()
    country.code, other.code = "b", "d"
    session.flush()
    assert (town.country_code, street.country_code, other.towns, country.towns[0]) == ("b", "b", [], town)


def test_what_says_nothing_is_loaded_again(database: Database) -> None:
    """Nobody says that the database carries the key on: it may do so, or keep the old one."""
    Other: Any = declarative_base()

    class Owner(Other):
        __tablename__ = "owner"
        code = Column(String(3), primary_key=True)
        things = relationship("Thing", primaryjoin="Owner.code == Thing.owner_code", foreign_keys="Thing.owner_code")

    class Thing(Other):
        __tablename__ = "thing"
        id = Column(Integer, primary_key=True)
        owner_code = Column(String(3))

    engine = database.make_engine()
    Other.metadata.create_all(engine)
    with Session(engine) as session:
        owner, thing = Owner(code="a"), Thing(id=1)
        owner.things.append(thing)
        session.add(owner)
        session.commit()
        assert owner.things == [thing]
        owner.code = "z"
        session.flush()
        assert thing.owner_code == "a"
