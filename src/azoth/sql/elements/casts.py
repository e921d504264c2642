"""Cast and TypeCoerce: an expression as another type, in the database or in Python only."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from azoth.sql.elements.bind_parameter import BindParameter, bind_value
from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.column_element import ColumnElement, ValueT
from azoth.sql.elements.operand import clause_of, plain_operand
from azoth.sql.operators import Operator
from azoth.sql.types import TypeArgument, TypeEngine, to_instance

T = TypeVar("T")

__all__ = ["Cast", "TryCast", "TypeCoerce", "cast", "try_cast", "type_coerce"]


class WrapsColumnExpression(ColumnElement[ValueT]):
    """An expression around another one whose name it has in results."""

    clause: ClauseElement

    @property
    def wrapped_column_expression(self) -> ClauseElement:
        """The expression inside."""
        return self.clause


class Cast(WrapsColumnExpression[ValueT]):
    """``CAST(expression AS type)``.

    Args:
        expression: an expression or a Python value.
        type_: the type.
    """

    __visit_name__: ClassVar[str] = "cast"
    _fields: ClassVar[tuple[str, ...]] = ("clause", "type")
    _is_atomic: ClassVar[bool] = True

    def __init__(self, expression: Any, type_: Any) -> None:
        self.type: TypeEngine[Any] = to_instance(type_)
        self.clause: ClauseElement = _typed(expression, self.type)
        # A cast column keeps the column's name in results.
        inner = self.clause
        if isinstance(inner, ColumnElement):
            self._anonymous_hint = inner._anonymous_hint


class TryCast(Cast[ValueT]):
    """``TRY_CAST(expression AS type)``, for databases that have it."""

    __visit_name__: ClassVar[str] = "try_cast"


class TypeCoerce(WrapsColumnExpression[ValueT]):
    """An expression that Python treats as another type; the SQL is that of the expression.

    Args:
        expression: an expression or a Python value.
        type_: the type.
    """

    __visit_name__: ClassVar[str] = "type_coerce"
    _fields: ClassVar[tuple[str, ...]] = ("clause", "type")

    def __init__(self, expression: Any, type_: Any) -> None:
        self.type: TypeEngine[Any] = to_instance(type_)
        self.clause: ClauseElement = _typed(expression, self.type)
        inner = self.clause
        if isinstance(inner, ColumnElement):
            self._anonymous_hint = inner._anonymous_hint

    @property
    def typed_expression(self) -> ClauseElement:
        """The expression inside; of a Python value, a parameter of the type."""
        return self.clause

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Stand in parentheses where the expression needs them."""
        grouped = self.clause.self_group(against=against)
        return self if grouped is self.clause else self._copy_with(clause=grouped)


def _typed(expression: Any, type_: TypeEngine[Any]) -> ClauseElement:
    clause = clause_of(expression)
    if clause is None:
        return plain_operand(None) if expression is None else bind_value(expression, type_, "param")
    clause = clause._as_operand()
    if isinstance(clause, BindParameter) and clause.type._affinity == "none":
        return clause._with_type(type_)
    return clause


def cast(expression: Any, type_: TypeArgument[T]) -> Cast[T]:
    """Convert an expression to a type in the database: ``CAST(expression AS type)``."""
    return Cast(expression, type_)


def try_cast(expression: Any, type_: TypeArgument[T]) -> TryCast[T]:
    """Convert an expression to a type, NULL where that fails: ``TRY_CAST(expression AS type)``."""
    return TryCast(expression, type_)


def type_coerce(expression: Any, type_: TypeArgument[T]) -> TypeCoerce[T]:
    """Treat an expression as a type in Python, without changing the SQL."""
    return TypeCoerce(expression, type_)
