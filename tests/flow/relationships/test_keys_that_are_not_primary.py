"""passive_updates=False carries changes of unique keys on to the rows that refer to them."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, String, Table
from azoth.orm import Session, declarative_base, relationship

LATE: dict[str, Any] = {"deferrable": True, "initially": "DEFERRED"}
"""What does not follow refers to nothing until the transaction ends."""


def classes(kind: str) -> tuple[Any, Any, Any]:
    """Map a country with a unique code, and what refers to it, with relationships of some kinds."""
    base: Any = declarative_base()
    trade = Table(
        "trade",
        base.metadata,
        Column("country", ForeignKey("countries.code", **LATE), primary_key=True),
        Column("town", ForeignKey("towns.id"), primary_key=True),
    )

    class Country(base):
        __tablename__ = "countries"
        id = Column(Integer, primary_key=True)
        code = Column(String, unique=True)
        owner = Column(ForeignKey("countries.code", **LATE))
        if kind in ("one to many", "both"):
            towns = relationship("Town", passive_updates=False, back_populates="country" if kind == "both" else None)
        if kind == "many to many":
            trading = relationship("Town", secondary=trade, passive_updates=False)
        if kind == "itself":
            owned = relationship("Country", passive_updates=False)

    class Town(base):
        __tablename__ = "towns"
        id = Column(Integer, primary_key=True)
        code = Column(ForeignKey("countries.code", **LATE))
        if kind in ("many to one", "both"):
            country = relationship("Country", passive_updates=False, back_populates="towns" if kind == "both" else None)

    return Country, Town, trade


FOLLOWING = {
    "one to many": ("bb", "aa", "aa"),
    "many to one": ("bb", "aa", "aa"),
    "both": ("bb", "aa", "aa"),
    "many to many": ("aa", "bb", "aa"),
    "itself": ("aa", "aa", "bb"),
}
"""The keys of the town, of the row between, and of the country that belongs to the other one."""


@pytest.mark.parametrize("loaded", [True, False])
@pytest.mark.parametrize("kind", FOLLOWING)
def test_rows_follow_a_unique_key(engine: azoth.Engine, kind: str, loaded: bool) -> None:
    country_class, town_class, trade = classes(kind)
    country_class.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(country_class(id=1, code="aa"))
        session.flush()
        session.add_all([town_class(id=1, code="aa"), country_class(id=2, code="cc", owner="aa")])
        session.flush()
        session.execute(trade.insert(), {"country": "aa", "town": 1})
        session.commit()
        country, town, other = session.get(country_class, 1), session.get(town_class, 1), session.get(country_class, 2)
        assert (country.code, town.code, other.owner) == ("aa", "aa", "aa")
        if loaded:
            for name in ("towns", "trading", "owned"):
                getattr(country, name, None)
            getattr(town, "country", None)
        country.code = "bb"
        session.flush()
        found = [
            session.scalar(azoth.select(town_class.code)),
            session.scalar(azoth.select(trade.c.country)),
            session.scalar(azoth.select(country_class.owner).where(country_class.id == 2)),
        ]
        assert tuple(found) == FOLLOWING[kind]


def test_a_change_of_another_column_loads_nothing(engine: azoth.Engine, statements: list[str]) -> None:
    country_class, town_class, _ = classes("one to many")
    country_class.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(country_class(id=1, code="aa", towns=[town_class(id=1)]))
        session.commit()
        country = session.get(country_class, 1)
        statements.clear()
        country.owner = "aa"
        session.flush()
        assert [sql.split()[0] for sql in statements] == ["UPDATE"]
