"""The classes that the model-based tests work on, and how they hang together."""

from __future__ import annotations

from typing import NamedTuple

from azoth import Column, ForeignKey, Table
from azoth.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


parent_tag = Table(
    "parent_tag",
    Base.metadata,
    Column("parent_id", ForeignKey("parent.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Parent(Base):
    __tablename__ = "parent"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    children: Mapped[list[Child]] = relationship(back_populates="parent")
    pets: Mapped[set[Pet]] = relationship(back_populates="owner", cascade="all, delete-orphan")
    tags: Mapped[list[Tag]] = relationship(secondary=parent_tag, back_populates="parents")


class Child(Base):
    """Lives on without its parent."""

    __tablename__ = "child"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))
    parent: Mapped[Parent | None] = relationship(back_populates="children")


class Pet(Base):
    """Is deleted with its owner, and when it loses it."""

    __tablename__ = "pet"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
    owner: Mapped[Parent] = relationship(back_populates="pets")


class Tag(Base):
    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    parents: Mapped[set[Parent]] = relationship(secondary=parent_tag, back_populates="tags")


class Side(NamedTuple):
    """One side of a relationship.

    Attributes:
        other: the kind at the other end.
        reverse: the attribute there.
        many: whether this side is a collection.
    """

    other: str
    reverse: str
    many: bool


CLASSES = {"parent": Parent, "child": Child, "pet": Pet, "tag": Tag}
KINDS = {class_: kind for kind, class_ in CLASSES.items()}
SIDES: dict[str, dict[str, Side]] = {
    "parent": {
        "children": Side("child", "parent", many=True),
        "pets": Side("pet", "owner", many=True),
        "tags": Side("tag", "parents", many=True),
    },
    "child": {"parent": Side("parent", "children", many=False)},
    "pet": {"owner": Side("parent", "pets", many=False)},
    "tag": {"parents": Side("parent", "tags", many=True)},
}
OWNED_BY = {"child": "parent", "pet": "owner"}
"""The kinds whose table has a foreign key -> the attribute that leads along it; the column is that name + "_id"."""
