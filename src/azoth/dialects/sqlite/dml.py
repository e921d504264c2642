"""INSERT of SQLite, with ON CONFLICT."""

from __future__ import annotations

from typing import Any

from azoth.sql.dml import OnConflictInsert

__all__ = ["Insert", "insert"]


class Insert(OnConflictInsert):
    """An INSERT statement of SQLite: ``on_conflict_do_update()``, ``on_conflict_do_nothing()``, ``excluded``."""


def insert(table: Any) -> Insert:
    """Make an INSERT for SQLite.

    Args:
        table: a table or a mapped class.

    Emits: one INSERT when executed.
    """
    return Insert(table)
