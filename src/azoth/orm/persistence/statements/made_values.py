"""Values that Python makes for columns without an attribute, just before their rows are sent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from azoth.sql.compiler import Compiled, DefaultParameter, compile_statement
from azoth.sql.statement_cache import DefaultContext

if TYPE_CHECKING:
    from azoth.orm.persistence.ports import FlushConnection
    from azoth.orm.persistence.statements.announced import Announced

Made = tuple[tuple[int, DefaultParameter], ...]
"""The places in a row whose values functions make, each with what tells the function."""


def with_made_values(
    made: Made, announced: Announced, connection: FlushConnection, rows: Sequence[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """Call the functions that make values of columns which the mapping has no attribute for.

    Args:
        made: which they are.
        announced: the statement, and the names of its values.
        connection: where the rows are about to be written.
        rows: values as the objects have them.

    Returns:
        the rows with these values.
    """
    return [_with_made_values(made, announced, connection, row) for row in rows]


def _with_made_values(
    made: Made, announced: Announced, connection: FlushConnection, row: tuple[Any, ...]
) -> tuple[Any, ...]:
    values = list(row)
    context: DefaultContext | None = None
    for place, default in made:
        if default.needs_context:
            if context is None:
                statement = announced.statement
                compile_ = partial(_compiled, announced, connection)
                context = DefaultContext(statement.__visit_name__, compile_, connection, announced.values(values))
            context.current_column = default.column
            values[place] = default.function(context)
        else:
            values[place] = default.function()
        if context is not None:
            context.current_parameters[default.column.key] = values[place]
    return tuple(values)


def _compiled(announced: Announced, connection: FlushConnection) -> Compiled:
    names = tuple([name for name in announced.names if name is not None])
    compiled: Compiled = compile_statement(announced.statement, connection.dialect, parameter_keys=names)
    return compiled
