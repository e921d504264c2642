"""The part of Query that says which rows: criteria, order, groups, limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.entities.with_parent import with_parent
from azoth.orm.mapping.lookup import entity_of
from azoth.orm.query.query_state import QueryState
from azoth.sql.elements import BinaryExpression, truth_operand
from azoth.sql.selectable import filter_by_criteria
from azoth.util.arguments import as_mapping
from azoth.util.near_names import did_you_mean

if TYPE_CHECKING:
    from azoth.sql.elements import ColumnElement

Bound: TypeAlias = "int | ColumnElement[int]"
"""An end of a slice, a LIMIT or an OFFSET: a number, or what the database computes."""


class Narrowing(QueryState):
    """Which rows a query gives."""

    def filter(self, *criterion: Any) -> Self:
        """Keep the rows for which all criteria hold.

        Args:
            criterion: SQL expressions.

        Raises:
            InvalidRequestError: the query has a LIMIT already.
        """
        statement = self._open("filter")
        if self._stand_ins is not None:
            criterion = tuple([self._adapted(one) for one in criterion])
        return self._with(statement.where(*criterion))

    where = filter

    def filter_by(self, /, **kwargs: Any) -> Self:
        """Keep the rows whose attributes have these values.

        Names are looked up on the entity joined last, then on the query's other entities.

        Args:
            kwargs: attribute name -> value.

        Raises:
            InvalidRequestError: no entity has the attribute; the message names similar ones.
        """
        statement = self._open("filter_by")
        entity = self._joined
        if entity is None:
            entity = self._subject(statement)
        if entity is None or not hasattr(entity, "is_mapper"):
            return self._with(statement.where(*filter_by_criteria(statement._filter_by_subject(), kwargs)))
        namespace = entity.class_ if entity.is_mapper else entity.entity
        criteria = statement._where_criteria
        for name, value in kwargs.items():
            attribute = getattr(namespace, name, None)
            criterion = attribute == value
            if criterion.__class__ is not BinaryExpression:
                # None of ours, or a plain member of the class, or something that is no simple comparison.
                if attribute is None or criterion.__class__ is bool:
                    criterion = self._elsewhere(name, namespace) == value
                criterion = truth_operand(criterion)
            criteria += (criterion,)
        narrowed = statement._copy()
        narrowed._where_criteria = criteria
        return self._with(narrowed)

    def _subject(self, statement: Any) -> Any:
        """Find the entity that ``filter_by()`` means where nothing was joined."""
        first = next(iter(statement._from_obj or statement._raw_columns), None)
        return entity_of(first) or getattr(first, "parent", None)

    def _elsewhere(self, name: str, namespace: Any) -> Any:
        """Find an attribute that the entity joined last does not have, on the query's other entities."""
        known: set[str] = set()
        for entity in (namespace, *self._statement._raw_columns, *self._statement._from_obj):
            mapped = entity_of(entity)
            if mapped is None:
                continue
            found = getattr(mapped.entity, name, None)
            if hasattr(found, "__clause_element__"):
                return found
            known.update(mapped.mapper.attrs.keys())
        class_name = entity_of(namespace).mapper.class_.__name__
        raise InvalidRequestError(
            f"{class_name} has no attribute {name!r} to filter by",
            why="neither the entity joined last nor the query's other entities have it",
            fix=did_you_mean(name, known),
            code="AZ-S73",
        )

    def with_parent(self, instance: object, property: Any = None, from_entity: Any = None) -> Self:
        """Keep the objects that an object refers to by a relationship.

        Args:
            instance: the object.
            property: the relationship's attribute or name; found by the query's class where left out.
            from_entity: the entity to filter; the query's first one where left out.
        """
        entity = entity_of(from_entity) if from_entity is not None else self._entity("with_parent")
        return self.filter(with_parent(instance, property, entity))

    def order_by(self, *clauses: Any) -> Self:
        """Order the rows; ``order_by(None)`` removes the order.

        Args:
            clauses: expressions, or names of labels.
        """
        return self._with(self._open("order_by").order_by(*self._clauses(clauses)))

    def group_by(self, *clauses: Any) -> Self:
        """Group the rows; ``group_by(None)`` removes the grouping."""
        return self._with(self._open("group_by").group_by(*self._clauses(clauses)))

    def having(self, *having: Any) -> Self:
        """Keep the groups for which all criteria hold."""
        return self._with(self._open("having").having(*[self._adapted(one) for one in having]))

    def _clauses(self, clauses: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(clauses) == 1 and clauses[0] is False:
            return (None,)
        if len(clauses) == 1 and isinstance(clauses[0], (list, tuple)):
            # The classic form: order_by([a, b]).
            clauses = tuple(clauses[0])
        if self._stand_ins is None:
            return clauses
        return tuple([one if one is None or isinstance(one, str) else self._adapted(one) for one in clauses])

    def distinct(self, *expr: Any) -> Self:
        """Give each row once; with expressions, one row for each of their values, where the database can."""
        return self._with(self._select("distinct").distinct(*[self._adapted(one) for one in expr]))

    def limit(self, limit: Any) -> Self:
        """Give at most so many rows."""
        return self._with(self._select("limit").limit(limit))

    def offset(self, offset: Any) -> Self:
        """Leave out the first rows."""
        return self._with(self._select("offset").offset(offset))

    def slice(self, start: object, stop: object) -> Self:
        """Give the rows that a Python slice of the result would have.

        Args:
            start: the first row's number, None for 0; or an expression that the database computes.
            stop: the number of the row behind the last, None for all; or an expression.
        """
        return self._with(_sliced(self._select("slice"), start, stop))

    def params(self, /, *args: Mapping[str, Any], **kwargs: Any) -> Self:
        """Give values to named parameters (``:name`` in text, ``bindparam("name")``)."""
        if len(args) > 1:
            raise ArgumentError(
                "params() takes one dictionary, or keyword arguments",
                why="values have one name each",
                fix="merge the dictionaries",
                code="AZ-S74",
            )
        if args:
            as_mapping("params()", args[0])
        copy = self._with(self._statement)
        copy._params = {**(self._params or {}), **(args[0] if args else {}), **kwargs}
        return copy

    def with_for_update(
        self,
        *,
        nowait: bool = False,
        read: bool = False,
        of: Any = None,
        skip_locked: bool = False,
        key_share: bool = False,
    ) -> Self:
        """Lock the rows until the end of the transaction, where the database can; present objects take over the values.

        Args:
            nowait: fail instead of waiting.
            read: take shared locks.
            of: the entities or columns whose rows are locked.
            skip_locked: leave out locked rows.
            key_share: take the weaker lock that allows others to refer to the rows.
        """
        statement = self._select("with_for_update").with_for_update(
            nowait=nowait, read=read, of=of, skip_locked=skip_locked, key_share=key_share
        )
        return self._with(statement.execution_options(populate_existing=True))

    def with_hint(self, selectable: Any, text: str, dialect_name: str = "*") -> Self:
        """Give the database a hint about a table."""
        return self._with(self._select("with_hint").with_hint(selectable, text, dialect_name))

    def with_statement_hint(self, text: str, dialect_name: str = "*") -> Self:
        """Give the database a hint about the statement."""
        return self._with(self._select("with_statement_hint").with_statement_hint(text, dialect_name))

    def prefix_with(self, *prefixes: Any, dialect: str = "*") -> Self:
        """Write something behind the word SELECT."""
        return self._with(self._select("prefix_with").prefix_with(*prefixes, dialect=dialect))

    def suffix_with(self, *suffixes: Any, dialect: str = "*") -> Self:
        """Write something at the end of the statement."""
        return self._with(self._select("suffix_with").suffix_with(*suffixes, dialect=dialect))

    def correlate(self, *fromclauses: Any) -> Self:
        """Leave entities out of FROM where the statement around this one has them."""
        return self._with(self._select("correlate").correlate(*fromclauses))


def _sliced(statement: Any, start: object, stop: object) -> Any:
    """Give a SELECT the LIMIT and OFFSET of a slice of its rows."""
    first = _bound(start)
    limit = _number_of(statement._limit_clause)
    if limit is not None:
        limit = _left(limit, first)
    if stop is not None:
        wanted = _left(_bound(stop), first)
        limit = wanted if not isinstance(limit, int) or not isinstance(wanted, int) else min(wanted, limit)
    if limit is not None:
        statement = statement.limit(limit)
    offset = _number_of(statement._offset_clause)
    offset = first if offset is None else offset + first
    return statement if isinstance(offset, int) and not offset else statement.offset(offset)


def _left(count: Bound, first: Bound) -> Bound:
    """Say how many rows are left of so many behind the first."""
    left = count - first
    return max(left, 0) if isinstance(left, int) else left


def _bound(bound: Any) -> Bound:
    """Make an end of a slice a number, or an expression to calculate with."""
    if bound is None:
        return 0
    return int(bound.__index__()) if hasattr(bound, "__index__") else element_of(bound)


def _number_of(clause: object) -> Bound | None:
    """Read a LIMIT or OFFSET: its number, an expression where only the database knows that, or None."""
    if clause is None:
        return None
    element = element_of(clause)
    value = getattr(element, "value", None)
    return value if isinstance(value, int) else element
