"""What the library itself needs to know is loaded, whatever ``raise`` says; that is meant for the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from azoth import Column, Engine, ForeignKey, Integer, select
from azoth.exc import InvalidRequestError
from azoth.orm import Session, declarative_base, raiseload, relationship


def mapped(lazy: str, cascade: str) -> tuple[Any, Any, Any]:
    base = declarative_base()

    class Owner(base):  # type: ignore[misc, valid-type]
        __tablename__ = "owner"
        id = Column(Integer, primary_key=True)
        one = relationship("One", back_populates="owner", uselist=False, lazy=lazy, cascade=cascade)
        many = relationship("Many", back_populates="owner", lazy=lazy, cascade=cascade)

    class One(base):  # type: ignore[misc, valid-type]
        __tablename__ = "one"
        id = Column(Integer, primary_key=True)
        owner_id = Column(ForeignKey("owner.id"))
        owner = relationship("Owner", back_populates="one")

    class Many(base):  # type: ignore[misc, valid-type]
        __tablename__ = "many"
        id = Column(Integer, primary_key=True)
        owner_id = Column(ForeignKey("owner.id"))
        owner = relationship("Owner", back_populates="many")

    return Owner, One, Many


KEPT, OWNED = "save-update, merge", "all, delete-orphan"
SETTINGS = [(lazy, cascade) for lazy in ("raise", "raise_on_sql", "option") for cascade in (KEPT, OWNED)]


class World:
    """An owner with one and many, stored and loaded so that reading either is refused."""

    def __init__(self, session: Session, engine: Engine, lazy: str, cascade: str) -> None:
        self.session, self.cascade = session, cascade
        self.Owner, self.One, self.Many = mapped("select" if lazy == "option" else lazy, cascade)
        self.Owner.metadata.create_all(engine)
        session.add(self.Owner(id=1, one=self.One(id=1), many=[self.Many(id=1)]))
        session.commit()
        session.expunge_all()
        self.options = [raiseload("*")] if lazy == "option" else []
        self.owner = session.get(self.Owner, 1, options=self.options)

    def stored(self, class_: Any) -> list[tuple[Any, ...]]:
        self.session.commit()
        return [tuple(row) for row in self.session.execute(select(class_.id, class_.owner_id).order_by(class_.id))]

    @property
    def left(self) -> list[tuple[Any, ...]]:
        """What stays of a row that loses its owner."""
        return [(1, None)] if self.cascade == KEPT else []


@pytest.fixture(params=SETTINGS, ids=str)
def world(engine: Engine, request: pytest.FixtureRequest) -> Iterator[World]:
    with Session(engine) as session:
        yield World(session, engine, *request.param)


def _delete_one(world: World) -> None:
    del world.owner.one


def _set_none(world: World) -> None:
    world.owner.one = None


def _merge_none(world: World) -> None:
    world.session.merge(world.Owner(id=1, one=None))


@pytest.mark.parametrize("change", [_delete_one, _set_none, _merge_none])
def test_who_has_the_place_loses_it(world: World, change: Callable[[World], None]) -> None:
    change(world)
    assert world.stored(world.One) == world.left


def _set_other(world: World) -> None:
    world.owner.one = world.One(id=2)


def _other_sets_owner(world: World) -> None:
    world.session.add(world.One(id=2, owner=world.owner))


def _merge_other(world: World) -> None:
    world.session.merge(world.Owner(id=1, one=world.One(id=2)))


@pytest.mark.parametrize("change", [_set_other, _other_sets_owner, _merge_other])
def test_who_has_the_place_is_replaced(world: World, change: Callable[[World], None]) -> None:
    change(world)
    assert world.stored(world.One) == [*world.left, (2, 1)]


def test_merge_replaces_a_collection(world: World) -> None:
    world.session.merge(world.Owner(id=1, many=[world.Many(id=2)]))
    assert world.stored(world.Many) == [*world.left, (2, 1)]


def test_delete_finds_what_it_takes_along(world: World) -> None:
    world.session.delete(world.owner)
    assert (world.stored(world.One), world.stored(world.Many)) == (world.left, world.left)


@pytest.mark.parametrize("name", ["one", "many"])
def test_the_program_is_refused(world: World, name: str) -> None:
    with pytest.raises(InvalidRequestError, match=f"{name} is not loaded"):
        getattr(world.owner, name)


@pytest.mark.parametrize("name", ["One", "Many"])
def test_who_leaves_an_owner_that_has_not_loaded_it_is_its_orphan(world: World, name: str) -> None:
    class_ = getattr(world, name)
    member = world.session.get(class_, 1)
    assert member is not None
    member.owner = None
    assert world.stored(class_) == world.left


def test_a_new_object_that_leaves_takes_no_stored_one_along(world: World) -> None:
    new = world.One(id=7)
    world.session.add(new)
    new.owner = world.owner
    world.session.rollback()
    assert new.owner is world.owner
    new.owner = None
    assert "one" not in world.owner.__dict__
    assert world.stored(world.One) == [(1, 1)]
