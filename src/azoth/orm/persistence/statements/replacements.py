"""The UPDATE by which a new object takes over the row of a deleted one: nothing of that is left in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from azoth.orm.persistence.profile.table_columns import condition_names
from azoth.orm.persistence.statements.announced import change_of
from azoth.orm.persistence.statements.row_statement import RowStatement, compiled_rows
from azoth.sql.elements import BindParameter, ClauseElement, literal_column, null

if TYPE_CHECKING:
    from azoth.orm.persistence.statements.statements import TableStatements
    from azoth.sql.schema import Column


def replacement(
    statements: TableStatements, keys: Sequence[str], expressions: Mapping[str, ClauseElement]
) -> RowStatement | None:
    """Give the UPDATE of a whole row.

    Args:
        statements: those of the table.
        keys: the attributes of which values are sent; all other columns get what an INSERT would have given them.
        expressions: those among them that hold SQL expressions.

    Returns:
        the statement; the old version, where one is checked, is its last parameter. None where the row has nothing
        but its key, so that it stays as it is.
    """
    place = tuple(keys)
    known = None if expressions else statements.replacements.get(place)
    if known is not None:
        return known
    made = _compiled(statements, keys, expressions)
    if made is not None and not expressions:
        statements.replacements[place] = made
    return made


def _compiled(
    statements: TableStatements, keys: Sequence[str], expressions: Mapping[str, ClauseElement]
) -> RowStatement | None:
    mapped, table = statements.mapped, statements.table
    written = [key for key in keys if key not in mapped.key_keys]
    sources: dict[BindParameter[Any], tuple[str, Any, str]] = {}
    values: dict[str, Any] = {}
    for key in written:
        column = mapped.columns[key]
        values[column.key] = (
            expressions[key] if key in expressions else _bound(sources, column, ("value", key, column.key))
        )
    own = {id(mapped.columns[key]) for key in written} | {id(column) for column in mapped.key_columns}
    for column in table.columns:
        if id(column) not in own and (left_out := _left_out(column)) is not None:
            values[column.key] = left_out
    if not values:
        return None
    by_expression = {name: value for name, value in values.items() if value not in sources}
    version = mapped.version_column
    found_by = [*mapped.key_columns, *([] if version is None else [version])]
    names = condition_names(table, found_by)
    conditions = [
        column == _bound(sources, column, ("value", key, names[column.key]))
        for key, column in zip(mapped.key_keys, mapped.key_columns, strict=True)
    ]
    if version is not None:
        conditions.append(version == _bound(sources, version, ("constant", None, names[version.key])))
    statement = table.update().values(values).where(*conditions)
    announced_by = [(column, names[column.key]) for column in found_by]
    return compiled_rows(
        statement,
        statements.dialect,
        sources,
        lambda: change_of(table.update(), announced_by, by_expression),
        None,
        f"REPLACE {table.fullname}",
    )


def _bound(
    sources: dict[BindParameter[Any], tuple[str, Any, str]], column: Column[Any], source: tuple[str, Any, str]
) -> BindParameter[Any]:
    bind: BindParameter[Any] = BindParameter(None, type_=column.type)
    sources[bind] = source
    return bind


def _left_out(column: Column[Any]) -> ClauseElement | None:
    """Say what a column gets of which no value is given; None where only the database knows."""
    default, made = column.default, column.server_default
    if column.computed is not None or column.identity is not None:
        return None
    if default is not None and default.is_clause_element:
        return default.arg  # type: ignore[no-any-return]
    if made is None:
        return null()
    if not made.has_argument:
        return None
    if isinstance(made.arg, str):
        return literal_column("'" + made.arg.replace("'", "''") + "'")
    expression: ClauseElement = made.arg
    return expression
