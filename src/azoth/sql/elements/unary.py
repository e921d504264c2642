"""UnaryExpression: one operand with a word or sign before or after it; and truth values."""

from __future__ import annotations

from typing import Any, ClassVar

from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.column_element import ColumnElement, ValueT
from azoth.sql.elements.grouping import Grouping
from azoth.sql.operators import Operator, inv, is_false, is_precedent, is_true
from azoth.sql.types import BOOLEANTYPE, NULLTYPE, TypeEngine

__all__ = ["AsBoolean", "CollectionAggregate", "UnaryExpression"]


class UnaryExpression(ColumnElement[ValueT]):
    """One operand and an operator before it (``-a``, ``NOT a``) or a modifier after it (``a DESC``).

    Args:
        element: the operand.
        operator: what stands before it, or None.
        modifier: what stands after it, or None.
        type_: the type of the result.
    """

    __visit_name__: ClassVar[str] = "unary"
    _fields: ClassVar[tuple[str, ...]] = ("element", "operator", "modifier", "type")

    def __init__(
        self,
        element: ClauseElement,
        operator: Operator | None = None,
        modifier: Operator | None = None,
        type_: TypeEngine[Any] = NULLTYPE,
    ) -> None:
        self.operator = operator
        self.modifier = modifier
        self.element = element.self_group(against=operator or modifier)
        self.type = type_

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Stand in parentheses as the operand of an operator that binds tighter."""
        if self.operator is not None and is_precedent(self.operator, against):
            return Grouping(self)
        return self

    def _negate(self) -> ColumnElement[Any]:
        if self.operator is inv and isinstance(self.element, ColumnElement):
            return self.element
        if self.type._affinity == "boolean":
            return UnaryExpression(self.self_group(against=inv), operator=inv, type_=BOOLEANTYPE)
        return super()._negate()


class CollectionAggregate(UnaryExpression[ValueT]):
    """ANY or ALL of an array or a subquery."""

    __visit_name__: ClassVar[str] = "unary"

    def __init__(self, element: ClauseElement, operator: Operator, type_: TypeEngine[Any] = NULLTYPE) -> None:
        super().__init__(element, operator=operator, type_=type_)


class AsBoolean(ColumnElement[Any]):
    """An expression of the type Boolean that is used as a truth value, or its opposite.

    ``flag`` and ``NOT flag`` where the database has a boolean type, ``flag = 1`` and ``flag = 0`` elsewhere.
    """

    __visit_name__: ClassVar[str] = "as_boolean"
    _fields: ClassVar[tuple[str, ...]] = ("element", "operator")
    type = BOOLEANTYPE

    def __init__(self, element: ColumnElement[Any], operator: Operator) -> None:
        self.element = element
        self.operator = operator

    def self_group(self, against: Operator | None = None) -> AsBoolean:
        """Need no parentheses."""
        return self

    def _negate(self) -> ColumnElement[Any]:
        return AsBoolean(self.element, is_false if self.operator is is_true else is_true)
