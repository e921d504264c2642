"""Shapes of selectables that stand for themselves: aliases, subqueries, CTEs.

Two aliases of one table in one statement must have different shapes, or a column of the one would be taken for a column
of the other; so the shape of a derived selectable is equal to itself only. Yet an alias that a function makes anew on
each call must not make its statement new to the statement cache. So such a shape remembers the structure that it
stands for, and ``canonical_shape()`` numbers the derived selectables of a whole statement in the order of their
appearance: then equal canonical shapes mean equal SQL. It costs a walk over the shape, so the cache asks for it only
where the shape itself is unknown to it.
"""

from __future__ import annotations

from typing import Any, Final

from azoth.sql.cache_key import UNCACHEABLE, Shape, nested_too_deeply

__all__ = ["DerivedShape", "canonical_shape", "derived_shape"]


class DerivedShape:
    """The shape of one alias, subquery or CTE; equal to itself only.

    Args:
        kind: its visit name.
        structure: everything that decides about its SQL, as a shape.
    """

    __slots__ = ("kind", "structure")

    def __init__(self, kind: str, structure: Shape) -> None:
        self.kind: Final = kind
        self.structure: Final = structure

    def __repr__(self) -> str:
        return f"<shape of {self.kind} {id(self):#x}>"


def derived_shape(kind: str, structure: tuple[Shape, ...]) -> Shape:
    """Make the shape of a derived selectable.

    Args:
        kind: its visit name.
        structure: everything that decides about its SQL, as a shape.
    """
    return UNCACHEABLE if UNCACHEABLE in structure else DerivedShape(kind, structure)


def canonical_shape(shape: Shape) -> Shape:
    """Number the derived selectables of a statement's shape by their appearance.

    Args:
        shape: the shape of a whole statement.

    Returns:
        a shape that is equal for statements built the same way; the given one where it has no derived selectables.
    """
    numbers: dict[DerivedShape, int] = {}
    try:
        canonical = _numbered(shape, numbers)
    except RecursionError:
        raise nested_too_deeply() from None
    return canonical if numbers else shape


def _numbered(shape: Any, numbers: dict[DerivedShape, int]) -> Shape:
    if shape.__class__ is tuple:
        return tuple([_numbered(part, numbers) for part in shape])
    if shape.__class__ is not DerivedShape:
        return shape  # type: ignore[no-any-return]
    number = numbers.get(shape)
    if number is not None:
        return ("derived", number)
    number = numbers[shape] = len(numbers)
    return ("derived", number, shape.kind, _numbered(shape.structure, numbers))
