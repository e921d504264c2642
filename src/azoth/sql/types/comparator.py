"""Comparator: the operators that a type adds to the expressions of its kind, or changes."""

from __future__ import annotations

from typing import Any

from azoth.sql.operators import ColumnOperators, Operator


class Comparator(ColumnOperators):
    """The operators of an expression, as its type wants them.

    A type names a subclass as ``comparator_factory``. The subclass overrides the Python operators that it changes and
    may add methods; ``self.expr`` is the expression.

    Args:
        expr: the expression on the left side.
    """

    def __init__(self, expr: Any) -> None:
        self.expr = expr
        self.type = expr.type

    def __clause_element__(self) -> Any:
        return self.expr

    def operate(self, op: Operator, *other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator in the ordinary way."""
        return self.expr._operate_plainly(op, *other, **kwargs)

    def reverse_operate(self, op: Operator, other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator with this one on its right side."""
        return self.expr.reverse_operate(op, other, **kwargs)
