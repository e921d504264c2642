"""Which columns of a SELECT say the same as an earlier one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azoth.sql.selectable.join_condition import equalities_in
from azoth.sql.selectable.select_froms import statement_froms

__all__ = ["distinct_columns"]


def distinct_columns(select: Any, only_synonyms: bool) -> Iterable[Any]:
    """List the columns of a SELECT without those that a condition or join makes equal to an earlier one.

    Args:
        select: the SELECT.
        only_synonyms: leave out only columns that have the earlier one's name.
    """
    equalities = [
        {id(part.left), id(part.right)} for part in _equalities(select) if getattr(part, "left", None) is not None
    ]
    earlier: list[Any] = []
    kept: list[Any] = []
    for column, _ in select._result_expressions():
        # One that is left out itself stands for the column that it equals.
        redundant = any(
            {id(column), id(other)} in equalities and (not only_synonyms or column.name == other.name)
            for other in earlier
        )
        earlier.append(column)
        if not redundant:
            kept.append(column)
    return kept


def _equalities(select: Any) -> list[Any]:
    return equalities_in([*select._where_criteria, *statement_froms(select)])
