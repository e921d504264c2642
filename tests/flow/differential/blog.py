"""The model of the scenarios: users, addresses, tags, a tree, and columns under other names."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.flow.differential.library import Library


def make_model(lib: Library) -> Any:
    """Map the classes with a library."""
    base: Any = lib.declarative_base()
    user_tags = lib.Table(
        "user_tags",
        base.metadata,
        lib.Column("user_id", lib.ForeignKey("users.id"), primary_key=True),
        lib.Column("tag_id", lib.ForeignKey("tags.id"), primary_key=True),
    )

    class User(base):
        __tablename__ = "users"
        id = lib.Column(lib.Integer, primary_key=True)
        name = lib.Column("user_name", lib.String(50))
        age = lib.Column(lib.Integer)
        bio = lib.orm.deferred(lib.Column(lib.Text))
        addresses = lib.relationship("Address", back_populates="user", order_by="Address.id")
        tags = lib.relationship("Tag", secondary=user_tags, back_populates="users", order_by="Tag.id")

    class Address(base):
        __tablename__ = "addresses"
        id = lib.Column(lib.Integer, primary_key=True)
        email = lib.Column(lib.String(50))
        user_id = lib.Column(lib.ForeignKey("users.id"))
        user = lib.relationship("User", back_populates="addresses")

    class Tag(base):
        __tablename__ = "tags"
        id = lib.Column(lib.Integer, primary_key=True)
        label = lib.Column(lib.String(20))
        users = lib.relationship("User", secondary=user_tags, back_populates="tags", order_by="User.id")

    class Node(base):
        __tablename__ = "nodes"
        id = lib.Column(lib.Integer, primary_key=True)
        title = lib.Column(lib.String(20))
        parent_id = lib.Column(lib.ForeignKey("nodes.id"))
        children = lib.relationship("Node", back_populates="parent", order_by="Node.id")
        parent = lib.relationship("Node", back_populates="children", remote_side=[id])

    class Stock(base):
        __tablename__ = "stock"
        place = lib.Column(lib.String(10), primary_key=True)
        item = lib.Column(lib.Integer, primary_key=True)
        amount = lib.Column(lib.Integer)

    def fill(session: Any) -> None:
        red, blue, green = (Tag(id=number, label=label) for number, label in enumerate(["red", "blue", "green"], 1))
        session.add_all(
            [
                User(id=1, name="ed", age=30, bio="about ed", tags=[red, blue], addresses=emails(1, "ed@a", "ed@b")),
                User(id=2, name="jack", age=25, bio="about jack", tags=[blue], addresses=emails(3, "jack@a")),
                User(id=3, name="wendy", age=30, tags=[], addresses=emails(4, "wendy@a", "wendy@b", "wendy@c")),
                User(id=4, name="fred", age=None),
                green,
            ]
        )
        session.flush()
        session.add_all(
            [
                Node(id=1, title="root"),
                Node(id=2, title="left", parent_id=1),
                Node(id=3, title="right", parent_id=1),
                Node(id=4, title="leaf", parent_id=2),
                Stock(place="a", item=1, amount=5),
                Stock(place="a", item=2, amount=7),
                Stock(place="b", item=1, amount=9),
            ]
        )
        session.commit()
        session.expunge_all()

    def emails(first: int, *texts: str) -> list[Address]:
        return [Address(id=first + place, email=text) for place, text in enumerate(texts)]

    return SimpleNamespace(
        metadata=base.metadata,
        User=User,
        Address=Address,
        Tag=Tag,
        Node=Node,
        Stock=Stock,
        user_tags=user_tags,
        fill=fill,
    )
