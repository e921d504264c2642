"""Exchanging what an expression says of the statement around it, but not what its subqueries say of themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from azoth.sql.elements import ColumnClause
from azoth.sql.selectable.adapt import replace_consistently
from azoth.sql.selectable.alias import AliasedReturnsRows, Lateral
from azoth.sql.selectable.common_table import CTE
from azoth.sql.selectable.compound import CompoundSelect
from azoth.sql.selectable.from_clause import FromClause
from azoth.sql.selectable.select import Select
from azoth.sql.selectable.select_froms import correlated_froms, joined_froms, result_expressions
from azoth.sql.visitors import Visitable

__all__ = ["replace_free"]

Node = TypeVar("Node", bound=Visitable)

Replacement = Callable[[Visitable], Visitable | None]


def replace_free(node: Node, replacement: Replacement, around: tuple[FromClause, ...]) -> Node:
    """Copy an expression with parts of it exchanged that refer to the statement which it stands in.

    A subquery that selects from a table by itself means rows of its own: what belongs to that table stays there.
    What a subquery is correlated with is exchanged, by ``correlate()`` and ``correlate_except()`` as well as of its
    own accord.

    Args:
        node: the expression.
        replacement: as for ``visitors.replace()``; it is asked about selectables as well as about columns.
        around: the selectables of the statement, as far as they may be exchanged.

    Returns:
        the new expression.
    """
    return replace_consistently(node, _Scope(replacement, (), around).exchanged)


class _Scope:
    """A statement while what is free in it is exchanged.

    Args:
        replacement: what stands for which part.
        above: the selectables of the statements around this one.
        own: its own selectables.
        outer: the scope of the statement around it; None for the one that gives the free parts their meaning.
    """

    def __init__(
        self,
        replacement: Replacement,
        above: tuple[FromClause, ...],
        own: tuple[FromClause, ...],
        outer: _Scope | None = None,
    ) -> None:
        self._replacement = replacement
        self._above = above
        self._all = above + own
        self._free: tuple[FromClause, ...] = own if outer is None else outer._free
        self._bound: frozenset[int] = frozenset()
        if outer is not None:
            self._bound = outer._bound | {id(table) for table in own}
        self._done: dict[int, tuple[Any, Any]] = {} if outer is None else outer._done
        # SELECTs that stand in FROM do not see their neighbours.
        self._apart: set[int] = set()

    def exchanged(self, part: Visitable) -> Visitable | None:
        """Give what stands for a part; None where its own parts are to be looked at."""
        table = part if isinstance(part, FromClause) else part.table if isinstance(part, ColumnClause) else None
        if table is None or id(table) not in self._bound:
            stand_in = self._replacement(part)
            if stand_in is not None:
                return stand_in
        if isinstance(part, Select):
            return self._select(part)
        if isinstance(table, AliasedReturnsRows):
            # A CTE sees nothing of the statement, and another name of a table is no expression.
            if isinstance(table, CTE) or isinstance(table.element, FromClause):
                return part
            if not isinstance(table, Lateral):
                self._apart.update(id(member) for member in _members(table.element))
        return None

    def _select(self, select: Select[*tuple[Any, ...]]) -> Visitable:
        is_apart = id(select) in self._apart
        explicit, implicit = (self._above, ()) if is_apart else (self._all, self._all)
        core = _core_form(select)
        own = tuple([part for table in correlated_froms(core, explicit, implicit) for part in table._parts])
        inner = _Scope(self._replacement, explicit, own, self)
        if all(id(table) in inner._bound for table in self._free):
            return select
        changed = replace_consistently(core, lambda part: None if part is core else inner.exchanged(part), self._done)
        return select if changed is core else changed


def _members(statement: object) -> list[object]:
    """List the SELECTs of which a statement consists."""
    if isinstance(statement, CompoundSelect):
        return [one for member in statement._members for one in _members(member)]
    return [statement]


def _core_form(select: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Write a SELECT without entities and attributes, which have no parts that could be exchanged."""
    columns = [
        column if name is None else column.label(name) for column, name in result_expressions(select._raw_columns)
    ]
    return select._copy_with(_raw_columns=tuple(columns), _from_obj=tuple(joined_froms(select)), _setup_joins=())
