"""Finding the condition of a join from the foreign keys of its two sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from azoth import exc
from azoth.sql.elements import BinaryExpression, ColumnElement, and_
from azoth.sql.operators import eq
from azoth.sql.selectable.from_clause import FromClause, lineage_of
from azoth.sql.visitors import walk

__all__ = ["can_join", "equalities_in", "join_condition", "without_equal_columns"]


def join_condition(
    left: FromClause,
    right: FromClause,
    a_subset: FromClause | None = None,
    consider_as_foreign_keys: Iterable[Any] | None = None,
) -> ColumnElement[bool]:
    """Make the condition that joins two selectables along the foreign key between them.

    Args:
        left: the one side.
        right: the other side.
        a_subset: the part of the left side that is tried first, such as the table joined last.
        consider_as_foreign_keys: use only foreign keys on these columns.

    Returns:
        the condition: the referenced column equals the referring one, for each pair.

    Raises:
        NoForeignKeysError: where no foreign key connects the two.
        AmbiguousForeignKeysError: where several do.
    """
    considered = None if consider_as_foreign_keys is None else set(consider_as_foreign_keys)
    links = _without_others(_links(left, right, a_subset, considered), considered)
    if not links:
        raise exc.NoForeignKeysError(
            f"Can't find any foreign key relationships between {left.description!r} and {right.description!r}",
            why="neither side has a foreign key to a column of the other",
            fix="give the onclause of the join",
            code="AZ-C24",
        )
    if len(links) > 1:
        raise exc.AmbiguousForeignKeysError(
            f"Can't determine join between {left.description!r} and {right.description!r}",
            why="more than one foreign key connects them: " + "; ".join(_link_text(link) for link in links),
            fix="give the onclause of the join",
            code="AZ-C25",
        )
    return and_(*[referenced == referring for referenced, referring in links[0]])


def can_join(left: FromClause, right: FromClause) -> bool:
    """Tell whether a foreign key connects two selectables."""
    return bool(_links(left, right, None, None))


def _without_others(links: list[list[tuple[Any, Any]]], considered: set[Any] | None) -> list[list[tuple[Any, Any]]]:
    """Of several foreign keys choose the one of just the columns that are considered, and each pair of ends once."""
    if len(links) > 1 and considered is not None:
        exact = [link for link in links if {referring for _, referring in link} == considered]
        links = exact or links
    return links if len(links) < 2 else list({frozenset(link): link for link in links}.values())


def _links(
    left: FromClause, right: FromClause, subset: FromClause | None, only: set[Any] | None
) -> list[list[tuple[Any, Any]]]:
    """List, per foreign key constraint and direction, its pairs of referenced and referring column."""
    for side in (subset, left):
        if side is None:
            continue
        links = _links_into(side, right, only)
        if side is not right:
            # A foreign key within a table that both sides have is found from both.
            known = [{id(column) for pair in link for column in pair} for link in links]
            back = _links_into(right, side, only)
            links += [link for link in back if {id(column) for pair in link for column in pair} not in known]
        if links:
            return links
    return []


def _links_into(target: FromClause, source: FromClause, only: set[Any] | None) -> list[list[tuple[Any, Any]]]:
    by_constraint: dict[Any, list[tuple[Any, Any]]] = {}
    for referring in source.c:
        if only is not None and referring not in only:
            continue
        for fk in referring.foreign_keys:
            referenced = _referenced_in(target, fk)
            if referenced is not None:
                # One constraint can occur once per joined alias of its table, hence the selectable in the key.
                key = (getattr(fk, "constraint", None) or fk, referring.table)
                by_constraint.setdefault(key, []).append((referenced, referring))
    return list(by_constraint.values())


def _referenced_in(target: FromClause, fk: Any) -> Any:
    try:
        column = fk.column
    except exc.NoReferenceError:
        # A table that is not defined cannot be the target either.
        return None
    return target.corresponding_column(column)


def _link_text(pairs: list[tuple[Any, Any]]) -> str:
    return ", ".join(f"{_column_text(referring)} to {_column_text(referenced)}" for referenced, referring in pairs)


def _column_text(column: Any) -> str:
    return f"{column.table.description}.{column.name}"


def without_equal_columns(columns: Sequence[Any], onclause: Any) -> list[Any]:
    """Leave out the columns of a join that have the value of another one.

    Args:
        columns: the columns.
        onclause: the join's condition.

    Returns:
        the others: of a foreign key what it refers to, of two columns that the condition compares its left one.
    """
    by_origin = {origin: column for column in reversed(columns) for origin in lineage_of(column)}
    omitted = {column for column in columns if _refers_to_one(column, by_origin)}
    for part in equalities_in((onclause,)):
        left, right = by_origin.get(part.left), by_origin.get(part.right)
        if left is not None and right is not None and left is not right and not {left, right} & omitted:
            omitted.add(right)
    return [column for column in columns if column not in omitted]


def _refers_to_one(column: Any, by_origin: Mapping[Any, Any]) -> bool:
    for key in getattr(column, "foreign_keys", ()):
        try:
            target = key.column
        except exc.NoReferenceError:
            continue
        if target in by_origin and target.table is not column.table:
            return True
    return False


def equalities_in(roots: Iterable[Any]) -> list[Any]:
    """List the comparisons with ``=`` in some conditions."""
    nodes = [node for root in roots for node in walk(root)]
    return [node for node in nodes if isinstance(node, BinaryExpression) and node.operator is eq]
