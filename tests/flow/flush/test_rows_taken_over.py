"""An object is deleted and another one with its key added in one flush: the row stays, and what refers to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, String, event, func, inspect, select, text
from azoth.orm import Session, declarative_base, relationship
from azoth.orm.exc import StaleDataError
from tests.conftest import Statements
from tests.database import Database

Base: Any = declarative_base()


class Owner(Base):
    __tablename__ = "owner"
    name = Column(String(10), primary_key=True)
    note = Column(String(10))
    made = Column(String(10), default="made")
    served = Column(String(10), server_default="served")
    counted = Column(Integer, server_default=text("3"))
    seen = Column(String(10), onupdate="touched")


class Cascading(Base):
    __tablename__ = "cascading"
    id = Column(Integer, primary_key=True)
    owner_name = Column(ForeignKey("owner.name", ondelete="CASCADE"))
    owner = relationship("Owner")


class Refusing(Base):
    __tablename__ = "refusing"
    id = Column(Integer, primary_key=True)
    owner_name = Column(ForeignKey("owner.name"))


class Versioned(Base):
    __tablename__ = "versioned"
    id = Column(Integer, primary_key=True)
    name = Column(String(10))
    version = Column(Integer, nullable=False)
    __mapper_args__ = {"version_id_col": version}


class Animal(Base):
    __tablename__ = "animal"
    id = Column(Integer, primary_key=True)
    kind = Column(String(10))
    name = Column(String(10))
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "animal"}


class Dog(Animal):
    __tablename__ = "dog"
    id = Column(ForeignKey("animal.id"), primary_key=True)
    bone = Column(String(10))
    __mapper_args__ = {"polymorphic_identity": "dog"}


class Cat(Animal):
    claw = Column(String(10))
    __mapper_args__ = {"polymorphic_identity": "cat"}


class Toy(Base):
    __tablename__ = "toy"
    id = Column(Integer, primary_key=True)
    animal_id = Column(ForeignKey("animal.id"))


@pytest.fixture
def session(database: Database, statements: Statements) -> Iterator[Session]:
    engine = database.make_engine(foreign_keys=True)
    statements.record(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Owner(name="k", note="old", made="mine", served="mine", counted=7, seen="seen"))
        session.flush()
        session.add_all([Cascading(id=1, owner_name="k"), Refusing(id=1, owner_name="k")])
        session.commit()
        yield session


def replace(session: Session, **values: Any) -> tuple[Any, Any]:
    old, new = session.get_one(Owner, "k"), Owner(name="k", **values)
    session.delete(old)
    session.add(new)
    return old, new


def test_rows_that_refer_to_it_stay(session: Session) -> None:
    child = session.get_one(Cascading, 1)
    old, new = replace(session, note="new")
    child.owner = new
    session.commit()
    assert session.execute(select(Cascading.id, Cascading.owner_name)).all() == [(1, "k")]
    assert session.execute(select(Refusing.id, Refusing.owner_name)).all() == [(1, "k")]
    assert child.owner is new
    assert session.get(Owner, "k") is new
    assert (inspect(old).detached, inspect(new).persistent) == (True, True)


def test_nothing_of_the_old_object_is_left(session: Session) -> None:
    _, new = replace(session)
    session.commit()
    row = session.execute(select(Owner.note, Owner.made, Owner.served, Owner.counted, Owner.seen)).one()
    assert row == (None, "made", "served", 3, None)
    assert (new.note, new.made, new.served, new.counted, new.seen) == tuple(row)


def test_values_are_expressions_too(session: Session) -> None:
    _, new = replace(session, note=func.upper("new"), made="given")
    session.commit()
    assert (new.note, new.made) == ("NEW", "given")


@pytest.mark.parametrize("nested", [False, True])
def test_a_rollback_brings_the_old_one_back(session: Session, nested: bool) -> None:
    transaction: Any = session.begin_nested() if nested else session
    old, new = replace(session, note="new")
    session.flush()
    transaction.rollback()
    assert session.get(Owner, "k") is old
    assert (old.note, inspect(new).transient) == ("old", True)


def test_it_is_one_update(session: Session, statements: Statements) -> None:
    replace(session, note="new")
    plan = session.plan()
    assert [step.label for step in plan.steps] == ["REPLACE owner"]
    assert "taken over" in str(plan)
    planned = [statement.sql for step in plan.describe() for statement in step.statements]
    statements.clear()
    session.flush()
    assert [statement for statement in statements if not statement.startswith("BEGIN")] == planned
    assert planned[0].startswith("UPDATE owner SET")


def test_listeners_hear_of_a_new_object(session: Session) -> None:
    heard: list[str] = []
    for name in ("before_insert", "after_insert", "before_update", "before_delete"):
        event.listen(Owner, name, lambda mapper, connection, target, name=name: heard.append(name))
    try:
        replace(session)
        session.flush()
        assert heard == ["before_insert", "after_insert"]
    finally:
        session.rollback()


def test_the_version_of_the_old_object_is_checked(session: Session) -> None:
    session.add(Versioned(id=1, name="a"))
    session.commit()
    old = session.get_one(Versioned, 1)
    session.connection().exec_driver_sql("UPDATE versioned SET version = 9")
    session.delete(old)
    session.add(Versioned(id=1, name="b"))
    with pytest.raises(StaleDataError):
        session.flush()
    session.rollback()
    old = session.get_one(Versioned, 1)
    session.delete(old)
    new = Versioned(id=1, name="b")
    session.add(new)
    session.commit()
    assert (new.name, new.version) == ("b", 1)


@pytest.mark.parametrize("before", [Animal, Dog, Cat])
@pytest.mark.parametrize("after", [Animal, Dog, Cat])
def test_a_row_becomes_one_of_another_class(session: Session, before: Any, after: Any) -> None:
    given = {Animal: {}, Dog: {"bone": "big"}, Cat: {"claw": "long"}}
    session.add(before(id=1, name="a", **given[before]))
    session.flush()
    session.add(Toy(id=1, animal_id=1))
    session.commit()
    session.delete(session.get_one(Animal, 1))
    session.add(after(id=1, **given[after]))
    session.commit()
    session.expunge_all()
    found = session.get_one(Animal, 1)
    assert (type(found), found.name, session.get_one(Toy, 1).animal_id) == (after, None, 1)
    assert {key: getattr(found, key) for key in given[after]} == given[after]
    assert session.scalar(select(func.count()).select_from(Dog.__table__)) == (after is Dog)
    claw = session.scalar(select(Animal.__table__.c.claw))
    assert claw == ("long" if after is Cat else None)


def test_others_take_what_the_old_one_had(session: Session) -> None:
    """Several rows are replaced, removed and added together."""
    session.add_all([Owner(name=name, note=name) for name in "abc"])
    session.commit()
    owners = {name: session.get_one(Owner, name) for name in "abc"}
    for owner in owners.values():
        session.delete(owner)
    session.add_all([Owner(name="b", note="new b"), Owner(name="d", note="new d"), Owner(name="c", note="new c")])
    session.commit()
    found = session.execute(select(Owner.name, Owner.note).order_by(Owner.name)).all()
    assert found == [("b", "new b"), ("c", "new c"), ("d", "new d"), ("k", "old")]


@pytest.mark.parametrize("nullable", [False, True])
def test_unique_values_go_from_one_row_to_another(database: Database, nullable: bool) -> None:
    Other: Any = declarative_base()

    class Seat(Other):
        __tablename__ = "seat"
        id = Column(Integer, primary_key=True, autoincrement=False)
        label = Column(String(10), unique=True, nullable=nullable)

    class Guest(Other):
        __tablename__ = "guest"
        id = Column(Integer, primary_key=True)
        seat_id = Column(ForeignKey("seat.id"))

    engine = database.make_engine(foreign_keys=True)
    Other.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Seat(id=1, label="a"), Seat(id=2, label="b"), Seat(id=3, label="c")])
        session.flush()
        if nullable:
            # The rows have to stay: a guest sits on each.
            session.add_all([Guest(id=1, seat_id=1), Guest(id=2, seat_id=2)])
        session.commit()
        for seat in session.scalars(select(Seat)).all():
            session.delete(seat)
        session.add_all([Seat(id=1, label="b"), Seat(id=2, label="a"), Seat(id=4, label="c")])
        session.commit()
        found = session.execute(select(Seat.id, Seat.label).order_by(Seat.id)).all()
        assert found == [(1, "b"), (2, "a"), (4, "c")]
        assert session.scalars(select(Guest.seat_id).order_by(Guest.id)).all() == ([1, 2] if nullable else [])


def test_a_row_of_nothing_but_its_key_stays_without_a_statement(database: Database, statements: Statements) -> None:
    base: Any = declarative_base()

    class User(base):
        __tablename__ = "user"
        name = Column(String(10), primary_key=True)

    class Mail(base):
        __tablename__ = "mail"
        user_name = Column(ForeignKey("user.name"), primary_key=True)
        address = Column(String(10), primary_key=True)
        note = Column(String(10))
        user = relationship(User)

    engine = database.make_engine(foreign_keys=True)
    base.metadata.create_all(engine)
    statements.record(engine)
    with Session(engine) as session:
        old = Mail(user=User(name="a"), address="x", note="old")
        session.add(old)
        session.commit()
        session.delete(old.user)
        session.delete(old)
        # Its key is that of another new object.
        new = Mail(user=User(name="a"), address="x", note="new")
        session.add(new)
        statements.clear()
        session.flush()
        assert [statement.split()[0] for statement in statements] == ["UPDATE"]
        assert session.execute(select(Mail.user_name, Mail.address, Mail.note)).all() == [("a", "x", "new")]
    engine.dispose()
