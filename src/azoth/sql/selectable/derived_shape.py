"""Shapes of selectables that stand for themselves: aliases, subqueries, CTEs.

Two aliases of one table in one statement must have different shapes, or a column of the one would be taken for a column
of the other. Yet an alias that a function makes anew on each call should have the same shape each time, or its
statement would be compiled on each call. So a derived selectable's shape is a number for its structure, plus an
ordinal that no other *living* selectable of that structure has. All parts of a statement live at the same time, so
within a statement equal shapes mean the same object; and an ordinal is free again when its owner is gone.
"""

from __future__ import annotations

import threading
from typing import Any, Final
from weakref import WeakValueDictionary

from azoth.sql.cache_key import UNCACHEABLE, Shape, next_identity

__all__ = ["derived_shape"]

REMEMBERED_STRUCTURES: Final = 4096
PROBED_ORDINALS: Final = 32

_lock = threading.Lock()
_structure_numbers: dict[Shape, int] = {}
_living: WeakValueDictionary[tuple[int, int], Any] = WeakValueDictionary()


def derived_shape(owner: Any, kind: str, structure: Shape) -> Shape:
    """Make the shape of a derived selectable.

    Args:
        owner: the alias, subquery or CTE.
        kind: its visit name.
        structure: everything that decides about its SQL, as a shape.

    Returns:
        a shape that no other living selectable has.
    """
    if structure == UNCACHEABLE or (isinstance(structure, tuple) and UNCACHEABLE in structure):
        return UNCACHEABLE
    with _lock:
        number = _structure_number((kind, structure))
        for ordinal in range(PROBED_ORDINALS):
            if (number, ordinal) not in _living:
                _living[number, ordinal] = owner
                return (kind, number, ordinal)
    # Very many living equals: an identity costs a compilation, a longer search would cost on each construction.
    return (kind, next_identity())


def _structure_number(structure: Shape) -> int:
    number = _structure_numbers.get(structure)
    if number is None:
        if len(_structure_numbers) >= REMEMBERED_STRUCTURES:
            # Forgetting is safe: numbers are never used again, so it can only cost a compilation.
            for oldest in list(_structure_numbers)[: REMEMBERED_STRUCTURES // 2]:
                del _structure_numbers[oldest]
        number = _structure_numbers[structure] = next_identity()
    return number
