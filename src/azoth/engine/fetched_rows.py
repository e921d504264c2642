"""The rows of a cursor, fetched all at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["FetchedRows"]


class FetchedRows:
    """What remains of a driver's cursor when its statement is through: all rows.

    Args:
        cursor: the cursor.
        rows: what was fetched from it.
    """

    __slots__ = ("_rows", "description", "lastrowid", "rowcount")

    def __init__(self, cursor: Any, rows: Iterable[Any]) -> None:
        self.description = cursor.description
        self.rowcount = cursor.rowcount
        self.lastrowid = getattr(cursor, "lastrowid", None)
        self._rows: Iterator[Any] = iter(rows)

    def __iter__(self) -> Iterator[Any]:
        return self._rows

    def fetchone(self) -> Any:
        """Give the next row, or None."""
        return next(self._rows, None)

    def fetchmany(self, size: int = 1) -> list[Any]:
        """Give the next rows."""
        return [row for _, row in zip(range(size), self._rows, strict=False)]

    def fetchall(self) -> list[Any]:
        """Give all rows that are left."""
        return list(self._rows)

    def close(self) -> None:
        """Forget the rows."""
        self._rows = iter(())
