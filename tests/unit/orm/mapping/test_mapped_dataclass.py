"""Mapped classes that are dataclasses."""

from __future__ import annotations

import dataclasses

import pytest

import azoth
from azoth import ForeignKey
from azoth.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, registry, relationship


class Base(MappedAsDataclass, DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str]
    nick: Mapped[str | None] = mapped_column(default=None)
    pets: Mapped[list[Pet]] = relationship(default_factory=list, back_populates="owner", repr=False)


class Pet(Base, kw_only=True):
    __tablename__ = "pets"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str] = mapped_column(default="rex")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), init=False)
    owner: Mapped[User | None] = relationship(back_populates="pets", default=None)


def test_fields_are_arguments_of_the_constructor() -> None:
    user = User("ed", pets=[Pet(name="tom")])

    assert (user.name, user.nick, user.id) == ("ed", None, None)
    assert user.pets[0].owner is user
    assert repr(user) == "User(id=None, name='ed', nick=None)"
    assert [field.name for field in dataclasses.fields(User)] == ["id", "name", "nick", "pets"]


def test_options_of_the_class_are_obeyed() -> None:
    assert Pet(owner=User("x")).name == "rex"
    with pytest.raises(TypeError):
        Pet("tom")


def test_columns_are_mapped_as_declared() -> None:
    assert [column.name for column in User.__table__.c] == ["id", "name", "nick"]
    assert User.__table__.c.nick.nullable
    assert str(User.name == "x") == "users.name = :name_1"


def test_fields_in_an_impossible_order_are_refused() -> None:
    with pytest.raises(azoth.exc.InvalidRequestError, match="cannot be a dataclass") as caught:

        class Thing(Base):
            __tablename__ = "thing"
            id: Mapped[int] = mapped_column(primary_key=True, default=1)
            name: Mapped[str]

    assert "kw_only" in caught.value.fix


def test_a_registry_can_decorate_a_dataclass() -> None:
    own = registry()

    @own.mapped_as_dataclass
    class Thing:
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(default="x")

    assert Thing(3) == Thing(3, "x")
