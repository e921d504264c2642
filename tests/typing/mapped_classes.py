"""A program with mapped classes whose types mypy must know: checked in strict mode by a test, never run."""

from __future__ import annotations

import datetime
from typing import Annotated, assert_type

from azoth import ColumnElement, ForeignKey, Select, String, func, inspect
from azoth.ext.associationproxy import AssociationProxy, AssociationProxyInstance, association_proxy
from azoth.ext.hybrid import HybridAttribute, hybrid_method, hybrid_property
from azoth.orm import (
    AppenderQuery,
    DeclarativeBase,
    DynamicMapped,
    InstrumentedAttribute,
    Mapped,
    MappedAsDataclass,
    Mapper,
    WriteOnlyCollection,
    WriteOnlyMapped,
    aliased,
    column_property,
    composite,
    declarative_base,
    declared_attr,
    deferred,
    mapped_column,
    registry,
    relationship,
    synonym,
    validates,
)

pk = Annotated[int, mapped_column(primary_key=True)]


class Base(DeclarativeBase):
    registry = registry()


class Stamped:
    created: Mapped[datetime.datetime] = mapped_column()

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return "x"

    @declared_attr
    def creator_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("users.id"))


class Point:
    def __init__(self, x: int, y: int) -> None:
        self.x = x
        self.y = y


class User(Base):
    __tablename__ = "users"
    __table_args__ = {"comment": "people"}
    __mapper_args__ = {"eager_defaults": True}

    id: Mapped[pk]
    name: Mapped[str] = mapped_column()
    nick: Mapped[str | None] = mapped_column(String(50))
    bio: Mapped[str] = deferred(mapped_column(String))
    upper: Mapped[str] = column_property(name)
    title: Mapped[str] = synonym("name")
    place: Mapped[Point] = composite(Point, mapped_column("x"), mapped_column("y"))
    addresses: Mapped[list[Address]] = relationship(back_populates="user")

    queried: DynamicMapped[Address] = relationship(viewonly=True)
    written: WriteOnlyMapped[Address] = relationship(viewonly=True)
    streets: AssociationProxy[list[str]] = association_proxy("addresses", "street")

    @hybrid_property
    def shout(self) -> str:
        return self.name.upper()

    @shout.inplace.expression
    @classmethod
    def _shout_expression(cls) -> ColumnElement[str]:
        return func.upper(cls.name)

    @shout.inplace.setter
    def _set_shout(self, value: str) -> None:
        self.name = value.lower()

    @hybrid_method
    def is_called(self, name: str) -> bool:
        return self.name == name

    @validates("name")
    def check_name(self, key: str, value: str) -> str:
        return value.strip()


class Address(Base):
    __tablename__ = "addresses"
    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    street: Mapped[str]
    user: Mapped[User] = relationship(back_populates="addresses")


class Point3(MappedAsDataclass, Base):
    __tablename__ = "points"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    x: Mapped[int]
    y: Mapped[int] = mapped_column(default=0)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), init=False)
    owner: Mapped[User | None] = relationship(init=False)


Classic = declarative_base()


def use() -> None:
    user = User(name="ed")
    assert_type(user.id, int)
    assert_type(user.nick, str | None)
    assert_type(user.addresses, list[Address])
    assert_type(Address().user, User)
    assert_type(user.addresses[0].user.name, str)
    assert_type(user.place, Point)
    assert_type(User.name, InstrumentedAttribute[str])
    assert_type(User.addresses, InstrumentedAttribute[list[Address]])
    user.name = "jack"
    user.addresses.append(Address())
    condition = (User.name == "x") & User.addresses.any(Address.id > 3)
    condition = condition | User.nick.is_(None) | User.name.like("x%")
    other = aliased(User)
    condition = condition & (other.id != User.id)
    mapper: Mapper = inspect(User)
    mapper.relationships["addresses"].mapper.class_.__name__.upper()
    Point3(1, y=2)
    Point3(x=1)


def use_extensions() -> None:
    user = User()
    assert_type(user.shout, str)
    assert_type(User.shout, HybridAttribute[str])
    assert_type(User.shout == "ED", ColumnElement[bool])
    user.shout = "ED"
    assert_type(user.is_called("ed"), bool)
    assert_type(User.is_called("ed"), ColumnElement[bool])
    assert_type(user.streets, list[str])
    assert_type(User.streets, AssociationProxyInstance[list[str]])
    user.streets = ["Main Street"]


def use_queried_collections() -> None:
    user = User()
    assert_type(user.written, WriteOnlyCollection[Address])
    assert_type(user.queried, AppenderQuery[Address])
    assert_type(User.written, InstrumentedAttribute[Address])
    assert_type(User.queried, InstrumentedAttribute[Address])
    assert_type(user.written.select(), Select[Address])
    assert_type(user.queried.all(), list[Address])
    user.written.add(Address())
    user.queried.append(Address())
