"""Relationships that are never written: their changes are no changes, and nothing is mirrored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, inspect
from azoth.exc import ArgumentError
from azoth.orm import Session, declarative_base, relationship

Base: Any = declarative_base()


class Ship(Base):
    __tablename__ = "viewed_ships"
    id = Column(Integer, primary_key=True)
    crew = relationship("Sailor", viewonly=True)
    crew_set = relationship("Sailor", viewonly=True, collection_class=set)
    captain = relationship("Sailor", viewonly=True, uselist=False)
    mirrored = relationship("Sailor", viewonly=True, back_populates="mirror", sync_backref=False)


class Sailor(Base):
    __tablename__ = "viewed_sailors"
    id = Column(Integer, primary_key=True)
    ship_id = Column(ForeignKey("viewed_ships.id"))
    ship = relationship("Ship", viewonly=True)
    mirror = relationship("Ship", back_populates="mirrored", sync_backref=False)


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Ship(id=1), Ship(id=2)])
        session.flush()
        session.add(Sailor(id=1, ship_id=1))
        session.commit()
        yield session


Change = Callable[[Ship, Sailor], Any]

CHANGES: dict[str, tuple[str, Change]] = {
    "append": ("crew", lambda ship, sailor: ship.crew.append(Sailor())),
    "pop": ("crew", lambda ship, sailor: ship.crew.pop()),
    "assign": ("crew", lambda ship, sailor: setattr(ship, "crew", [])),
    "clear a set": ("crew_set", lambda ship, sailor: ship.crew_set.clear()),
    "clear an object": ("captain", lambda ship, sailor: setattr(ship, "captain", None)),
    "set an object": ("captain", lambda ship, sailor: setattr(ship, "captain", Sailor())),
    "set a parent": ("ship", lambda ship, sailor: setattr(sailor, "ship", Ship())),
    "delete a parent": ("ship", lambda ship, sailor: delattr(sailor, "ship")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_a_viewonly_relationship_is_none(session: Session, statements: list[str], change: str) -> None:
    ship, sailor = session.get_one(Ship, 1), session.get_one(Sailor, 1)
    key, act = CHANGES[change]
    owner = sailor if key == "ship" else ship
    assert getattr(owner, key)
    act(ship, sailor)
    assert not session.is_modified(owner)
    assert owner not in session.dirty
    assert not inspect(owner).attrs[key].history.has_changes()
    assert list(session.new) == []
    statements.clear()
    session.flush()
    assert statements == []


def test_new_objects_have_no_viewonly_changes_either(session: Session) -> None:
    ship = Ship(id=3)
    ship.crew.append(Sailor(id=3))
    ship.captain = Sailor(id=4)
    assert not inspect(ship).attrs.crew.history.has_changes()
    assert not inspect(ship).attrs.captain.history.has_changes()
    session.add(ship)
    session.commit()
    assert session.get(Sailor, 3) is None


def test_nothing_is_mirrored_to_a_viewonly_relationship(session: Session) -> None:
    ship = session.get_one(Ship, 2)
    assert ship.mirrored == []
    sailor = Sailor(id=5, mirror=ship)
    session.add(sailor)
    assert ship.mirrored == []
    session.commit()
    assert ship.mirrored == [sailor]


def test_mirroring_a_viewonly_relationship_is_refused() -> None:
    with pytest.raises(ArgumentError, match="sync_backref and viewonly cannot both be True"):
        relationship("Sailor", viewonly=True, sync_backref=True)
