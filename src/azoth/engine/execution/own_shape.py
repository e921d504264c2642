"""Result shapes that a prepared statement cannot know for all of its executions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from azoth.engine.result_shape import ResultShape
from azoth.exc import InvalidRequestError
from azoth.sql.compiler import ResultColumn
from azoth.sql.elements import Label
from azoth.sql.selectable import TextualSelect
from azoth.sql.types import NullType, TypeDialect
from azoth.util.warning import warn

__all__ = ["described_columns", "described_shape", "rebuilt_shape"]


def described_columns(prepared: Any, description: Sequence[Any]) -> list[ResultColumn]:
    """Find what is known of each column of a result that comes from SQL written by hand, or has such parts.

    Args:
        prepared: a text whose columns were declared, by position or by name, or a SELECT with texts among its columns.
        description: the driver's description of the result.

    Returns:
        one column for each of the driver's; those that nobody declared have the driver's name and no type.
    """
    names = [column[0] for column in description]
    declared = prepared.columns
    statement = prepared.compiled.statement
    if not isinstance(statement, TextualSelect) and len(names) == len(declared):
        return [
            _undeclared(name) if column.objects[0].__visit_name__ == "textclause" else column
            for name, column in zip(names, declared, strict=True)
        ]
    if getattr(statement, "positional", False):
        _check_declared(statement.column_args, len(names))
        known = [*declared[: len(names)], *[None] * (len(names) - len(declared))]
    else:
        by_name = {column.name: column for column in declared}
        known = [by_name.get(name) for name in names]
    return [
        _undeclared(name) if column is None else column._replace(name=name, key=name)
        for name, column in zip(names, known, strict=True)
    ]


def _check_declared(columns: Sequence[Any], count: int) -> None:
    """Look whether the columns that a text was given by position can be those of its rows."""
    for position, column in enumerate(columns):
        if any(column is other for other in columns[:position]):
            raise InvalidRequestError(
                f"the column {column.name!r} stands twice among the columns of a text",
                why="reading a row by it could mean either value",
                fix="pass another column for one of them, such as column.label(...)",
                code="AZ-E650",
            )
    if len(columns) > count:
        warn(
            f"a text was given {len(columns)} columns, and its rows have {count}",
            why="columns are taken by their position, so that the last ones have no value",
            fix="pass as many columns as the text selects, in its order",
            code="AZ-E651",
        )


def _undeclared(name: str) -> ResultColumn:
    return ResultColumn(name, name, NullType(), ())


def described_shape(prepared: Any, description: Sequence[Any], dialect: TypeDialect) -> ResultShape:
    """Make the shape of a result whose columns, and their order, only the text of the statement knows."""
    columns = described_columns(prepared, description)
    return ResultShape(
        tuple([column.key for column in columns]),
        tuple([column.objects for column in columns]),
        tuple([column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]),
    )


def rebuilt_shape(shape: ResultShape, statement: Any) -> ResultShape:
    """Exchange the column objects of a shape for those of a statement that was built the same way.

    Statements with aliases and subqueries made anew on each call share one prepared form, but each has columns of its
    own; reading a row by the alias's column must find that alias's value.

    Args:
        shape: the shape of the statement that was prepared.
        statement: the statement that was executed.

    Returns:
        the same shape where the columns are the same.
    """
    columns = [column for column, _ in statement._result_expressions()]
    known = shape.objects
    if len(columns) != len(known) or all(own and own[0] is column for own, column in zip(known, columns, strict=True)):
        return shape
    objects = [
        (
            column,
            *([column.element] if isinstance(column, Label) else []),
            *[one for one in own if isinstance(one, str)],
        )
        for own, column in zip(known, columns, strict=True)
    ]
    return ResultShape(shape.keys, tuple(objects), shape.processors, shape.sources)
