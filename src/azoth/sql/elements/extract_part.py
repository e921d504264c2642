"""Extract: a part of a date or time."""

from __future__ import annotations

from typing import Any, ClassVar

from azoth.sql.elements.column_element import ColumnElement
from azoth.sql.elements.operand import plain_operand
from azoth.sql.types import INTEGERTYPE

__all__ = ["Extract", "extract"]


class Extract(ColumnElement[Any]):
    """``EXTRACT(field FROM expr)``.

    Args:
        field: the part, such as "year".
        expr: the date or time.
    """

    __visit_name__: ClassVar[str] = "extract"
    _fields: ClassVar[tuple[str, ...]] = ("field", "expr")
    _is_atomic: ClassVar[bool] = True
    type = INTEGERTYPE

    def __init__(self, field: str, expr: Any) -> None:
        self.field = field
        self.expr = plain_operand(expr)


def extract(field: str, expr: Any) -> Extract:
    """Take a part of a date or time: ``EXTRACT(field FROM expr)``."""
    return Extract(field, expr)
