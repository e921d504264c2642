"""Mappings whose relationships lead back to where they began, filled with rows that do so too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.flow.differential.library import Library

Circle = Callable[[Library, dict[str, Any]], tuple[Any, list[Any]]]
"""Maps classes with the given arguments for each relationship; gives the first class and objects to add in order."""

COUNT = 4


def children(lib: Library, how: dict[str, Any]) -> tuple[Any, list[Any]]:
    """A chain of rows, seen from its head."""

    class Node(lib.declarative_base()):
        __tablename__ = "nodes"
        id = lib.Column(lib.Integer, primary_key=True)
        up = lib.Column(lib.ForeignKey("nodes.id"))
        first = lib.relationship("Node", **how)

    return Node, [Node(id=number, up=number - 1 or None) for number in range(1, 7)]


def parents(lib: Library, how: dict[str, Any]) -> tuple[Any, list[Any]]:
    """A chain of rows, seen from its tail."""

    class Node(lib.declarative_base()):
        __tablename__ = "nodes"
        id = lib.Column(lib.Integer, primary_key=True)
        up = lib.Column(lib.ForeignKey("nodes.id"))
        first = lib.relationship("Node", remote_side=[id], **how)

    return Node, [Node(id=number, up=number + 1 if number < 6 else None) for number in range(6, 0, -1)]


def friends(lib: Library, how: dict[str, Any]) -> tuple[Any, list[Any]]:
    """A class with itself through an association table; the rows go round."""
    base: Any = lib.declarative_base()
    pairs = lib.Table(
        "pairs",
        base.metadata,
        lib.Column("a", lib.ForeignKey("nodes.id"), primary_key=True),
        lib.Column("b", lib.ForeignKey("nodes.id"), primary_key=True),
    )

    class Node(base):
        __tablename__ = "nodes"
        id = lib.Column(lib.Integer, primary_key=True)
        first = lib.relationship(
            "Node", secondary=pairs, primaryjoin=id == pairs.c.a, secondaryjoin=id == pairs.c.b, **how
        )

    nodes = [Node(id=number) for number in range(1, 7)]
    for node, friend in zip(nodes, nodes[1:] + nodes[:1], strict=True):
        node.first.append(friend)
    return Node, nodes


def both_sides(lib: Library, how: dict[str, Any]) -> tuple[Any, list[Any]]:
    """A many-to-many with a relationship on each side."""
    base: Any = lib.declarative_base()
    pairs = lib.Table(
        "pairs",
        base.metadata,
        lib.Column("a", lib.ForeignKey("a.id"), primary_key=True),
        lib.Column("b", lib.ForeignKey("b.id"), primary_key=True),
    )

    class A(base):
        __tablename__ = "a"
        id = lib.Column(lib.Integer, primary_key=True)
        first = lib.relationship("B", secondary=pairs, back_populates="second", **how)

    class B(base):
        __tablename__ = "b"
        id = lib.Column(lib.Integer, primary_key=True)
        second = lib.relationship("A", secondary=pairs, back_populates="first", **how)

    left = [A(id=number) for number in range(1, COUNT + 1)]
    right = [B(id=number) for number in range(1, COUNT + 1)]
    for place, one in enumerate(left):
        one.first = [right[place], right[(place + 1) % COUNT]]
    return A, left


def two_tables(lib: Library, how: dict[str, Any]) -> tuple[Any, list[Any]]:
    """Two tables that refer to each other."""
    return _ring(lib, how, ["A", "B"])


def three_tables(lib: Library, how: dict[str, Any]) -> tuple[Any, list[Any]]:
    """Three tables, each of which refers to the next."""
    return _ring(lib, how, ["A", "B", "C"])


def _ring(lib: Library, how: dict[str, Any], names: list[str]) -> tuple[Any, list[Any]]:
    base: Any = lib.declarative_base()
    relationships = ["first", "second", "third"]
    classes: list[Any] = []
    for place, name in enumerate(names):
        following = names[(place + 1) % len(names)]
        column = lib.Column(lib.ForeignKey(f"{following}.id", use_alter=True, name=f"fk_{name}"))
        content = {
            "__tablename__": name,
            "id": lib.Column(lib.Integer, primary_key=True),
            "ref": column,
            relationships[place]: lib.relationship(following, foreign_keys=[column], post_update=True, **how),
        }
        classes.append(type(name, (base,), content))
    # Rows without enforced keys may refer to what comes later.
    rows = [
        class_(id=number, ref=number if place < len(classes) - 1 else number % COUNT + 1)
        for place, class_ in enumerate(classes)
        for number in range(1, COUNT + 1)
    ]
    return classes[0], rows


CIRCLES: list[Circle] = [children, parents, friends, both_sides, two_tables, three_tables]
