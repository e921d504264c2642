"""Grouping: an expression in parentheses."""

from __future__ import annotations

from typing import Any, ClassVar

from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.column_element import ColumnElement
from azoth.sql.operators import Operator
from azoth.sql.types import NULLTYPE

__all__ = ["Grouping"]


class Grouping(ColumnElement[Any]):
    """An expression in parentheses."""

    __visit_name__: ClassVar[str] = "grouping"
    _fields: ClassVar[tuple[str, ...]] = ("element",)
    _is_atomic: ClassVar[bool] = True

    def __init__(self, element: ClauseElement) -> None:
        self.element = element
        self.type = getattr(element, "type", NULLTYPE)
        self._anonymous_hint = getattr(element, "_anonymous_hint", "anon")

    def self_group(self, against: Operator | None = None) -> Grouping:
        """Need no further parentheses."""
        return self

    def _negate(self) -> ColumnElement[Any]:
        if isinstance(self.element, ColumnElement):
            return self.element._negate()
        return super()._negate()
