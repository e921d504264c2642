"""Baked queries, for programs that have them: queries that are put together from functions.

    bakery = baked.bakery()
    query = bakery(lambda session: session.query(User))
    query += lambda q: q.filter(User.name == bindparam("name"))
    query(session).params(name="Ada").one()

In azoth they gain nothing: a statement is found again by its shape, so that none is compiled twice, whoever made it.
The functions are called each time that a query runs. So a function may well use variables of the program, whose first
values SQLAlchemy would use for ever. New programs write ``select()`` or ``session.query()``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, Self, TypeVar

from azoth.exc import ArgumentError
from azoth.orm import Query, Session, scoped_session

__all__ = ["BakedQuery", "Bakery", "Result", "bakery"]

ResultT = TypeVar("ResultT")
AnyQuery = Query[Any]
AnySession = Session | scoped_session[Any]
Step = Callable[..., AnyQuery]


class Bakery:
    """Make baked queries; ``bakery()`` gives one.

    Args:
        cls_: the class of the queries.
    """

    __slots__ = ("cls",)

    def __init__(self, cls_: type[BakedQuery[Any]]) -> None:
        self.cls = cls_

    def __call__(self, initial_fn: Callable[..., Query[ResultT]], *args: object) -> BakedQuery[ResultT]:
        """Begin a query.

        Args:
            initial_fn: called with a session; gives a Query.
            args: what tells queries of one function apart for SQLAlchemy's cache; azoth needs no telling.
        """
        return self.cls(self, initial_fn, args)


class BakedQuery(Generic[ResultT]):
    """A query that is put together from functions: the first makes it from a session, each other one changes it.

    Args:
        bakery: what it is of.
        initial_fn: called with a session; gives a Query.
        args: as for ``Bakery``.

    Attributes:
        steps: the functions.
    """

    __slots__ = ("_bakery", "steps")

    def __init__(self, bakery: Bakery, initial_fn: Step, args: tuple[object, ...] = ()) -> None:
        self._bakery = bakery
        self.steps: list[Step] = [initial_fn]

    @classmethod
    def bakery(cls, size: int = 200, _size_alert: Callable[..., object] | None = None) -> Bakery:
        """Make a bakery.

        Args:
            size: of SQLAlchemy's cache. azoth keeps statements by their shapes, with the engine's
                ``query_cache_size``, and nothing here.
        """
        return Bakery(cls)

    def __iadd__(self, other: Step | tuple[Any, ...]) -> Self:
        return self.add_criteria(*other) if isinstance(other, tuple) else self.add_criteria(other)

    def __add__(self, other: Step | tuple[Any, ...]) -> Self:
        return self.with_criteria(*other) if isinstance(other, tuple) else self.with_criteria(other)

    def add_criteria(self, fn: Step, *args: object) -> Self:
        """Add a function to this query; ``query += fn`` is the same.

        Args:
            fn: called with the Query so far; gives another one.
            args: as for ``Bakery``.
        """
        self.steps.append(fn)
        return self

    def with_criteria(self, fn: Step, *args: object) -> Self:
        """Make another query with one function more; ``query + fn`` is the same."""
        copied: Self = object.__new__(type(self))
        copied._bakery, copied.steps = self._bakery, list(self.steps)
        return copied.add_criteria(fn, *args)

    def spoil(self, full: bool = False) -> Self:
        """Keep the query from being cached: nothing to do in azoth, which calls its functions each time.

        Args:
            full: whether the functions before this call, too, are to be called each time; they are.
        """
        return self

    def for_session(self, session: AnySession) -> Result[ResultT]:
        """Give the query with a session to run it in; ``query(session)`` is the same."""
        return Result(self, session)

    def __call__(self, session: AnySession) -> Result[ResultT]:
        return self.for_session(session)

    def to_query(self, query_or_session: AnyQuery | AnySession) -> Query[ResultT]:
        """Make the Query, to be part of another one: within a function of that.

        Args:
            query_or_session: what the function was given.

        Raises:
            ArgumentError: it is a Query without a session, or something else.
        """
        session: object = query_or_session
        if isinstance(query_or_session, Query):
            session = query_or_session.session
        if not isinstance(session, Session | scoped_session):
            raise _no_session(query_or_session)
        return self._query_in(session)

    def _query_in(self, session: AnySession) -> Query[ResultT]:
        query = self.steps[0](session)
        for step in self.steps[1:]:
            query = step(query)
        return query


class Result(Generic[ResultT]):
    """A baked query and a session, to be run.

    Args:
        bq: the query.
        session: the session.
    """

    __slots__ = ("_params", "_post_criteria", "bq", "session")

    def __init__(self, bq: BakedQuery[ResultT], session: AnySession) -> None:
        self.bq = bq
        self.session = session
        self._params: dict[str, Any] = {}
        self._post_criteria: list[Step] = []

    def params(self, *args: Mapping[str, Any], **kw: object) -> Self:
        """Give values for parameters.

        Args:
            args: one dictionary, or nothing.
            kw: values by name.

        Raises:
            ArgumentError: there are several dictionaries.
        """
        if len(args) > 1:
            raise ArgumentError(
                f"params() of a baked query was given {len(args)} things by position",
                why="it takes one dictionary, or keyword arguments",
                fix="put all values into one dictionary",
                code="AZ-X30",
            )
        self._params.update(*args, **kw)
        return self

    def with_post_criteria(self, fn: Step) -> Self:
        """Add a function that is called with the Query last."""
        self._post_criteria.append(fn)
        return self

    def __str__(self) -> str:
        return str(self._query())

    def __iter__(self) -> Iterator[ResultT]:
        return iter(self._query())

    def all(self) -> list[ResultT]:
        """Give all results.

        Emits: the SELECT.
        """
        return self._query().all()

    def first(self) -> ResultT | None:
        """Give the first result; None where there is none.

        Emits: the SELECT with a limit.
        """
        found: ResultT | None = self._query().first()
        return found

    def one(self) -> ResultT:
        """Give the one result.

        Raises:
            NoResultFound, MultipleResultsFound: there is none, or there are several.

        Emits: the SELECT.
        """
        found: ResultT = self._query().one()
        return found

    def one_or_none(self) -> ResultT | None:
        """Give the one result; None where there is none.

        Raises:
            MultipleResultsFound: there are several.

        Emits: the SELECT.
        """
        found: ResultT | None = self._query().one_or_none()
        return found

    def scalar(self) -> Any:
        """Give the first column of the one result; None where there is none.

        Raises:
            MultipleResultsFound: there are several.

        Emits: the SELECT.
        """
        return self._query().scalar()

    def count(self) -> int:
        """Count the rows.

        Emits: a SELECT of their number.
        """
        return self._query().count()

    def get(self, ident: object) -> ResultT | None:
        """Give the object of a key, from the session or the database; None where there is none.

        Args:
            ident: the key.

        Raises:
            InvalidRequestError: the query has criteria.

        Emits: the SELECT of the object, where it is not in the session.
        """
        found: ResultT | None = self._query().get(ident)
        return found

    def _query(self) -> Query[ResultT]:
        query = self.bq._query_in(self.session)
        if self._params:
            query = query.params(self._params)
        for function in self._post_criteria:
            query = function(query)
        return query


def _no_session(given: object) -> Exception:
    if isinstance(given, Query):
        return ArgumentError(
            "to_query() was given a Query without a session",
            why="the functions of a baked query begin with a session",
            fix="pass the query or the session that the enclosing function was given",
            code="AZ-X31",
        )
    return TypeError(f"to_query() takes a Query or a Session, not an object of {type(given).__name__}")


bakery = BakedQuery.bakery
"""Make a bakery."""
