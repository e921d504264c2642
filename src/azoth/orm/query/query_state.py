"""What a query consists of, and how a changed copy of it is made."""

from __future__ import annotations

from typing import Any, Self

from azoth.exc import InvalidRequestError
from azoth.orm.loading.loader_options import without_eager_loads
from azoth.orm.loading.option_functions import lazyload
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.lookup import entity_of
from azoth.orm.query.stand_in import StandIns
from azoth.sql.selectable import Executable, Select


class QueryState:
    """The parts of a query, all of them values: a copy shares them.

    Attributes:
        session: where the query runs.
    """

    session: Any
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
        if (
            statement.__class__ is not Select
            or statement._limit_clause is not None
            or statement._offset_clause is not None
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
