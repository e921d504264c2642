"""INSERT of PostgreSQL, with ON CONFLICT."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from azoth.sql.dml import OnConflictInsert

__all__ = ["Insert", "insert"]


class Insert(OnConflictInsert):
    """An INSERT statement of PostgreSQL: ``on_conflict_do_update()``, ``on_conflict_do_nothing()``, ``excluded``."""

    def on_conflict_do_nothing(  # type: ignore[override]
        self, constraint: Any = None, index_elements: Iterable[Any] | None = None, index_where: Any = None
    ) -> Self:
        """Leave out rows that a constraint refuses.

        Args:
            constraint: the constraint or index, or its name.
            index_elements: the columns (or names) of the constraint; any constraint by default.
            index_where: the condition of a partial index.
        """
        return super().on_conflict_do_nothing(index_elements, index_where, constraint=constraint)

    def on_conflict_do_update(  # type: ignore[override]
        self,
        constraint: Any = None,
        index_elements: Iterable[Any] | None = None,
        index_where: Any = None,
        set_: Any = None,
        where: Any = None,
    ) -> Self:
        """Update the row that stands in the way of a new one.

        Args:
            constraint: the constraint or index, or its name.
            index_elements: the columns (or names) of the unique constraint.
            index_where: the condition of a partial index.
            set_: a mapping from column (or key) to value, or the columns of ``excluded`` to take over.
            where: a condition for the update.

        Raises:
            ArgumentError: where there is nothing to set, or no constraint is named.
        """
        return super().on_conflict_do_update(index_elements, index_where, set_, where, constraint=constraint)


def insert(table: Any) -> Insert:
    """Make an INSERT for PostgreSQL.

    Args:
        table: a table or a mapped class.

    Emits: one INSERT when executed.
    """
    return Insert(table)
