"""Cartesian products: tables that stand side by side in FROM, and that no condition brings together."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from typing import Any, Final

from azoth.sql.compiler.base import Compiled
from azoth.sql.elements import ClauseElement, ClauseList, Grouping
from azoth.sql.operators import and_ as and_operator
from azoth.sql.selectable import FromClause, Select
from azoth.sql.visitors import walk
from azoth.util.warning import warn

__all__ = [
    "COLLECT_CARTESIAN_PRODUCTS",
    "FROM_LINTING",
    "NO_LINTING",
    "WARN_LINTING",
    "Linting",
    "warn_of_cartesian_products",
]


class Linting(enum.IntFlag):
    """What ``statement.compile(linting=...)`` looks for in a SELECT.

    Tables in FROM that no condition brings together are always collected; ``WARN_LINTING`` warns of them.
    """

    NO_LINTING = 0
    COLLECT_CARTESIAN_PRODUCTS = 1
    WARN_LINTING = 2
    FROM_LINTING = 3


NO_LINTING: Final = Linting.NO_LINTING
COLLECT_CARTESIAN_PRODUCTS: Final = Linting.COLLECT_CARTESIAN_PRODUCTS
WARN_LINTING: Final = Linting.WARN_LINTING
FROM_LINTING: Final = Linting.FROM_LINTING

OPAQUE = frozenset({"textclause", "from_expression"})
"""What nobody can look into: it may hold the condition."""


def warn_of_cartesian_products(compiled: Compiled) -> None:
    """Warn of each SELECT in a statement whose FROM has tables that nothing brings together.

    Args:
        compiled: a statement that was compiled just now; one that is found in the cache was looked at before.
    """
    for select, froms in compiled.side_by_side:
        groups = _groups(select, froms)
        if len(groups) > 1:
            one, other = (", ".join(f'"{_name(table)}"' for table in group) for group in (groups[0], groups[1]))
            warn(
                f"SELECT statement has a cartesian product between FROM element(s) {one} and {other}",
                why="each row of one is combined with every row of the other, since no condition names both",
                fix="add the condition between them, or write join(..., true()) where all combinations are meant; "
                "create_engine(enable_from_linting=False) asks for no such warnings",
                code="AZ-C703",
            )


def _groups(select: Select[*tuple[Any, ...]], froms: Sequence[FromClause]) -> list[list[FromClause]]:
    """Group what stands in FROM by the conditions that name several of them."""
    number_of = {id(part): number for number, table in enumerate(froms) for part in table._parts}
    group_of = list(range(len(froms)))
    for together in _brought_together(select, froms, number_of):
        groups = {group_of[number] for number in together}
        group_of = [min(groups) if group in groups else group for group in group_of]
    found: dict[int, list[FromClause]] = {}
    for number, group in enumerate(group_of):
        found.setdefault(group, []).append(froms[number])
    return list(found.values())


def _brought_together(
    select: Select[*tuple[Any, ...]], froms: Sequence[FromClause], number_of: dict[int, int]
) -> Iterator[set[int]]:
    for condition in _conditions(select._where_criteria):
        numbers: set[int] = set()
        for node in walk(condition):
            if node.__visit_name__ in OPAQUE or getattr(node, "is_literal", False):
                # A text may name any of them.
                yield set(range(len(froms)))
            table = getattr(node, "table", None)
            if id(table) in number_of:
                numbers.add(number_of[id(table)])
        yield numbers
    for number, table in enumerate(froms):
        if table.__visit_name__ in OPAQUE:
            yield set(range(len(froms)))
        # A function in FROM, or a LATERAL subquery, depends on what it names.
        named = {number_of.get(id(getattr(node, "table", None)), number) for node in walk(table)}
        yield named | {number}


def _conditions(criteria: Sequence[ClauseElement]) -> Iterator[ClauseElement]:
    """Take conditions that are joined by AND apart."""
    pending = list(criteria)
    while pending:
        condition = pending.pop()
        if isinstance(condition, Grouping):
            pending.append(condition.element)
        elif isinstance(condition, ClauseList) and condition.operator is and_operator:
            pending.extend(condition.clauses)
        else:
            yield condition


def _name(table: FromClause) -> str:
    name = getattr(table, "name", None)
    if name is None:
        names = [getattr(part, "name", None) for part in table._parts]
        return " JOIN ".join([str(name) for name in names if name is not None])
    return str(name)
