"""Which tables are behind what a class is mapped to, and which of their columns its attributes stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from azoth.exc import NoReferenceError
from azoth.sql.schema import Table
from azoth.sql.selectable.from_clause import lineage_of
from azoth.sql.visitors import walk

if TYPE_CHECKING:
    from azoth.sql.selectable import FromClause


def tables_behind(selectable: FromClause) -> list[Table]:
    """List the tables that the rows of a selectable come from, as they appear in it.

    Args:
        selectable: a table, or a join, alias or subquery of tables.
    """
    if isinstance(selectable, Table):
        return [selectable]
    return list(dict.fromkeys(_tables_in(selectable)))


def columns_by_table(
    selectable: FromClause, columns_of: Mapping[str, Iterable[Any]], tables: Iterable[Table]
) -> dict[Table, dict[str, Any]]:
    """Find the columns that the attributes of a mapping stand for, table by table.

    Args:
        selectable: what the class is mapped to.
        columns_of: attribute key -> its columns, the one that is loaded first.
        tables: the tables behind the selectable.

    Returns:
        table -> attribute key -> column. An attribute of an alias or subquery stands for the table's own column where
        it passes that on unchanged.
    """
    if isinstance(selectable, Table):
        return {selectable: {key: next(iter(columns)) for key, columns in columns_of.items()}}
    key_of = {column: key for key, columns in columns_of.items() for column in columns}
    for key, columns in columns_of.items():
        for column in columns:
            for origin in lineage_of(column)[1:]:
                key_of.setdefault(origin, key)
    found: dict[Table, dict[str, Any]] = {}
    for table in tables:
        of_table: dict[str, Any] = {}
        for column in table.c:
            if column in key_of:
                of_table.setdefault(key_of[column], column)
        found[table] = of_table
    return found


def in_insertable_order(tables: Iterable[Table], columns: Mapping[Table, Mapping[str, Any]]) -> list[Table]:
    """Order tables so that each follows those from which it takes a key; otherwise they stay as they are.

    Args:
        tables: the tables.
        columns: table -> attribute key -> column.
    """
    remaining = dict.fromkeys(tables)
    needs = {table: set(_needed(table, columns)) for table in remaining}
    ordered = []
    while remaining:
        table = next((one for one in remaining if needs[one].isdisjoint(remaining)), next(iter(remaining)))
        del remaining[table]
        ordered.append(table)
        for needed in needs.values():
            needed.discard(table)
    return ordered


def _tables_in(selectable: FromClause) -> Iterator[Table]:
    for node in walk(selectable):
        if isinstance(node, Table):
            yield node
        elif isinstance(table := getattr(node, "table", None), Table):
            yield table


def _needed(table: Table, columns: Mapping[Table, Mapping[str, Any]]) -> Iterator[Table]:
    for constraint in table.foreign_key_constraints:
        for element in constraint.elements:
            try:
                target = element.column.table
            except NoReferenceError:
                continue
            if target is not table:
                yield target
    own = columns.get(table, {})
    counted = table.autoincrement_column
    for other, theirs in columns.items():
        # Under one attribute, the key that the database makes for one table is the value of the other's column.
        made = other.autoincrement_column
        if other is not table and made is not None:
            shared = next((key for key, column in theirs.items() if column is made), None)
            if shared is not None and shared in own and own[shared] is not counted:
                yield other
