"""The right side of IN: a list of values, which becomes one expanding parameter, or a subquery."""

from __future__ import annotations

from typing import Any

from azoth import exc
from azoth.sql.elements.bind_parameter import BindParameter, compared_type, expanding_value
from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.clause_list import ClauseList
from azoth.sql.elements.column_element import ColumnElement
from azoth.sql.elements.grouping import Grouping
from azoth.sql.elements.operand import clause_of, operand
from azoth.sql.operators import Operator
from azoth.sql.types import NULLTYPE

__all__ = ["in_operand"]


def in_operand(left: ColumnElement[Any], op: Operator, other: Any) -> ClauseElement:
    """Turn what was given to ``in_()`` into an operand.

    Args:
        left: what may be in it.
        op: IN or NOT IN.
        other: an iterable of values or expressions, a selectable, or an expanding parameter.

    Raises:
        ArgumentError: it is nothing of these.
    """
    clause = clause_of(other)
    if clause is not None:
        if isinstance(clause, BindParameter) and clause.expanding and clause.type is NULLTYPE:
            clause = clause._with_type(left.type._for_comparison)
        return clause._as_in_operand()
    values = _values(other)
    if any(_is_expression_class(cls) for cls in set(map(type, values))):
        return Grouping(ClauseList(*[operand(value, left, op) for value in values]))
    first = next((value for value in values if value is not None), None)
    type_ = left.type if first is None or left.type._affinity == "tuple" else compared_type(left.type, op, first)
    return expanding_value(values, type_, left._value_hint)


def _is_expression_class(cls: type[Any]) -> bool:
    return issubclass(cls, ClauseElement) or hasattr(cls, "__clause_element__")


def _values(other: Any) -> tuple[Any, ...]:
    if isinstance(other, (str, bytes)) or not hasattr(other, "__iter__"):
        raise exc.ArgumentError(
            "IN expression list, SELECT construct, or bound parameter object expected, "
            f"got an object of class {type(other).__name__}",
            why="in_() compares with each element of a list",
            fix="write in_([value])",
            code="AZ-C02",
        )
    return tuple(other)
