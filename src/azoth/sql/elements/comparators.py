"""Operators of types with parts: ``column["key"].as_integer() == 5`` of documents, ``column.any(5)`` of arrays."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq
from typing import Any

from azoth import exc
from azoth.sql.elements.binary import BinaryExpression
from azoth.sql.elements.bind_parameter import bind_value
from azoth.sql.elements.column_element import ColumnElement
from azoth.sql.elements.constructors import all_, any_
from azoth.sql.elements.operand import clause_of
from azoth.sql.operators import Comparator, Operator, json_getitem_op, json_path_getitem_op
from azoth.sql.types import (
    ARRAY,
    BOOLEANTYPE,
    JSON,
    NULLTYPE,
    Boolean,
    Float,
    Integer,
    Numeric,
    TypeEngine,
    Unicode,
)

__all__ = ["ArrayComparator", "JSONComparator", "compared_with_elements"]


class JSONComparator(Comparator):
    """The operators of JSON expressions."""

    def as_boolean(self) -> BinaryExpression[Any]:
        """Take a part of the document as a truth value."""
        return self._part_as(Boolean(), "as_boolean")

    def as_string(self) -> BinaryExpression[Any]:
        """Take a part of the document as a text."""
        return self._part_as(Unicode(), "as_string")

    def as_integer(self) -> BinaryExpression[Any]:
        """Take a part of the document as a whole number."""
        return self._part_as(Integer(), "as_integer")

    def as_float(self) -> BinaryExpression[Any]:
        """Take a part of the document as a floating point number."""
        return self._part_as(Float(), "as_float")

    def as_numeric(self, precision: int, scale: int, asdecimal: bool = True) -> BinaryExpression[Any]:
        """Take a part of the document as a decimal number.

        Args:
            precision: the number of digits.
            scale: the number of digits behind the point.
            asdecimal: whether Python gets a Decimal.
        """
        return self._part_as(Numeric(precision, scale, asdecimal=asdecimal), "as_numeric")

    def as_json(self) -> BinaryExpression[Any]:
        """Take a part of the document as a document; that is what it is without being told."""
        return self._part_as(self.type, "as_json")

    def _part_as(self, type_: TypeEngine[Any], method: str) -> BinaryExpression[Any]:
        expression = self.expr
        if not isinstance(expression, BinaryExpression) or expression.operator not in _PARTS:
            raise exc.InvalidRequestError(
                f"{method}() applies to a part of a JSON document",
                why=f"{type(expression).__name__} is no part of one",
                fix=f'write column["key"].{method}()',
                code="AZ-C08",
            )
        return expression._copy_with(type=type_)


_PARTS = (json_getitem_op, json_path_getitem_op)

JSON.Comparator = JSON.comparator_factory = JSONComparator


class ArrayComparator(Comparator):
    """The operators of arrays."""

    def any(self, other: object, operator: Operator | None = None) -> BinaryExpression[Any]:
        """Compare a value with the elements, of which one must fit: ``value = ANY (a)``.

        Args:
            other: the value.
            operator: the comparison; ``eq`` by default.
        """
        return compared_with_elements(self.expr, other, operator, any_)

    def all(self, other: object, operator: Operator | None = None) -> BinaryExpression[Any]:
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
) -> BinaryExpression[Any]:
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


ARRAY.Comparator = ARRAY.comparator_factory = ArrayComparator
