"""References with ``post_update`` are given up by an UPDATE before the rows that have them are deleted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from azoth import Column, Engine, ForeignKey, Integer, String, event, select
from azoth.orm import Session, declarative_base, relationship

Base: Any = declarative_base()
stamps: Iterator[int] = count(1)


class Ship(Base):
    """Refers to its captain, who is one of its own crew."""

    __tablename__ = "ship_with_captain"
    id = Column(Integer, primary_key=True)
    version = Column(Integer)
    stamp = Column(Integer, onupdate=lambda: next(stamps))
    captain_id = Column(ForeignKey("sailor_of_ship.id"))
    cook_id = Column(ForeignKey("sailor_of_ship.id"))
    captain = relationship("Sailor", foreign_keys=captain_id, post_update=True)
    cook = relationship("Sailor", foreign_keys=cook_id, post_update=True)
    crew = relationship("Sailor", foreign_keys="Sailor.ship_id", cascade="all, delete-orphan")
    __mapper_args__ = {"version_id_col": version}


class Sailor(Base):
    __tablename__ = "sailor_of_ship"
    id = Column(Integer, primary_key=True)
    ship_id = Column(ForeignKey("ship_with_captain.id"), nullable=False)


class Club(Base):
    """Sets the keys of its members afterwards, and refers to one of them."""

    __tablename__ = "club"
    id = Column(Integer, primary_key=True)
    head_id = Column(ForeignKey("member_of_club.id"))
    head = relationship("Member", foreign_keys=head_id)
    members = relationship("Member", foreign_keys="Member.club_id", post_update=True, cascade="all")


class Member(Base):
    __tablename__ = "member_of_club"
    id = Column(Integer, primary_key=True)
    club_id = Column(ForeignKey("club.id"))


class Link(Base):
    """Is one of a chain, each of which knows the next."""

    __tablename__ = "link_of_chain"
    id = Column(Integer, primary_key=True)
    next_id = Column(ForeignKey("link_of_chain.id"))
    label = Column(String)
    next = relationship("Link", remote_side=id, post_update=True)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


def verbs(statements: Any) -> list[tuple[str, str]]:
    """Tell what was sent: each verb and table once, as long as nothing else comes between."""
    found: list[tuple[str, str]] = []
    for sql in statements:
        words = sql.split()
        place = (words[0], words[1] if words[0] == "UPDATE" else words[2])
        if words[0] in {"UPDATE", "DELETE", "INSERT"} and (not found or found[-1] != place):
            found.append(place)
    return found


def manned_ship(session: Session) -> Ship:
    ship = Ship(crew=[Sailor(), Sailor(), Sailor()])
    ship.captain, ship.cook = ship.crew[0], ship.crew[2]
    session.add(ship)
    session.commit()
    return ship


def test_both_references_of_a_row_are_written_and_given_up_by_one_update(session: Session, statements: Any) -> None:
    ship = Ship(crew=[Sailor(), Sailor()])
    session.add(ship)
    session.flush()
    ship.captain, ship.cook = ship.crew
    statements.clear()
    session.flush()
    assert verbs(statements) == [("UPDATE", "ship_with_captain")]
    assert (ship.captain_id, ship.cook_id) == (ship.crew[0].id, ship.crew[1].id)
    session.delete(ship)
    statements.clear()
    session.flush()
    assert verbs(statements) == [
        ("UPDATE", "ship_with_captain"), ("DELETE", "sailor_of_ship"), ("DELETE", "ship_with_captain"),
    ]  # fmt: skip
    assert len(statements.starting_with("UPDATE")) == 1
    assert session.scalars(select(Sailor)).all() == []


def test_the_update_counts_the_version_and_fires_onupdate_and_the_object_stays_as_it_is(
    session: Session, statements: Any
) -> None:
    ship = manned_ship(session)
    captain_id, stamp, version = ship.captain_id, ship.stamp, ship.version
    heard: list[Any] = []
    event.listen(Ship, "refresh_flush", lambda *told: heard.append(told))
    try:
        session.delete(ship)
        statements.clear()
        session.flush()
    finally:
        Ship._sa_class_manager.dispatch._clear()
    sent = statements.starting_with("UPDATE")[0]
    assert "stamp=" in sent and "version=" in sent and "captain_id=" in sent
    assert (ship.captain_id, ship.stamp) == (captain_id, stamp)
    assert next(stamps) == stamp + 2
    assert version is not None and heard == []
    session.rollback()
    assert (ship.version, ship.captain_id, ship.stamp) == (version, captain_id, stamp)


def test_a_reference_that_is_known_to_be_empty_needs_no_update(session: Session, statements: Any) -> None:
    ship = Ship(crew=[Sailor()])
    session.add(ship)
    session.commit()
    assert ship.captain_id is None and ship.cook_id is None
    session.delete(ship)
    statements.clear()
    session.flush()
    assert verbs(statements) == [("DELETE", "sailor_of_ship"), ("DELETE", "ship_with_captain")]


def test_what_is_not_loaded_is_given_up_all_the_same(session: Session, statements: Any) -> None:
    first, last = Link(label="first"), Link(label="last")
    first.next = last
    session.add_all([first, last])
    session.commit()
    session.delete(last)
    session.delete(first)
    statements.clear()
    session.flush()
    assert verbs(statements) == [("UPDATE", "link_of_chain"), ("DELETE", "link_of_chain")]
    assert session.scalars(select(Link)).all() == []


def test_members_are_let_go_of_before_the_owner_of_their_keys(session: Session, statements: Any) -> None:
    club = Club(members=[Member(), Member(), Member()])
    session.add(club)
    session.flush()
    club.head = club.members[1]
    session.commit()
    assert [member.club_id for member in club.members] == [club.id] * 3
    session.delete(club)
    statements.clear()
    session.flush()
    assert verbs(statements) == [("UPDATE", "member_of_club"), ("DELETE", "club"), ("DELETE", "member_of_club")]


def test_a_plan_says_why_the_keys_become_null(session: Session) -> None:
    ship = manned_ship(session)
    session.delete(ship)
    plan = session.plan()
    text = str(plan)
    assert "RELEASE KEYS ship_with_captain" in text
    assert "sets captain_id, cook_id to NULL before the rows go, as post_update asks for" in text
