"""Expressions moved from one selectable to another that stands for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from azoth.orm.mapping.attributes.join_marks import is_table_column
from azoth.sql.selectable import FromClause, column_elsewhere
from azoth.sql.visitors import Visitable

NodeT = TypeVar("NodeT", bound=Visitable)

Adapt = Callable[[Any], Any]
"""Moves an expression; a selectable too, which may have something that stands for it."""


class ColumnAdapter:
    """Exchange the columns of a table for those of a selectable that is made from it.

    Columns of other aliases of the same table stay, though they come from the same columns; so do those of subqueries
    that select from the table by themselves.

    Args:
        selectable: the alias or subquery.
        source: the table whose columns are exchanged.
        on_names: whether columns also correspond that only have the same name.
    """

    def __init__(self, selectable: FromClause, source: Any, *, on_names: bool = False) -> None:
        self.selectable = selectable
        self.on_names = on_names
        self._parts: tuple[FromClause, ...] = source._parts
        self._columns = frozenset(source.c)
        self._found: dict[Any, Any] = {}

    def column(self, column: object) -> Any:
        """Find the column that stands for another one; itself where there is none."""
        if column not in self._columns:
            return column
        found = self._found.get(column)
        if found is None:
            found = self._found[column] = self._corresponding(column)
        return found

    def __call__(self, expression: Any) -> Any:
        """Exchange the columns of an expression, or the table itself."""
        if is_table_column(expression):
            return self.column(expression)
        return _replace_free(expression, self._stand_in, self._parts)

    def _corresponding(self, column: Any) -> Any:
        found = self.selectable.corresponding_column(column)
        if found is None and self.on_names:
            found = self.selectable.c.get(column.key)
        return column if found is None else found

    def _stand_in(self, node: Visitable) -> Visitable | None:
        if isinstance(node, FromClause):
            return self.selectable if any(node is part for part in self._parts) else None
        if not is_table_column(node):
            return None
        exchanged: Visitable = self.column(node)
        return None if exchanged is node else exchanged


def made_from(selectable: FromClause, equal_to: Callable[[Any], Iterable[Any]] | None = None) -> Adapt:
    """Make the adaption to a selectable from whatever it was made from: a union of tables, for one.

    Args:
        selectable: the selectable; columns that are its own, or have nothing to do with it, stay.
        equal_to: lists columns that always have the value of a column, of which the selectable may have one instead.
    """

    def column(one: Any) -> Any:
        found = selectable.corresponding_column(one, require_embedded=True)
        if found is None and equal_to is not None:
            others = (selectable.corresponding_column(other, require_embedded=True) for other in equal_to(one))
            found = next((other for other in others if other is not None), None)
        return one if found is None else found

    def stand_in(node: Visitable) -> Visitable | None:
        if not is_table_column(node):
            return None
        exchanged: Visitable = column(node)
        return None if exchanged is node else exchanged

    def adapt(expression: Any) -> Any:
        return column(expression) if is_table_column(expression) else _replace_free(expression, stand_in, ())

    return adapt


def moved_to(host: FromClause) -> Adapt:
    """Make the adaption to what queries for a class select from instead of its tables.

    Args:
        host: the union or subquery.
    """

    def stand_in(node: Visitable) -> Visitable | None:
        if not is_table_column(node):
            return None
        found: Visitable | None = column_elsewhere(node, (host,))
        return found

    return partial(_replace_free, replacement=stand_in, around=())


def unchanged(expression: Any) -> Any:
    """Leave an expression as it is; what a mapper itself adapts with."""
    return expression


def in_turn(first: Adapt, second: Adapt) -> Adapt:
    """Make the adaption that does one after the other."""

    def adapt(expression: object) -> Any:
        return second(first(expression))

    return first if second is unchanged else second if first is unchanged else adapt


def replacing(columns: Mapping[Any, Any], selectables: Mapping[Any, Any]) -> Adapt:
    """Make an adaption from a table of expressions and what stands for them.

    Args:
        columns: expression -> what stands for it.
        selectables: selectable -> what stands for it, where subqueries are correlated with it.
    """
    pairs: Iterable[tuple[Any, Any]] = (*columns.items(), *selectables.items())
    stand_ins = {id(one): (one, stand_in) for one, stand_in in pairs}
    around = tuple([part for selectable in selectables for part in selectable._parts])

    def stand_in_for(node: Visitable) -> Visitable | None:
        found = stand_ins.get(id(node))
        return None if found is None else found[1]

    def adapt(expression: Any) -> Any:
        found = stand_ins.get(id(expression))
        return _replace_free(expression, stand_in_for, around) if found is None else found[1]

    return adapt


def _replace_free(
    expression: NodeT, replacement: Callable[[Visitable], Visitable | None], around: tuple[FromClause, ...]
) -> NodeT:
    # Mostly single columns are moved.
    from azoth.sql.selectable import replace_free  # noqa: PLC0415

    return replace_free(expression, replacement, around)
