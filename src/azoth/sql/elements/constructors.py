"""The functions that build expressions from their operands: not_, desc, between, tuple_ and so on."""

from __future__ import annotations

from typing import Any

from azoth import exc
from azoth.sql import operators
from azoth.sql.elements.clause_list import Tuple
from azoth.sql.elements.column_element import OPERATIONS, ColumnElement
from azoth.sql.elements.label import Label
from azoth.sql.elements.operand import plain_operand, truth_operand
from azoth.sql.elements.text import TextClause, order_operand
from azoth.sql.elements.unary import UnaryExpression
from azoth.sql.operators import Operator
from azoth.sql.types import BOOLEANTYPE

__all__ = [
    "all_",
    "any_",
    "asc",
    "between",
    "bitwise_not",
    "collate",
    "desc",
    "distinct",
    "label",
    "not_",
    "nulls_first",
    "nulls_last",
    "nullsfirst",
    "nullslast",
    "tuple_",
]


def not_(clause: Any) -> Any:
    """Negate a condition; simpler where it can be: ``not_(a == b)`` is ``a != b``."""
    condition = truth_operand(clause)
    if isinstance(condition, ColumnElement):
        return condition._negate()
    return UnaryExpression(condition.self_group(against=operators.inv), operator=operators.inv, type_=BOOLEANTYPE)


def _ordered(column: Any, op: Operator) -> Any:
    element = order_operand(column)
    if isinstance(element, ColumnElement):
        return element.operate(op)
    return UnaryExpression(element, modifier=op)


def desc(column: Any) -> Any:
    """Order downwards; a string names a label."""
    return _ordered(column, operators.desc_op)


def asc(column: Any) -> Any:
    """Order upwards; a string names a label."""
    return _ordered(column, operators.asc_op)


def nulls_first(column: Any) -> Any:
    """Order NULL before everything else."""
    return _ordered(column, operators.nulls_first_op)


def nulls_last(column: Any) -> Any:
    """Order NULL after everything else."""
    return _ordered(column, operators.nulls_last_op)


nullsfirst = nulls_first
nullslast = nulls_last


def between(expr: Any, lower_bound: Any, upper_bound: Any, symmetric: bool = False) -> Any:
    """Lie between two values, both included."""
    return _column(expr).between(lower_bound, upper_bound, symmetric=symmetric)


def collate(expression: object, collation: str, collation_schema: str | None = None) -> Any:
    """Compare and order an expression by a collation.

    Args:
        expression: the expression.
        collation: the name of the collation.
        collation_schema: the schema that it is in.
    """
    return _column(expression).collate(collation, collation_schema)


def distinct(expr: Any) -> Any:
    """Precede an expression by DISTINCT, as in ``count(DISTINCT a)``."""
    return _column(expr).distinct()


def bitwise_not(expr: Any) -> Any:
    """Turn the bits of a number around."""
    return _column(expr).bitwise_not()


def any_(expr: Any) -> Any:
    """Compare with any element of an array or row of a subquery: ``x == any_(array)``."""
    return OPERATIONS[operators.any_op](_column(expr), operators.any_op)


def all_(expr: Any) -> Any:
    """Compare with all elements of an array or rows of a subquery: ``x > all_(select)``."""
    return OPERATIONS[operators.all_op](_column(expr), operators.all_op)


def tuple_(*clauses: Any, types: Any = None) -> Tuple:
    """Make a row of values, for ``tuple_(a, b).in_([(1, 2), (3, 4)])``.

    Args:
        clauses: expressions or Python values.
        types: types for the Python values among them.
    """
    return Tuple(*clauses, types=types)


def _column(value: Any) -> Any:
    element = plain_operand(value)
    if isinstance(element, TextClause) or not isinstance(element, ColumnElement):
        raise exc.ArgumentError(
            f"column expression expected, got {type(element).__name__}",
            why="this SQL does not stand for one value",
            fix="use literal_column('...') for SQL text that is a value",
            code="AZ-C01",
        )
    return element


def label(name: str, element: Any, type_: Any = None) -> Label[Any]:
    """Name an expression; see ``Label``."""
    return Label(name, plain_operand(element), type_)
