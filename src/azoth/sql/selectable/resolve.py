"""From what a caller passes (a table, a mapped class, an attribute, ...) to what SQL needs."""

from __future__ import annotations

from numbers import Number
from typing import Any, ClassVar

from azoth import exc
from azoth.sql.elements import ClauseElement, ClauseList, TextClause, false, literal_column, null, true
from azoth.sql.ports import entity_of
from azoth.sql.selectable.column_collection import ColumnCollection
from azoth.sql.selectable.from_clause import FromClause

__all__ = ["FromExpression", "entity_or_element", "resolve_from", "selected"]


class FromExpression(FromClause):
    """Let a text or a function stand in a FROM clause as it is.

    Args:
        element: the text or function.
    """

    __visit_name__: ClassVar[str] = "from_expression"
    _fields: ClassVar[tuple[str, ...]] = ("element",)

    def __init__(self, element: ClauseElement) -> None:
        self.element = element


def entity_or_element(subject: Any) -> Any:
    """Exchange a mapped class for its mapper; pass everything else that SQL can use.

    Args:
        subject: a clause element, an object with ``__clause_element__()``, or a mapped class.

    Returns:
        a clause element, or an object with ``__clause_element__()``.

    Raises:
        ArgumentError: where it is neither.
    """
    if isinstance(subject, ClauseElement):
        return subject
    if isinstance(subject, type):
        entity = entity_of(subject)
        if entity is not None:
            return entity
        raise exc.ArgumentError(
            f"class {subject.__name__} cannot be used in a statement",
            why="it is not mapped",
            fix="map it, or pass a table or columns",
            code="AZ-C26",
        )
    if hasattr(subject, "__clause_element__"):
        # An attribute may be there for conditions alone: it says so.
        return subject if getattr(type(subject), "is_selected_by_itself", True) else subject.__clause_element__()
    raise exc.ArgumentError(
        f"an object of class {type(subject).__name__} cannot be used in a statement",
        why="tables, columns, SQL expressions, mapped classes and mapped attributes can",
        fix="write text(...) for literal SQL, literal(...) for a value" if isinstance(subject, str | int) else "",
        code="AZ-C27",
    )


def selected(subject: Any) -> Any:
    """Find the element of something to select: as ``entity_or_element()``, also for numbers, None, booleans,
    ``"*"``, and several columns of a selectable (``table.c``, ``table.c["x", "y"]``).

    Args:
        subject: what was given to ``select()``.

    Raises:
        ArgumentError: where it is nothing of this kind.
    """
    if isinstance(subject, ClauseElement):
        return subject
    if isinstance(subject, type):
        # Before the look at numbers, which costs as much as all the rest.
        return entity_or_element(subject)
    if subject is None:
        return null()
    if isinstance(subject, bool):
        return true() if subject else false()
    if isinstance(subject, Number) or (isinstance(subject, str) and subject == "*"):
        # A number is written as it is, so that it needs no placeholder: select(1).
        return literal_column(str(int(subject) if isinstance(subject, int) else subject))
    if isinstance(subject, ColumnCollection):
        return ClauseList(*subject, group=False)
    return entity_or_element(subject)


def resolve_from(subject: Any) -> FromClause:
    """Find the selectable that something stands for.

    Args:
        subject: a selectable, a mapped class or aliased entity, a text or a function.

    Raises:
        ArgumentError: where it stands for none.
    """
    if isinstance(subject, FromClause):
        return subject
    element = entity_or_element(subject)
    if not isinstance(element, ClauseElement):
        element = element.__clause_element__()
    if isinstance(element, FromClause):
        return element
    if getattr(element, "is_select", False):
        raise exc.ArgumentError(
            "a SELECT cannot be used as a FROM clause by itself",
            why="in FROM it needs a name",
            fix="call .subquery(), .cte() or .alias() on it",
            code="AZ-C28",
        )
    if isinstance(element, TextClause) or hasattr(element, "table_valued"):
        return FromExpression(element)
    raise exc.ArgumentError(
        f"{type(element).__name__} cannot be used as a FROM clause",
        why="a table, a join, an alias, a subquery or a mapped class can",
        fix="pass a table, a mapped class, or a statement's subquery()",
        code="AZ-C29",
    )
