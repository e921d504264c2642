"""Put the criteria of ``with_loader_criteria()`` into a statement: WHERE, ON of joins, and those of its subqueries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from azoth.exc import InvalidRequestError
from azoth.orm.loading.loader_criteria import LoaderCriteria, criterion_for
from azoth.orm.mapping.attributes.column_adapter import ColumnAdapter
from azoth.orm.mapping.lookup import entity_of
from azoth.sql.selectable import (
    AliasedReturnsRows,
    FromClause,
    Join,
    Lateral,
    Select,
    correlated_froms,
    joined_froms,
    replace_consistently,
)
from azoth.sql.visitors import Visitable, iterate

__all__ = ["add_criteria"]


def add_criteria(statement: Any, criteria: Sequence[LoaderCriteria]) -> Any:
    """Add criteria to a SELECT, a set operation, an UPDATE or a DELETE.

    A table counts as its class where the statement names the class, an attribute of it, or neither; a table that the
    statement names alone, as a table or by a column, is left alone.

    Args:
        statement: the statement.
        criteria: those of its options.

    Returns:
        the statement, a copy where anything was added.

    Raises:
        InvalidRequestError: an alias stands for a subquery to which something would have to be added.
    """
    return _Criteria([one for one in criteria if not one.loader_only]).added_to(statement)


class _Criteria:
    """The criteria of one statement, by table.

    Args:
        criteria: the options.
    """

    def __init__(self, criteria: Sequence[LoaderCriteria]) -> None:
        self._criteria = criteria
        self._of_aliases = [one for one in criteria if one.include_aliases]
        self._mappers: dict[Any, Any] = {}
        # What stands for which subquery: a CTE that is used twice stays one.
        self._done: dict[int, tuple[Any, Any]] = {}
        for one in criteria:
            for mapper in one.mappers():
                self._mappers.setdefault(mapper.local_table, mapper)

    def added_to(self, statement: Any) -> Any:
        if not self._mappers:
            return statement
        if isinstance(statement, Select):
            return self._in_select(statement, ())
        target = getattr(statement, "table", None)
        if target is None:
            return self._below(statement, ())
        table = target.__clause_element__() if hasattr(target, "__clause_element__") else target
        conditions = [] if target is table else self._conditions(table)
        changed = self._below(statement, (table,))
        return changed.where(*conditions) if conditions and hasattr(changed, "where") else changed

    def _in_select(self, select: Select[Any], around: Sequence[FromClause]) -> Any:
        own = correlated_froms(select, around or None, around or None)
        core = _named_tables(select)
        where = [part for table in own for part in self._outside_of_joins(table, core)]
        changed = self._below(select, (*around, *[part for table in own for part in table._parts]))
        if select._setup_joins or any(isinstance(table, Join) for table in own):
            froms = joined_froms(changed)
            joined = [self._in_joins(table, core) for table in froms]
            if any(new is not old for new, old in zip(joined, froms, strict=True)):
                changed = changed._copy_with(_from_obj=tuple(joined), _setup_joins=())
        return changed.where(*where) if where else changed

    def _below(self, statement: Any, around: Sequence[FromClause]) -> Any:
        """Treat the subqueries of a statement; ``around`` is what they may be correlated with."""
        # What stands in FROM does not see its neighbours.
        apart = {
            id(node.element)
            for node in iterate(statement)
            if isinstance(node, AliasedReturnsRows) and not isinstance(node, Lateral)
        }

        def treated(node: Visitable) -> Visitable | None:
            if node is statement or not isinstance(node, Select):
                return None
            return cast(Visitable, self._in_select(node, () if id(node) in apart else around))

        changed = replace_consistently(statement, treated, self._done)
        for raw in getattr(statement, "_raw_columns", ()):
            entity = entity_of(raw)
            if entity is not None and not entity.is_mapper:
                self._refuse_changed(entity, treated)
        return changed

    def _refuse_changed(self, entity: Any, treated: Callable[[Visitable], Visitable | None]) -> None:
        """Refuse criteria for what is selected from within the subquery that an entity stands for."""
        if replace_consistently(entity.selectable, treated, self._done) is not entity.selectable:
            raise InvalidRequestError(
                f"with_loader_criteria() cannot reach the rows of an alias of {entity.class_.__name__} "
                "that stands for a subquery",
                why="the alias's columns belong to the subquery as it is",
                fix="give the option to the SELECT that the alias was made from, or put the criterion there",
                code="AZ-L307",
            )

    def _outside_of_joins(self, table: Any, core: set[Any]) -> list[Any]:
        """List the conditions for a table that stands alone, or leftmost among joins."""
        while isinstance(table, Join):
            table = table.left
        return [] if table in core else self._conditions(table)

    def _in_joins(self, table: Any, core: set[Any]) -> Any:
        """Put the conditions for what is joined into the ON clauses."""
        if not isinstance(table, Join):
            return table
        left, right = self._in_joins(table.left, core), self._in_joins(table.right, core)
        onclause: Any = table.onclause
        for part in self._outside_of_joins(table.right, core):
            onclause = onclause & part
        if left is table.left and right is table.right and onclause is table.onclause:
            return table
        return Join(left, right, onclause, table.isouter, table.full)

    def _conditions(self, table: Any) -> list[Any]:
        mapper = self._mappers.get(table)
        if mapper is not None:
            found = criterion_for(mapper, self._criteria)
            return [] if found is None else [found]
        base = getattr(table, "element", None)
        mapper = self._mappers.get(base) if self._of_aliases and isinstance(base, FromClause) else None
        found = None if mapper is None else criterion_for(mapper, self._of_aliases)
        return [] if found is None else [ColumnAdapter(table, base)(found)]


def _named_tables(select: Select[Any]) -> set[Any]:
    """List the tables that a SELECT names by themselves or by their columns."""
    named: set[Any] = set()
    by_class: set[Any] = set()
    targets: Iterable[Any] = [target for target, *_ in select._setup_joins]
    for raw in (*select._raw_columns, *select._from_obj, *targets):
        entity = entity_of(raw) or getattr(raw, "parent", None)
        if entity is not None:
            by_class.add(getattr(entity, "selectable", None))
        elif isinstance(raw, FromClause):
            named.update(raw._parts)
        elif getattr(raw, "__visit_name__", None) == "column":
            named.add(raw.table)
    return named - by_class
