"""The classes of the statements that ``test_serializer.py`` writes and reads, also in other processes."""

from __future__ import annotations

from typing import Any

from azoth import Column, ForeignKey, Integer, MetaData, String, Table
from azoth.orm import DeclarativeBase, Mapped, Session, composite, mapped_column, relationship


class Base(DeclarativeBase): ...


class Size:
    def __init__(self, wide: int | None, high: int | None) -> None:
        self.wide, self.high = wide, high

    def __composite_values__(self) -> tuple[int | None, int | None]:
        return self.wide, self.high


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    orders: Mapped[list[Order]] = relationship(back_populates="user", order_by="Order.id")


class Order(Base):
    __tablename__ = "orders"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "order"}
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    item: Mapped[str]
    wide: Mapped[int | None]
    high: Mapped[int | None]
    size: Mapped[Any] = composite(Size, "wide", "high")
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User] = relationship(back_populates="orders")


class Rush(Order):
    __mapper_args__ = {"polymorphic_identity": "rush"}
    fee: Mapped[int | None]


class Parcel(Order):
    __tablename__ = "parcels"
    __mapper_args__ = {"polymorphic_identity": "parcel"}
    id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    weight: Mapped[int | None]


other = MetaData()
foreign = Table("straße:1", other, Column("größe \n x", Integer, key="größe: y"), schema="a.b")


def fill(session: Session) -> None:
    Base.metadata.create_all(session.connection())
    session.add_all(
        [
            User(id=1, name="ann", orders=[Order(id=1, item="pen", size=Size(1, 2)), Rush(id=2, item="ink", fee=5)]),
            User(id=2, name="bob", orders=[Parcel(id=3, item="desk", weight=30)]),
            User(id=3, name="cy"),
        ]
    )
    session.commit()
