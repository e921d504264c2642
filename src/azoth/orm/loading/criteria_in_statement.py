"""Put the criteria of ``with_loader_criteria()`` into a statement: WHERE, ON of joins, and those of its subqueries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from azoth.orm.loading.loader_criteria import LoaderCriteriaOption, criterion_for
from azoth.orm.mapping.attributes.column_adapter import ColumnAdapter
from azoth.orm.mapping.lookup import entity_of
from azoth.sql.selectable import (
    AliasedReturnsRows,
    FromClause,
    Join,
    Lateral,
    Narrowed,
    Select,
    correlated_froms,
    joined_froms,
    replace_consistently,
)
from azoth.sql.visitors import Visitable, walk

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.sql.elements import ClauseElement

__all__ = ["add_criteria", "expressions_with_criteria"]


def add_criteria(statement: ClauseElement, criteria: Sequence[LoaderCriteriaOption]) -> Any:
    """Add criteria to a SELECT, a set operation, an UPDATE or a DELETE.

    A table counts as its class where the statement names the class, an attribute of it, or neither; a table that the
    statement names alone, as a table or by a column, is left alone.

    Args:
        statement: the statement.
        criteria: those of its options.

    Returns:
        the statement, a copy where anything was added.

    Raises:
        InvalidRequestError: an option names an alias of a subquery to which something had to be added.
    """
    return _Criteria([one for one in criteria if not one.loader_only]).added_to(statement)


def expressions_with_criteria(mapper: Mapper, criteria: Sequence[LoaderCriteriaOption]) -> dict[str, Any]:
    """Give the expressions that a mapper has for attributes and in whose subqueries criteria hold.

    Args:
        mapper: the mapper.
        criteria: the options of a statement.

    Returns:
        attribute -> the expression with the criteria, for those that have any.
    """
    if not mapper.expression_keys:
        return {}
    applied = _Criteria([one for one in criteria if not one.loader_only])
    found = {key: applied.in_property(mapper, one) for key, one in mapper.expression_keys.items()}
    return {key: one for key, one in found.items() if one is not mapper.expression_keys[key]}


class _Criteria:
    """The criteria of one statement, by table.

    Args:
        criteria: the options.
    """

    def __init__(self, criteria: Sequence[LoaderCriteriaOption]) -> None:
        self._criteria = criteria
        self._of_aliases = [one for one in criteria if one.include_aliases]
        self._mappers: dict[Any, Any] = {}
        # What stands for which subquery: a CTE that is used twice stays one.
        self._done: dict[int, tuple[Any, Any]] = {}
        for one in criteria:
            for mapper in one.mappers():
                if not mapper.single:
                    self._mappers.setdefault(mapper.local_table, mapper)
                self._mappers.setdefault(mapper.selectable, mapper)

    def added_to(self, statement: ClauseElement) -> Any:
        if not self._mappers:
            return statement
        if isinstance(statement, Select):
            return self._in_select(statement, ())
        target = getattr(statement, "table", None)
        if target is None:
            return self._below(statement, ())
        table = target.__clause_element__() if hasattr(target, "__clause_element__") else target
        conditions = [] if target is table else self._conditions_of_change(target, table)
        changed = self._below(statement, table._parts)
        return changed.where(*conditions) if conditions and hasattr(changed, "where") else changed

    def _in_select(self, select: Select[*tuple[Any, ...]], around: Sequence[FromClause]) -> Any:
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

    def _below(self, statement: ClauseElement, around: Sequence[FromClause]) -> Any:
        """Treat the subqueries of a statement; ``around`` is what they may be correlated with."""
        # What stands in FROM does not see its neighbours.
        apart = {
            id(node.element)
            for node in walk(statement)
            if isinstance(node, AliasedReturnsRows) and not isinstance(node, Lateral)
        }

        def treated(node: Visitable) -> Visitable | None:
            if node is statement or not isinstance(node, Select):
                return None
            return cast(Visitable, self._in_select(node, () if id(node) in apart else around))

        changed = replace_consistently(statement, treated, self._done)
        if isinstance(changed, Select):
            # With the first statement that has criteria.
            from azoth.orm.loading.exchanged_entities import NamedEntities  # noqa: PLC0415

            return NamedEntities(partial(replace_consistently, replacement=treated, done=self._done)).exchanged(changed)
        return changed

    def in_property(self, mapper: Mapper, expression: Visitable) -> Any:
        """Treat the subqueries of an expression that is mapped as an attribute."""
        around = mapper.selectable._parts

        def treated(node: Visitable) -> Visitable | None:
            return cast(Visitable, self._in_select(node, around)) if isinstance(node, Select) else None

        return replace_consistently(expression, treated, self._done)

    def _outside_of_joins(self, table: FromClause, core: set[Any]) -> list[Any]:
        """List the conditions for a table that stands alone, or leftmost among joins."""
        while isinstance(table, Join) and table not in self._mappers:
            table = table.left
        return [] if table in core else self._conditions(table)

    def _in_joins(self, table: FromClause, core: set[Any]) -> Any:
        """Put the conditions for what is joined into the ON clauses."""
        if not isinstance(table, Join) or table in self._mappers:
            return table
        left, right = self._in_joins(table.left, core), self._in_joins(table.right, core)
        onclause: Any = table.onclause
        for part in self._outside_of_joins(table.right, core):
            onclause = onclause & part
        if left is table.left and right is table.right and onclause is table.onclause:
            return table
        return Join(left, right, onclause, table.isouter, table.full)

    def _conditions_of_change(self, target: Any, table: FromClause) -> list[Any]:
        entity = entity_of(target)
        if entity is None or not entity.is_mapper:
            return self._conditions(table)
        found = criterion_for(entity, self._criteria)
        return [] if found is None else [found]

    def _conditions(self, table: Any) -> list[Any]:
        mapper = self._mappers.get(table)
        if mapper is not None:
            found = criterion_for(mapper, self._criteria)
            return [] if found is None else [found]
        base = table.source if isinstance(table, Narrowed) else getattr(table, "element", None)
        if base is table:
            return self._conditions(base.element)
        mapper = self._mappers.get(base) if self._of_aliases and isinstance(base, FromClause) else None
        found = None if mapper is None else criterion_for(mapper, self._of_aliases)
        return [] if found is None else [ColumnAdapter(table, base)(found)]


def _named_tables(select: Select[*tuple[Any, ...]]) -> set[Any]:
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
