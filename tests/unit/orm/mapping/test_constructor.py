"""The constructor of declared classes."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, String
from azoth.orm import DeclarativeBase, Mapped, declarative_base, mapped_column, registry, relationship, validates


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None]
    pets: Mapped[list[Pet]] = relationship(back_populates="owner")

    @validates("email")
    def check_email(self, key: str, value: str) -> str:
        return value.lower()


class Pet(Base):
    __tablename__ = "pets"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    owner: Mapped[User] = relationship(back_populates="pets")


def test_attributes_are_set_by_keyword() -> None:
    pet = Pet()
    user = User(name="ed", email="ED@X", pets=[pet])

    assert (user.name, user.email, user.id) == ("ed", "ed@x", None)
    assert pet.owner is user


def test_plain_values_are_no_changes() -> None:
    user = User(name="ed", id=1)
    values = dict(vars(user))
    assert values.pop("_sa_instance_state").changes is None
    assert values == {"name": "ed", "id": 1}


def test_unknown_keywords_are_type_errors_with_a_suggestion() -> None:
    with pytest.raises(TypeError, match="'nmae' is an invalid keyword argument for User") as caught:
        User(nmae="ed")
    assert isinstance(caught.value, azoth.exc.ArgumentError)
    assert "'name'" in caught.value.fix


def test_a_constructor_of_ones_own_may_call_the_default_one() -> None:
    class Thing(Base):
        __tablename__ = "thing_with_constructor"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

        def __init__(self, name: str) -> None:
            super().__init__(name=name * 2)

    assert Thing("a").name == "aa"
    assert Thing("b").name == "bb"


def test_a_class_that_sees_its_own_writes_sees_those_of_the_constructor() -> None:
    seen: list[str] = []

    class Watching(Base):
        __tablename__ = "watching_thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

        def __setattr__(self, key: str, value: Any) -> None:
            seen.append(key)
            super().__setattr__(key, value)

    thing = Watching(name="a")
    assert thing.name == "a"
    thing.name = "b"
    thing.other = 3
    assert thing.name == "b"
    assert seen == ["name", "name", "other"]
    assert str(azoth.orm.aliased(Watching, name="t").name == "x") == "t.name = :name_1"


def test_the_constructor_of_the_base_can_be_chosen() -> None:
    def construct(self: Any, **values: Any) -> None:
        for key, value in values.items():
            setattr(self, key, value)

    Chosen = declarative_base(constructor=construct)
    Bare = declarative_base(constructor=None)

    class A(Chosen):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)

    class B(Bare):
        __tablename__ = "b"
        id = Column(Integer, primary_key=True)

    assert A(id=1, anything=2).anything == 2
    with pytest.raises(TypeError):
        B(id=1)


def test_decorated_classes_get_the_default_constructor() -> None:
    own = registry()

    @own.mapped
    class Thing:
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        name = mapped_column(String)

    assert Thing(name="x").name == "x"
    with pytest.raises(TypeError):
        Thing(nam="x")


def test_bases_can_be_made_from_classes() -> None:
    class Helper:
        def hello(self) -> str:
            return f"hello {self.name}"  # type: ignore[attr-defined]

    Made = declarative_base(cls=Helper, name="Made")

    class Thing(Made):
        __tablename__ = "thing"
        id = Column(Integer, primary_key=True)
        name = Column(String)

    assert Made.__name__ == "Made"
    assert Thing(name="x").hello() == "hello x"
