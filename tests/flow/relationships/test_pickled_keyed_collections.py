"""Dict collections that find their keys are pickled with all protocols, and find keys where they are read."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from azoth import ForeignKey, select
from azoth.orm import DeclarativeBase, Mapped, attribute_keyed_dict, column_keyed_dict, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "keyed_shelf"
    id: Mapped[int] = mapped_column(primary_key=True)
    by_name: Mapped[dict[str, Tin]] = relationship(collection_class=attribute_keyed_dict("name"))
    by_place: Mapped[dict[Any, Box]] = relationship(
        collection_class=lambda: column_keyed_dict([Box.__table__.c.row_no, Box.__table__.c.place])()  # noqa: PLW0108  # the table of a class below
    )


class Tin(Base):
    __tablename__ = "keyed_tin"
    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int | None] = mapped_column(ForeignKey("keyed_shelf.id"))
    name: Mapped[str]


class Box(Base):
    __tablename__ = "keyed_box"
    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int | None] = mapped_column(ForeignKey("keyed_shelf.id"))
    row: Mapped[int] = mapped_column("row_no")
    place: Mapped[str]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_keys_are_found_after_pickling(protocol: int) -> None:
    shelf = Shelf(id=1, by_name={"a": Tin(name="a")}, by_place={(1, "x"): Box(row=1, place="x")})
    again = pickle.loads(pickle.dumps(shelf, protocol))
    again.by_name.set(Tin(name="b"))
    again.by_place.set(Box(row=2, place="y"))
    assert {key: tin.name for key, tin in again.by_name.items()} == {"a": "a", "b": "b"}
    assert {key: box.place for key, box in again.by_place.items()} == {(1, "x"): "x", (2, "y"): "y"}


def test_columns_are_pickled_by_their_names() -> None:
    shelf = Shelf(by_place={(1, "x"): Box(row=1, place="x")})
    assert b"MetaData" not in pickle.dumps(shelf.by_place)


def test_attributes_of_another_name_than_their_column_are_found_after_pickling() -> None:
    boxes = column_keyed_dict((Box.row, Box.place))()
    again = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(boxes))))
    again.set(Box(row=3, place="z"))
    assert list(again) == [(3, "z")]
    assert b"Box" not in pickle.dumps(boxes)


class Cask(Base):
    __tablename__ = "keyed_cask"
    cask_no: Mapped[int] = mapped_column("id", primary_key=True)


class OakCask(Cask):
    __tablename__ = "keyed_oak_cask"
    id: Mapped[int] = mapped_column(ForeignKey("keyed_cask.id"), primary_key=True)
    years: Mapped[int] = mapped_column("age")


def test_attributes_of_a_derived_class_are_found_after_pickling() -> None:
    for attribute, key in ((Cask.cask_no, 7), (OakCask.years, 30)):
        casks = pickle.loads(pickle.dumps(column_keyed_dict(attribute)()))
        cask = OakCask(cask_no=7, years=30)
        casks.set(cask)
        assert casks == {key: cask}


def test_columns_of_a_mapped_subquery_are_found_after_pickling() -> None:
    class Label:
        pass

    labels = select(Tin.__table__).where(Tin.__table__.c.id > 0).subquery()
    Base.registry.map_imperatively(Label, labels)
    for column in (Label.name, labels.c.name):
        named = pickle.loads(pickle.dumps(column_keyed_dict(column)()))
        label = Label(name="a")
        named.set(label)
        assert named == {"a": label}
