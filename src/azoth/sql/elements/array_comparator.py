"""What arrays are compared by: their elements, and in some databases each other."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq
from typing import Any

from azoth.sql.elements.binary import BinaryExpression
from azoth.sql.elements.bind_parameter import bind_value
from azoth.sql.elements.column_element import ColumnElement
from azoth.sql.elements.constructors import all_, any_
from azoth.sql.elements.operand import clause_of
from azoth.sql.operators import Comparator, Operator
from azoth.sql.types import ARRAY, BOOLEANTYPE, NULLTYPE

__all__ = ["ArrayComparator", "compared_with_elements"]


class ArrayComparator(Comparator):
    """The operators of arrays."""

    def any(self, other: object, operator: Operator | None = None) -> BinaryExpression:
        """Compare a value with the elements, of which one must fit: ``value = ANY (a)``.

        Args:
            other: the value.
            operator: the comparison; ``eq`` by default.
        """
        return compared_with_elements(self.expr, other, operator, any_)

    def all(self, other: object, operator: Operator | None = None) -> BinaryExpression:
        """Compare a value with the elements, of which all must fit: ``value = ALL (a)``.

        Args:
            other: the value.
            operator: the comparison; ``eq`` by default.
        """
        return compared_with_elements(self.expr, other, operator, all_)

    def contains(self, other: object, **kwargs: object) -> Any:  # type: ignore[override]
        """Have all elements of another array, in databases whose own type says how.

        Raises:
            NotImplementedError: this is the type of all databases.
        """
        raise NotImplementedError(
            "ARRAY.contains() is not the same in all databases\n  fix: use postgresql.ARRAY for the column"
        )


def compared_with_elements(
    expression: ColumnElement[Any],
    value: object,
    operator: Operator | None,
    elements: Callable[[Any], ColumnElement[Any]],
) -> BinaryExpression:
    """Compare a value with the elements of an array: ``value = ANY (array)``.

    Args:
        expression: the array.
        value: the value.
        operator: the comparison; ``eq`` where none is given.
        elements: ``any_`` or ``all_``.
    """
    left = clause_of(value)
    if left is None:
        left = bind_value(value, getattr(expression.type, "item_type", NULLTYPE), expression._value_hint)
    return BinaryExpression(left, elements(expression), eq if operator is None else operator, BOOLEANTYPE)


ARRAY.comparator_factory = ArrayComparator
