"""BinaryExpression: two operands and the operator between them."""

from __future__ import annotations

from operator import eq, ne
from typing import Any, ClassVar, TypeAlias

from azoth.sql.cache_key import UNCACHEABLE, Shape, binds_of, shape_of
from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.column_element import ColumnElement
from azoth.sql.elements.grouping import Grouping
from azoth.sql.operators import Operator, facts_of, is_precedent
from azoth.sql.types import BOOLEANTYPE, NULLTYPE, TypeEngine

__all__ = ["BinaryExpression", "Modifiers", "binary", "comparison"]

Modifiers: TypeAlias = tuple[tuple[str, Any], ...]


class BinaryExpression(ColumnElement[Any]):
    """Two operands and an operator: ``left op right``.

    Args:
        left: the left operand.
        right: the right operand.
        operator: the operator.
        type_: the type of the result.
        negate: the operator of the opposite, where it is not the usual one.
        modifiers: the operator's options, such as ``escape``.
    """

    __visit_name__: ClassVar[str] = "binary"
    _fields: ClassVar[tuple[str, ...]] = ("left", "right", "operator", "modifiers", "type")

    left: ClauseElement
    right: ClauseElement
    operator: Operator
    modifiers: Modifiers = ()
    _shape: Shape
    _binds: tuple[Any, ...]

    def __init__(
        self,
        left: ClauseElement,
        right: ClauseElement,
        operator: Operator,
        type_: TypeEngine[Any] | None = None,
        negate: Operator | None = None,
        modifiers: Any = (),
    ) -> None:
        self.left = left.self_group(against=operator)
        self.right = right.self_group(against=operator)
        self.operator = operator
        self.type = type_ if type_ is not None else NULLTYPE
        if negate is not None:
            self.negate = negate
        if modifiers:
            self.modifiers = tuple(modifiers.items()) if isinstance(modifiers, dict) else tuple(modifiers)

    negate: Operator | None = None

    def _compute_shape(self) -> Shape:
        left = self.left._shape
        right = self.right._shape
        if UNCACHEABLE in (left, right):
            return UNCACHEABLE
        if not self.modifiers and (self.type is BOOLEANTYPE or self.type._shape == BOOLEANTYPE._shape):
            return (self.operator, left, right)
        modifiers = shape_of(self.modifiers)
        if modifiers == UNCACHEABLE:
            return UNCACHEABLE
        return ("binary", self.operator, left, right, modifiers, self.type._shape)

    def _compute_binds(self) -> Any:
        binds = self.left._binds + self.right._binds
        return binds + tuple(binds_of(self.modifiers)) if self.modifiers else binds

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Stand in parentheses as the operand of an operator that binds tighter."""
        return Grouping(self) if is_precedent(self.operator, against) else self

    def _negate(self) -> ColumnElement[Any]:
        opposite = self.negate or facts_of(self.operator).negation
        if opposite is None:
            return super()._negate()
        return self._copy_with(operator=opposite, negate=self.operator)

    def __bool__(self) -> bool:
        # Python asks this when it looks for an expression in a list or a set: == is true for the same element only.
        if self.operator is eq:
            return _is_same(self.left, self.right)
        if self.operator is ne:
            return not _is_same(self.left, self.right)
        return super().__bool__()

    @property
    def is_comparison(self) -> bool:
        """Whether the operator compares."""
        return facts_of(self.operator).comparison


def _is_same(left: ClauseElement, right: ClauseElement) -> bool:
    return hash(left) == hash(right)


_new = object.__new__


def comparison(left: ClauseElement, right: ClauseElement, operator: Operator) -> BinaryExpression:
    """Make a comparison of operands that need no parentheses; the constructor of the hot path.

    Args:
        left: the left operand.
        right: the right operand.
        operator: an operator whose result is true or false.
    """
    expression = _new(BinaryExpression)
    expression.left = left
    expression.right = right
    expression.operator = operator
    expression.type = BOOLEANTYPE
    return expression


def binary(
    left: ClauseElement,
    right: ClauseElement,
    operator: Operator,
    type_: TypeEngine[Any],
    modifiers: Modifiers = (),
) -> BinaryExpression:
    """Make a binary expression, with parentheses around operands that need them."""
    return BinaryExpression(left, right, operator, type_, modifiers=modifiers)
