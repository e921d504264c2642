"""What may stand in an expression: elements, objects that have one, and Python values, which are bound."""

from __future__ import annotations

from types import FunctionType
from typing import Any, Final

from azoth import exc
from azoth.sql.elements.bind_parameter import BindParameter, bind_value, compared_type, refuse_entity
from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.column_element import ColumnElement
from azoth.sql.elements.constants import FALSE, NULL, TRUE
from azoth.sql.operators import Operator
from azoth.sql.types import NULLTYPE, TypeEngine, type_for_value
from azoth.sql.visitors import Written

__all__ = ["check_is_value", "clause_of", "operand", "plain_operand", "truth_operand"]

CONSTANTS: Final[dict[Any, ColumnElement[Any]]] = {None: NULL, True: TRUE, False: FALSE}


def clause_of(value: Any) -> ClauseElement | None:
    """Find the clause element that a value is or has; None for a plain Python value."""
    while not isinstance(value, ClauseElement):
        if isinstance(value, type):
            return None
        element = getattr(value, "__clause_element__", None)
        if element is None:
            return None
        # An attribute of a class that is mapped to a join says more in an expression than its column does.
        part = getattr(value, "_as_part", None)
        value = element() if part is None else part
    return value


def operand(value: Any, beside: ColumnElement[Any], op: Operator) -> ClauseElement:
    """Turn a value into the operand of an operator.

    Args:
        value: an element, an object that has one, None, or a Python value.
        beside: the other operand, which helps to find the type of a Python value.
        op: the operator.
    """
    clause = clause_of(value)
    if clause is not None:
        if isinstance(clause, BindParameter) and clause.type is NULLTYPE:
            return clause._with_type(beside.type._for_comparison)
        return clause._as_operand()
    if value is None:
        return NULL
    if isinstance(value, Written):
        check_is_value(value)
    return bind_value(value, compared_type(beside.type, op, value), beside._value_hint)


def plain_operand(value: Any, hint: str = "param") -> ClauseElement:
    """Turn a value into an element where no other operand tells its type, as in a function's arguments."""
    clause = clause_of(value)
    if clause is not None:
        return clause._as_operand()
    if value is None:
        return NULL
    type_ = type_for_value(value)
    if type_ is NULLTYPE:
        check_is_value(value)
        refuse_entity(value)
        if isinstance(value, type):
            raise exc.ArgumentError(
                f"SQL expression element expected, got class {value.__name__}",
                why="a class is neither a SQL expression nor a value",
                fix="name a column, or an attribute of the class",
                code="AZ-C01",
            )
    return bind_value(value, type_, hint)


def check_is_value(value: object) -> None:
    """Refuse a part of a schema, such as a sequence or a column's default, where a value is expected.

    Raises:
        ArgumentError: it is one.
    """
    if isinstance(value, Written) and not isinstance(value, TypeEngine):
        raise exc.ArgumentError(
            f"SQL expression element expected, got an object of class {type(value).__name__}",
            why="a part of a schema is neither a SQL expression nor a value",
            fix="pass a value or an expression; of a sequence, its next_value()",
            code="AZ-C01",
        )


def truth_operand(value: Any) -> ClauseElement:
    """Turn a value into a condition: an element, or the constants for None, True and False."""
    clause = clause_of(value)
    if clause is not None:
        return clause._as_operand()
    if value is None or value is True or value is False:
        return CONSTANTS[value]
    if isinstance(value, str):
        raise exc.ArgumentError(
            "SQL expression for WHERE/HAVING role expected, got a string",
            why="plain strings are not taken for SQL, because they may come from outside",
            fix="write text('...') around SQL text",
            code="AZ-C01",
        )
    if isinstance(value, FunctionType):
        # A condition as a function without arguments; what it closes over has the values of now.
        return truth_operand(value())
    raise exc.ArgumentError(
        f"SQL expression for WHERE/HAVING role expected, got an object of class {type(value).__name__}",
        why="it is no SQL expression and has no __clause_element__()",
        fix="write a comparison such as column == value; for keyword filters use filter_by()",
        code="AZ-C01",
    )
