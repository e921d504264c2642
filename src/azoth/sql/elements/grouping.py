"""Grouping: an expression in parentheses; Part: one that belongs to more than its own table."""

from __future__ import annotations

from typing import Any, ClassVar

from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.column_element import ColumnElement
from azoth.sql.operators import Operator
from azoth.sql.types import NULLTYPE

__all__ = ["Grouping", "Part"]


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


class Part(ColumnElement[Any]):
    """A column, or an expression, of something that is selected from as a whole, such as a class mapped to a join.

    It is written as what it stands for; a statement that has it selects from the whole.

    Args:
        element: the column or expression.
        whole: what is selected from.
    """

    __visit_name__: ClassVar[str] = "part"
    _fields: ClassVar[tuple[str, ...]] = ("element", "whole")

    def __init__(self, element: ColumnElement[Any], whole: ClauseElement) -> None:
        self.element = element
        self.whole = whole
        self.type = element.type
        self.key = element.key
        self.primary_key = element.primary_key
        self.foreign_keys = element.foreign_keys
        self._anonymous_hint = element._anonymous_hint
        self._value_hint = element._value_hint
        self._proxies = (element,)

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Put parentheses around what it stands for where that needs them."""
        grouped: Any = self.element.self_group(against=against)
        return self if grouped is self.element else Part(grouped, self.whole)

    def _negate(self) -> ColumnElement[Any]:
        return Part(self.element._negate(), self.whole)
