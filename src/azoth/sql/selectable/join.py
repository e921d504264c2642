"""Join: two selectables side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from azoth.sql.elements import ClauseElement, truth_operand
from azoth.sql.selectable.adapt import corresponding
from azoth.sql.selectable.from_clause import FromClause, NamedFromClause, builders
from azoth.sql.selectable.join_condition import join_condition, without_equal_columns
from azoth.sql.selectable.resolve import resolve_from

__all__ = ["Join", "join", "outerjoin"]


class Join(FromClause):
    """Join two selectables.

    Args:
        left: the left side.
        right: the right side.
        onclause: the condition; found from the foreign keys where none is given.
        isouter: make a LEFT OUTER JOIN.
        full: make a FULL OUTER JOIN.

    Raises:
        NoForeignKeysError: where no foreign key connects the two sides.
        AmbiguousForeignKeysError: where several do.
    """

    __visit_name__: ClassVar[str] = "join"
    _fields: ClassVar[tuple[str, ...]] = ("left", "right", "onclause", "isouter", "full")

    left: FromClause
    right: FromClause
    onclause: ClauseElement

    def __init__(self, left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> None:
        self.left = resolve_from(left)
        self.right = resolve_from(right)
        if onclause is None:
            self.onclause = join_condition(self.left, self.right, a_subset=_last_joined(self.left))
        else:
            self.onclause = truth_operand(onclause)
        self.isouter = isouter
        self.full = full

    @property
    def description(self) -> str:
        """What messages call this join."""
        return f"{self.left.description} JOIN {self.right.description}"

    def alias(self, name: str | None = None, flat: bool = False) -> Any:
        """Give this join another name.

        Args:
            name: the name; one is made up where none is given.
            flat: alias the joined parts, each as ``name_part`` where a name is given, instead of the whole.

        Returns:
            a subquery with columns of its own; with ``flat`` a join of aliases.
        """
        if not flat:
            return super().alias(name)
        left, right = [side.alias(_part_name(name, side), flat=True) for side in (self.left, self.right)]
        sides = Join(left, right, self.onclause, self.isouter, self.full)
        return sides._copy_with(onclause=corresponding(self.onclause, sides))

    def _make_columns(self) -> Iterable[tuple[str, Any]]:
        for side in self._sides():
            for column in side.c:
                owner = column.table
                qualified = column.key if owner is None else f"{owner.description}_{column.key}"
                yield qualified, column

    def _make_primary_key(self) -> Iterable[Any]:
        """List the key columns of both sides, without those that the join makes equal to another one."""
        joins = self._joins()
        key: Iterable[Any] = joins[-1].left.primary_key
        for join in reversed(joins):
            key = without_equal_columns([*key, *join.right.primary_key], join.onclause)
        return key

    def _joins(self) -> list[Join]:
        """List this join, the join on its left side, and so on: there may be hundreds of tables."""
        joins = [self]
        while isinstance(joins[-1].left, Join):
            joins.append(joins[-1].left)
        return joins

    def _sides(self) -> list[FromClause]:
        """List what is joined, from left to right."""
        joins = self._joins()
        return [joins[-1].left, *[join.right for join in reversed(joins)]]

    @property
    def _hidden_froms(self) -> tuple[FromClause, ...]:
        return self._parts[1:]

    @property
    def _parts(self) -> tuple[FromClause, ...]:
        return (*self._joins(), *[part for side in self._sides() for part in side._parts])

    def _ancestors(self) -> Iterator[FromClause]:
        yield from self._joins()
        for side in self._sides():
            yield from side._ancestors()


def _part_name(name: str | None, part: FromClause) -> str | None:
    if name is None or not isinstance(part, NamedFromClause):
        return name
    return f"{name}_{part.name}"


def _last_joined(left: FromClause) -> FromClause | None:
    return left.right if isinstance(left, Join) else None


def join(left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Join:
    """Join two selectables; arguments as for ``FromClause.join()``."""
    joined: Join = builders.join(left, right, onclause, isouter, full)
    return joined


def outerjoin(left: Any, right: Any, onclause: Any = None, full: bool = False) -> Join:
    """Join two selectables by a LEFT OUTER JOIN; arguments as for ``FromClause.outerjoin()``."""
    return join(left, right, onclause, True, full)
