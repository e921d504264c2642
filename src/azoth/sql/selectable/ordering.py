"""What ORDER BY, GROUP BY, LIMIT and FOR UPDATE are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from azoth import exc
from azoth.sql.elements import BindParameter, ClauseElement, ColumnElement, order_operand, plain_operand
from azoth.sql.selectable.resolve import resolve_from
from azoth.sql.types import INTEGERTYPE

__all__ = ["ForUpdateArg", "count_clause", "ordering_clauses"]


class ForUpdateArg(ClauseElement):
    """The details of FOR UPDATE.

    Args:
        nowait: fail instead of waiting for locked rows.
        read: take shared locks.
        of: the tables or columns whose rows are locked.
        skip_locked: leave out locked rows.
        key_share: take the weaker lock that allows others to refer to the rows.
    """

    __visit_name__: ClassVar[str] = "for_update"
    _fields: ClassVar[tuple[str, ...]] = ("nowait", "read", "of", "skip_locked", "key_share")

    def __init__(
        self,
        nowait: bool = False,
        read: bool = False,
        of: Any = None,
        skip_locked: bool = False,
        key_share: bool = False,
    ) -> None:
        subjects = () if of is None else of if isinstance(of, (list, tuple)) else (of,)
        self.nowait = nowait
        self.read = read
        self.of = tuple(_locked(subject) for subject in subjects)
        self.skip_locked = skip_locked
        self.key_share = key_share


def ordering_clauses(clauses: Iterable[Any]) -> tuple[ClauseElement, ...]:
    """Turn the arguments of ``order_by()`` or ``group_by()`` into elements; strings name labels.

    Args:
        clauses: expressions, or names of labels and columns of the result.
    """
    return tuple([clause if isinstance(clause, ColumnElement) else order_operand(clause) for clause in clauses])


def count_clause(value: Any, clause: str) -> ClauseElement | None:
    """Turn the argument of ``limit()`` and its like into an element.

    Args:
        value: a number, an expression, or None for no limit.
        clause: the method's name, for messages.

    Raises:
        ArgumentError: where the value is no number and no expression.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not (hasattr(value, "__index__") or hasattr(value, "__clause_element__")):
        if isinstance(value, ClauseElement):
            return value._as_operand()
        raise exc.ArgumentError(
            f"{clause}() needs a whole number or a SQL expression, got an object of class {type(value).__name__}",
            why="it counts rows",
            fix="give a number such as 10, or a SQL expression",
            code="AZ-C33",
        )
    if hasattr(value, "__clause_element__"):
        return plain_operand(value)
    return BindParameter(None, value.__index__(), INTEGERTYPE)


def _locked(subject: Any) -> Any:
    if isinstance(subject, ColumnElement):
        return subject
    element = subject.__clause_element__() if hasattr(subject, "__clause_element__") else subject
    return element if isinstance(element, ColumnElement) else resolve_from(subject)
