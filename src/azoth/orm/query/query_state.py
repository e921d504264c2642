"""What a query consists of, how a changed copy of it is made, and who may change it before it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

from azoth.event import Dispatch, Events, replaces
from azoth.exc import InvalidRequestError
from azoth.orm.loading.loader_options import without_eager_loads
from azoth.orm.loading.option_functions import lazyload
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.lookup import entity_of
from azoth.orm.query.stand_in import StandIns
from azoth.sql.selectable import Executable, Select, SelectLabelStyle


class QueryEvents(Events):
    """The events of classic queries; listen to ``Query`` or a subclass of it.

    With ``retval=True`` a listener returns the query to go on with. ``bake_ok=True`` says that what it does may be kept
    with a query that is kept (``azoth.ext.baked``); no other query is.
    """

    _options = frozenset({"bake_ok"})

    @replaces("query")
    def before_compile(self, query: QueryState) -> QueryState:
        """A query is about to become a SELECT."""
        return query

    @replaces("query")
    def before_compile_update(self, query: QueryState, update_context: QueryChange) -> QueryState:
        """``Query.update()`` is about to make its UPDATE; ``update_context.values`` can be changed in place."""
        return query

    @replaces("query")
    def before_compile_delete(self, query: QueryState, delete_context: QueryChange) -> QueryState:
        """``Query.delete()`` is about to make its DELETE."""
        return query

    @classmethod
    def _dispatch_for(cls, target: object) -> Dispatch | None:
        # What is derived from a query is another query, so that listening to a single one would reach nothing.
        return super()._dispatch_for(target) if isinstance(target, type) else None


class QueryChange:
    """An UPDATE or DELETE that a query is about to make, as listeners see it.

    Attributes:
        query: the query; what a listener returns takes its place.
        values: the new values of an UPDATE, to be changed in place; of a DELETE, none.
        update_kwargs: arguments of one dialect.
    """

    def __init__(self, query: QueryState, values: dict[Any, Any], update_kwargs: object) -> None:
        self.query: Any = query
        self.values = values
        self.update_kwargs = update_kwargs

    @property
    def session(self) -> Any:
        """The session that the query runs in."""
        return self.query.session

    @property
    def mapper(self) -> Any:
        """The mapper of the class whose rows are changed."""
        return self.query._only_mapper("update")

    def announce(self, listeners: tuple[Callable[..., Any], ...]) -> Any:
        """Let listeners change it; gives the query to go on with."""
        for listener in listeners:
            changed = listener(self.query, self)
            if changed is not None:
                self.query = changed
        return self.query


class QueryState:
    """The parts of a query, all of them values: a copy shares them.

    Attributes:
        session: where the query runs.
    """

    session: Any
    dispatch: ClassVar[Any]
    """Who listens; empty tuples while nobody does."""
    _is_told: bool = False
    """Whether listeners have had this query already."""
    _checks_order: bool = True
    """Whether criteria after a LIMIT are refused."""
    _statement: Any
    """The SELECT so far; what ``from_statement()`` made, after it."""
    _params: dict[str, Any] | None = None
    _joined: Any = None
    """What ``filter_by()`` looks at: the entity joined last, or the first one; None where it must be found."""
    _names_entities: bool | None = None
    """Whether entities are selected; None where that must be found out."""
    _stand_ins: StandIns | None = None
    """The subquery that stands for the entities, after ``union()`` and its like."""
    _loads_eagerly: bool = True
    _tuples: bool | None = None

    def _with(self, statement: Any) -> Self:
        copy = object.__new__(self.__class__)
        copy.__dict__.update(self.__dict__)
        copy._statement = statement
        return copy

    def _told(self, statement: object) -> Self:
        """Let listeners change the query that is about to run as a statement."""
        query: Self = self._with(statement)
        for listener in self.dispatch.before_compile:
            changed = listener(query)
            if changed is not None:
                query = changed
        told = query._with(query._statement)
        told._is_told = True
        return told

    def _as_sent(self, statement: Executable) -> Executable:
        """Give the statement that runs for one of this query's."""
        if self._loads_eagerly:
            return statement
        return statement._copy_with(_with_options=(lazyload("*"), *without_eager_loads(statement._with_options)))

    def _open(self, method: str) -> Any:
        """Give the SELECT, if more criteria can be added to it.

        Raises:
            InvalidRequestError: it has a LIMIT already, or it was given by ``from_statement()``.
        """
        statement = self._statement
        if statement.__class__ is not Select or (
            self._checks_order and (statement._limit_clause is not None or statement._offset_clause is not None)
        ):
            raise _closed(statement, method)
        return statement

    def _select(self, method: str) -> Any:
        """Give the SELECT, with or without a LIMIT.

        Raises:
            InvalidRequestError: the statement was given by ``from_statement()``.
        """
        if self._statement.__class__ is not Select:
            raise _closed(self._statement, method)
        return self._statement

    def _unnarrowed(self, method: str) -> Any:
        """Give the SELECT, if nothing has been said yet of which rows it gives.

        Raises:
            InvalidRequestError: it has criteria, joins, groups, an order or a LIMIT; or it was given.
        """
        statement = self._open(method)
        if self._checks_order and (self._stand_ins is not None or _says_which_rows(statement)):
            raise InvalidRequestError(
                f"Query.{method}() being called on a Query with existing criterion",
                why="what was said of the rows before was about the FROM clause that the query had",
                fix=f"call {method}() first, then filter(), join(), order_by(), distinct() and limit()",
                code="AZ-L651",
            )
        return statement

    def _session(self) -> Any:
        session = self.session
        if session is None:
            raise InvalidRequestError(
                "this query belongs to no session, so it cannot run",
                why="it was made without one",
                fix="use query.with_session(session), or session.query(...)",
                code="AZ-S87",
            )
        return session

    def _entity(self, method: str) -> Any:
        """Find the mapper or alias that the query begins with.

        Raises:
            InvalidRequestError: the query selects no entity.
        """
        statement = self._statement
        for raw in (*statement._from_obj, *statement._raw_columns):
            entity = entity_of(raw) or getattr(raw, "parent", None)
            if entity is not None and hasattr(entity, "mapper"):
                return entity
        raise InvalidRequestError(
            f"Query.{method}() needs an entity",
            why="the query selects columns and expressions only",
            fix="name the entity by select_from()",
            code="AZ-S80",
        )

    def _adapted(self, expression: Any) -> Any:
        """Let an expression refer to the subquery that stands for the entities, where there is one."""
        stand_ins = self._stand_ins
        return expression if stand_ins is None else stand_ins.adapt(element_of(expression))


def begun_select(*entities: object) -> Select[*tuple[Any, ...]]:
    """Make the SELECT of a query, whose rows have the names that are selected, also where several are the same."""
    statement: Select[*tuple[Any, ...]] = Select(*entities)
    statement._label_style = SelectLabelStyle.LABEL_STYLE_LEGACY_ORM
    return statement


def _says_which_rows(statement: Any) -> bool:
    """Tell whether a SELECT has more than the things that it selects."""
    return bool(
        statement._where_criteria
        or statement._from_obj
        or statement._setup_joins
        or statement._group_by_clauses
        or statement._order_by_clauses
        or statement._distinct
        or statement._has_row_limit
    )


def _closed(statement: Any, method: str) -> InvalidRequestError:
    if not isinstance(statement, Select):
        return InvalidRequestError(
            f"Query.{method}() cannot change a statement given by from_statement()",
            why="that statement runs as it is",
            fix="put the criteria into the statement itself",
            code="AZ-S71",
        )
    return InvalidRequestError(
        f"Query.{method}() being called on a Query which already has LIMIT or OFFSET applied",
        why="the limit counts the rows of what was asked for until then",
        fix=f"call {method}() before limit(), offset() or a slice, or select from the query as a subquery()",
        code="AZ-S72",
    )
