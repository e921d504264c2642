"""BinaryExpression: two operands and the operator between them."""

from __future__ import annotations

from copy import deepcopy
from itertools import chain
from operator import eq, ne
from typing import Any, ClassVar, Final, TypeAlias

from azoth.sql.cache_key import UNCACHEABLE, Shape, binds_of, shape_of
from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.column_element import OPERATIONS, ColumnElement, ValueT
from azoth.sql.elements.grouping import Grouping
from azoth.sql.operators import Operator, all_op, any_op, facts_of, is_false, is_precedent
from azoth.sql.types import BOOLEANTYPE, NULLTYPE, TypeEngine

__all__ = ["BinaryExpression", "Modifiers", "binary", "chain_of", "comparison", "left_expression"]

Modifiers: TypeAlias = tuple[tuple[str, Any], ...]

_QUANTIFIERS: Final = frozenset({any_op, all_op})

CHAIN: Final = "chain"
"""Begins the shape of a binary expression whose left operand is another one."""


class BinaryExpression(ColumnElement[ValueT]):
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
        inner = left_expression(self)
        if inner.__class__ is BinaryExpression and not facts_of(self.operator).comparison:
            return self._chain_shape()
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

    def _chain_shape(self) -> Shape:
        """Make the shape of a chain: flat, because a tuple in a tuple for each term could not be compared."""
        links: list[Shape] = []
        node: Any = self
        while "_shape" not in node.__dict__ and not facts_of(node.operator).comparison:
            left = left_expression(node)
            if left.__class__ is not BinaryExpression:
                break
            link = (node.operator, left is node.left, node.right._shape, shape_of(node.modifiers), node.type._shape)
            if UNCACHEABLE in link:
                return UNCACHEABLE
            links.append(link)
            node = left
        first: Any = node._shape
        if first == UNCACHEABLE:
            return UNCACHEABLE
        links.reverse()
        return (*first, *links) if first[0] == CHAIN else (CHAIN, first, *links)

    def _compute_binds(self) -> Any:
        if left_expression(self).__class__ is not BinaryExpression:
            return self.left._binds + self._later_binds()
        node: Any = self
        parts: list[tuple[Any, ...]] = []
        while "_binds" not in node.__dict__:
            parts.append(node._later_binds())
            left = left_expression(node)
            if left.__class__ is not BinaryExpression:
                parts.append(node.left._binds)
                break
            node = left
        else:
            parts.append(node._binds)
        parts.reverse()
        return chain.from_iterable(parts)

    def _later_binds(self) -> tuple[Any, ...]:
        """Give the binds of all but the left operand."""
        binds: tuple[Any, ...] = self.right._binds
        return binds + tuple(binds_of(self.modifiers)) if self.modifiers else binds

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickle (and copy) a chain as a list of its terms, so that its length is no depth."""
        expressions = chain_of(self)
        terms = [
            (
                node.left.__class__ is Grouping,
                {key: value for key, value in node.__getstate__().items() if key != "left"},
            )
            for node in expressions
        ]
        return _rebuilt, (expressions[-1].left, terms)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        # The parts are copied before there is a copy to remember: they shall know that they are parts.
        memo.setdefault(id(memo), [])
        rebuild, parts = self.__reduce_ex__(4)
        return rebuild(*deepcopy(parts, memo))

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Stand in parentheses as the operand of an operator that binds tighter."""
        return Grouping(self) if is_precedent(self.operator, against) else self

    def _negate(self) -> ColumnElement[Any]:
        opposite = self.negate or facts_of(self.operator).negation
        if getattr(self.right, "operator", None) in _QUANTIFIERS:
            # That a value differs from one element does not mean that it equals none.
            return OPERATIONS[is_false](Grouping(self), is_false)
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


# Each term of ``x + 1 + 1 + 1`` makes the tree one level deeper on the left side. What is done with all levels goes
# through the list of them, so that a chain of 10,000 terms needs no deeper stack than one of two.


def left_expression(expression: Any) -> Any:
    """Give the left operand of a binary expression, out of its parentheses."""
    left = expression.left
    return left.element if left.__class__ is Grouping else left


def chain_of(expression: Any) -> list[Any]:
    """List a binary expression, the one that is its left operand, the left operand of that, and so on.

    Args:
        expression: the binary expression.

    Returns:
        the binary expressions, the outermost first; operands in parentheses count.
    """
    class_ = expression.__class__
    chain = [expression]
    while (left := left_expression(chain[-1])).__class__ is class_:
        chain.append(left)
    return chain


def _rebuilt(left: Any, terms: list[tuple[bool, dict[str, Any]]]) -> Any:
    """Rebuild a chain of binary expressions from its innermost left operand and its terms, the outermost first."""
    node: Any = left
    for place in range(len(terms) - 1, -1, -1):
        expression = _new(BinaryExpression)
        expression.__dict__.update(terms[place][1])
        expression.left = node
        node = Grouping(expression) if place and terms[place - 1][0] else expression
    return node


def _is_same(left: ClauseElement, right: ClauseElement) -> bool:
    return hash(left) == hash(right)


_new = object.__new__


def comparison(left: ClauseElement, right: ClauseElement, operator: Operator) -> BinaryExpression[Any]:
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
) -> BinaryExpression[Any]:
    """Make a binary expression, with parentheses around operands that need them."""
    return BinaryExpression(left, right, operator, type_, modifiers=modifiers)
