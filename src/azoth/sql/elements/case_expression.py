"""Case: CASE WHEN, in both forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from azoth import exc
from azoth.sql.elements.bind_parameter import BindParameter, bind_value
from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.column_element import ColumnElement, ValueT
from azoth.sql.elements.operand import clause_of, operand, plain_operand, truth_operand
from azoth.sql.operators import asbool_op, eq
from azoth.sql.types import NULLTYPE, TypeEngine, type_for_value

__all__ = ["Case", "case"]


class Case(ColumnElement[ValueT]):
    """``CASE WHEN condition THEN result ... ELSE result END``, or ``CASE value WHEN other THEN result ... END``.

    Args:
        whens: pairs of condition and result, or one dict from value to result.
        value: what the values are compared with.
        else_: the result where nothing matched.
    """

    __visit_name__: ClassVar[str] = "case"
    _fields: ClassVar[tuple[str, ...]] = ("value", "whens", "else_", "type")
    _is_atomic: ClassVar[bool] = True

    def __init__(self, *whens: Any, value: Any = None, else_: Any = None) -> None:
        self.value = plain_operand(value) if value is not None else None
        pairs = _pairs(whens)
        # In this order the first one counts: what SQLAlchemy takes is the type of the last WHEN.
        given = [result for _, result in reversed(pairs)]
        self.type: TypeEngine[Any] = _common_type(given if else_ is None else [*given, else_])
        self.whens: tuple[tuple[ClauseElement, ClauseElement], ...] = tuple(
            [(self._condition(condition), self._result(result)) for condition, result in pairs]
        )
        if not self.whens:
            raise exc.ArgumentError(
                "case() needs at least one pair of condition and result",
                why="CASE without WHEN is no SQL",
                fix="write case((column == 1, 'one'), else_='other')",
                code="AZ-C05",
            )
        self.else_ = self._result(else_) if else_ is not None else None

    def _result(self, result: Any) -> ClauseElement:
        """Make an element of a result; a plain value is bound as what it stands beside."""
        element = plain_operand(result)
        is_value = isinstance(element, BindParameter) and clause_of(result) is None
        return bind_value(result, self.type, "param") if is_value and self.type.takes_beside(result) else element

    def _condition(self, condition: Any) -> ClauseElement:
        if isinstance(self.value, ColumnElement):
            return operand(condition, self.value, eq).self_group()
        return truth_operand(condition).self_group(against=asbool_op)


def _common_type(results: list[Any]) -> TypeEngine[Any]:
    """Choose the type of all results: that of an expression, beside which a plain value says little of its own.

    Args:
        results: the results as they were given, those that count most first.
    """
    expressions = [clause for clause in map(clause_of, results) if clause is not None]
    values = [result for result in results if result is not None and clause_of(result) is None]
    of_expressions = [getattr(one._as_operand(), "type", NULLTYPE) for one in expressions]
    for type_ in of_expressions:
        if type_ is not NULLTYPE and all(type_.takes_beside(value) for value in values):
            return type_
    of_values = [type_for_value(value) for value in values]
    return next((one for one in (*of_values, *of_expressions) if one is not NULLTYPE), NULLTYPE)


def _pairs(whens: tuple[Any, ...]) -> list[tuple[Any, Any]]:
    if len(whens) == 1 and isinstance(whens[0], Mapping):
        return list(whens[0].items())
    if len(whens) == 1 and isinstance(whens[0], list):
        # The classic form: case([(condition, result), ...]).
        whens = tuple(whens[0])
    for when in whens:
        if not isinstance(when, tuple) or len(when) != 2:
            raise exc.ArgumentError(
                f"case() takes pairs of condition and result, got an object of class {type(when).__name__}",
                why="each WHEN has a THEN",
                fix="write case((column == 1, 'one'), else_='other') or case({1: 'one'}, value=column)",
                code="AZ-C05",
            )
    return list(whens)


def case(*whens: Any, value: Any = None, else_: Any = None) -> Case[Any]:
    """Choose a result by conditions.

    Args:
        whens: pairs ``(condition, result)``, or one dict from values of ``value`` to results.
        value: the expression that a dict's keys, or the pairs' first parts, are compared with.
        else_: the result where nothing matched; NULL where there is none.
    """
    return Case(*whens, value=value, else_=else_)
