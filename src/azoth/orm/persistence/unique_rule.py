"""What must be unique in a table."""

from __future__ import annotations

from typing import Any

from azoth.orm.persistence.reason import Reason


class UniqueRule:
    """Columns whose values may occur once.

    Attributes:
        columns: the columns.
        reason: how plans and errors name it.
    """

    __slots__ = ("columns", "reason")

    def __init__(self, table: Any, columns: tuple[Any, ...], name: str) -> None:
        self.columns = columns
        self.reason = Reason("unique", table.fullname, tuple([column.name for column in columns]), (), name)

    def keys(self, mapper: Any) -> tuple[str, ...] | None:
        """Name a mapper's attributes for the columns; None if one of them is not mapped."""
        by_column = {column: key for key, column in mapper.columns.items()}
        found = [by_column.get(column) for column in self.columns]
        return None if None in found else tuple([key for key in found if key is not None])

    def clearable_keys(self, mapper: Any) -> tuple[str, ...]:
        """Name the attributes that may become NULL for a while, which frees the value."""
        return tuple([mapper.key_of(column) for column in self.columns if column.nullable and not column.primary_key])
