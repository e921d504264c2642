"""A unit of work without a session: an identity map, mapped classes, and SQLite through the real engine."""

from __future__ import annotations

import itertools
from typing import Any

from azoth.engine import create_engine
from azoth.orm.mapping.configuring.configuration import configure_mappers
from azoth.orm.mapping.mapper.mapper import Mapper
from azoth.orm.mapping.naming.class_registry import ClassRegistry
from azoth.orm.persistence.execution.committed_values_executor import load_committed_values
from azoth.orm.persistence.execution.executor import execute
from azoth.orm.persistence.execution.outcome import FlushOutcome
from azoth.orm.persistence.planning.plan import FlushPlan, plan_flush
from azoth.orm.runtime.identity_map import IdentityMap
from azoth.orm.runtime.state import state_of
from azoth.sql.schema import MetaData, Table
from azoth.sql.statement_cache import StatementCache


class Unit:
    """What a session does around a flush, without loading: membership, plan, execution."""

    def __init__(self) -> None:
        self.identity_map = IdentityMap(self)
        self.execution_options: dict[str, Any] = {}
        self.metadata = MetaData()
        self.registry = ClassRegistry(self.metadata)
        self.statements: list[tuple[str, Any]] = []
        self.engine: Any = None
        self.connection: Any = None
        self._numbers = itertools.count(1)

    # -- mapping -----------------------------------------------------------------------------------------------

    def table(self, name: str, *items: Any, **options: Any) -> Table:
        return Table(name, self.metadata, *items, **options)

    def map(self, name: str, table: Any, properties: dict[str, Any] | None = None, **options: Any) -> type[Any]:
        def __init__(self: Any, **values: Any) -> None:
            for key, value in values.items():
                setattr(self, key, value)

        class_ = type(name, (), {"__init__": __init__})
        self.registry.add_class(class_)
        Mapper(class_, table, registry=self.registry, properties=properties or {}, **options)
        return class_

    def open(self, *, foreign_keys: bool = True) -> None:
        configure_mappers()
        self.engine = create_engine("sqlite://", foreign_keys=foreign_keys)
        self.connection = self.engine.connect()
        self.metadata.create_all(self.connection)
        self.connection.commit()

    def close(self) -> None:
        if self.engine is not None:
            self.connection.close()
            self.engine.dispose()

    # -- a session's part ------------------------------------------------------------------------------------------

    def adopt(self, instance: Any) -> None:
        self.add(instance)

    def add(self, *instances: Any) -> None:
        for instance in instances:
            state = state_of(instance)
            if state.origin is None:
                state.origin = self.identity_map
                self.identity_map.new[state] = instance

    def delete(self, *instances: Any) -> None:
        for instance in instances:
            self.identity_map.deleted[state_of(instance)] = instance

    def plan(self, *only: Any) -> FlushPlan:
        return plan_flush(self.identity_map, [state_of(instance) for instance in only] or None)

    def flush(self, *only: Any) -> FlushOutcome:
        plan = self.plan(*only)
        # Relationships are for the session to load; here, what is not in memory is not there.
        columns = [load for load in plan.loads if load.keys[0] not in load.mapper.relationships]
        if columns:
            load_committed_values(columns, lambda mapper: self)
            plan = self.plan(*only)
        return execute(plan, lambda mapper: self)

    # -- a connection that keeps a record --------------------------------------------------------------------------

    @property
    def dialect(self) -> Any:
        return self.connection.dialect

    @property
    def statement_cache(self) -> StatementCache:
        cache: StatementCache = self.connection.statement_cache
        return cache

    is_heard = is_watched = False

    def note_execution(self, compiled: Any, statement: object) -> None:
        self.connection.note_execution(compiled, statement)

    def execute_announced(self, statement: object, parameters: Any, send: Any) -> Any:
        return self.connection.execute_announced(statement, parameters, send)

    def run(self, sql: str, parameters: Any) -> Any:
        self.statements.append((sql, parameters))
        return self.connection.run(sql, parameters)

    def run_many(self, sql: str, parameters: Any) -> Any:
        self.statements.append((sql, list(parameters)))
        return self.connection.run_many(sql, parameters)

    def fetch_all(self, cursor: Any, sql: str, parameters: Any) -> list[Any]:
        rows: list[Any] = self.connection.fetch_all(cursor, sql, parameters)
        return rows

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.connection.exec_driver_sql(sql).fetchall()]

    def sql(self) -> list[str]:
        return [sql for sql, _ in self.statements]
