"""Executing statements in the session's transaction: SELECTs of entities, changes of entities, and all others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azoth import engine as engines
from azoth.engine.result import ChunkedIteratorResult
from azoth.exc import ObjectNotExecutableError
from azoth.orm import bulk
from azoth.orm.loading.load_plan import LoadPlan
from azoth.orm.query.lowering import names_entities
from azoth.orm.runtime.concurrent_use import refuse_concurrent_use
from azoth.orm.session.statements.execute_state import ORMExecuteState, announce_change
from azoth.orm.session.unit_of_work import UnitOfWork
from azoth.sql.elements import text
from azoth.sql.selectable import FromStatement, Select


def execute(
    unit: UnitOfWork,
    statement: Any,
    params: Any,
    execution_options: Mapping[str, Any] | None,
    bind_arguments: dict[str, Any] | None,
) -> Any:
    """Execute a statement; see ``Session.execute``."""
    if isinstance(statement, Select) and names_entities(statement):
        plan, connection, parameters = unit.planned(statement, params, execution_options, bind_arguments)
        options = statement._execution_options
        size = (execution_options or {}).get("yield_per") or (options and options.get("yield_per"))
        if size:
            return _result(plan, plan.chunks(unit, connection, parameters, size)).yield_per(size)
        result: Any = ChunkedIteratorResult(plan.shape, (plan.run(unit, connection, parameters),))
        if plan.unique_filters is not None:
            result._unique_filters = plan.unique_filters
        return result
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
        plan, found = unit.given(statement, params, execution_options, bind_arguments)
        return _result(plan, (found,))
    in_use = unit.in_use
    if not in_use.acquire(False):
        refuse_concurrent_use("execute()")
    try:
        options = {**getattr(statement, "_execution_options", {}), **(execution_options or {})}
        unit.autoflush_for(options)
        connection = unit.connection_for_statement(statement, bind_arguments)
        if bulk.changes_entity(statement):
            return _change(unit, connection, statement, params, options, bind_arguments)
        return connection.execute(statement, params, execution_options=execution_options)
    finally:
        in_use.release()


def execute_observed(
    session: Any,
    statement: Any,
    params: Any,
    execution_options: Mapping[str, Any] | None,
    bind_arguments: dict[str, Any] | None,
) -> Any:
    """Let the listeners of ``do_orm_execute`` hear of a statement, and execute it."""
    if isinstance(statement, str):
        statement = text(statement)
    listeners = session.unit.dispatch.do_orm_execute
    return ORMExecuteState(session, statement, params, execution_options, bind_arguments, listeners).run()


def _change(
    unit: UnitOfWork,
    connection: Any,
    statement: Any,
    params: Any,
    options: Mapping[str, Any],
    bind_arguments: dict[str, Any] | None,
) -> Any:
    classic = unit.classic
    if classic is not None and classic.is_outside(unit):
        return classic.run(unit, _change_alone, unit, statement, params, options, bind_arguments)
    result = bulk.execute_change(unit, connection, statement, params, options)
    if unit.dispatch.changing_rows:
        announce_change(unit.session, statement, result)
    return result


def _change_alone(
    unit: UnitOfWork, statement: Any, params: Any, options: Mapping[str, Any], bind_arguments: dict[str, Any] | None
) -> Any:
    connection = unit.connection_for_statement(statement, bind_arguments)
    result = _change(unit, connection, statement, params, options, bind_arguments)
    if isinstance(result, engines.CursorResult) and result.returns_rows:
        # The rows are fetched now, because the connection goes back to its pool.
        return bulk.CountedResult(result._shape, ([tuple(row) for row in result],), result.rowcount)
    return result


def _result(plan: LoadPlan, chunks: Any) -> Any:
    result: Any = ChunkedIteratorResult(plan.shape, chunks)
    result._unique_filters = plan.unique_filters
    return result


__all__ = ["execute", "execute_observed"]
