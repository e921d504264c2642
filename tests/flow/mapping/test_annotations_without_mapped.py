"""A column whose author forgot ``Mapped`` is missed when the class is declared, not in the table later."""

from __future__ import annotations

from typing import ClassVar

import pytest

from azoth import Column, Integer, Table
from azoth.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column
from azoth.orm.exc import MappedAnnotationError


class Base(DeclarativeBase): ...


class Named(Base):
    __tablename__ = "named"
    id: Mapped[int] = mapped_column(primary_key=True)


@pytest.mark.parametrize("value", [{}, {"title": None}], ids=["no value", "None"])
@pytest.mark.parametrize("annotation", ["str", str, "str | None", "list[Missing]"])
def test_a_name_that_is_annotated_without_mapped_is_refused(annotation: object, value: dict[str, object]) -> None:
    body = {
        "__module__": __name__,
        "__tablename__": "book",
        "__annotations__": {"id": "Mapped[int]", "title": annotation},
        "id": mapped_column(primary_key=True),
        **value,
    }
    with pytest.raises(MappedAnnotationError, match=r"Book\.title is annotated as") as caught:
        type(DeclarativeBase)("Book", (type("Fresh", (DeclarativeBase,), {"__module__": __name__}),), body)
    assert "Mapped[...]" in caught.value.fix


def test_it_is_refused_in_derived_classes_too() -> None:
    with pytest.raises(MappedAnnotationError, match=r"Derived\.extra"):

        class Derived(Named):
            extra: str


def test_what_is_meant_for_the_class_or_has_a_value_is_left_alone() -> None:
    class Left(Base):
        __tablename__ = "left"
        id: Mapped[int] = mapped_column(primary_key=True)
        count: ClassVar[int]
        note: str = "plain"
        shown: str = property(lambda self: "shown")  # type: ignore[assignment]

    assert Left.__table__.columns.keys() == ["id"]
    assert Left(id=1).note == "plain"


def test_a_class_or_base_may_allow_it() -> None:
    class Lenient(Base):
        __abstract__ = True
        __allow_unmapped__ = True

    class Free(Lenient):
        __tablename__ = "free"
        id: Mapped[int] = mapped_column(primary_key=True)
        cache: dict[str, int]

    assert Free.__table__.columns.keys() == ["id"]


def test_what_mixins_and_bases_annotate_is_theirs() -> None:
    class Mixin:
        cache: dict[str, int]

    class Holder(Mixin, Base):
        __tablename__ = "holder"
        id: Mapped[int] = mapped_column(primary_key=True)

    assert Holder.__table__.columns.keys() == ["id"]


def test_what_is_mapped_anyhow_may_be_annotated() -> None:
    class Narrower(Named):
        id: int  # type: ignore[assignment]

    class Reflected(Base):
        __table__ = Table("reflected", Base.metadata, Column("id", Integer, primary_key=True))
        id: int

    assert Narrower(id=1).id == Reflected(id=1).id == 1


def test_in_a_dataclass_it_is_a_field_without_a_column() -> None:
    class Record(MappedAsDataclass, Base):
        __tablename__ = "record"
        id: Mapped[int] = mapped_column(primary_key=True)
        path: str

    assert Record(id=1, path="p").path == "p"
    assert Record.__table__.columns.keys() == ["id"]
