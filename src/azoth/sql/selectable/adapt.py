"""Exchanging parts of a statement so that columns follow the subqueries that they belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from azoth.sql.cache_key import nested_too_deeply
from azoth.sql.elements import ColumnClause
from azoth.sql.selectable.alias import AliasedReturnsRows
from azoth.sql.selectable.from_clause import FromClause
from azoth.sql.selectable.proxy_column import ProxyColumn
from azoth.sql.visitors import Visitable, replace

__all__ = ["corresponding", "replace_consistently"]

Node = TypeVar("Node", bound=Visitable)


def corresponding(expression: Node, selectable: FromClause) -> Node:
    """Exchange the columns of an expression for those that stand for them in a selectable, where it has any.

    Args:
        expression: the expression.
        selectable: what was made from the tables of the columns.
    """

    def exchanged(part: Visitable) -> Visitable | None:
        return selectable.corresponding_column(part) if isinstance(part, ColumnClause) else None

    return replace(expression, exchanged)


def replace_consistently(
    node: Node, replacement: Callable[[Visitable], Visitable | None], done: dict[int, tuple[Any, Any]] | None = None
) -> Node:
    """Copy a tree with parts of it exchanged, also inside of subqueries.

    Where something below a subquery, alias or CTE changes, that becomes a new one; the columns that referred to the
    old one then refer to the new one, everywhere in the tree.

    Args:
        node: the root of the tree.
        replacement: as for ``visitors.replace()``.
        done: what stands for which subquery, for several calls about parts of one statement.

    Returns:
        the new root.
    """
    if done is None:
        done = {}

    def derived(selectable: Any) -> Any:
        if id(selectable) not in done:
            changed = {}
            for field in selectable._fields:
                old = getattr(selectable, field)
                new = replace(old, exchanged) if isinstance(old, Visitable) else old
                if new is not old:
                    changed[field] = new
            # The old one is kept so that its id is not used again meanwhile.
            done[id(selectable)] = (selectable, selectable._copy_with(**changed) if changed else selectable)
        return done[id(selectable)][1]

    def exchanged(part: Visitable) -> Visitable | None:
        stand_in = replacement(part)
        if stand_in is not None:
            return stand_in
        if isinstance(part, AliasedReturnsRows):
            return cast(Visitable, derived(part))
        if isinstance(part, ProxyColumn) and isinstance(part.table, AliasedReturnsRows):
            table = derived(part.table)
            return part if table is part.table else cast(Visitable, table.c[part.key])
        return None

    try:
        return replace(node, exchanged)
    except RecursionError:
        raise nested_too_deeply() from None
