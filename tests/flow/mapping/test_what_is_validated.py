"""``@validates`` names attributes that the class has; what bases and mixins validate may be meant for others."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import ForeignKey
from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    backref,
    composite,
    configure_mappers,
    mapped_column,
    relationship,
    synonym,
    validates,
)


def test_a_name_that_is_no_attribute_is_refused_when_the_mapping_is_configured() -> None:
    class Base(DeclarativeBase):
        pass

    class Ship(Base):
        __tablename__ = "ships"
        id: Mapped[int] = mapped_column(primary_key=True)
        plain = 5

        @validates("id", "plain")
        def check(self, key: str, value: Any) -> Any:
            return value

    with pytest.raises(ArgumentError, match=r"^@validates\('plain'\) of Ship.check: no mapped attribute"):
        Ship()
    with pytest.raises(InvalidRequestError, match="failed to initialize; the first was that of Ship"):
        configure_mappers()
    Base.registry.dispose()


def test_columns_relationships_backrefs_synonyms_and_composites_are_attributes() -> None:
    class Base(DeclarativeBase):
        pass

    class Point:
        def __init__(self, x: int) -> None:
            self.x = x

    seen: list[tuple[str, Any]] = []

    class Ship(Base):
        __tablename__ = "ships"
        id: Mapped[int] = mapped_column("ship_id", primary_key=True)
        x: Mapped[int | None]
        place = composite(Point, "x")
        number = synonym("id")

        @validates("id", "place", "masts", "number")
        def check(self, key: str, value: Any) -> Any:
            seen.append((key, value))
            return value

    class Mast(Base):
        __tablename__ = "masts"
        id: Mapped[int] = mapped_column(primary_key=True)
        ship_id: Mapped[int | None] = mapped_column(ForeignKey("ships.ship_id"))
        ship = relationship(Ship, backref=backref("masts"))

    mast = Mast()
    ship = Ship(id=3)
    mast.ship = ship
    assert seen == [("id", 3), ("masts", mast)]


def test_validators_of_mixins_and_bases_are_used_where_the_attribute_is() -> None:
    seen: list[tuple[str, str]] = []

    class Named:
        @validates("name")
        def check_name(self, key: str, value: str) -> str:
            seen.append((type(self).__name__, value))
            return value.upper()

    class Base(Named, DeclarativeBase):
        pass

    class Ship(Base):
        __tablename__ = "ships"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    class Buoy(Base):
        __tablename__ = "buoys"
        id: Mapped[int] = mapped_column(primary_key=True)

    Buoy(id=1)
    assert Ship(name="x").name == "X"
    assert seen == [("Ship", "x")]
