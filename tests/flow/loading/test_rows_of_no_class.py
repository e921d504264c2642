"""Rows whose discriminator is unknown are refused by name; those where it is NULL are of the class asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import azoth
from azoth import ForeignKey, exc, select, text
from azoth.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship
from tests.flow.loading.vehicles import Bicycle, Car, Taxi, Vehicle, make_vehicles


class Base(DeclarativeBase):
    pass


class Pen(Base):
    __tablename__ = "pen"

    id: Mapped[int] = mapped_column(primary_key=True)
    animals: Mapped[list[Animal]] = relationship(order_by="Animal.id")


class Animal(Base):
    __tablename__ = "animal"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str | None]
    pen_id: Mapped[int | None] = mapped_column(ForeignKey("pen.id"))


class Goat(Animal):
    __mapper_args__ = {"polymorphic_identity": "goat"}


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    make_vehicles(engine, 8)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


def set_kind(session: Session, key: int, kind: str | None) -> None:
    session.execute(text("UPDATE vehicle SET kind = :kind WHERE id = :key"), {"kind": kind, "key": key})


def test_an_unknown_identity_is_refused(session: Session) -> None:
    set_kind(session, 4, "rocket")
    with pytest.raises(exc.InvalidRequestError) as caught:
        session.scalars(select(Vehicle)).all()
    assert caught.value.code == "AZ-L320"
    assert "Vehicle with key 4" in str(caught.value)
    assert "'rocket'" in str(caught.value)
    with pytest.raises(exc.InvalidRequestError, match="AZ-L320"):
        session.get(Vehicle, 4)
    # The rows before it and after it are there still.
    assert len(session.scalars(select(Vehicle).where(Vehicle.kind != "rocket")).all()) == 7


def test_a_class_of_another_branch_is_refused(session: Session) -> None:
    set_kind(session, 4, "ship")
    with pytest.raises(exc.InvalidRequestError, match="which is Ship and no kind of Car"):
        session.scalars(select(Car)).all()


def test_null_is_the_class_that_was_asked_for(session: Session) -> None:
    set_kind(session, 4, None)
    assert type(session.scalars(select(Vehicle).where(Vehicle.id == 4)).one()) is Vehicle
    session.expunge_all()
    car = session.scalars(select(Car).where(Car.id == 4)).one()
    assert type(car) is Car
    assert car.doors == 4
    # Nothing tells that the row is one of this class, which has no table of its own.
    assert session.scalars(select(Bicycle).where(Bicycle.id == 4)).all() == []


def test_null_of_a_row_in_more_tables(session: Session) -> None:
    set_kind(session, 5, None)
    assert type(session.get(Taxi, 5)) is Taxi
    session.expunge_all()
    assert type(session.get(Car, 5)) is Car


def test_null_is_refused_where_no_row_is_of_the_class(session: Session) -> None:
    session.add(Pen(id=1, animals=[Goat(id=1), Goat(id=2)]))
    session.commit()
    session.execute(text("UPDATE animal SET kind = NULL WHERE id = 2"))
    with pytest.raises(exc.InvalidRequestError, match=r"the discriminator animal\.kind is NULL"):
        session.scalars(select(Animal)).all()
    session.expunge_all()
    with pytest.raises(exc.InvalidRequestError, match="Animal with key 2"):
        session.scalars(select(Pen).options(joinedload(Pen.animals))).unique().all()
