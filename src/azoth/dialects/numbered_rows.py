"""Limits of rows for databases without LIMIT: the rows are numbered in a subquery, and some numbers are chosen."""

from __future__ import annotations

from typing import Any

from azoth import exc
from azoth.sql.elements import BindParameter, ClauseElement, Label, LabelReference
from azoth.sql.selectable import GenerativeSelect, Select, Subquery, column_in_froms, selected_as
from azoth.sql.visitors import Visitable, replace

__all__ = ["columns_besides", "is_plain_count", "ordered_by_expressions", "rows_of", "without_limits"]


def is_plain_count(clause: ClauseElement | None) -> bool:
    """Tell whether a limit is a number, and no expression or parameter of the program's own."""
    return isinstance(clause, BindParameter) and clause.key is None and isinstance(clause.value, int)


def without_limits(select: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Copy a SELECT without its limits, and without what belongs at the end of the whole statement.

    Args:
        select: the SELECT.
    """
    return select._copy_with(
        _limit_clause=None,
        _offset_clause=None,
        _fetch_clause=None,
        _for_update_arg=None,
        _suffixes=(),
        _statement_hints=(),
    )


def rows_of(select: Select[*tuple[Any, ...]]) -> Subquery:
    """Make a subquery of a SELECT whose columns are to be selected from it again.

    Args:
        select: the SELECT.

    Raises:
        CompileError: a column has no name by which it could be selected.
    """
    rows = select.subquery()
    if len(rows.c) != len(select._named_columns()):
        raise exc.CompileError(
            "a SELECT with a limit has a column without a name",
            why="the database has no LIMIT here, so that the columns are selected by name from a subquery",
            fix="give each column a label, or tell the dialect of a newer server: dialect.server_version_info = (...)",
            code="AZ-D91",
        )
    return rows


def columns_besides(rows: Subquery, number: str) -> list[Any]:
    """List the columns of a subquery other than the number of its rows.

    Args:
        rows: the subquery.
        number: the name of the number.
    """
    return [column for column in rows.c if column.name != number]


def ordered_by_expressions(select: GenerativeSelect) -> list[Any]:
    """List what a SELECT is ordered by, with the expressions that names of labels and columns stand for.

    Args:
        select: the SELECT.
    """
    return [replace(clause, lambda node: _expression_of(node, select)) for clause in select._order_by_clauses]


def _expression_of(node: Visitable, select: GenerativeSelect) -> Visitable | None:
    if isinstance(node, Label):
        return node.element
    if not isinstance(node, LabelReference):
        return None
    one = selected_as(node.name, select._named_columns())
    froms = select.get_final_froms() if isinstance(select, Select) else ()
    found: Visitable | None = column_in_froms(node.name, froms) if one is None else one.column
    return found.element if isinstance(found, Label) else found
