"""join() and outerjoin() of the ORM: FROM clauses of mapped entities, also along relationships."""

from __future__ import annotations

from typing import Any

from azoth.orm.mapping.lookup import entity_of
from azoth.sql.selectable import Join, join_by_steps

__all__ = ["join", "outerjoin"]


def join(left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Join:
    """Join two mapped entities or selectables.

    Args:
        left: the left side.
        right: the right side.
        onclause: a relationship of the left side, or a condition; found from the foreign keys where none is given.
        isouter: make a LEFT OUTER JOIN.
        full: make a FULL OUTER JOIN.

    Returns:
        a selectable for ``select_from()``.

    Raises:
        NoForeignKeysError: nothing says how the two sides belong together.
    """
    if not hasattr(onclause, "__join_steps__"):
        return Join(left, right, onclause, isouter, full)
    return join_by_steps(left, _leading_from(left, onclause).__join_steps__(right), isouter, full)


def _leading_from(left: object, attribute: Any) -> Any:
    """Let a relationship that was reached through another alias of its class lead from the left side."""
    near = entity_of(left)
    if near is None or near is attribute.parent or not issubclass(near.mapper.class_, attribute.parent.mapper.class_):
        return attribute
    return attribute.adapt_to_entity(near)


def outerjoin(left: Any, right: Any, onclause: Any = None, full: bool = False) -> Join:
    """Join two mapped entities or selectables by a LEFT OUTER JOIN; arguments as for ``join()``."""
    return join(left, right, onclause, True, full)
