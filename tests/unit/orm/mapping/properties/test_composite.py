"""Composites: several columns as one object."""

from __future__ import annotations

import dataclasses

import pytest

import azoth
from azoth import Column, Integer, select
from azoth.orm import DeclarativeBase, Mapped, aliased, composite, declarative_base, mapped_column


@dataclasses.dataclass
class Point:
    x: int
    y: int


class Base(DeclarativeBase):
    pass


class Vertex(Base):
    __tablename__ = "vertex"
    id: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[Point] = composite(mapped_column("x1"), mapped_column("y1"))
    end: Mapped[Point | None] = composite("x2", "y2")
    x2: Mapped[int | None]
    y2: Mapped[int | None]


def test_columns_of_a_composite_join_the_table_with_the_types_of_its_fields() -> None:
    columns = Vertex.__table__.c
    assert [column.name for column in columns] == ["id", "x1", "y1", "x2", "y2"]
    assert all(isinstance(column.type, Integer) for column in columns)
    assert azoth.inspect(Vertex).composites.start.keys == ("x1", "y1")


def test_setting_and_reading_go_through_the_columns() -> None:
    vertex = Vertex(start=Point(1, 2))

    assert (vertex.x1, vertex.y1) == (1, 2)
    assert vertex.start is vertex.start
    vertex.x1 = 5
    assert vertex.start == Point(5, 2)
    assert vertex.end is None
    vertex.start = None
    assert vertex.x1 is None


def test_a_class_of_ones_own_says_what_it_is_made_of() -> None:
    class Money:
        def __init__(self, amount: int, currency: str) -> None:
            self.amount = amount
            self.currency = currency

        def __composite_values__(self) -> tuple[int, str]:
            return self.amount, self.currency

    Classic = declarative_base()

    class Item(Classic):
        __tablename__ = "item"
        id = Column(Integer, primary_key=True)
        amount = Column(Integer)
        currency = Column(azoth.String)
        price = composite(Money, amount, currency)

    item = Item(price=Money(3, "EUR"))
    assert (item.amount, item.currency) == (3, "EUR")
    assert item.price.amount == 3
    with pytest.raises(azoth.exc.ArgumentError, match="__composite_values__"):
        item.price = 7


def test_composites_compare_column_by_column() -> None:
    assert str(Vertex.start == Point(3, 4)) == "vertex.x1 = :x1_1 AND vertex.y1 = :y1_1"
    assert str(Vertex.start != Point(3, 4)) == "vertex.x1 != :x1_1 OR vertex.y1 != :y1_1"
    other = aliased(Vertex, name="o")
    assert str(select(other.id).where(other.start == Point(1, 2))).endswith("o.x1 = :x1_1 AND o.y1 = :y1_1")
