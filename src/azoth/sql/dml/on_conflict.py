"""ON CONFLICT, for the dialects that have it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from azoth import exc
from azoth.sql.dml.insert import Insert
from azoth.sql.elements import ClauseElement, clause_of, truth_operand
from azoth.sql.selectable import Alias, ColumnCollection
from azoth.util.arguments import wrong_value

__all__ = ["OnConflict", "OnConflictInsert"]


class OnConflict(ClauseElement):
    """What to do with a row that a unique constraint refuses.

    Args:
        index_elements: the columns (or names) of the constraint.
        constraint: its name.
        index_where: the condition of a partial index.
        set_: pairs of column (or key) and value for DO UPDATE; None for DO NOTHING.
        where: the condition of DO UPDATE.
    """

    __visit_name__: ClassVar[str] = "on_conflict"
    _fields: ClassVar[tuple[str, ...]] = ("index_elements", "constraint", "index_where", "set_", "where")

    def __init__(
        self,
        index_elements: tuple[Any, ...],
        constraint: str | None,
        index_where: ClauseElement | None,
        set_: tuple[tuple[Any, ClauseElement], ...] | None,
        where: ClauseElement | None,
    ) -> None:
        self.index_elements = index_elements
        self.constraint = constraint
        self.index_where = index_where
        self.set_ = set_
        self.where = where


class OnConflictInsert(Insert):
    """An INSERT with ON CONFLICT."""

    @property
    def excluded(self) -> ColumnCollection:
        """The columns of the row that was refused, for use in DO UPDATE."""
        memo = self.__dict__.get("_excluded")
        if memo is None:
            memo = self.__dict__.setdefault("_excluded", Alias(self._target, "excluded"))
        columns: ColumnCollection = memo.c
        return columns

    def on_conflict_do_nothing(
        self, index_elements: Iterable[Any] | None = None, index_where: Any = None, *, constraint: Any = None
    ) -> Self:
        """Leave out rows that a unique constraint refuses.

        Args:
            index_elements: the columns (or names) of the constraint; any constraint by default.
            index_where: the condition of a partial index.
            constraint: the constraint or its name, where the database takes one.
        """
        return self._with_on_conflict(index_elements, constraint, index_where, None, None)

    def on_conflict_do_update(
        self,
        index_elements: Iterable[Any] | None = None,
        index_where: Any = None,
        set_: Any = None,
        where: Any = None,
        *,
        constraint: Any = None,
    ) -> Self:
        """Update the row that stands in the way of a new one.

        Args:
            index_elements: the columns (or names) of the unique constraint.
            index_where: the condition of a partial index.
            set_: a mapping from column (or key) to value, or the columns of ``excluded`` to take over.
            where: a condition for the update.
            constraint: the constraint or its name, where the database takes one.

        Raises:
            ArgumentError: where there is nothing to set, or no constraint is named.
        """
        if index_elements is None and constraint is None:
            raise exc.ArgumentError(
                "on_conflict_do_update() needs the columns of the unique constraint",
                why="the database must know which conflict is meant",
                fix="pass index_elements=[...]",
                code="AZ-C86",
            )
        if isinstance(set_, ColumnCollection):
            set_ = dict(set_.items())
        if not isinstance(set_, Mapping) or not set_:
            raise exc.ArgumentError(
                "on_conflict_do_update() needs the values to set",
                why="without values there is nothing to update",
                fix="pass set_={...}",
                code="AZ-C86",
            )
        pairs = tuple([self._pair_to_update(key, value) for key, value in set_.items()])
        return self._with_on_conflict(index_elements, constraint, index_where, pairs, where)

    def _with_on_conflict(
        self, elements: Iterable[Any] | None, constraint: Any, index_where: Any, set_: Any, where: Any
    ) -> Self:
        if self._post_values_clause is not None:
            raise exc.InvalidRequestError(
                "this INSERT has an ON CONFLICT clause already",
                why="an INSERT has one",
                fix="begin with a new insert()",
                code="AZ-C85",
            )
        if constraint is not None and not isinstance(constraint, str):
            if index_where is None:
                index_where = _condition_of(constraint)
            elements, constraint = _elements_of(constraint)
        copy = self._copy()
        copy._post_values_clause = OnConflict(
            () if elements is None else _index_elements(elements),
            constraint,
            None if index_where is None else truth_operand(index_where),
            set_,
            None if where is None else truth_operand(where),
        )
        return copy


def _index_elements(elements: Iterable[Any]) -> tuple[Any, ...]:
    """Read the columns of a constraint."""
    argument = "ON CONFLICT: index_elements"
    fix = "give columns, their names or expressions of the index in a list, as in index_elements=['id']"
    if isinstance(elements, str | ClauseElement) or not hasattr(elements, "__iter__"):
        raise wrong_value(argument, "a list of columns", elements, fix)
    found = [one if isinstance(one, str) else clause_of(one) for one in elements]
    for one, element in zip(elements, found, strict=True):
        if element is None:
            raise wrong_value(f"{argument}, each", "a column or its name", one, fix)
    return tuple(found)


def _elements_of(constraint: Any) -> tuple[Iterable[Any] | None, str | None]:
    """Name a constraint by its name, or by its columns where it has none."""
    if not hasattr(constraint, "columns"):
        raise wrong_value("ON CONFLICT: constraint", "a constraint, an index or its name", constraint)
    if hasattr(constraint, "expressions"):
        # An index is no constraint, and so is known by what it is on.
        return constraint.expressions, None
    name = getattr(constraint, "name", None)
    return (None, str(name)) if name else (tuple(constraint.columns), None)


def _condition_of(constraint: Any) -> Any:
    """Find the condition of a partial index."""
    options = getattr(constraint, "dialect_kwargs", {})
    return next((options[name] for name in ("postgresql_where", "sqlite_where") if name in options), None)
