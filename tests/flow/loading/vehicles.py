"""A hierarchy with tables to join, one class that shares the table of its base, and two levels."""

from __future__ import annotations

import azoth
from azoth import ForeignKey
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Vehicle(Base):
    __tablename__ = "vehicle"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str | None]
    name: Mapped[str]
    bell: Mapped[str | None] = mapped_column(deferred=True)
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "vehicle"}


class Car(Vehicle):
    __tablename__ = "car"

    id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), primary_key=True)
    doors: Mapped[int]
    __mapper_args__ = {"polymorphic_identity": "car"}


class Taxi(Car):
    __tablename__ = "taxi"

    id: Mapped[int] = mapped_column(ForeignKey("car.id"), primary_key=True)
    number: Mapped[int]
    trips: Mapped[list[Trip]] = relationship()
    __mapper_args__ = {"polymorphic_identity": "taxi"}


class Ship(Vehicle):
    __tablename__ = "ship"

    id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), primary_key=True)
    masts: Mapped[int]
    __mapper_args__ = {"polymorphic_identity": "ship"}


class Bicycle(Vehicle):
    gears: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "bicycle"}


class Trip(Base):
    __tablename__ = "trip"

    id: Mapped[int] = mapped_column(primary_key=True)
    taxi_id: Mapped[int] = mapped_column(ForeignKey("taxi.id"))


def make_vehicles(engine: azoth.Engine, count: int) -> None:
    """Create the tables and store so many objects: cars, taxis, ships and bicycles in turn."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for number in range(1, count + 1):
            common = {"id": number, "name": f"no. {number}", "bell": f"bell {number}"}
            session.add(_vehicle(number, common))
        session.commit()


def of_its_class(vehicle: Vehicle) -> int | None:
    """Read the attribute that only its class has."""
    match vehicle:
        case Taxi():
            return vehicle.number
        case Car():
            return vehicle.doors
        case Ship():
            return vehicle.masts
        case Bicycle():
            return vehicle.gears
    raise AssertionError(vehicle)


def _vehicle(number: int, common: dict[str, object]) -> Vehicle:
    match number % 4:
        case 0:
            return Car(doors=number, **common)
        case 1:
            return Taxi(doors=5, number=number, trips=[Trip()], **common)
        case 2:
            return Ship(masts=number, **common)
        case _:
            return Bicycle(gears=number, **common)
