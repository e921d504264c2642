"""Result shapes that a prepared statement cannot know for all of its executions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from azoth.engine.result_shape import ResultShape
from azoth.engine.row import AMBIGUOUS
from azoth.exc import InvalidRequestError
from azoth.sql.compiler import ResultColumn
from azoth.sql.elements import Label
from azoth.sql.selectable import TextualSelect
from azoth.sql.selectable.select_base import RowStatement
from azoth.sql.statement_cache import PreparedStatement
from azoth.sql.types import NullType, TypeDialect
from azoth.util.warning import warn

__all__ = ["described_columns", "described_shape", "rebuilt_shape"]


def described_columns(prepared: PreparedStatement, description: Sequence[Any]) -> list[ResultColumn]:
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
    if not isinstance(statement, TextualSelect):
        return _columns_around_texts(names, declared)
    if not statement.positional:
        return _columns_by_name(names, declared)
    _check_declared(statement.column_args, len(names))
    known = [*declared[: len(names)], *[None] * (len(names) - len(declared))]
    return [
        _undeclared(name) if column is None else column._replace(name=name, key=name)
        for name, column in zip(names, known, strict=True)
    ]


def _columns_around_texts(names: Sequence[str], declared: Sequence[ResultColumn]) -> list[ResultColumn]:
    """Find the columns of a SELECT with texts among them, of which each gives one column or several."""
    if len(names) == len(declared):
        return [
            _undeclared(name, column) if column.is_text else column
            for name, column in zip(names, declared, strict=True)
        ]
    texts = [place for place, column in enumerate(declared) if column.is_text]
    first, last = texts[0], texts[-1] + 1
    behind = len(names) - (len(declared) - last)
    between = [column for column in declared[first:last] if not column.is_text]
    return [*declared[:first], *_columns_by_name(names[first:behind], between), *declared[last:]]


def _columns_by_name(names: Sequence[str], declared: Sequence[ResultColumn]) -> list[ResultColumn]:
    """Find declared columns by their names; each name of a column may be that of several declared ones."""
    by_name: dict[str, list[ResultColumn]] = {}
    for column in declared:
        for name in _names_in_texts(column):
            by_name.setdefault(name, []).append(column)
    return [
        ResultColumn(name, name, known[0].type, tuple([one for column in known for one in column.objects]))
        if (known := by_name.get(name))
        else _undeclared(name)
        for name in names
    ]


def _names_in_texts(column: ResultColumn) -> set[str]:
    """List the names by which a text may give a column: its own, its key, and both its table's name and its own."""
    table = getattr(column.objects[0], "table", None)
    names = {column.name, column.key}
    if table is not None and table.named_with_column:
        names.add("_".join([*([table.schema] if getattr(table, "schema", None) else []), table.name, column.name]))
    return names


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


def _undeclared(name: str, text: ResultColumn | None = None) -> ResultColumn:
    return ResultColumn(name, name, NullType(), () if text is None else text.objects[:1])


def described_shape(prepared: PreparedStatement, description: Sequence[Any], dialect: TypeDialect) -> ResultShape:
    """Make the shape of a result whose columns, and their order, only the text of the statement knows."""
    columns = described_columns(prepared, description)
    shape = ResultShape(
        tuple([column.key for column in columns]),
        tuple([column.objects for column in columns]),
        tuple([column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]),
    )
    statement = prepared.compiled.statement
    if isinstance(statement, TextualSelect) and not statement.positional:
        _mark_ambiguous(shape)
    return shape


def _mark_ambiguous(shape: ResultShape) -> None:
    """Let a declared column be refused that several columns of the result may be."""
    for place, objects in enumerate(shape.objects):
        for known in objects:
            if not isinstance(known, str) and shape.index[known] != place:
                shape.index[known] = AMBIGUOUS


def rebuilt_shape(shape: ResultShape, prepared: PreparedStatement, statement: RowStatement) -> ResultShape:
    """Exchange the column objects of a shape for those of a statement that was built the same way.

    Statements with aliases and subqueries made anew on each call share one prepared form, but each has columns of its
    own; reading a row by the alias's column must find that alias's value.

    Args:
        shape: the shape of the statement that was prepared.
        prepared: its prepared form.
        statement: the statement that was executed.

    Returns:
        the same shape where the columns are the same.
    """
    columns = [column for column, _ in statement._result_expressions()]
    if prepared.is_textual:
        return _rebuilt_textual_shape(shape, prepared, columns)
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
    rebuilt = ResultShape(shape.keys, tuple(objects), shape.processors, shape.sources)
    rebuilt.keys_in_sessions = shape.keys_in_sessions
    return rebuilt


def _rebuilt_textual_shape(shape: ResultShape, prepared: PreparedStatement, columns: Sequence[Any]) -> ResultShape:
    # Which of the declared columns stands where is known from those of the statement that was prepared.
    stand_ins = {
        id(known): own
        for (known, _), own in zip(prepared.compiled.statement._result_expressions(), columns, strict=True)
        if known is not own
    }
    if not stand_ins:
        return shape
    objects = [tuple([stand_ins.get(id(one), one) for one in known]) for known in shape.objects]
    rebuilt = ResultShape(shape.keys, tuple(objects), shape.processors, shape.sources)
    for known, position in shape.index.items():
        if position == AMBIGUOUS:
            rebuilt.index[stand_ins.get(id(known), known)] = AMBIGUOUS
    return rebuilt
