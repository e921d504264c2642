"""Statements as trees of values: the fields of a node, walking them, replacing parts of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar, Self, TypeVar, cast

Node = TypeVar("Node", bound="Visitable")

DERIVED_FROM_FIELDS = ("_shape", "_binds")
"""Cached values that a copy with other fields must compute anew."""


class Visitable:
    """A node of a statement tree.

    ``_fields`` names the attributes that make up the node, in a fixed order. A field holds a node, a
    (possibly nested) tuple of nodes, or plain hashable data. Everything generic (walking, replacing,
    structural keys) works from ``_fields`` alone, so a new kind of node declares its fields and is done.
    Nodes are never changed after they were built; a change is a copy.
    """

    __visit_name__: ClassVar[str]
    _fields: ClassVar[tuple[str, ...]] = ()

    def _copy_with(self, **fields: object) -> Self:
        """Copy this node with some of its fields exchanged."""
        copy = object.__new__(type(self))
        state = copy.__dict__
        state.update(self.__dict__)
        for derived in DERIVED_FROM_FIELDS:
            state.pop(derived, None)
        state.update(fields)
        return copy


def children(node: Visitable) -> Iterator[Visitable]:
    """Yield the direct children of a node, in field order."""
    for field in node._fields:
        yield from _nodes_in(getattr(node, field))


def iterate(node: Visitable) -> Iterator[Visitable]:
    """Yield a node and everything below it, parents before their children."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(list(children(current))))


def replace(node: Node, replacement: Callable[[Visitable], Visitable | None]) -> Node:
    """Copy a tree with parts of it exchanged; a tree in which nothing changes is returned as it is.

    Args:
        node: the root of the tree.
        replacement: called for each node from the root down; what it returns stands in for the node
            (and is not searched further), None keeps the node and goes on with its children.

    Returns:
        the new root.
    """
    return cast(Node, _replaced(node, replacement))


def _nodes_in(value: object) -> Iterator[Visitable]:
    if isinstance(value, Visitable):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes_in(part)


def _replaced(value: object, replacement: Callable[[Visitable], Visitable | None]) -> object:
    if isinstance(value, Visitable):
        stand_in = replacement(value)
        if stand_in is not None:
            return stand_in
        changed = {}
        for field in value._fields:
            old = getattr(value, field)
            new = _replaced(old, replacement)
            if new is not old:
                changed[field] = new
        return value._copy_with(**changed) if changed else value
    if isinstance(value, tuple):
        parts = tuple(_replaced(part, replacement) for part in value)
        return value if all(new is old for new, old in zip(parts, value, strict=True)) else parts
    return value
