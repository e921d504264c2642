"""What constructs of programs' own ask of ``sqlalchemy.sql.coercions``."""

from __future__ import annotations

from typing import Any

from azoth.other_name.stand_ins.typing_names import WhereHavingRole
from azoth.sql.elements.operand import plain_operand, truth_operand

__all__ = ["expect"]


def expect(role: type[Any], element: Any, *, apply_propagate_attrs: Any = None) -> Any:
    """Turn what a program passes into an element.

    Args:
        role: where the element is to stand: a condition, for ``WhereHavingRole``; else an operand.
        element: an element, what has one, or a plain value.
        apply_propagate_attrs: takes over what the element has in its ``_propagate_attrs``, which it finds by itself.

    Raises:
        ArgumentError: it cannot stand there.
    """
    return (truth_operand if issubclass(role, WhereHavingRole) else plain_operand)(element)
