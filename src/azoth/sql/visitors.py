"""Statements as trees of values: the fields of a node, walking them, replacing parts of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from operator import is_
from typing import Any, ClassVar, Self, TypeVar, cast

Node = TypeVar("Node", bound="Visitable")

DERIVED_FROM_FIELDS = ("_shape", "_binds")
"""Cached values that a copy with other fields must compute anew."""

LEFT_BEHIND = frozenset((*DERIVED_FROM_FIELDS, "_memo"))
"""What is not pickled: shapes hold numbers that have a meaning in their process only."""


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

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in LEFT_BEHIND}


def children(node: Visitable, omitted: Collection[str] = ()) -> Iterator[Visitable]:
    """Yield the direct children of a node, in field order.

    Args:
        node: the node.
        omitted: names of fields that are left out.
    """
    for field in node._fields:
        if field not in omitted:
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
    branches = [_Branch(None, (node,))]
    while True:
        branch = branches[-1]
        place = len(branch.new)
        if place == len(branch.old):
            branches.pop()
            if not branches:
                return cast(Node, branch.new[0])
            branches[-1].new.append(branch.finished())
            continue
        part = branch.old[place]
        if isinstance(part, Visitable):
            stand_in = replacement(part)
            if stand_in is not None:
                branch.new.append(stand_in)
            else:
                branches.append(_Branch(part, tuple([getattr(part, field) for field in part._fields])))
        elif isinstance(part, tuple):
            branches.append(_Branch(None, part))
        else:
            branch.new.append(part)


class _Branch:
    """A node (or a tuple within one) while its parts are replaced: a list of these instead of calls within calls.

    Args:
        node: the node, None for a tuple.
        old: its parts.
    """

    __slots__ = ("new", "node", "old")

    def __init__(self, node: Visitable | None, old: tuple[object, ...]) -> None:
        self.node = node
        self.old = old
        self.new: list[object] = []

    def finished(self) -> object:
        """Give what stands for the node now: itself, where no part of it changed."""
        if all(map(is_, self.new, self.old)):
            return self.old if self.node is None else self.node
        if self.node is None:
            return tuple(self.new)
        parts = zip(self.node._fields, self.old, self.new, strict=True)
        return self.node._copy_with(**{field: new for field, old, new in parts if new is not old})


def _nodes_in(value: object) -> Iterator[Visitable]:
    if isinstance(value, Visitable):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes_in(part)
