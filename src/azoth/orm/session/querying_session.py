"""Statements and queries through the session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from azoth import engine as engines
from azoth.engine.result import ChunkedIteratorResult
from azoth.exc import NoResultFound, ObjectNotExecutableError
from azoth.orm import bulk
from azoth.orm.loading.load_plan import LoadPlan
from azoth.orm.mapping.naming.entity_names import named_class
from azoth.orm.query.lowering import find_load_plan, names_entities
from azoth.orm.runtime.concurrent_use import refuse_concurrent_use
from azoth.orm.session.execute_state import ORMExecuteState, announce_change
from azoth.orm.session.objects.get import get_instance
from azoth.orm.session.unit_of_work import UnitOfWork
from azoth.sql.elements import text
from azoth.sql.selectable import FromStatement, Select

Entity = TypeVar("Entity")


class QueryingMethods:
    """Statements through a session: ``execute()`` and its relatives, ``get()`` and ``query()``.

    Attributes:
        unit: what the session holds.
    """

    unit: UnitOfWork
    query_class: ClassVar[Any] = None

    def execute(
        self,
        statement: Any,
        params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
        mapper: Any = None,
        _parent_execute_state: Any = None,
    ) -> Any:
        """Execute a statement in the session's transaction.

        Args:
            statement: a select, insert, update or delete, with entities or without, or text (``:name`` marks
                parameters).
            params: values for named parameters.
            execution_options: ``populate_existing``, ``yield_per``, ``autoflush``, ``synchronize_session`` and those
                of connections.
            bind_arguments: what ``get_bind()`` is asked with.
            mapper: the mapped class or mapper whose engine is meant; classic for ``bind_arguments={"mapper": ...}``.

        Returns:
            a Result; rows of entities have instances.

        *Emits* pending changes (autoflush), then the statement, then statements of eager loading.
        """
        if mapper is not None:
            bind_arguments = {**(bind_arguments or {}), "mapper": mapper}
        if self.unit.dispatch.do_orm_execute and _parent_execute_state is None:
            return self._execute_observed(statement, params, execution_options, bind_arguments)
        if isinstance(statement, Select) and names_entities(statement):
            return self._execute_select(statement, params, execution_options, bind_arguments)
        if isinstance(statement, str):
            statement = text(statement)
        if not hasattr(statement, "_fields"):
            raise ObjectNotExecutableError(
                f"{type(statement).__name__} cannot be executed",
                why="execute() takes statements: select(), insert(), update(), delete(), text(), or a string",
                fix="wrap the entity in a statement, as in select(User)",
                code="AZ-S31",
            )
        if isinstance(statement, FromStatement):
            plan, found = self._given(statement, params, execution_options, bind_arguments)
            return _result(plan, (found,))
        in_use = self.unit.in_use
        if not in_use.acquire(False):
            refuse_concurrent_use("execute()")
        try:
            options = {**getattr(statement, "_execution_options", {}), **(execution_options or {})}
            self.unit.autoflush_for(options)
            connection = self.unit.begun().connection_for(
                self.unit.session.get_bind(clause=statement, **(bind_arguments or {}))
            )
            if bulk.changes_entity(statement):
                return self._change(connection, statement, params, options, bind_arguments)
            return connection.execute(statement, params, execution_options=execution_options)
        finally:
            in_use.release()

    def _execute_observed(
        self, statement: Any, params: Any, execution_options: Any, bind_arguments: dict[str, Any] | None
    ) -> Any:
        if isinstance(statement, str):
            statement = text(statement)
        listeners = self.unit.dispatch.do_orm_execute
        return ORMExecuteState(self, statement, params, execution_options, bind_arguments, listeners).run()

    def _change(
        self, connection: Any, statement: Any, params: Any, options: Any, bind_arguments: dict[str, Any] | None
    ) -> Any:
        classic = self.unit.classic
        if classic is not None and classic.is_outside(self.unit):
            return classic.run(self.unit, self._change_alone, statement, params, options, bind_arguments)
        result = bulk.execute_change(self.unit, connection, statement, params, options)
        if self.unit.dispatch.changing_rows:
            announce_change(self, statement, result)
        return result

    def _change_alone(self, statement: Any, params: Any, options: Any, bind_arguments: dict[str, Any] | None) -> Any:
        connection = self.unit.begun().connection_for(
            self.unit.session.get_bind(clause=statement, **(bind_arguments or {}))
        )
        result = self._change(connection, statement, params, options, bind_arguments)
        if isinstance(result, engines.CursorResult) and result.returns_rows:
            # The rows are fetched now, because the connection goes back to its pool.
            return bulk.CountedResult(result._shape, ([tuple(row) for row in result],), result.rowcount)
        return result

    def _execute_select(
        self, statement: Any, params: Any, execution_options: Any, bind_arguments: dict[str, Any] | None
    ) -> Any:
        plan, connection, parameters = self._planned(statement, params, execution_options, bind_arguments)
        options = statement._execution_options
        size = (execution_options or {}).get("yield_per") or (options and options.get("yield_per"))
        if size:
            return _result(plan, plan.chunks(self.unit, connection, parameters, size)).yield_per(size)
        result: Any = ChunkedIteratorResult(plan.shape, (plan.run(self.unit, connection, parameters),))
        if plan.unique_filters is not None:
            result._unique_filters = plan.unique_filters
        return result

    def _planned(
        self, statement: Any, params: Any, execution_options: Any, bind_arguments: dict[str, Any] | None
    ) -> tuple[LoadPlan, Any, tuple[Any, ...]]:
        """Flush where needed; give the load plan of a SELECT of entities, the connection and the bound values."""
        options = statement._execution_options
        if execution_options:
            options = {**options, **execution_options}
        identity_map = self.unit.identity_map
        if self.unit.autoflushes and (identity_map.new or identity_map.modified or identity_map.deleted):
            self.unit.autoflush_for(options)
        transaction = self.unit.transaction
        if transaction is None:
            transaction = self.unit.begun()
        bind = self.unit.bind
        if bind is None or self.unit.binds is not None or bind_arguments:
            bind = self.unit.session.get_bind(clause=statement, **(bind_arguments or {}))
        connection = transaction.connection_for(bind)
        if params:
            # The plan takes its values from the statement; named parameters become part of it.
            statement = statement.params(params)
        refresh = bool(options and options.get("populate_existing"))
        statement_cache = connection.engine.statement_cache
        plan = statement_cache.plans.get((statement._shape, refresh))
        if plan is None:
            plan = find_load_plan(statement, statement_cache, refresh=refresh)
        return plan, connection, plan.parameters(statement)

    def _given(
        self, statement: FromStatement, params: Any, execution_options: Any, bind_arguments: dict[str, Any] | None
    ) -> tuple[LoadPlan, list[Any]]:
        """Execute a statement whose rows are given by another one; give the plan and what it made."""
        in_use = self.unit.in_use
        if not in_use.acquire(False):
            refuse_concurrent_use("given()")
        try:
            return self.unit.carry_out(self._given_now, statement, params, execution_options, bind_arguments)
        finally:
            in_use.release()

    def _given_now(
        self, statement: FromStatement, params: Any, execution_options: Any, bind_arguments: dict[str, Any] | None
    ) -> tuple[LoadPlan, list[Any]]:
        # With the first such statement: it needs the compiler, which comes with the first engine.
        from azoth.orm.loading.given_rows import given_rows  # noqa: PLC0415

        options = {**statement._execution_options, **(execution_options or {})}
        self.unit.autoflush_for(options)
        connection = self.unit.begun().connection_for(
            self.unit.session.get_bind(clause=statement, **(bind_arguments or {}))
        )
        refresh = bool(options.get("populate_existing"))
        return given_rows(
            self.unit,
            connection,
            statement._raw_columns,
            bulk.by_columns(statement.element),
            params,
            statement._with_options,
            refresh=refresh,
        )

    def scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
        mapper: Any = None,
    ) -> Any:
        """Execute a statement and give the first element of each row."""
        return self.execute(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, mapper=mapper
        ).scalars()

    def scalar(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
        mapper: Any = None,
    ) -> Any:
        """Execute a statement and give the first element of the first row, or None."""
        return self.execute(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, mapper=mapper
        ).scalar()

    def get(
        self,
        entity: type[Entity] | Any,
        ident: Any,
        *,
        options: Sequence[Any] | None = None,
        populate_existing: bool = False,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
    ) -> Entity | None:
        """Give the object with a primary key, from memory or from the database.

        Args:
            entity: the mapped class.
            ident: the key: a value, a tuple or a dictionary for composite keys.
            options: loader options.
            populate_existing: load anew also if the object is present.
            with_for_update: True or a dictionary of ``with_for_update()`` arguments to lock the row.

        Returns:
            the object, or None where there is no such row.

        *Emits* nothing if the object is present and not expired, else one SELECT.
        """
        found: Entity | None = get_instance(
            self.unit,
            entity,
            ident,
            options or (),
            populate_existing=populate_existing,
            with_for_update=with_for_update,
        )
        return found

    def get_one(self, entity: type[Entity] | Any, ident: Any, **keywords: Any) -> Entity:
        """Give the object with a primary key as ``get()`` does, or raise.

        Errors:
            NoResultFound: there is no such row.
        """
        from_database = self.get(entity, ident, **keywords)
        if from_database is None:
            raise NoResultFound(
                f"{entity.__name__} {ident!r}: no such row",
                why="no row has this primary key",
                fix="use get() where None is an answer",
                code="AZ-S32",
            )
        found: Entity = from_database
        return found

    def query(self, *entities: Any, **keywords: Any) -> Any:
        """Make a query of mapped classes, mappers, aliases, attributes, columns or expressions; see ``Query``.

        With ``entity_name`` the mappings of that name are meant, where classes have several (classic).
        """
        if keywords:
            entity_name = keywords.pop("entity_name", None)
            if entity_name is not None:
                entities = tuple([named_class(one, entity_name) if isinstance(one, type) else one for one in entities])
        return self.query_class(entities, self, **keywords)


def _result(plan: LoadPlan, chunks: Any) -> Any:
    result: Any = ChunkedIteratorResult(plan.shape, chunks)
    result._unique_filters = plan.unique_filters
    return result
