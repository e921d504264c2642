"""Columns from annotations and declarations."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from typing import Annotated, Any, ClassVar, List, Literal, NewType, Optional  # noqa: UP035 - older spellings are valid

import pytest

import azoth
from azoth import Column, ForeignKey, Index, Integer, Numeric, String, Text, UniqueConstraint
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    column_property,
    declarative_base,
    declared_attr,
    deferred,
    mapped_column,
    relationship,
)
from azoth.orm.exc import MappedAnnotationError

pk = Annotated[int, mapped_column(primary_key=True)]
str50 = Annotated[str, 50]
UserName = NewType("UserName", str)


class Color(enum.Enum):
    RED = 1
    BLUE = 2


def make_base(**types: Any) -> Any:
    class Base(DeclarativeBase):
        type_annotation_map = {str50: String(50), dict[str, Any]: azoth.JSON}

    return Base


def test_types_and_nullability_come_from_annotations() -> None:
    class Thing(make_base()):
        __tablename__ = "thing"
        id: Mapped[pk]
        name: Mapped[str]
        nick: Mapped[Optional[str]]
        other: Mapped[str | None]
        short: Mapped[str50]
        maybe_short: Mapped[Optional[str50]]
        price: Mapped[decimal.Decimal]
        exact: Mapped[decimal.Decimal] = mapped_column(Numeric(10, 2), nullable=True)
        color: Mapped[Color]
        size: Mapped[Literal["s", "m"]]
        key: Mapped[uuid.UUID]
        day: Mapped[datetime.date]
        moment: Mapped[datetime.datetime | None]
        data: Mapped[bytes]
        extra: Mapped[dict[str, Any]]
        user: Mapped[UserName]
        ratio: Mapped[float]
        flag: Mapped[bool]
        span: Mapped[datetime.timedelta]

    columns = Thing.__table__.c
    assert {c.name: type(c.type).__name__ for c in columns} == {
        "id": "Integer", "name": "String", "nick": "String", "other": "String", "short": "String",
        "maybe_short": "String", "price": "Numeric", "exact": "Numeric", "color": "Enum", "size": "Enum", "key": "Uuid",
        "day": "Date", "moment": "DateTime", "data": "LargeBinary", "extra": "JSON", "user": "String",
        "ratio": "Double", "flag": "Boolean", "span": "Interval",
    }  # fmt: skip
    assert [c.name for c in columns if c.nullable] == ["nick", "other", "maybe_short", "exact", "moment"]
    assert columns.short.type.length == columns.maybe_short.type.length == 50
    assert columns.color.type.enum_class is Color
    assert columns["size"].type.enums == ["s", "m"] or tuple(columns["size"].type.enums) == ("s", "m")
    assert columns.id.primary_key


def test_foreign_key_columns_take_the_type_of_their_target() -> None:
    Base = make_base()

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[str] = mapped_column(String(7), primary_key=True)

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[pk]
        parent_id: Mapped[Optional[str]] = mapped_column(ForeignKey("parent.id"))

    assert Child.__table__.c.parent_id.type.length == 7
    assert Child.__table__.c.parent_id.nullable


def test_annotated_declarations_are_merged_with_what_the_class_says() -> None:
    Base = make_base()
    parent_ref = Annotated[int, mapped_column(ForeignKey("parent.id"), index=True)]

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[pk]

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[pk] = mapped_column("child_id")
        a: Mapped[parent_ref]
        b: Mapped[Optional[parent_ref]] = mapped_column(unique=True)

    columns = Child.__table__.c
    assert columns.child_id.primary_key
    assert Child.id.key == "id"
    assert [fk.target_fullname for fk in columns.a.foreign_keys] == ["parent.id"]
    assert [fk.target_fullname for fk in columns.b.foreign_keys] == ["parent.id"]
    assert columns.b.nullable
    assert not columns.a.nullable
    assert columns.b.unique


def test_columns_keep_the_order_of_the_class_body_and_obey_sort_order() -> None:
    class Thing(make_base()):
        __tablename__ = "thing"
        b: Mapped[int]
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[int]
        c: Mapped[int] = mapped_column(sort_order=-1)
        e: Mapped[int] = mapped_column()
        f: Mapped[int]

    assert [column.name for column in Thing.__table__.c] == ["c", "b", "id", "a", "e", "f"]


def test_columns_without_annotations_are_ordered_as_in_sqlalchemy() -> None:
    class Thing(make_base()):
        __tablename__ = "thing"
        b: Mapped[int]
        id: Mapped[int] = mapped_column(primary_key=True)
        c = mapped_column(Text)
        a: Mapped[int]
        d = mapped_column(Text)
        e: Mapped[int] = mapped_column()
        f: Mapped[int]

    assert [column.name for column in Thing.__table__.c] == ["b", "id", "a", "c", "d", "e", "f"]


def test_table_arguments_may_name_declared_columns() -> None:
    class Thing(make_base()):
        __tablename__ = "thing"
        id: Mapped[pk]
        name: Mapped[str] = mapped_column()
        kind: Mapped[str] = mapped_column()
        __table_args__ = (UniqueConstraint("name", "kind"), Index("ix_name", name), {"comment": "things"})

    assert Thing.__table__.comment == "things"
    assert [column.name for index in Thing.__table__.indexes for column in index.columns] == ["name"]


def test_table_arguments_of_a_wrong_kind_are_refused() -> None:
    with pytest.raises(azoth.exc.ArgumentError, match="__table_args__") as caught:

        class Thing(make_base()):
            __tablename__ = "thing"
            __table_args__ = UniqueConstraint("name")
            id: Mapped[pk]

    assert "comma" in caught.value.fix


def test_column_defaults_are_kept() -> None:
    class Thing(make_base()):
        __tablename__ = "thing"
        id: Mapped[pk]
        n: Mapped[int] = mapped_column(default=3)
        m: Mapped[int] = mapped_column(insert_default=lambda: 4, server_default="5")

    assert Thing.__table__.c.n.default.arg == 3
    assert Thing.__table__.c.m.server_default is not None


def test_a_given_table_can_be_mapped_under_other_names() -> None:
    Base = declarative_base()

    class Thing(Base):
        __table__ = azoth.Table(
            "thing", Base.metadata, Column("thing_id", Integer, primary_key=True), Column("thing_name", String)
        )
        id = __table__.c.thing_id

    assert inspect_keys(Thing) == ["id", "thing_name"]


def test_columns_beside_a_given_table_are_refused() -> None:
    Base = declarative_base()
    with pytest.raises(azoth.exc.ArgumentError, match="additional column 'more'"):

        class Thing(Base):
            __table__ = azoth.Table("thing", Base.metadata, Column("id", Integer, primary_key=True))
            more = Column(Integer)


def test_deferred_columns_are_known_to_the_mapper() -> None:
    class Thing(make_base()):
        __tablename__ = "thing"
        id: Mapped[pk]
        text: Mapped[str] = mapped_column(deferred=True)
        a: Mapped[str] = mapped_column(deferred_group="g")
        b: Mapped[str] = deferred(mapped_column(Text), group="g")

    mapper = azoth.inspect(Thing)
    assert mapper.deferred_keys == {"text", "a", "b"}
    assert mapper.get_property("a").group == mapper.get_property("b").group == "g"
    assert mapper.column_keys == ("id", "text", "a", "b")


def test_an_annotation_without_mapped_is_refused_with_the_way_out() -> None:
    with pytest.raises(MappedAnnotationError, match="not of the form Mapped") as caught:

        class Thing(make_base()):
            __tablename__ = "thing"
            id: int = mapped_column(primary_key=True)

    assert "__allow_unmapped__" in caught.value.fix


def test_unmapped_annotations_and_class_variables_are_left_alone() -> None:
    class Thing(make_base()):
        __tablename__ = "thing"
        id: Mapped[pk]
        note: str = "plain"
        shared: ClassVar[int] = 3

    assert Thing.note == "plain"
    assert inspect_keys(Thing) == ["id"]


def test_a_python_type_without_a_column_type_is_refused() -> None:
    with pytest.raises(MappedAnnotationError, match=r"Thing\.what"):

        class Thing(make_base()):
            __tablename__ = "thing"
            id: Mapped[pk]
            what: Mapped[object]


def test_a_column_whose_annotation_is_not_defined_is_refused() -> None:
    with pytest.raises(MappedAnnotationError, match="'Missing', which is not defined"):

        class Thing(make_base()):
            __tablename__ = "thing"
            id: Mapped[pk]
            what: Mapped[Missing]  # type: ignore[name-defined]  # noqa: F821


def test_mapped_without_brackets_is_refused() -> None:
    with pytest.raises(MappedAnnotationError, match="without a type"):

        class Thing(make_base()):
            __tablename__ = "thing"
            id: Mapped[pk]
            x: Mapped


def test_a_class_without_a_table_is_refused() -> None:
    with pytest.raises(azoth.exc.InvalidRequestError, match="__tablename__"):

        class Thing(make_base()):
            id: Mapped[pk]


def test_a_class_without_primary_key_is_refused() -> None:
    with pytest.raises(azoth.exc.ArgumentError, match="could not assemble any primary key") as caught:

        class Thing(make_base()):
            __tablename__ = "thing"
            id: Mapped[int]

    assert "primary_key=True" in caught.value.fix


def test_a_class_derived_from_a_mapped_one_shares_its_table() -> None:
    class Thing(make_base()):
        __tablename__ = "thing"
        id: Mapped[pk]

    class Other(Thing):
        extra: Mapped[str]

    assert Other.__mapper__.local_table is Thing.__table__
    assert Thing.__table__.c.keys() == ["id", "extra"]
    assert not hasattr(Thing, "extra")


def test_mixins_give_each_class_columns_of_its_own() -> None:
    Base = make_base()

    class Stamped:
        created: Mapped[datetime.datetime] = mapped_column(default=datetime.datetime.now)
        legacy = Column(Integer)

        @declared_attr.directive
        def __tablename__(cls) -> str:
            return cls.__name__.lower()

        @declared_attr
        def upper(cls) -> Mapped[Any]:
            return column_property(cls.legacy + 1)

    class A(Stamped, Base):
        id: Mapped[pk]

    class B(Stamped, Base):
        id: Mapped[pk]

    assert A.__table__.name == "a"
    assert A.__table__.c.created is not B.__table__.c.created
    assert A.__table__.c.legacy is not B.__table__.c.legacy
    assert str(A.upper.__clause_element__().element) == "a.legacy + :legacy_1"


def test_relationships_of_mixins_come_from_functions() -> None:
    Base = make_base()

    class Target(Base):
        __tablename__ = "target"
        id: Mapped[pk]

    class RefersToTarget:
        @declared_attr
        def target_id(cls) -> Mapped[int]:
            return mapped_column(ForeignKey("target.id"))

        @declared_attr
        def target(cls) -> Mapped[Target]:
            return relationship("Target", primaryjoin=lambda: Target.id == cls.target_id)

    class A(RefersToTarget, Base):
        __tablename__ = "a"
        id: Mapped[pk]

    class B(RefersToTarget, Base):
        __tablename__ = "b"
        id: Mapped[pk]

    assert str(azoth.inspect(A).relationships.target.primaryjoin) == "target.id = a.target_id"
    assert str(azoth.inspect(B).relationships.target.primaryjoin) == "target.id = b.target_id"


def test_a_relationship_directly_on_a_mixin_is_refused() -> None:
    class Mixin:
        things = relationship("Thing")

    with pytest.raises(azoth.exc.InvalidRequestError, match="mixin") as caught:

        class Thing(Mixin, make_base()):
            __tablename__ = "thing"
            id: Mapped[pk]

    assert "declared_attr" in caught.value.fix


def test_abstract_bases_share_columns_and_are_not_mapped() -> None:
    Base = make_base()

    class Model(Base):
        __abstract__ = True
        id: Mapped[pk]

    class A(Model):
        __tablename__ = "a"
        name: Mapped[str]

    assert "__mapper__" not in Model.__dict__
    assert inspect_keys(A) == ["name", "id"]


def test_columns_of_the_base_itself_are_shared() -> None:
    class Base(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)

    class A(Base):
        __tablename__ = "a"

    class B(Base):
        __tablename__ = "b"

    assert A.__table__.c.id is not B.__table__.c.id


def test_attributes_set_later_join_the_mapping() -> None:
    class Thing(make_base()):
        __tablename__ = "thing"
        id: Mapped[pk]

    Thing.more = mapped_column(Integer)
    Thing.other = Column("o", Integer)

    assert [column.name for column in Thing.__table__.c] == ["id", "more", "o"]
    assert inspect_keys(Thing) == ["id", "more", "other"]
    assert Thing(more=1).more == 1


def test_lists_in_annotations_may_be_written_in_any_way() -> None:
    Base = make_base()

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[pk]
        a: Mapped[List[Child]] = relationship(viewonly=True)  # noqa: UP006
        b: Mapped[list["Child"]] = relationship(viewonly=True)  # noqa: UP037
        c: Mapped["List[Child]"] = relationship(viewonly=True)  # noqa: UP006, UP037
        d: Mapped[set[Child]] = relationship(viewonly=True)
        one: Mapped[Optional[Child]] = relationship(viewonly=True)

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[pk]
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))

    relationships = azoth.inspect(Parent).relationships
    assert [prop.uselist for prop in relationships] == [True, True, True, True, False]
    assert all(prop.mapper.class_ is Child for prop in relationships)
    assert relationships.d.collection_class is set
    assert Parent().d == set()


def inspect_keys(class_: type[Any]) -> list[str]:
    return list(azoth.inspect(class_).columns.keys())
