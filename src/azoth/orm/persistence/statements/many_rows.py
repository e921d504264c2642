"""Statements for many rows at once, where the database reads their values as a table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from azoth.sql.compiler import compile_statement
from azoth.sql.elements import BindParameter
from azoth.sql.schema import Index, UniqueConstraint
from azoth.sql.selectable import SelectBase, select
from azoth.sql.visitors import replace

if TYPE_CHECKING:
    from azoth.orm.persistence.profile.mapped_table import MappedTable
    from azoth.sql.dml import Change
    from azoth.sql.dml.rows_as_table import RowsAsTable
    from azoth.sql.elements import ClauseElement
    from azoth.sql.ports import CompilerDialect
    from azoth.sql.selectable import TableClause
    from azoth.sql.visitors import Visitable

__all__ = ["change_of_many", "insert_of_many", "update_of_many", "values_of_defaults"]


def change_of_many(change: Change, binds: Sequence[BindParameter[Any]], dialect: CompilerDialect) -> str | None:
    """Compile an UPDATE or DELETE of one row for many.

    Args:
        change: the statement of one row.
        binds: its parameters, in their order.
        dialect: the dialect.

    Returns:
        the SQL, which has a parameter for each of them; None where the database or the types do not allow it.
    """
    rows_as_table: RowsAsTable | None = getattr(dialect, "rows_as_table", None)
    if rows_as_table is None or not binds or len(set(binds)) < len(binds):
        return None
    types = [bind.type for bind in binds]
    values: list[Any]
    if len(binds) == 1:
        values = [rows_as_table.one_of(types[0])]
    else:
        table = rows_as_table.table_of(types)
        values = [None] if table is None else list(table.c)[: len(binds)]
    if values[0] is None:
        return None
    by_bind = dict(zip(binds, values, strict=True))

    def value_of(node: Visitable) -> Visitable | None:
        return by_bind.get(node)  # type: ignore[call-overload, no-any-return]  # only parameters are found

    return _compiled(replace(change, value_of), dialect)


def update_of_many(
    mapped: MappedTable,
    keys: Sequence[str],
    update: Change,
    binds: Sequence[BindParameter[Any]],
    dialect: CompilerDialect,
) -> str | None:
    """Compile an UPDATE of one row for many, unless it sets values that must differ: which row is first matters then.

    Args:
        mapped: the table.
        keys: the attributes that are set.
        update, binds, dialect: as for ``change_of_many()``.
    """
    return None if _moves_unique_values(mapped, keys) else change_of_many(update, binds, dialect)


def insert_of_many(
    target: TableClause,
    values: dict[str, Any],
    returning: Sequence[Any],
    binds: Sequence[BindParameter[Any]],
    dialect: CompilerDialect,
) -> str | None:
    """Compile an INSERT of one row for many.

    Args:
        target: the table.
        values: key of a column -> parameter, or an expression that is the same for all rows.
        returning: the columns that come back.
        binds: the parameters of the INSERT of one row, in their order.
        dialect: the dialect.

    Returns:
        the SQL, which has a parameter for each of them; None where the database or the types do not allow it.
    """
    rows_as_table: RowsAsTable | None = getattr(dialect, "rows_as_table", None)
    if rows_as_table is None or not binds or len(set(binds)) < len(binds):
        return None
    table = rows_as_table.table_of([bind.type for bind in binds])
    if table is None:
        return None
    by_bind = dict(zip(binds, table.c, strict=False))
    # The numbers that a database gives to rows follow the order in which it gets them.
    rows = select(*[by_bind.get(value, value) for value in values.values()]).order_by(table.c.place)
    insert = target.insert().from_select(list(values), rows, include_defaults=False)
    return _compiled(insert.returning(*returning) if returning else insert, dialect)


def values_of_defaults(
    table: TableClause, given: Collection[str], binds: Iterable[BindParameter[Any]], dialect: CompilerDialect
) -> dict[str, Any] | None:
    """Find what an INSERT of one row gives to the columns that it was given no values for.

    Args:
        table: the table.
        given: the keys of the columns that have values.
        binds: the parameters of the INSERT that stand for none of these values, in their order.
        dialect: the dialect.

    Returns:
        key of a column -> parameter or expression; None where an expression has parameters of its own.
    """
    values: dict[str, Any] = {}
    made = iter(binds)
    for column in table.c:
        default = column.default
        if default is None or column.key in given:
            continue
        if default.is_sequence:
            if getattr(dialect, "supports_sequences", False):
                values[column.key] = default.next_value()
        elif default.is_clause_element:
            value = default.arg
            values[column.key] = value.scalar_subquery() if isinstance(value, SelectBase) else value
        elif (bind := next(made, None)) is not None:
            values[column.key] = bind
        else:
            return None
    return values if next(made, None) is None else None


def _moves_unique_values(mapped: MappedTable, keys: Sequence[str]) -> bool:
    """Tell whether an UPDATE sets columns whose values must differ, so that it matters which row is changed first.

    Args:
        mapped: the table.
        keys: the attributes that are set.
    """
    columns = {mapped.columns[key] for key in keys}
    table = mapped.table
    unique = set(table.primary_key)
    for constraint in getattr(table, "constraints", ()):
        if isinstance(constraint, UniqueConstraint):
            unique.update(constraint.columns)
    for index in getattr(table, "indexes", ()):
        if isinstance(index, Index) and index.unique:
            unique.update(index.columns)
    return not unique.isdisjoint(columns)


def _compiled(statement: ClauseElement, dialect: CompilerDialect) -> str:
    compiled = compile_statement(statement, dialect, parameter_keys=())
    sql: str = compiled.string
    return sql
