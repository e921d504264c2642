"""The part of Query that runs it and gives its results."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from azoth.exc import InvalidRequestError, MultipleResultsFound, NoResultFound
from azoth.orm.exc import NegativeIndexError
from azoth.orm.loading.loader_criteria import criteria_among
from azoth.orm.mapping.lookup import entity_of, mapper_of
from azoth.orm.query.lowering import names_entities
from azoth.orm.query.narrowing import Narrowing
from azoth.orm.query.selecting import Selecting
from azoth.sql.elements import clause_of, literal_column
from azoth.sql.functions import func
from azoth.sql.selectable import Select, select
from azoth.sql.selectable.ordering import count_clause
from azoth.util.arguments import wrong_value

if TYPE_CHECKING:
    from azoth.engine.result_shape import ResultShape
    from azoth.orm.loading.load_plan import LoadPlan
    from azoth.orm.runtime.ports import SessionPort

ONE_ROW = count_clause(1, "limit")
ResultT = TypeVar("ResultT")

TWO_ROWS = count_clause(2, "limit")


class Fetching(Narrowing, Selecting, Generic[ResultT]):
    """The results of a query."""

    def all(self) -> list[ResultT]:
        """Fetch everything: a list of objects, or of rows where several things are selected.

        Emits: pending changes (autoflush), the SELECT, the statements of eager loading.
        """
        return self._fetch(self._statement)

    def first(self) -> ResultT | None:
        """Fetch the first result, or None.

        Emits: what ``all()`` emits, with LIMIT 1.
        """
        statement = self._statement
        if statement.__class__ is Select:
            statement = statement._copy()
            statement._limit_clause = ONE_ROW
        found = self._fetch(statement)
        return found[0] if found else None

    def one(self) -> ResultT:
        """Fetch the only result.

        Raises:
            NoResultFound: there is none.
            MultipleResultsFound: there are several.
        """
        found = self._fetch(self._statement)
        if len(found) != 1:
            raise _not_one(self._description(), len(found))
        one: ResultT = found[0]
        return one

    def one_or_none(self) -> ResultT | None:
        """Fetch the only result, or None.

        Raises:
            MultipleResultsFound: there are several.
        """
        found = self._fetch(self._statement)
        if len(found) > 1:
            raise _not_one(self._description(), len(found))
        return found[0] if found else None

    def scalar(self) -> Any:
        """Fetch the first element of the only result, or None where there is no row.

        Raises:
            MultipleResultsFound: there are several rows.
        """
        found = self.one_or_none()
        return found[0] if isinstance(found, tuple) else found

    def __iter__(self) -> Iterator[ResultT]:
        if self.dispatch.before_compile and not self._is_told:
            return iter(self._told(self._statement))
        size = self._statement._execution_options.get("yield_per")
        if size:
            return self._in_portions(size)
        # The slice is empty: it keeps the session for as long as somebody goes through the results.
        return chain(self._fetch(self._statement), islice((self.session,), 0))

    @overload
    def __getitem__(self, item: int) -> ResultT: ...
    @overload
    def __getitem__(self, item: slice) -> list[ResultT]: ...
    def __getitem__(self, item: int | slice) -> Any:
        """Fetch one result by its number, or a slice of them, by LIMIT and OFFSET."""
        if isinstance(item, slice):
            if _is_number(item.start) and _is_number(item.stop) and item.stop <= item.start:
                return []
            for bound in (item.start, item.stop, item.step):
                _check_bound(bound)
            found = self.slice(item.start, item.stop).all()
            return found if item.step is None else found[:: item.step]
        if not hasattr(item, "__index__"):
            raise wrong_value("Query[...]", "a whole number, or a slice", item)
        number = item.__index__()
        _refuse_negative(number)
        return self.slice(number, number + 1).all()[0]

    def get(self, ident: Any) -> ResultT | None:
        """Give the object with a primary key, from memory or from the database.

        Args:
            ident: the key: a value, a tuple or a dictionary for composite keys.

        Raises:
            InvalidRequestError: the query has criteria, or the key has the wrong number of values.

        Emits: nothing if the object is present and not expired, else one SELECT.
        """
        statement = self._select("get")
        mapper = self._only_mapper("get")
        criteria = statement._where_criteria or statement._setup_joins or statement._from_obj
        if criteria or self._stand_ins or statement._has_row_limit or statement._group_by_clauses:
            raise InvalidRequestError(
                "Query.get() being called on a Query with existing criterion",
                why="get() finds an object by its primary key alone, in memory if it is there",
                fix="use filter_by(...).first(), or call get() on a fresh query",
                code="AZ-S83",
            )
        options = statement._execution_options
        found: ResultT | None = self._session().get(
            mapper,
            ident,
            options=statement._with_options,
            with_for_update=_lock_arguments(statement._for_update_arg),
            identity_token=options.get("identity_token"),
            execution_options=options,
        )
        return found

    def count(self) -> int:
        """Count the rows that the query gives.

        Emits: ``SELECT count(*) FROM (the query)``.
        """
        if self.dispatch.before_compile and not self._is_told:
            return self._told(self._statement).count()
        inside = self._statement.order_by(None) if not self._statement._has_row_limit else self._statement
        counted = select(func.count(literal_column("*"))).select_from(inside.subquery())
        counted = counted._with_execution_options(self._statement._execution_options)
        # They reach what is inside from here, as every subquery.
        counted = counted.options(*criteria_among(inside._with_options))
        number: int = self._session().execute(counted, self._params).scalar()
        return number

    def values(self, *columns: Any) -> Iterator[Any]:
        """Fetch rows of these columns instead of what the query selects; the classic form of ``with_entities()``."""
        return iter(self.with_entities(*columns))

    def value(self, column: Any) -> Any:
        """Fetch one value of the first row, or None; the classic form of ``with_entities(column).scalar()``."""
        row = self.with_entities(column).first()
        return row[0] if isinstance(row, tuple) else row

    def instances(self, result_proxy: Any, context: Any = None) -> Iterator[Any]:
        """Give the results of a statement that was executed already: its rows become what the query selects."""
        return iter(result_proxy)

    # -- running --------------------------------------------------------------

    def _fetch(self, statement: Any) -> list[Any]:
        if self.dispatch.before_compile and not self._is_told:
            told = self._told(statement)
            return told._fetch(told._statement)
        session = self.session
        if session is None:
            session = self._session()
        if not self._loads_eagerly:
            statement = self._as_sent(statement)
        if session.dispatch.do_orm_execute or session.unit.executes_itself:
            return self._fetch_observed(session, statement)
        if statement.__class__ is not Select:
            plan, (given,) = session.unit.given(statement, self._params)
            return self._results(plan, given)
        if not self._names_entities and not names_entities(statement):
            return list(self._executed(session, statement).all())
        plan, connection, prepared, terms = session.unit.prepare(statement, self._params)
        if statement._execution_options and "yield_per" in statement._execution_options:
            plan.refuse_joined_collections()
        found: list[Any] = plan.run(session.unit, connection, prepared, None, terms)
        return self._results(plan, found)

    def _fetch_observed(self, session: SessionPort, statement: Any) -> list[Any]:
        """Go through the session's ``execute()``, because somebody listens to it."""
        result = self._executed(session, statement)
        columns = self._statement._raw_columns
        places = frozenset(place for place, column in enumerate(columns) if entity_of(column) is not None)
        stands_alone = self._gives_objects()
        return _each_once(list(result.scalars() if stands_alone else result), places, stands_alone=stands_alone)

    def _gives_objects(self) -> bool:
        columns = self._statement._raw_columns
        return len(columns) == 1 and entity_of(columns[0]) is not None and not self._tuples

    def _results(self, plan: LoadPlan, found: list[Any]) -> list[Any]:
        """Make results of what a plan loaded: each object stands once, several things are rows."""
        stands_alone = plan.stands_alone and not self._tuples
        if stands_alone and not plan.may_repeat:
            return found
        results: list[Any] = found if stands_alone else self._shape(plan).rows(found)
        return _each_once(results, plan.entity_places, stands_alone=stands_alone)

    def _in_portions(self, size: int) -> Iterator[Any]:
        session, statement = self._session(), self._statement
        is_observed = session.dispatch.do_orm_execute or session.unit.executes_itself
        is_select = isinstance(statement, Select)
        if is_observed or (is_select and not names_entities(statement)):
            result = self._executed(session, statement)
            yield from result.scalars() if self._gives_objects() else result
            return
        if is_select:
            plan, connection, prepared, terms = session.unit.prepare(statement, self._params)
            chunks = plan.chunks(session.unit, connection, prepared, size, terms)
        else:
            plan, chunks = session.unit.given(statement, self._params, size)
        for found in chunks:
            alone = plan.stands_alone and not self._tuples
            yield from found if alone else self._shape(plan).rows(found)

    def _executed(self, session: SessionPort, statement: Any) -> Any:
        result = session.execute(statement, self._params)
        if self._stand_ins is not None:
            result._shape = self._found_as_named(result._shape)
        return result

    def _shape(self, plan: LoadPlan) -> ResultShape:
        shape = plan.shape_for(self._statement._raw_columns)
        return shape if self._stand_ins is None else self._found_as_named(shape)

    def _found_as_named(self, shape: ResultShape) -> ResultShape:
        """Let rows be read by the entities and columns that the program named, where a subquery stands for them."""
        columns, stand_ins = self._statement._raw_columns, self._stand_ins
        if stand_ins is None or len(columns) != len(shape.keys):
            return shape
        return shape.found_by([stand_ins.meant_by(raw) for raw in columns])

    def _only_mapper(self, method: str) -> Any:
        columns = self._statement._raw_columns
        mapper = mapper_of(columns[0]) if len(columns) == 1 else None
        if mapper is None:
            raise InvalidRequestError(
                f"Query.{method}() needs a query of one mapped class",
                why="this one selects columns, expressions or several entities",
                fix=f"use session.query(SomeClass).{method}(...)",
                code="AZ-S84",
            )
        return mapper


def _each_once(results: list[Any], entity_places: frozenset[int], *, stands_alone: bool) -> list[Any]:
    """Leave out results that repeat an earlier one; objects count as the same by identity.

    Args:
        results: objects, or rows.
        entity_places: where the objects stand in rows; nothing is left out where there are none.
        stands_alone: whether the results are objects.
    """
    if not entity_places or len(results) < 2:
        return results
    if stands_alone:
        return list({id(instance): instance for instance in results}.values())
    kept: dict[Any, Any] = {}
    for row in results:
        mark = tuple([id(value) if place in entity_places else value for place, value in enumerate(row)])
        try:
            kept.setdefault(mark, row)
        except TypeError:
            # A row with a value that cannot be hashed, such as the list of a JSON column, is one by itself.
            kept[id(row)] = row
    return list(kept.values())


def _not_one(description: str, count: int) -> InvalidRequestError:
    if count:
        return MultipleResultsFound(
            f"Multiple rows were found when exactly one was required: query of {description}",
            why="the criteria fit several rows",
            fix="narrow the criteria, or use first()",
            code="AZ-S85",
        )
    return NoResultFound(
        f"No row was found when one was required: query of {description}",
        why="the criteria fit no row",
        fix="use one_or_none() or first() where None is an answer",
        code="AZ-S86",
    )


def _is_number(bound: object) -> bool:
    return hasattr(bound, "__index__")


def _check_bound(bound: Any) -> None:
    """Refuse what is neither a whole number nor an expression that the database computes."""
    if _is_number(bound):
        _refuse_negative(bound)
    elif bound is not None and clause_of(bound) is None:
        raise wrong_value("Query[start:stop]", "slice of whole numbers", bound)


def _refuse_negative(number: int) -> None:
    if number < 0:
        raise NegativeIndexError(
            "negative indexes are not accepted by SQL index / slice operators",
            why="LIMIT and OFFSET count from the first row, and how many there are is not known",
            fix="turn the order round, as in order_by(User.id.desc())[0]; or take the list: query.all()[-1]",
            code="AZ-S99",
        )


def _lock_arguments(lock: Any) -> Any:
    if lock is None:
        return None
    return {
        "nowait": lock.nowait,
        "read": lock.read,
        "of": lock.of or None,
        "skip_locked": lock.skip_locked,
        "key_share": lock.key_share,
    }
