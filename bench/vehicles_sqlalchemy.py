"""Hierarchies of classes in SQLAlchemy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, with_polymorphic

from bench.vehicles import VehicleRow


class Base(DeclarativeBase):
    pass


class Vehicle(Base):
    __tablename__ = "vehicle"
    __mapper_args__ = {"polymorphic_on": "kind"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    weight: Mapped[int]

    def size(self) -> int:
        raise NotImplementedError

    def enlarge(self) -> None:
        raise NotImplementedError


class Car(Vehicle):
    __tablename__ = "car"
    __mapper_args__ = {"polymorphic_identity": "car"}

    id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), primary_key=True)
    doors: Mapped[int]
    colour: Mapped[str]

    def size(self) -> int:
        return self.doors

    def enlarge(self) -> None:
        self.doors += 1


class Truck(Vehicle):
    __tablename__ = "truck"
    __mapper_args__ = {"polymorphic_identity": "truck"}

    id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), primary_key=True)
    axles: Mapped[int]
    cargo: Mapped[str]

    def size(self) -> int:
        return self.axles

    def enlarge(self) -> None:
        self.axles += 1


class Ship(Vehicle):
    __tablename__ = "ship"
    __mapper_args__ = {"polymorphic_identity": "ship"}

    id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), primary_key=True)
    masts: Mapped[int]
    harbour: Mapped[str]

    def size(self) -> int:
        return self.masts

    def enlarge(self) -> None:
        self.masts += 1


class Bicycle(Vehicle):
    __tablename__ = "bicycle"
    __mapper_args__ = {"polymorphic_identity": "bicycle"}

    id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), primary_key=True)
    gears: Mapped[int]
    brand: Mapped[str]

    def size(self) -> int:
        return self.gears

    def enlarge(self) -> None:
        self.gears += 1


class Article(Base):
    __tablename__ = "article"
    __mapper_args__ = {"polymorphic_on": "kind", "with_polymorphic": "*"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    weight: Mapped[int]


class Book(Article):
    __mapper_args__ = {"polymorphic_identity": "book"}

    pages: Mapped[int | None]
    author: Mapped[str | None]


class Film(Article):
    __mapper_args__ = {"polymorphic_identity": "film"}

    minutes: Mapped[int | None]
    director: Mapped[str | None]


class Song(Article):
    __mapper_args__ = {"polymorphic_identity": "song"}

    tempo: Mapped[int | None]
    singer: Mapped[str | None]


class Game(Article):
    __mapper_args__ = {"polymorphic_identity": "game"}

    players: Mapped[int | None]
    studio: Mapped[str | None]


EVERY_VEHICLE = with_polymorphic(Vehicle, "*")


def new_vehicle(row: VehicleRow) -> Vehicle:
    kind, _, name, weight, number, text = row
    if kind == "car":
        return Car(name=name, weight=weight, doors=number, colour=text)
    if kind == "truck":
        return Truck(name=name, weight=weight, axles=number, cargo=text)
    if kind == "ship":
        return Ship(name=name, weight=weight, masts=number, harbour=text)
    return Bicycle(name=name, weight=weight, gears=number, brand=text)


class MappedVehicles:
    def open(self, engine: Engine, session: Session) -> None:
        self.engine = engine
        self.session = session

    def load_joined(self, count: int) -> list[Any]:
        with Session(self.engine) as session:
            return list(session.scalars(select(EVERY_VEHICLE).where(EVERY_VEHICLE.id <= count)).all())

    def read_sizes(self, count: int) -> list[int]:
        with Session(self.engine) as session:
            vehicles = session.scalars(select(Vehicle).where(Vehicle.id <= count).order_by(Vehicle.id)).all()
            return [vehicle.size() for vehicle in vehicles]

    def load_single(self, count: int) -> list[Any]:
        with Session(self.engine) as session:
            return list(session.scalars(select(Article).where(Article.id <= count)).all())

    def insert(self, rows: Sequence[VehicleRow]) -> list[Any]:
        with Session(self.engine, expire_on_commit=False) as session:
            vehicles = [new_vehicle(row) for row in rows]
            session.add_all(vehicles)
            session.commit()
            return vehicles

    def hold(self, count: int) -> list[Any]:
        return list(self.session.scalars(select(EVERY_VEHICLE).where(EVERY_VEHICLE.id <= count)).all())

    def enlarge(self, vehicles: list[Any]) -> None:
        for vehicle in vehicles:
            vehicle.weight += 1
            vehicle.enlarge()
        self.session.commit()
