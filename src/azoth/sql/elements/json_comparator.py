"""What a part of a JSON document is to be compared as: ``column["key"].as_integer() == 5``."""

from __future__ import annotations

from typing import Any

from azoth import exc
from azoth.sql.elements.binary import BinaryExpression
from azoth.sql.operators import Comparator, json_getitem_op, json_path_getitem_op
from azoth.sql.types import JSON, Boolean, Float, Integer, Numeric, TypeEngine, Unicode

__all__ = ["JSONComparator"]


class JSONComparator(Comparator):
    """The operators of JSON expressions."""

    def as_boolean(self) -> BinaryExpression:
        """Take a part of the document as a truth value."""
        return self._part_as(Boolean(), "as_boolean")

    def as_string(self) -> BinaryExpression:
        """Take a part of the document as a text."""
        return self._part_as(Unicode(), "as_string")

    def as_integer(self) -> BinaryExpression:
        """Take a part of the document as a whole number."""
        return self._part_as(Integer(), "as_integer")

    def as_float(self) -> BinaryExpression:
        """Take a part of the document as a floating point number."""
        return self._part_as(Float(), "as_float")

    def as_numeric(self, precision: int, scale: int, asdecimal: bool = True) -> BinaryExpression:
        """Take a part of the document as a decimal number.

        Args:
            precision: the number of digits.
            scale: the number of digits behind the point.
            asdecimal: whether Python gets a Decimal.
        """
        return self._part_as(Numeric(precision, scale, asdecimal=asdecimal), "as_numeric")

    def as_json(self) -> BinaryExpression:
        """Take a part of the document as a document; that is what it is without being told."""
        return self._part_as(self.type, "as_json")

    def _part_as(self, type_: TypeEngine[Any], method: str) -> BinaryExpression:
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

JSON.comparator_factory = JSONComparator
