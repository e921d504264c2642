"""Names for the annotations of functions that take or make SQL expressions."""

from __future__ import annotations

from typing import Any, TypeAlias, TypeVar, cast

from azoth.sql.elements.column_element import ColumnElement, SQLColumnExpression

__all__ = ["ColumnExpressionArgument", "NotNullable", "Nullable"]

Value = TypeVar("Value")

ColumnExpressionArgument: TypeAlias = ColumnElement[Value] | SQLColumnExpression[Value]
"""What stands for a value of a type in a statement: a column, an expression, a mapped attribute."""


def Nullable(val: type[Value]) -> type[Value | None]:
    """Tell a type checker that a column or class can be NULL; gives it back as it is."""
    return cast(Any, val)  # type: ignore[no-any-return]


def NotNullable(val: type[Value | None]) -> type[Value]:
    """Tell a type checker that a column or class cannot be NULL; gives it back as it is."""
    return cast(Any, val)  # type: ignore[no-any-return]
