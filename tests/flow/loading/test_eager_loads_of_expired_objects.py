"""Expired objects come again with what the mapping loads eagerly, and new members wait for their flush."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, Engine, ForeignKey, Integer, String, inspect, select
from azoth.orm import Session, declarative_base, immediateload, joinedload, relationship, selectinload, subqueryload


def zoo(engine: Engine, lazy: str, back: str = "select") -> tuple[Any, Any]:
    """Map keepers and their animals, and store two of each."""
    Base: Any = declarative_base()

    class Keeper(Base):
        __tablename__ = "expired_keeper"
        id = Column(Integer, primary_key=True)
        name = Column(String)
        animals = relationship("Animal", lazy=lazy, back_populates="keeper", order_by="Animal.id")

    class Animal(Base):
        __tablename__ = "expired_animal"
        id = Column(Integer, primary_key=True)
        keeper_id = Column(ForeignKey(Keeper.id))
        keeper = relationship(Keeper, lazy=back, back_populates="animals")
        meals = relationship("Meal")

    class Meal(Base):
        __tablename__ = "expired_meal"
        id = Column(Integer, primary_key=True)
        animal_id = Column(ForeignKey(Animal.id))

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Keeper(id=1, name="a", animals=[Animal(id=1), Animal(id=2)]), Keeper(id=2, name="b")])
        session.commit()
    return Keeper, Animal


@pytest.mark.parametrize("lazy, count", [("joined", 1), ("selectin", 2), ("subquery", 2), ("immediate", 2)])
def test_a_load_of_expired_columns_brings_what_the_mapping_loads_eagerly(
    engine: Engine, statements: list[str], lazy: str, count: int
) -> None:
    Keeper, _ = zoo(engine, lazy)
    with Session(engine) as session:
        keepers = session.scalars(select(Keeper).order_by(Keeper.id)).unique().all()
        session.expire_all()
        statements.clear()
        assert keepers[0].name == "a"
        assert len(statements) == count
        assert [len(keeper.__dict__["animals"]) for keeper in keepers] == [2, 0]


def test_columns_that_were_expired_by_name_come_alone(engine: Engine, statements: list[str]) -> None:
    Keeper, _ = zoo(engine, "joined")
    with Session(engine) as session:
        keeper = session.get_one(Keeper, 1)
        session.expire(keeper, ["name", "animals"])
        statements.clear()
        assert keeper.name == "a"
        assert "animals" in inspect(keeper).unloaded
        assert len(statements) == 1


def test_changes_of_an_expired_object_survive_the_load(engine: Engine) -> None:
    Keeper, Animal = zoo(engine, "joined")
    with Session(engine) as session:
        keeper = session.get_one(Keeper, 1)
        session.expire(keeper)
        session.add(Animal(id=3, keeper=keeper))
        with session.no_autoflush:
            assert keeper.name == "a"
            assert [animal.id for animal in keeper.animals] == [1, 2, 3]
        session.commit()
        assert [animal.id for animal in keeper.animals] == [1, 2, 3]


@pytest.mark.parametrize("back", ["selectin", "subquery", "immediate"])
def test_what_is_joined_refers_back_to_what_the_row_has_brought(
    engine: Engine, statements: list[str], back: str
) -> None:
    Keeper, _ = zoo(engine, "joined", back)
    with Session(engine) as session:
        keeper = session.get_one(Keeper, 1)
        assert [animal.__dict__["keeper"] for animal in keeper.animals] == [keeper, keeper]
        session.expire(keeper)
        statements.clear()
        assert keeper.name == "a"
        assert [animal.__dict__["keeper"] for animal in keeper.animals] == [keeper, keeper]
        assert len(statements) == 1


@pytest.mark.parametrize("load", [selectinload, subqueryload, immediateload, joinedload])
def test_options_pass_over_members_that_are_not_flushed(engine: Engine, load: Any) -> None:
    Keeper, Animal = zoo(engine, "select")
    with Session(engine, autoflush=False) as session:
        keeper = session.get_one(Keeper, 1)
        new = Animal(id=3)
        keeper.animals.append(new)
        option = getattr(load(Keeper.animals), load.__name__)(Animal.meals)
        session.scalars(select(Keeper).where(Keeper.id == 1).options(option)).unique().all()
        assert [animal.__dict__.get("meals") for animal in keeper.animals] == [[], [], None]


@pytest.mark.parametrize("lazy", ["joined", "selectin", "subquery", "immediate", "select"])
def test_what_was_put_into_the_collection_of_an_expired_object_stays_in_it(engine: Engine, lazy: str) -> None:
    Keeper, Animal = zoo(engine, lazy)
    with Session(engine, autoflush=False) as session:
        keepers = session.scalars(select(Keeper).order_by(Keeper.id)).unique().all()
        session.expire_all()
        for keeper in keepers:
            Animal(id=keeper.id + 10).keeper = keeper
        assert [animal.id for animal in keepers[0].animals] == [1, 2, 11]
        assert [animal.id for animal in keepers[1].animals] == [12]


def test_the_collection_of_an_expired_object_comes_with_one_statement(engine: Engine, statements: list[str]) -> None:
    Keeper, _ = zoo(engine, "joined")
    with Session(engine) as session:
        keepers = session.scalars(select(Keeper).order_by(Keeper.id)).unique().all()
        session.expire_all()
        statements.clear()
        assert [len(keeper.animals) for keeper in keepers] == [2, 0]
        assert len(statements) == 1
