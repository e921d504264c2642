"""TableColumns: which attributes of a mapping stand for which columns of one table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class TableColumns:
    """The columns of one table that a mapping has attributes for.

    Args:
        table: the table.
        columns: attribute key -> the table's column.
    """

    __slots__ = ("_keys", "columns", "table")

    def __init__(self, table: Any, columns: dict[str, Any]) -> None:
        self.table = table
        self.columns = columns
        self._keys: dict[Any, str] = {column: key for key, column in columns.items()}

    def key_of(self, column: Any) -> str | None:
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
