"""BetweenRange: the two bounds of BETWEEN."""

from __future__ import annotations

from typing import Any, ClassVar

from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.column_element import ColumnElement

__all__ = ["BetweenRange"]


class BetweenRange(ColumnElement[Any]):
    """``low AND high``, as the right operand of BETWEEN."""

    __visit_name__: ClassVar[str] = "between_range"
    _fields: ClassVar[tuple[str, ...]] = ("low", "high")
    _is_atomic: ClassVar[bool] = True

    def __init__(self, low: ClauseElement, high: ClauseElement) -> None:
        self.low = low
        self.high = high
