"""Case: CASE WHEN, in both forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from azoth import exc
from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.column_element import ColumnElement, ValueT
from azoth.sql.elements.operand import operand, plain_operand, truth_operand
from azoth.sql.operators import asbool_op, eq
from azoth.sql.types import NULLTYPE, TypeEngine

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
        self.whens: tuple[tuple[ClauseElement, ClauseElement], ...] = tuple(
            [(self._condition(condition), plain_operand(result)) for condition, result in _pairs(whens)]
        )
        if not self.whens:
            raise exc.ArgumentError(
                "case() needs at least one pair of condition and result",
                why="CASE without WHEN is no SQL",
                fix="write case((column == 1, 'one'), else_='other')",
                code="AZ-C05",
            )
        self.else_ = plain_operand(else_) if else_ is not None else None
        self.type: TypeEngine[Any] = self._result_type()

    def _condition(self, condition: Any) -> ClauseElement:
        if isinstance(self.value, ColumnElement):
            return operand(condition, self.value, eq).self_group()
        return truth_operand(condition).self_group(against=asbool_op)

    def _result_type(self) -> TypeEngine[Any]:
        results = [result for _, result in self.whens]
        if self.else_ is not None:
            results.append(self.else_)
        # The last known type, as a first result is often a narrower literal.
        known = [type_ for type_ in (getattr(result, "type", NULLTYPE) for result in results) if type_ is not NULLTYPE]
        return known[-1] if known else NULLTYPE


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
