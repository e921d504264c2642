"""Expressions moved from one selectable to another that stands for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from azoth.orm.mapping.attributes.join_marks import is_table_column
from azoth.sql.selectable import Join
from azoth.sql.visitors import Visitable, replace

Adapt = Callable[[Any], Any]
"""Moves an expression."""


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


def adapting(source: Any, target: Any) -> Adapt:
    """Make the adaption from a table to its alias or to a subquery with the same column keys; or from a join."""
    if isinstance(source, Join):
        return replacing({column: target.corresponding_column(column) for column in source.c})
    return replacing({column: target.c[column.key] for column in source.c})


def replacing(columns: Mapping[Any, Any]) -> Adapt:
    """Make an adaption from a table of expressions and what stands for them."""
    stand_ins = {id(column): (column, stand_in) for column, stand_in in columns.items()}

    def stand_in_for(node: Visitable) -> Visitable | None:
        found = stand_ins.get(id(node))
        return None if found is None else found[1]

    def adapt(expression: Any) -> Any:
        found = stand_ins.get(id(expression))
        return replace(expression, stand_in_for) if found is None else found[1]

    return adapt
