"""Mapped classes with many kinds of cascades, for tests of what a flush removes, loads and carries on."""

from __future__ import annotations

from azoth import Column, ForeignKey, ForeignKeyConstraint, Table
from azoth.orm import DeclarativeBase, DynamicMapped, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


house_tag = Table(
    "house_tag",
    Base.metadata,
    Column("house_id", ForeignKey("house.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class House(Base):
    """Owns rooms and lends tools; its lamps go with it in the database, its keys are queried."""

    __tablename__ = "house"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    version: Mapped[int] = mapped_column()
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("blueprint.id"))
    rooms: Mapped[list[Room]] = relationship(back_populates="house", cascade="all, delete-orphan", order_by="Room.id")
    tools: Mapped[list[Tool]] = relationship(back_populates="house", order_by="Tool.id")
    lamps: Mapped[list[Lamp]] = relationship(
        back_populates="house", cascade="all, delete-orphan", passive_deletes=True, order_by="Lamp.id"
    )
    keys: DynamicMapped[DoorKey] = relationship(cascade="all, delete-orphan", order_by="DoorKey.id")
    tags: Mapped[list[Tag]] = relationship(secondary=house_tag, back_populates="houses", order_by="Tag.id")
    blueprint: Mapped[Blueprint | None] = relationship(cascade="all, delete-orphan", single_parent=True)
    __mapper_args__ = {"version_id_col": version}


class Blueprint(Base):
    """Belongs to one house, which refers to it."""

    __tablename__ = "blueprint"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]


class Guest(Base):
    """Another owner of rooms: a room needs both of those that it has."""

    __tablename__ = "guest"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    rooms: Mapped[list[Room]] = relationship(back_populates="guest", cascade="all, delete-orphan", order_by="Room.id")


class Room(Base):
    __tablename__ = "room"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    house_id: Mapped[int | None] = mapped_column(ForeignKey("house.id"))
    guest_id: Mapped[int | None] = mapped_column(ForeignKey("guest.id"))
    house: Mapped[House | None] = relationship(back_populates="rooms")
    guest: Mapped[Guest | None] = relationship(back_populates="rooms")
    shelves: Mapped[list[Shelf]] = relationship(cascade="all, delete-orphan", order_by="Shelf.id")
    __mapper_args__ = {"legacy_is_orphan": True}


class Shelf(Base):
    __tablename__ = "shelf"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))


class Tool(Base):
    __tablename__ = "tool"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    house_id: Mapped[int | None] = mapped_column(ForeignKey("house.id"))
    house: Mapped[House | None] = relationship(back_populates="tools")


class Lamp(Base):
    __tablename__ = "lamp"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    house_id: Mapped[int | None] = mapped_column(ForeignKey("house.id", ondelete="CASCADE"))
    house: Mapped[House | None] = relationship(back_populates="lamps")


class DoorKey(Base):
    __tablename__ = "door_key"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    house_id: Mapped[int | None] = mapped_column(ForeignKey("house.id"))


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    houses: Mapped[list[House]] = relationship(secondary=house_tag, back_populates="tags", order_by="House.id")


class Node(Base):
    """A tree whose branches go with their root."""

    __tablename__ = "node"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    up_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
    downs: Mapped[list[Node]] = relationship(back_populates="up", cascade="all, delete-orphan", order_by="Node.id")
    up: Mapped[Node | None] = relationship(back_populates="downs", remote_side=[id])


class Street(Base):
    """Has a key that changes, of two columns; the database carries it on to nobody."""

    __tablename__ = "street"
    town: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str | None]
    plots: Mapped[list[Plot]] = relationship(back_populates="street", passive_updates=False, order_by="Plot.id")


class Plot(Base):
    __tablename__ = "plot"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    town: Mapped[str | None]
    number: Mapped[int | None]
    street: Mapped[Street | None] = relationship(back_populates="plots", passive_updates=False)
    __table_args__ = (ForeignKeyConstraint(["town", "number"], ["street.town", "street.number"]),)


LISTS = {
    "rooms": (House, Room),
    "tools": (House, Tool),
    "lamps": (House, Lamp),
    "keys": (House, DoorKey),
    "tags": (House, Tag),
    "houses": (Tag, House),
    "guests": (Guest, Room),
    "shelves": (Room, Shelf),
    "downs": (Node, Node),
    "plots": (Street, Plot),
}
"""Collections: owner and member; "guests" stands for ``Guest.rooms``."""

REFERENCES = {
    "house": (Room, House),
    "guest": (Room, Guest),
    "blueprint": (House, Blueprint),
    "up": (Node, Node),
    "street": (Plot, Street),
    "tool_house": (Tool, House),
    "lamp_house": (Lamp, House),
}
"""Many-to-one attributes: owner and target; "tool_house" and "lamp_house" stand for ``house`` of these."""

ATTRIBUTES = {"guests": "rooms", "tool_house": "house", "lamp_house": "house"}
CLASSES = (House, Blueprint, Guest, Room, Shelf, Tool, Lamp, DoorKey, Tag, Node, Street, Plot)
