"""A relationship that a class inherits keeps its two sides in step once, whichever side changes, and how."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from azoth import ForeignKey
from azoth.orm import DeclarativeBase, Mapped, configure_mappers, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "owner"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    things: Mapped[list[Thing]] = relationship(back_populates="owner")
    badge: Mapped[Badge | None] = relationship(back_populates="owner")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "owner"}


class Shop(Owner):
    __mapper_args__ = {"polymorphic_identity": "shop"}


class Thing(Base):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("owner.id"))
    owner: Mapped[Owner | None] = relationship(back_populates="things")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "thing"}


class Car(Thing):
    __mapper_args__ = {"polymorphic_identity": "car"}


class Badge(Base):
    __tablename__ = "badge"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("owner.id"))
    owner: Mapped[Owner | None] = relationship(back_populates="badge")


def given(owner: type[Owner], thing: type[Thing]) -> tuple[Owner, Thing]:
    new = thing()
    return owner(things=[new]), new


def replaced(owner: type[Owner], thing: type[Thing]) -> tuple[Owner, Thing]:
    one, new = owner(things=[Thing()]), thing()
    one.things = [new]
    return one, new


def appended(owner: type[Owner], thing: type[Thing]) -> tuple[Owner, Thing]:
    one, new = owner(), thing()
    one.things.append(new)
    return one, new


def referring(owner: type[Owner], thing: type[Thing]) -> tuple[Owner, Thing]:
    one = owner()
    return one, thing(owner=one)


def moved(owner: type[Owner], thing: type[Thing]) -> tuple[Owner, Thing]:
    new = thing()
    former = owner(things=[new])
    one = owner(things=[new])
    assert former.things == []
    return one, new


@pytest.mark.parametrize("change", [given, replaced, appended, referring, moved])
@pytest.mark.parametrize("thing", [Thing, Car])
@pytest.mark.parametrize("owner", [Owner, Shop])
def test_both_sides_agree(
    change: Callable[[type[Owner], type[Thing]], tuple[Owner, Thing]], owner: type[Owner], thing: type[Thing]
) -> None:
    one, new = change(owner, thing)
    assert one.things == [new]
    assert new.owner is one
    one.things.remove(new)
    assert one.things == []
    assert new.owner is None


def test_a_place_for_one_goes_to_another_owner() -> None:
    badge = Badge()
    former = Shop(badge=badge)
    one = Shop(badge=badge)
    assert former.badge is None
    assert badge.owner is one
    badge.owner = former
    assert one.badge is None
    assert former.badge is badge


def test_a_class_that_is_mapped_later_keeps_its_sides_in_step() -> None:
    configure_mappers()

    class Market(Owner):
        __mapper_args__ = {"polymorphic_identity": "market"}

    one, thing = given(Market, Car)
    assert one.things == [thing]
    assert thing.owner is one
