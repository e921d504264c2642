"""Columns whose tables a statement does not select from, and what it selects from has in their place.

A class of a hierarchy may be selected from a union or subquery instead of its tables. Where a statement selects from
that, columns of the tables mean those of it; where it selects from the tables, its columns mean theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from azoth.sql.elements import ClauseElement, ColumnClause
from azoth.sql.selectable.column_collection import lineage_of
from azoth.sql.selectable.from_clause import FromClause
from azoth.sql.selectable.join import Join
from azoth.sql.selectable.select_base import SelectBase
from azoth.sql.visitors import Visitable, children

__all__ = ["are_elsewhere", "column_elsewhere", "host_of", "is_elsewhere"]


def column_elsewhere(column: Visitable, tables: Sequence[FromClause]) -> ColumnClause[Any] | None:
    """Find what stands for a column of a table that a statement does not select from.

    Args:
        column: the column.
        tables: what the statement selects from.

    Returns:
        a column of these, or None.
    """
    lineage: tuple[Any, ...] | None = None
    for table in tables:
        if table._column_for is not None:
            lineage = lineage_of(column) if lineage is None else lineage
            for one in lineage:
                found: ColumnClause[Any] = table._column_for(one)
                if found is not one:
                    return found
    if getattr(getattr(column, "table", None), "_column_for", None) is None:
        return None
    return next((one for one in lineage_of(column) if _holds(tables, getattr(one, "table", None))), None)


def is_elsewhere(expression: ClauseElement, whole: ClauseElement, tables: Sequence[FromClause]) -> bool:
    """Tell whether a part of a whole is there without the whole, by what a statement selects from anyhow.

    Args:
        expression: the part.
        whole: what it is a part of.
        tables: what the statement selects from.
    """
    if not isinstance(whole, FromClause) or _holds(tables, whole):
        return False
    if whole._column_for is None and not (isinstance(whole, Join) and any(one._column_for for one in tables)):
        return False
    columns = list(_columns_in(expression))
    return bool(columns) and all(
        _holds(tables, column.table) or column_elsewhere(column, tables) is not None for column in columns
    )


def are_elsewhere(table: FromClause, clauses: Iterable[ClauseElement], tables: Sequence[FromClause]) -> bool:
    """Tell whether other selectables have those columns of a table that are named.

    Args:
        table: the table.
        clauses: what names its columns.
        tables: the other selectables.
    """
    if table._column_for is None and not any(one._column_for for one in tables):
        return False
    columns = [
        column for clause in clauses for column in _columns_in(clause) if _holds((table, *table._parts), column.table)
    ]
    return bool(columns) and all(column_elsewhere(column, tables) is not None for column in columns)


def host_of(whole: FromClause, tables: Iterable[FromClause]) -> FromClause | None:
    """Find the selectable that has all columns of another one, which need not be read for itself then.

    Args:
        whole: the tables of a class, joined.
        tables: what a statement selects from.
    """
    if not isinstance(whole, Join):
        return None
    hosts = [one for one in tables if one._column_for is not None]
    return next(
        (host for host in hosts if all(column_elsewhere(column, (host,)) is not None for column in whole.c)), None
    )


def _columns_in(expression: ClauseElement) -> Iterable[ColumnClause[Any]]:
    """Yield the columns of tables in an expression; subqueries are not searched."""
    pending: list[Visitable] = [expression]
    while pending:
        current = pending.pop()
        if isinstance(current, ColumnClause):
            if current.table is not None:
                yield current
        elif not isinstance(current, FromClause | SelectBase):
            pending.extend(children(current))


def _holds(tables: Iterable[Any], wanted: object) -> bool:
    return any(table is wanted for table in tables)
