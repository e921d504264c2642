"""The names that annotations of libraries take from ``sqlalchemy.sql._typing`` and ``sql.roles``.

They stand in annotations, which nobody looks at when a program runs; type checkers read SQLAlchemy's own.
"""

from __future__ import annotations

from typing import Any, Generic, TypeAlias, TypeVar

from azoth.sql.operators import ColumnOperators

__all__ = [
    "Anything",
    "ColumnArgument",
    "ColumnsClauseRole",
    "ExpressionElementRole",
    "FromClauseRole",
    "OperatorType",
    "SQLCoreOperations",
    "TypedColumnsClauseRole",
    "WhereHavingRole",
]

ValueT = TypeVar("ValueT")


class TypedColumnsClauseRole(Generic[ValueT]):
    """Stand for what can be selected and has a type."""


class ColumnsClauseRole:
    """Stand for what can be selected."""


class FromClauseRole:
    """Stand for what can be selected from."""


class ExpressionElementRole(Generic[ValueT]):
    """Stand for a part of an expression."""


class WhereHavingRole(ExpressionElementRole[bool]):
    """Stand for a condition."""


class SQLCoreOperations(ColumnOperators, Generic[ValueT]):
    """Stand for what has the operators of columns."""


class OperatorType:
    """Stand for an operator."""


class ColumnArgument(Generic[ValueT]):
    """Stand for what is taken for a column."""


Anything: TypeAlias = Any
