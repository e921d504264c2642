"""Query: a SELECT of entities that knows its session."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.exc import UnmappedClassError
from azoth.orm.mapping.derived import derived
from azoth.orm.mapping.lookup import MAPPER, is_waiting, mapper_of, unmapped_class
from azoth.orm.query.embedding import Embedding
from azoth.orm.query.fetching import Fetching, ResultT
from azoth.orm.query.joining import Joining
from azoth.orm.query.query_state import QueryChange, QueryEvents, begun_select
from azoth.sql.dml import delete, update
from azoth.sql.selectable import Select
from azoth.sql.selectable.dialect_options import OTHER_DIALECTS
from azoth.util.arguments import as_mapping, wrong_value

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.runtime.ports import SessionPort
    from azoth.sql.visitors import Visitable

Entity = TypeVar("Entity")


class Query(Fetching[ResultT], Joining, Embedding):
    """A SELECT of entities, columns and expressions that knows its session; each method gives a copy with more.

    A query of one entity gives its objects, each once; a query of several things gives rows.

    Args:
        entities: mapped classes, mappers, aliases, attributes, columns, expressions, bundles; one or a sequence.
        session: where the query runs; None for a query that gets its session later (``with_session()``).
    """

    @overload
    def __init__(self: Query[Entity], entities: type[Entity], session: SessionPort | None = None) -> None: ...
    @overload
    def __init__(self: Query[Any], entities: object, session: SessionPort | None = None) -> None: ...
    def __init__(self, entities: Any, session: SessionPort | None = None) -> None:
        self.session = session
        if entities.__class__ is not tuple:
            entities = tuple(entities) if isinstance(entities, (list, set)) else (entities,)
        if len(entities) == 1 and isinstance(entities[0], type):
            # The hot path: most queries begin with one class, and all queries of a class with the same statement.
            mapper = entities[0].__dict__.get(MAPPER)
            if mapper is not None:
                self._joined = mapper
                self._names_entities = True
                begun = mapper.derived.get(_begun_select)
                self._statement = _begun_select(mapper) if begun is None else begun
                return
        try:
            self._statement = begun_select(*entities)
        except ArgumentError as error:
            raise _no_entity(entities, error) from None

    # -- how it runs ----------------------------------------------------------

    def with_session(self, session: SessionPort) -> Self:
        """Let the query run in a session."""
        copy = self._with(self._statement)
        copy.session = session
        return copy

    def options(self, *args: Any) -> Self:
        """Say how relationships and columns are loaded: ``joinedload()``, ``selectinload()``, ``defer()`` and so on.

        Args:
            args: the options, or lists of them.
        """
        if any(isinstance(one, (list, tuple)) for one in args):
            args = tuple([option for one in args for option in (one if isinstance(one, (list, tuple)) else (one,))])
        if self._stand_ins is not None:
            args = tuple([self._stand_ins.option(one) for one in args])
        return self._with(self._statement.options(*args))

    def ext(self, extension: Any) -> Self:
        """Add a clause that the program has written itself to the SELECT.

        Args:
            extension: the clause, a ``SyntaxExtension``; it chooses its place.
        """
        return self._with(self._statement.ext(extension))

    def get_children(self, *, omit_attrs: Collection[str] = (), **kw: object) -> Iterator[Visitable]:
        """Yield the elements directly below the query's SELECT.

        Args:
            omit_attrs: names of fields that are left out.
            kw: none; programs pass on what walks their trees.
        """
        children: Iterator[Visitable] = self._statement.get_children(omit_attrs=omit_attrs, **kw)
        return children

    def execution_options(self, **kwargs: Any) -> Self:
        """Set options such as ``populate_existing`` or ``yield_per``; ``compiled_cache`` is for this query alone."""
        return self._with(self._statement._with_execution_options(kwargs))

    def get_execution_options(self) -> Mapping[str, Any]:
        """Give the options for the execution."""
        options: Mapping[str, Any] = self._statement._execution_options
        return options

    def populate_existing(self) -> Self:
        """Let objects that are present take over the values of the rows, losing their changes."""
        return self.execution_options(populate_existing=True)

    def autoflush(self, setting: bool) -> Self:
        """Choose whether pending changes are flushed before the query runs."""
        return self.execution_options(autoflush=setting)

    def yield_per(self, count: int) -> Self:
        """Fetch and load so many rows at a time when iterating."""
        return self.execution_options(yield_per=count)

    def enable_eagerloads(self, value: bool) -> Self:
        """Choose whether related objects are loaded with the results; otherwise they are loaded when read."""
        copy = self._with(self._statement)
        copy._loads_eagerly = value
        return copy

    def enable_assertions(self, value: bool) -> Self:
        """Choose whether criteria after ``limit()`` and ``offset()`` are refused, as they are at first.

        Where they are not, they are criteria of the same SELECT: the limit counts the rows that meet them, too.
        """
        copy = self._with(self._statement)
        copy._checks_order = value
        return copy

    def tuples(self) -> Query[Any]:
        """Look at the rows as plainly typed tuples."""
        return self.only_return_tuples(True)

    def only_return_tuples(self, value: bool) -> Query[Any]:
        """Choose whether a query of one entity gives rows of one object instead of objects."""
        copy = self._with(self._statement)
        copy._tuples = value
        return copy

    def with_transformation(self, fn: Callable[[Query[Any]], Query[Any]]) -> Query[Any]:
        """Give the query that a function makes of this one."""
        return fn(self)

    def merge_result(self, iterator: Any, load: bool = True) -> Any:
        """Merge the objects of an earlier result into the session.

        Args:
            iterator: objects, or rows of them; a frozen result gives a frozen result.
            load: whether rows are looked up in the database.
        """
        session: SessionPort = self._session()
        if hasattr(iterator, "with_new_rows"):
            rows = [self._merged(session, row, load) for row in iterator.rewrite_rows()]
            return iterator.with_new_rows(rows)
        return iter([self._merged(session, one, load) for one in iterator])

    def _merged(self, session: SessionPort, subject: Any, load: bool) -> Any:
        if not isinstance(subject, tuple):
            return session.merge(subject, load=load) if mapper_of(type(subject)) is not None else subject
        values = [session.merge(one, load=load) if mapper_of(type(one)) is not None else one for one in subject]
        return type(subject)(values)

    # -- changing rows --------------------------------------------------------

    def update(
        self,
        values: Mapping[Any, Any] | Iterable[tuple[Any, Any]],
        synchronize_session: Any = "auto",
        update_args: Mapping[str, Any] | None = None,
    ) -> int:
        """Update the rows that the query selects.

        Args:
            values: attribute (or its name) -> value or SQL expression.
            synchronize_session: "auto", "evaluate", "fetch" or False: how objects in memory follow.
            update_args: arguments of one dialect, such as ``{"mysql_limit": 5}``; passed over by the others.

        Returns:
            the number of rows.

        Emits: pending changes (autoflush), one UPDATE; with "fetch", a SELECT of the keys first.
        State: present objects take over the new values.
        """
        _check_dialect_arguments("Query.update(): update_args", update_args)
        pairs = _pairs(values)
        query: Query[Any] = self
        if self.dispatch.before_compile_update:
            query = QueryChange(self, pairs, update_args).announce(self.dispatch.before_compile_update)
        return query._change(query._where_all(update, "update").values(pairs), synchronize_session)

    def delete(self, synchronize_session: Any = "auto", delete_args: Mapping[str, Any] | None = None) -> int:
        """Delete the rows that the query selects.

        Args:
            synchronize_session: "auto", "evaluate", "fetch" or False: how objects in memory follow.
            delete_args: arguments of one dialect, such as ``{"mysql_limit": 5}``; passed over by the others.

        Returns:
            the number of rows.

        Emits: pending changes (autoflush), one DELETE; with "fetch", a SELECT of the keys first.
        State: present objects of the rows leave the session.
        """
        _check_dialect_arguments("Query.delete(): delete_args", delete_args)
        query: Query[Any] = self
        if self.dispatch.before_compile_delete:
            query = QueryChange(self, {}, delete_args).announce(self.dispatch.before_compile_delete)
        return query._change(query._where_all(delete, "delete"), synchronize_session)

    def _where_all(self, make: Callable[[Any], Any], method: str) -> Any:
        statement = self._select(method)
        refused = {
            "limit()": statement._limit_clause is not None,
            "offset()": statement._offset_clause is not None,
            "order_by()": bool(statement._order_by_clauses),
            "group_by()": bool(statement._group_by_clauses),
            "distinct()": statement._distinct,
            "join(), outerjoin(), select_from()": bool(statement._setup_joins or statement._from_obj),
            "union()": self._stand_ins is not None,
        }
        called = next((name for name, was_called in refused.items() if was_called), None)
        if called is not None:
            raise InvalidRequestError(
                f"Can't call Query.update() or Query.delete() when {called} has been called",
                why="UPDATE and DELETE take criteria only",
                fix="select the keys in a subquery, as in filter(User.id.in_(query.with_entities(User.id)))",
                code="AZ-S88",
            )
        changed = make(self._only_mapper(method)).where(*statement._where_criteria)
        return (
            changed._with_execution_options(statement._execution_options) if statement._execution_options else changed
        )

    def _change(self, statement: Any, synchronize_session: Any) -> int:
        options = {"synchronize_session": synchronize_session}
        count: int = self._session().execute(statement, self._params, execution_options=options).rowcount
        return count


QueryEvents._accept(Query)


@derived
def _begun_select(mapper: Mapper) -> Select[*tuple[Any, ...]]:
    """Make the statement that all queries of a class begin with."""
    # Once for each class, and before the caller names attributes: a backref may be about to add some.
    mapper._check_configure()
    return begun_select(mapper)


def _pairs(values: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    if not hasattr(values, "__iter__") or isinstance(values, str):
        raise wrong_value("Query.update(): values", "a dictionary of new values", values, 'write {"name": value}')
    return dict(values)


def _check_dialect_arguments(argument: str, given: Mapping[str, Any] | None) -> None:
    """Refuse further arguments of a change, other than those of dialects that are not here."""
    for name in as_mapping(argument, given) if given is not None else ():
        if str(name).partition("_")[0] not in OTHER_DIALECTS:
            raise ArgumentError(
                f"{argument} has no argument {name!r}",
                why="statements of this dialect have no further arguments",
                fix="leave it out; limits and orders of changes belong to MySQL (mysql_limit)",
                code="AZ-S993",
            )


def _no_entity(entities: Sequence[Any], error: ArgumentError) -> ArgumentError | UnmappedClassError:
    waiting = next((one for one in entities if isinstance(one, type) and is_waiting(one)), None)
    if waiting is not None:
        return unmapped_class(waiting)
    return ArgumentError(
        f"Query cannot select {', '.join(_named(one) for one in entities)}",
        why=str(error.args[0] if error.args else error).splitlines()[0],
        fix="pass mapped classes, mappers, aliases, attributes, columns or SQL expressions",
        code="AZ-S89",
    )


def _named(subject: Any) -> str:
    return subject.__name__ if isinstance(subject, type) else type(subject).__name__


__all__ = ["Query"]
