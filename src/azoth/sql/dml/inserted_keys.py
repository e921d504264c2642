"""How the key of an inserted row is learnt where Python does not know it: by RETURNING, or by asking before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from azoth.sql.dml.insert import Insert
from azoth.sql.elements import BindParameter, ClauseElement
from azoth.sql.ports import CompilerDialect
from azoth.sql.schema import Column
from azoth.sql.selectable import FromClause, Select, SelectBase
from azoth.util.warning import warn

__all__ = ["default_asked_before", "numbered_column", "unknown_keys", "warn_of_missing_key"]


def numbered_column(table: FromClause, dialect: object) -> Column[Any] | None:
    """Find the column of a table that a database numbers; None where there is none.

    Args:
        table: the table.
        dialect: the database. Where it has no sequences, it numbers the key of a table that names one.
    """
    numbered: Column[Any] | None = getattr(table, "autoincrement_column", None)
    if numbered is None and not getattr(dialect, "supports_sequences", False):
        columns: list[Column[Any]] = list(table.primary_key)
        if len(columns) == 1 and columns[0].default is not None and columns[0].default.is_sequence:
            return columns[0]
    return numbered


def unknown_keys(
    insert: Insert, given: Mapping[str, ClauseElement], dialect: CompilerDialect
) -> tuple[Column[Any], ...]:
    """List the key columns of a row whose values the database makes and the driver does not report by itself.

    Args:
        insert: the INSERT of one row.
        given: its values, by the keys of their columns.
        dialect: the database.
    """
    numbered = numbered_column(insert._target, dialect)
    reported = numbered if getattr(dialect, "supports_lastrowid", False) else None
    return tuple(
        [
            column
            for column in insert._target.primary_key
            if _is_unknown(column, given.get(column.key), dialect, numbered, reported)
        ]
    )


def _is_unknown(
    column: Column[Any], value: ClauseElement | None, dialect: CompilerDialect, numbered: object, reported: object
) -> bool:
    if value is not None:
        return not isinstance(value, BindParameter) and column is not reported
    default = column.default
    if default is not None and not default.is_sequence:
        return bool(default.is_clause_element)
    if default is not None and getattr(dialect, "supports_sequences", False):
        return True
    return column is not reported and (column is numbered or column.server_default is not None)


def default_asked_before(column: Column[Any]) -> Callable[[Any], Any]:
    """Make a function of the execution context that asks the database for a column's default, before the INSERT.

    Args:
        column: a column whose default is a SQL expression or a sequence.
    """
    default = column.default
    expression = default.next_value() if default.is_sequence else default.arg
    if isinstance(expression, SelectBase):
        expression = expression.scalar_subquery()
    from azoth.sql.elements import TypeCoerce  # noqa: PLC0415  # for expressions as defaults of keys

    question: Select[Any] = Select(TypeCoerce(expression, column.type))
    return lambda context: context.connection.scalar(question)


def warn_of_missing_key(column: Column[Any]) -> None:
    """Warn of a column of the primary key that gets no value from anybody; the database may refuse it, or not."""
    warn(
        f"column {column.table.description}.{column.key} of the primary key gets no value in an INSERT",
        why="the statement gives it none, and it has no default; nothing says that the database numbers it",
        fix="give it a value or a default; or say autoincrement=True, or nullable=True where NULL is meant",
        code="AZ-C714",
    )
