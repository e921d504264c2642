"""Dict collections that find their keys are pickled with all protocols, and find keys where they are read."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from azoth import ForeignKey
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
