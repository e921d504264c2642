"""The structural key of a statement: two statements with equal shapes compile to the same SQL.

A shape is a nested tuple of plain hashable values. The values bound in the statement are not part of it;
they travel beside it in ``_binds``, in the order in which they stand in the tree, so that a compiled
statement found by its shape can pick its parameters by position.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Final, Protocol, TypeAlias
from weakref import WeakValueDictionary

from azoth.exc import CompileError
from azoth.sql.visitors import Visitable
from azoth.util.serial_numbers import serial_numbers

Shape: TypeAlias = Hashable

UNCACHEABLE: Final = "<uncacheable>"
"""The shape of something whose SQL must be compiled each time."""

_identities = serial_numbers()


class KeepsStatements(Protocol):
    """What keeps things that it found by the shapes of statements."""

    def clear(self) -> None:
        """Forget them."""


_keepers: Final[WeakValueDictionary[int, KeepsStatements]] = WeakValueDictionary()


def register_keeper(keeper: KeepsStatements) -> None:
    """Let something that keeps statements by their shapes be told when shapes take on another meaning.

    Args:
        keeper: it is known for as long as it lives.
    """
    _keepers[id(keeper)] = keeper


def forget_all_statements() -> None:
    """Let everything that keeps statements forget them: their shapes mean something else from now on."""
    for reference in _keepers.valuerefs():
        keeper = reference()
        if keeper is not None:
            keeper.clear()


def next_identity() -> int:
    """Make a number for something that is only equal to itself (a table, a column, a mapper); never reused."""
    return next(_identities)


def nested_too_deeply() -> CompileError:
    """Make the error for a statement whose parts contain each other more often than Python's stack allows."""
    return CompileError(
        "the statement is nested too deeply",
        why="its expressions, functions or subqueries contain each other hundreds of times, and each level takes a "
        "part of Python's stack (sys.getrecursionlimit()).",
        fix="build it flat: and_(*conditions), union_all(*selects), case(*pairs), one function of many arguments.",
        code="AZ-C290",
    )


class Shaped(Visitable):
    """A node that knows its shape and the values bound below it.

    Both are computed from ``_fields`` on first use and kept. Classes on hot paths may set ``_shape`` and
    ``_binds`` in their constructor instead: the descriptors below give way to the instance's own value.
    """

    def __getattr__(self, name: str) -> Any:
        # Runs only where the instance has no such attribute yet. Kept as __getattr__ on the instance
        # rather than as a property, because a property would stand before the instance's own value.
        if name == "_shape":
            try:
                return self.__dict__.setdefault("_shape", self._compute_shape())
            except RecursionError:
                raise nested_too_deeply() from None
        if name == "_binds":
            try:
                return self.__dict__.setdefault("_binds", tuple(self._compute_binds()))
            except RecursionError:
                raise nested_too_deeply() from None
        return self._missing_attribute(name)

    def _missing_attribute(self, name: str) -> Any:
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _compute_shape(self) -> Shape:
        parts: list[Shape] = [self.__visit_name__]
        for field in self._fields:
            part = shape_of(getattr(self, field))
            if part == UNCACHEABLE:
                return UNCACHEABLE
            parts.append(part)
        return tuple(parts)

    def _compute_binds(self) -> Iterator[Any]:
        for field in self._fields:
            yield from binds_of(getattr(self, field))


def shape_of(value: Any) -> Shape:
    """Find the shape of a field: of a node, a type, a tuple of them, or plain hashable data."""
    if isinstance(value, tuple):
        parts = tuple([shape_of(part) for part in value])
        return UNCACHEABLE if UNCACHEABLE in parts else parts
    shape: Shape = getattr(value, "_shape", None)
    own: Shape = value
    return own if shape is None else shape


def binds_of(value: Any) -> Iterator[Any]:
    """Yield the bind parameters below a field, in tree order."""
    if isinstance(value, tuple):
        for part in value:
            yield from binds_of(part)
    else:
        yield from getattr(value, "_binds", ())
