"""Mapped dataclasses: mixins that are dataclasses by themselves, decorators of a registry, metadata of fields."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, String, Table, exc
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    ORMDescriptor,
    as_typed_table,
    composite,
    declared_attr,
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


def test_fields_of_a_mixin_come_with_what_its_attributes_say() -> None:
    heard: dict[str, Any] = {}

    def make(class_: Any, **options: Any) -> Any:
        heard[class_.__name__] = dict(class_.__annotations__)
        return dataclasses.dataclass(class_, **options)

    @dataclasses.dataclass(kw_only=True)
    class Weighed:
        weight: Mapped[int] = mapped_column(default=5, repr=False)  # noqa: RUF009

    @dataclasses.dataclass
    class Sized:
        size: Mapped[int] = dataclasses.field(default=3, repr=False)
        depth: Mapped[int] = dataclasses.field(default_factory=lambda: 4)  # type: ignore[return-value]

    class Named(MappedAsDataclass, dataclass_callable=make):
        name: Mapped[str] = mapped_column(default="n")

    class Base(DeclarativeBase):
        pass

    class Item(Named, Weighed, Sized, Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)

    parameters = inspect.signature(Item).parameters
    assert [(one.name, one.kind is one.KEYWORD_ONLY) for one in parameters.values()] == [
        ("size", False),
        ("depth", False),
        ("name", False),
        ("weight", True),
    ]
    item = Item()
    assert (item.size, item.depth, item.name, item.weight) == (3, 4, "n", 5)
    assert repr(item).endswith("Item(depth=4, name='n', id=None)")
    assert heard["Named"] == {"name": "Mapped[str]"}
    assert heard["Item"] == {"name": "Mapped[str]", "weight": "Mapped[int]", "id": "Mapped[int]"}


def test_what_methods_of_a_mixin_declare_comes_behind_the_body() -> None:
    reg = registry()

    @unmapped_dataclass
    class Sized:
        size: Mapped[int]

        @declared_attr
        def depth(cls) -> Mapped[int]:
            return mapped_column()

    @mapped_as_dataclass(reg)
    class Box(Sized):
        __tablename__ = "box"
        id: Mapped[int] = mapped_column(primary_key=True)

    assert list(inspect.signature(Box).parameters) == ["size", "id", "depth"]


class Plain:
    """A mixin that is no dataclass."""

    size: Mapped[int]
    unannotated = mapped_column(String(3))
    other: int = 5


class Methods:
    """The same, with a method."""

    @declared_attr
    def size(cls) -> Mapped[int]:
        return mapped_column()


class Below(MappedAsDataclass, Plain):
    """A dataclass that is derived from one."""

    depth: Mapped[int]


@pytest.mark.parametrize("mixin, owner", [(Plain, "Plain"), (Methods, "Methods"), (Below, "Plain")])
@pytest.mark.parametrize("is_decorated", [False, True])
def test_fields_come_from_dataclasses(mixin: type[Any], owner: str, is_decorated: bool) -> None:
    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    bases: tuple[type[Any], ...] = (mixin,) if is_decorated else (mixin, Base)
    decorate = mapped_as_dataclass(registry()) if is_decorated else None
    with pytest.raises(exc.InvalidRequestError, match=rf"Box cannot be a dataclass with {owner}\.size") as caught:

        class Box(*bases):  # type: ignore[misc]
            __tablename__ = "box"
            id: Mapped[int] = mapped_column(primary_key=True)

        if decorate is not None:
            decorate(Box)

    assert "unmapped_dataclass" in caught.value.fix


def test_attributes_without_a_field_come_from_any_mixin() -> None:
    class Timed:
        made = mapped_column(String(3))
        other: int = 5

    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    class Box(Timed, Base):
        __tablename__ = "box"
        id: Mapped[int] = mapped_column(primary_key=True)

    assert list(inspect.signature(Box).parameters) == ["id"]
    assert set(Box.__table__.c.keys()) == {"made", "id"}


def test_a_base_that_is_mapped_needs_to_be_no_dataclass() -> None:
    class Base(DeclarativeBase):
        pass

    class Box(Base):
        __tablename__ = "box"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Crate(MappedAsDataclass, Box):
        __tablename__ = "crate"
        id: Mapped[int] = mapped_column(ForeignKey("box.id"), primary_key=True, init=False)
        size: Mapped[int]

    assert Crate(5).size == 5


def test_a_dataclass_declares_its_columns() -> None:
    reg = registry()
    with pytest.raises(exc.InvalidRequestError, match="Box has a __table__, and cannot become a dataclass"):

        @mapped_as_dataclass(reg)
        class Box:
            __table__ = Table("box", reg.metadata, Column("id", Integer, primary_key=True))
            id: Mapped[int]

    with pytest.raises(exc.InvalidRequestError, match=r"Crate\.id has its column in the metadata of a field"):

        @mapped_as_dataclass(reg)
        class Crate:
            __tablename__ = "crate"
            __sa_dataclass_metadata_key__ = "sa"
            id: int = dataclasses.field(init=False, metadata={"sa": Column(Integer, primary_key=True)})


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
