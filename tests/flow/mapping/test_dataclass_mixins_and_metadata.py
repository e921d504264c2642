"""Mapped dataclasses: mixins that are dataclasses by themselves, decorators of a registry, metadata of fields."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import pytest

from azoth import String, exc
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    ORMDescriptor,
    as_typed_table,
    composite,
    mapped_as_dataclass,
    mapped_column,
    registry,
    unmapped_dataclass,
)


def test_a_mixin_that_is_a_dataclass_and_not_mapped() -> None:
    reg = registry()

    @unmapped_dataclass(kw_only=True)
    class Stamped:
        created_by: Mapped[str | None] = mapped_column(String(30), default="nobody")
        note: Mapped[str | None] = mapped_column(default=None, init=False)
        plain: int = 7

    assert dataclasses.is_dataclass(Stamped)
    assert [field.name for field in dataclasses.fields(Stamped)] == ["created_by", "note", "plain"]
    assert not hasattr(Stamped, "__mapper__")

    @mapped_as_dataclass(reg)
    class User(Stamped):
        __tablename__ = "user"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        name: Mapped[str]

    user = User(name="ed", created_by="jack")
    assert (user.name, user.created_by, user.note, user.plain) == ("ed", "jack", None, 7)
    assert User.__table__.c.created_by.type.length == 30
    assert repr(user).endswith("User(created_by='jack', note=None, plain=7, id=None, name='ed')")


def test_options_of_the_decorators_reach_the_dataclass() -> None:
    reg = registry()
    heard: list[Any] = []

    def make(class_: Any, **options: Any) -> Any:
        heard.append(options)
        return dataclasses.dataclass(class_, **options)

    @mapped_as_dataclass(reg, order=True, eq=True, dataclass_callable=make)
    class One:
        __tablename__ = "one"
        id: Mapped[int] = mapped_column(primary_key=True)

    assert heard == [{"order": True, "eq": True}]
    assert One(id=1) < One(id=2)

    @reg.mapped_as_dataclass(repr=False)
    class Two:
        __tablename__ = "two"
        id: Mapped[int] = mapped_column(primary_key=True)

    assert "object at" in repr(Two(id=1))
    parameters = inspect.signature(mapped_as_dataclass).parameters
    assert list(inspect.signature(reg.mapped_as_dataclass).parameters)[1:] == list(parameters)[1:]


def test_metadata_of_a_field() -> None:
    @dataclasses.dataclass
    class Point:
        x: int
        y: int

    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    class Place(Base):
        __tablename__ = "place"
        id: Mapped[int] = mapped_column(primary_key=True, dataclass_metadata={"shown": False})
        x: Mapped[int] = mapped_column(init=False, default=0)
        y: Mapped[int] = mapped_column(init=False, default=0)
        point: Mapped[Point] = composite("x", "y", default=None, dataclass_metadata={"shown": True})

    found = {field.name: dict(field.metadata) for field in dataclasses.fields(Place)}
    assert found == {"id": {"shown": False}, "x": {}, "y": {}, "point": {"shown": True}}


def test_the_table_of_a_class_with_types() -> None:
    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Columns:
        pass

    assert as_typed_table(Thing) is Thing.__table__
    assert as_typed_table(Thing, Columns) is Thing.__table__
    with pytest.raises(exc.ArgumentError, match="typed_columns_cls"):
        as_typed_table(Thing, "columns")
    assert issubclass(Mapped, ORMDescriptor)
