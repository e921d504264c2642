"""A small shop, mapped: what the scenarios work on, with a database in a file or in memory for each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import azoth
from azoth import Column, FetchedValue, ForeignKey, Table, text
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column()
    orders: Mapped[list[Order]] = relationship(
        back_populates="customer", cascade="all, delete-orphan", order_by="Order.id"
    )

    __mapper_args__ = {"version_id_col": version}


order_tag = Table(
    "order_tag",
    Base.metadata,
    Column("order_id", ForeignKey("shop_order.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Order(Base):
    __tablename__ = "shop_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default=text("'open'"), server_onupdate=FetchedValue())
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    customer: Mapped[Customer] = relationship(back_populates="orders")
    lines: Mapped[list[Line]] = relationship(
        back_populates="order", cascade="all, delete-orphan", order_by="Line.number"
    )
    tags: Mapped[set[Tag]] = relationship(secondary=order_tag, back_populates="orders")


class Line(Base):
    """A line of an order, with a key of two columns."""

    __tablename__ = "line"

    order_id: Mapped[int] = mapped_column(ForeignKey("shop_order.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[int]
    order: Mapped[Order] = relationship(back_populates="lines")


class Tag(Base):
    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    orders: Mapped[list[Order]] = relationship(secondary=order_tag, back_populates="tags")


class Category(Base):
    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    children: Mapped[list[Category]] = relationship(back_populates="parent", order_by="Category.id")
    parent: Mapped[Category | None] = relationship(back_populates="children", remote_side=[id])


customers = Customer.__table__
orders = Order.__table__
tags = Tag.__table__


def stock(session: Session) -> None:
    """Write the rows that are there at the start of every scenario."""
    urgent, gift = Tag(name="urgent"), Tag(name="gift")
    for name in ("Ada", "Bert"):
        first = Order(note="first", lines=[Line(number=1, amount=2), Line(number=2, amount=1)], tags={urgent, gift})
        session.add(Customer(name=name, orders=[first, Order(note="second")]))
    session.add(Category(name="all", children=[Category(name="books"), Category(name="toys")]))


Wrap = Callable[[Any], Any]
MakeEngine = Callable[[Wrap], azoth.Engine]


def engine_on_file(path: Path, **arguments: Any) -> MakeEngine:
    """Give what makes engines on a file."""
    return lambda wrap: azoth.create_engine(f"sqlite:///{path}", module=wrap(sqlite3), **arguments)


def engine_in_memory(**arguments: Any) -> MakeEngine:
    """Give what makes engines on a database in memory."""
    return lambda wrap: azoth.create_engine("sqlite://", module=wrap(sqlite3), **arguments)
