"""Telling a driver the types of values before a statement, where its dialect wants that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from azoth.sql.compiler import Compiled
from azoth.sql.elements import BindParameter

if TYPE_CHECKING:
    from azoth.driver import DBAPICursor
    from azoth.engine.dialect_base.dialect import DefaultDialect
    from azoth.engine.execution.execution_context import ExecutionContext

__all__ = ["set_input_sizes"]


def set_input_sizes(
    dialect: DefaultDialect,
    listeners: Iterable[Callable[..., object]],
    cursor: DBAPICursor,
    statement: str,
    parameters: object,
    context: ExecutionContext,
) -> None:
    """Let a dialect tell the driver the types of the values of a compiled statement.

    Args:
        dialect: the dialect.
        listeners: those of ``do_setinputsizes``, who may change what is told.
        cursor: the driver's cursor.
        statement: the SQL.
        parameters: the values.
        context: of the execution.
    """
    compiled = context.compiled
    if compiled is None or compiled.string != statement:
        compiled = dialect.known_compiled(statement)
    if compiled is None or compiled.kind in ("text", "ddl"):
        # Nobody knows the types of a text.
        return
    placeholders = list(_placeholders(compiled))
    sizes: dict[Any, Any] = {}
    for _, bind in placeholders:
        driver_type = bind.type.dialect_impl(dialect).get_dbapi_type(dialect.dbapi)
        if driver_type is not None and _is_told(dialect, driver_type):
            sizes[bind] = driver_type
    rows = parameters if context.executemany else [parameters]
    for listener in listeners:
        listener(sizes, cursor, statement, rows, context)
    dialect.do_set_input_sizes(cursor, [(name, sizes.get(bind), bind.type) for name, bind in placeholders], context)


def _is_told(dialect: DefaultDialect, driver_type: object) -> bool:
    included, excluded = dialect.include_set_input_sizes, dialect.exclude_set_input_sizes
    return (included is None or driver_type in included) and (excluded is None or driver_type not in excluded)


def _placeholders(compiled: Compiled) -> Iterator[tuple[str, BindParameter[Any]]]:
    """Give the name and the parameter of each placeholder; those of a list are numbered."""
    names = compiled.bind_names
    counts: dict[BindParameter[Any], int] = {}
    for bind in compiled.positional:
        if not bind.expanding:
            yield names[bind], bind
            continue
        counts[bind] = number = counts.get(bind, 0) + 1
        yield f"{names[bind]}_{number}", bind
