"""Narrowed: a selectable of which only some rows are meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from azoth.sql.elements import ClauseElement, and_
from azoth.sql.selectable.adapt import corresponding
from azoth.sql.selectable.alias import Subquery
from azoth.sql.selectable.from_clause import FromClause
from azoth.sql.selectable.join import Join

__all__ = ["Narrowed", "without_narrowing"]


class Narrowed(FromClause):
    """A table, or a join, of which only the rows are meant that meet a criterion.

    It has no SQL of its own. What selects from it selects from the element; the criterion goes to WHERE, or to the ON
    clause of the join by which it comes in.

    Args:
        element: the table or join.
        criterion: what its rows meet, in terms of the element's columns.
        source: the narrowed selectable of which it is another name; itself where it is none.
    """

    __visit_name__: ClassVar[str] = "narrowed"
    _fields: ClassVar[tuple[str, ...]] = ("element", "criterion")

    element: FromClause
    criterion: ClauseElement

    def __init__(self, element: FromClause, criterion: ClauseElement, source: Narrowed | None = None) -> None:
        self.element = element
        self.criterion = criterion
        self.source = self if source is None else source

    @property
    def description(self) -> str:
        """What messages call it: as the element."""
        return self.element.description

    @property
    def name(self) -> str | None:
        """The element's name."""
        name: str | None = getattr(self.element, "name", None)
        return name

    def _make_columns(self) -> Iterable[tuple[str, Any]]:
        return self.element.c.items()

    def _make_primary_key(self) -> Iterable[Any]:
        columns: Iterable[Any] = self.element.primary_key
        return columns

    @property
    def _hidden_froms(self) -> tuple[FromClause, ...]:
        return self.element._parts

    @property
    def _parts(self) -> tuple[FromClause, ...]:
        return (self, *self.element._parts)

    def _ancestors(self) -> Iterator[FromClause]:
        yield self
        yield from self.element._ancestors()

    def alias(self, name: str | None = None, flat: bool = False) -> Any:
        """Give it another name; the same rows are meant."""
        other = self.element.alias(name, flat)
        if isinstance(other, Subquery):
            # The rows are chosen inside.
            return Subquery(self.select(), name)
        return Narrowed(other, corresponding(self.criterion, other), self.source)


def without_narrowing(froms: Sequence[FromClause]) -> tuple[list[FromClause], list[ClauseElement]]:
    """Take the criteria out of what a statement selects from.

    Args:
        froms: what stands in FROM.

    Returns:
        the same without narrowed selectables, each once, and what WHERE has to say besides.
    """
    plain: list[FromClause] = []
    criteria: list[ClauseElement] = []
    for table in sorted(froms, key=lambda one: isinstance(one, Narrowed)):
        element, own = _bare(table)
        if not any(element is one for one in plain) and not (isinstance(table, Narrowed) and _is_read(element, plain)):
            plain.append(element)
        criteria.extend([one for one in own if not any(one is known for known in criteria)])
    hidden = [part for table in plain for part in table._hidden_froms]
    return [table for table in plain if not any(table is one for one in hidden)], criteria


def _is_read(element: FromClause, froms: Sequence[FromClause]) -> bool:
    """Tell whether other selectables read all tables of one."""
    known = [part for table in froms for part in table._parts]
    return all(any(part is one for one in known) for part in element._parts if not isinstance(part, Join))


def _bare(table: FromClause) -> tuple[FromClause, list[ClauseElement]]:
    if isinstance(table, Narrowed):
        element, criteria = _bare(table.element)
        return element, [*criteria, table.criterion]
    if not isinstance(table, Join):
        return table, []
    left, criteria = _bare(table.left)
    right, joined = _bare(table.right)
    if left is table.left and right is table.right and not joined:
        return table, criteria
    # Rows of the right side that are not meant do not take part in the join.
    onclause = and_(table.onclause, *joined) if joined else table.onclause
    return Join(left, right, onclause, table.isouter, table.full), criteria
