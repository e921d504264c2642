"""Exchanging parts of a statement so that columns follow the subqueries that they belong to.

A class of a hierarchy may be selected from a union or subquery instead of its tables. Where a statement selects from
that, columns of the tables mean those of it; where it selects from the tables, its columns mean theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar, cast

from azoth.sql.cache_key import nested_too_deeply
from azoth.sql.elements import ClauseElement, ColumnClause
from azoth.sql.selectable.alias import AliasedReturnsRows
from azoth.sql.selectable.column_collection import lineage_of
from azoth.sql.selectable.from_clause import FromClause, ReturnsRows
from azoth.sql.selectable.proxy_column import ProxyColumn
from azoth.sql.visitors import Visitable, children, replace

__all__ = [
    "are_elsewhere",
    "column_elsewhere",
    "corresponding",
    "host_of",
    "is_elsewhere",
    "replace_consistently",
]

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


def column_elsewhere(column: Visitable, tables: Sequence[FromClause]) -> ColumnClause[Any] | None:
    """Find what stands for a column of a table that a statement does not select from.

    Args:
        column: the column.
        tables: what the statement selects from.

    Returns:
        a column of these, or None.
    """
    lineage: tuple[Any, ...] | None = None
    for table in tables:
        if table._column_for is not None:
            lineage = lineage_of(column) if lineage is None else lineage
            for one in lineage:
                found: ColumnClause[Any] = table._column_for(one)
                if found is not one:
                    return found
    if getattr(getattr(column, "table", None), "_column_for", None) is None:
        return None
    return next((one for one in lineage_of(column) if _holds(tables, getattr(one, "table", None))), None)


def is_elsewhere(expression: ClauseElement, whole: ClauseElement, tables: Sequence[FromClause]) -> bool:
    """Tell whether a part of a whole is there without the whole, by what a statement selects from anyhow.

    Args:
        expression: the part.
        whole: what it is a part of.
        tables: what the statement selects from.
    """
    if not isinstance(whole, FromClause) or _holds(tables, whole):
        return False
    if whole._column_for is None and not (_is_join(whole) and any(one._column_for for one in tables)):
        return False
    columns = list(_columns_in(expression))
    return bool(columns) and all(
        _holds(tables, column.table) or column_elsewhere(column, tables) is not None for column in columns
    )


def are_elsewhere(table: FromClause, clauses: Iterable[ClauseElement], tables: Sequence[FromClause]) -> bool:
    """Tell whether other selectables have those columns of a table that are named.

    Args:
        table: the table.
        clauses: what names its columns.
        tables: the other selectables.
    """
    if table._column_for is None and not any(one._column_for for one in tables):
        return False
    columns = [
        column for clause in clauses for column in _columns_in(clause) if _holds((table, *table._parts), column.table)
    ]
    return bool(columns) and all(column_elsewhere(column, tables) is not None for column in columns)


def host_of(whole: FromClause, tables: Iterable[FromClause]) -> FromClause | None:
    """Find the selectable that has all columns of another one, which need not be read for itself then.

    Args:
        whole: the tables of a class, joined.
        tables: what a statement selects from.
    """
    if not _is_join(whole):
        return None
    hosts = [one for one in tables if one._column_for is not None]
    return next(
        (host for host in hosts if all(column_elsewhere(column, (host,)) is not None for column in whole.c)), None
    )


def _columns_in(expression: ClauseElement) -> Iterable[ColumnClause[Any]]:
    """Yield the columns of tables in an expression; subqueries are not searched."""
    pending: list[Visitable] = [expression]
    while pending:
        current = pending.pop()
        if isinstance(current, ColumnClause):
            if current.table is not None:
                yield current
        elif not isinstance(current, ReturnsRows):
            pending.extend(children(current))


def _is_join(whole: FromClause) -> bool:
    return whole.__visit_name__ == "join"


def _holds(tables: Iterable[Any], wanted: object) -> bool:
    return any(table is wanted for table in tables)
