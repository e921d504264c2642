"""Expressions moved from a table to an alias of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azoth.orm.mapping.join_marks import is_table_column
from azoth.sql.visitors import Visitable, replace


class ColumnAdapter:
    """Exchange the columns of a table for those of a selectable that is made from it.

    Columns of other aliases of the same table stay, though they come from the same columns.

    Args:
        selectable: the alias or subquery.
        source: the table whose columns are exchanged.
        on_names: whether columns also correspond that only have the same name.
    """

    def __init__(self, selectable: Any, source: Any, *, on_names: bool = False) -> None:
        self.selectable = selectable
        self.on_names = on_names
        self._columns = frozenset(source.c)
        self._found: dict[Any, Any] = {}

    def column(self, column: Any) -> Any:
        """Find the column that stands for another one; itself where there is none."""
        if column not in self._columns:
            return column
        found = self._found.get(column)
        if found is None:
            found = self._found[column] = self._corresponding(column)
        return found

    def __call__(self, expression: Any) -> Any:
        """Exchange the columns of an expression."""
        if is_table_column(expression):
            return self.column(expression)
        return replace(expression, self._stand_in)

    def _corresponding(self, column: Any) -> Any:
        found = self.selectable.corresponding_column(column)
        if found is None and self.on_names:
            found = self.selectable.c.get(column.key)
        return column if found is None else found

    def _stand_in(self, node: Visitable) -> Visitable | None:
        if not is_table_column(node):
            return None
        exchanged: Visitable = self.column(node)
        return exchanged


def unchanged(expression: Any) -> Any:
    """Leave an expression as it is; what a mapper itself adapts with."""
    return expression


Adapt = Callable[[Any], Any]
