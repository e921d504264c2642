"""TableColumns: which attributes of a mapping stand for which columns of one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from azoth.sql.selectable import TableClause

if TYPE_CHECKING:
    from azoth.schema import Table
    from azoth.sql.elements import ColumnElement
    from azoth.sql.schema import Column


class TableColumns:
    """The columns of one table that a mapping has attributes for.

    Args:
        table: the table.
        columns: attribute key -> the table's column.
    """

    __slots__ = ("_keys", "columns", "table")

    def __init__(self, table: Table, columns: dict[str, Any]) -> None:
        self.table = table
        self.columns = columns
        self._keys: dict[Any, str] = {column: key for key, column in columns.items()}

    def key_of(self, column: ColumnElement[Any]) -> str | None:
        """Find the attribute of a column; None where it is not mapped."""
        return self._keys.get(column)

    def keys_of(self, columns: Sequence[Any]) -> tuple[str, ...] | None:
        """Find the attributes of some columns; None where one of them is not mapped."""
        keys = self._keys
        try:
            return tuple([keys[column] for column in columns])
        except KeyError:
            return None

    def clearable_keys(self, columns: Sequence[Any]) -> tuple[str, ...]:
        """Find the attributes of those columns that may become NULL for a while."""
        keys = self._keys
        return tuple(
            [keys[column] for column in columns if column in keys and column.nullable and not column.primary_key]
        )


def condition_names(table: TableClause, columns: Iterable[Any]) -> dict[str, str]:
    """Name the parameters of an UPDATE's condition, as functions that make column values find them.

    They are ``<table>_<column>``, as in SQLAlchemy; where a column has that key, which names its new value, they
    begin with underscores.

    Args:
        table: the table.
        columns: the columns by which its rows are found.

    Returns:
        column key -> name of the parameter.
    """
    taken = set(table.c.keys())
    stem = table.fullname.replace(".", "_")
    names = {}
    for column in columns:
        name = f"{stem}_{column.name}"
        while name in taken:
            name = f"_{name}"
        taken.add(name)
        names[column.key] = name
    return names


def has_own_value(column: Column[Any]) -> bool:
    """Tell whether a column gets a value where a new row gives it none: from a default, the database, or both."""
    return (
        column.default is not None
        or column.server_default is not None
        or column.identity is not None
        or column.computed is not None
    )
