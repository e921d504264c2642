"""The values that Python makes for the rows of a flush: defaults of columns, ``onupdate``, and what both are told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from azoth.orm.persistence.execution.outcome import FlushOutcome
from azoth.orm.persistence.planning.steps import InsertStep
from azoth.orm.persistence.profile.expressions import is_expression
from azoth.orm.persistence.profile.table_columns import condition_names
from azoth.orm.persistence.profile.values import committed_value
from azoth.orm.persistence.statements.announced import Announced
from azoth.orm.persistence.statements.row_statement import Made
from azoth.orm.persistence.statements.statements import TableStatements
from azoth.orm.runtime.state import InstanceState
from azoth.sql.compiler import Compiled, compile_statement
from azoth.sql.statement_cache import DefaultContext

if TYPE_CHECKING:
    from azoth.orm.persistence.ports import FlushConnection


def fill_in_defaults(
    statements: TableStatements, step: InsertStep, connection: FlushConnection, outcome: FlushOutcome
) -> None:
    """Give each new object the values that its columns' Python defaults make.

    Args:
        statements: the statements of the table.
        step: the step.
        connection: where the rows are about to be written.
        outcome: takes notes of what changes in memory.
    """
    columns = statements.mapped.columns
    defaults = [
        (key, columns[key], default, columns[key].type.should_evaluate_none)
        for key, default in statements.defaulted.items()
    ]
    for state, instance in zip(step.states, step.instances, strict=True):
        values = instance.__dict__
        context: DefaultContext | None = None
        for key, column, default, evaluates_none in defaults:
            if values.get(key) is not None or (evaluates_none and key in values):
                continue
            if default.is_scalar:
                value = default.arg
            elif default.function is not None:
                value = default.function()
            else:
                if context is None:
                    context = _insert_context(statements, connection, instance)
                context.current_column = column
                value = default.arg(context)
            outcome.write(state, values, key, value)
            if context is not None:
                context.current_parameters[column.key] = value


def onupdate_values(
    statements: TableStatements,
    fired: Collection[str],
    keys: tuple[str, ...],
    connection: FlushConnection,
    pairs: Sequence[tuple[InstanceState, Any]],
    versions: Sequence[Any] | None = None,
) -> Iterator[tuple[InstanceState, dict[str, Any], str, Any]]:
    """Make the values of ``onupdate`` columns for rows that are about to be updated.

    Args:
        statements: the statements of the table.
        fired: the attributes whose ``onupdate`` acts; those without a Python one are passed over.
        keys: the attributes of which values are sent.
        connection: where the rows are about to be written.
        pairs: states and instances.
        versions: the versions that the rows had, where they are checked.

    Yields:
        a state, the ``__dict__`` of its instance, an attribute and its value; it has to be written there at once,
        since functions that make later values are told of it.
    """
    columns = statements.mapped.columns
    more = [(key, columns[key], default) for key, default in statements.updated.items() if key in fired]
    if not more:
        return
    for position, (state, instance) in enumerate(pairs):
        values = instance.__dict__
        context: DefaultContext | None = None
        for place, (key, column, default) in enumerate(more):
            if default.is_scalar:
                value = default.arg
            elif default.function is not None:
                value = default.function()
            else:
                if context is None:
                    known = () if versions is None else (versions[position],)
                    context = _update_context(statements, keys, connection, state, instance, known)
                    # An attribute still holds what the last UPDATE has made.
                    context.current_parameters.update({column.key: None for _, column, _ in more[place:]})
                context.current_column = column
                value = default.arg(context)
            yield state, values, key, value
            if context is not None:
                context.current_parameters[column.key] = value


def _insert_context(statements: TableStatements, connection: FlushConnection, instance: object) -> DefaultContext:
    """Make the context of one INSERT: with the values that it sends, whether given or made already."""
    values = instance.__dict__
    keys = statements.insert_form(statements.signatures((instance,))[0]).keys
    compile_ = partial(statements.compiled_insert, keys)
    return DefaultContext("insert", compile_, connection, _by_column(statements, values, keys))


def _update_context(
    statements: TableStatements,
    keys: tuple[str, ...],
    connection: FlushConnection,
    state: InstanceState,
    instance: object,
    known: tuple[Any, ...],
) -> DefaultContext:
    """Make the context of one UPDATE: with the values that it sets, and those by which it finds the row.

    Args:
        statements: the statements of the table.
        keys: the attributes that are set.
        connection: where the row is about to be written.
        state: the object's state.
        instance: the object.
        known: the version that the row had, where it is checked.
    """
    mapped = statements.mapped
    parameters = _by_column(statements, instance.__dict__, keys)
    counted = () if mapped.version_column is None or not known else (mapped.version_column,)
    names = condition_names(mapped.table, (*mapped.key_columns, *counted))
    for key, column in zip(mapped.key_keys, mapped.key_columns, strict=True):
        parameters[names[column.key]] = committed_value(state, instance, key)
    for column, version in zip(counted, known, strict=True):
        parameters[names[column.key]] = version
    compile_ = partial(statements.compiled_update, keys, versioned=bool(known))
    return DefaultContext("update", compile_, connection, parameters)


def _by_column(statements: TableStatements, values: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    """Give an object's values by the keys of their columns; SQL expressions are no parameters."""
    columns = statements.mapped.columns
    return {columns[key].key: values.get(key) for key in keys if not is_expression(values.get(key))}


def with_made_values(
    made: Made, announced: Announced, connection: FlushConnection, rows: Sequence[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """Call the functions that make values of columns which the mapping has no attribute for.

    Args:
        made: which they are.
        announced: the statement, and the names of its values.
        connection: where the rows are about to be written.
        rows: values as the objects have them.

    Returns:
        the rows with these values.
    """
    return [_with_made_values(made, announced, connection, row) for row in rows]


def _with_made_values(
    made: Made, announced: Announced, connection: FlushConnection, row: tuple[Any, ...]
) -> tuple[Any, ...]:
    values = list(row)
    context: DefaultContext | None = None
    for place, default in made:
        if default.needs_context:
            if context is None:
                statement = announced.statement
                compile_ = partial(_compiled, announced, connection)
                context = DefaultContext(statement.__visit_name__, compile_, connection, announced.values(values))
            context.current_column = default.column
            values[place] = default.function(context)
        else:
            values[place] = default.function()
        if context is not None:
            context.current_parameters[default.column.key] = values[place]
    return tuple(values)


def _compiled(announced: Announced, connection: FlushConnection) -> Compiled:
    names = tuple([name for name in announced.names if name is not None])
    compiled: Compiled = compile_statement(announced.statement, connection.dialect, parameter_keys=names)
    return compiled
