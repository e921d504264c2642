"""What a column's default gives by itself, outside of an INSERT or UPDATE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azoth.exc import InvalidRequestError
from azoth.sql.elements import type_coerce
from azoth.sql.schema import ColumnDefault
from azoth.sql.selectable import SelectBase, select
from azoth.sql.statement_cache import DefaultContext

if TYPE_CHECKING:
    from azoth.engine.ports import ExecutingConnection
    from azoth.sql.compiler import Compiled

__all__ = ["default_value"]


def default_value(connection: ExecutingConnection, default: ColumnDefault) -> object:
    """Give the value that a column's default has now.

    Args:
        connection: where SQL expressions are evaluated, and what functions find in their context.
        default: the default.

    Emits: a SELECT, where the default is a SQL expression.
    """
    if default.is_clause_element:
        expression = default.arg.scalar_subquery() if isinstance(default.arg, SelectBase) else default.arg
        typed = expression if default.column is None else type_coerce(expression, default.column.type)
        return connection.scalar(select(typed))
    if not default.is_callable:
        return default.arg
    context = DefaultContext("default", _no_statement, connection, {})
    context.current_column = default.column
    return default.arg(context)


def _no_statement() -> Compiled:
    raise InvalidRequestError(
        "a default that is asked for by itself has no statement",
        why="nothing is inserted or updated",
        fix="use the context's connection only, or pass the value to the INSERT",
        code="AZ-E78",
    )
