"""Runs UPDATE steps: changed attributes, versions, changed keys, and the keys that break cycles."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from azoth.orm.exc import StaleDataError
from azoth.orm.persistence.execution.insert_executor import DefaultContext
from azoth.orm.persistence.execution.key_copy_executor import apply_copies
from azoth.orm.persistence.execution.outcome import FlushOutcome
from azoth.orm.persistence.execution.temporary_values import temporary_nulls
from azoth.orm.persistence.planning.steps import ClearKeysStep, SetKeysStep, UpdateStep
from azoth.orm.persistence.ports import FlushConnection
from azoth.orm.persistence.profile.expressions import clause, has_expressions, is_expression
from azoth.orm.persistence.profile.values import committed_value
from azoth.orm.persistence.statements.row_statement import Parameters, RowStatement
from azoth.orm.persistence.statements.statements import TableStatements, table_statements
from azoth.orm.runtime.state import InstanceState, loaded_value
from azoth.orm.runtime.symbols import NO_VALUE

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper


def run_update(step: UpdateStep, connection: FlushConnection, outcome: FlushOutcome) -> None:
    """Update the rows of a step.

    Args:
        step: the step.
        connection: where to.
        outcome: takes notes of what changes in memory.

    Emits: one executemany; single UPDATEs for rows with SQL expressions, and where the driver cannot count.
    State: foreign keys, versions and ``onupdate`` values are written into the instances.

    Raises:
        StaleDataError: fewer rows were there than expected, or they have other versions.
    """
    if step.copies:
        apply_copies(step.copies, outcome.written)
    statements = table_statements(step.mapped, connection.dialect)
    with temporary_nulls(step.instances, step.nulls):
        _UpdateRun(statements, connection, outcome).update(step)
    if step.span is not None:
        move_identities(outcome, step.mapper, step.span.ending)
    outcome.updated.update(dict.fromkeys(step.states))


def run_set_keys(step: SetKeysStep, connection: FlushConnection, outcome: FlushOutcome) -> None:
    """Set the keys that an earlier step left NULL.

    Emits: one executemany; one for each combination, where columns with ``onupdate`` were given values by some objects.
    State: foreign keys and ``onupdate`` values are written into the instances.
    """
    if step.copies:
        apply_copies(step.copies, outcome.written)
    statements = table_statements(step.mapped, connection.dialect)
    if statements.made_by_update:
        _send_keys_with_onupdate(step, statements, connection, outcome)
    else:
        _send_keys(step, connection)
    outcome.updated.update(dict.fromkeys(step.states))


def run_clear_keys(step: ClearKeysStep, connection: FlushConnection, outcome: FlushOutcome) -> None:
    """Set columns to NULL in the database only.

    Emits: one executemany.
    """
    with temporary_nulls(step.instances, step.keys):
        _send_keys(step, connection)


def _send_keys(step: SetKeysStep | ClearKeysStep, connection: FlushConnection) -> None:
    statements = table_statements(step.mapped, connection.dialect)
    statement = statements.update(step.keys, versioned=False)
    rows = statement.extract(step.states, step.instances)
    if statement.process is not None:
        rows = statement.process(rows)
    run_checked(connection, statement.sql, rows, step)


def _send_keys_with_onupdate(
    step: SetKeysStep, statements: TableStatements, connection: FlushConnection, outcome: FlushOutcome
) -> None:
    """Set keys and what else an UPDATE changes; a value that the program gave in this flush stays."""
    groups: dict[tuple[str, ...], tuple[list[InstanceState], list[object]]] = {}
    for state, instance in zip(step.states, step.instances, strict=True):
        values = instance.__dict__
        is_new = state in outcome.identity_map.new
        changes = state.changes or ()
        fired: list[str] = []
        if state not in outcome.updated:
            given = [key for key, value in values.items() if value is not None] if is_new else changes
            fired = [key for key in statements.made_by_update if key not in given]
        for key in fired:
            default = statements.updated.get(key)
            if default is not None:
                outcome.write(state, values, key, _made_value(default, values))
        states, instances = groups.setdefault(tuple(fired), ([], []))
        states.append(state)
        instances.append(instance)
    for keys, (states, instances) in groups.items():
        statement = statements.update_keys(step.keys, keys)
        rows = statement.extract(states, instances)
        if statement.process is not None:
            rows = statement.process(rows)
        run_checked(connection, statement.sql, rows, step)
        for key in statements.changed_by_server:
            if key in keys:
                for instance in instances:
                    instance.__dict__.pop(key, None)


def _made_value(default: Any, values: dict[str, object]) -> object:
    return default.arg if default.is_scalar else default.arg(DefaultContext(values))


class _UpdateRun:
    """The rows of one step on their way to the database."""

    def __init__(self, statements: TableStatements, connection: FlushConnection, outcome: FlushOutcome) -> None:
        self.statements = statements
        self.connection = connection
        self.outcome = outcome
        self.versioned = statements.has_version

    def update(self, step: UpdateStep) -> None:
        keys = self.statements.keys_to_set(step.keys)
        if self.statements.updated:
            self._set_onupdate(step)
        versions = self._next_versions(step) if self.versioned else None
        statement = self.statements.update(keys)
        rows = statement.extract(step.states, step.instances)
        if has_expressions(rows):
            self._update_one_by_one(step, keys, rows, versions)
        else:
            self._send(statement, rows, versions, step)
        # An object of several tables keeps its key until all its rows have the new one: they are found by the old one.
        if step.mapped.is_alone and not self.statements.identity_keys.isdisjoint(keys):
            updated = zip(step.states, step.instances, strict=True)
            _change_identities(self.outcome, step.mapper, updated, step.keys)
        if self.statements.changed_by_server:
            for instance in step.instances:
                for key in self.statements.changed_by_server:
                    if key not in keys:
                        instance.__dict__.pop(key, None)

    def _send(self, statement: RowStatement, rows: Parameters, versions: list[Any] | None, step: UpdateStep) -> None:
        if versions is not None:
            # The old version is the condition's last value, the new one is among the values that are set.
            rows = [(*row[:-1], version) for row, version in zip(rows, versions, strict=True)]
        if statement.process is not None:
            rows = statement.process(rows)
        run_checked(self.connection, statement.sql, rows, step)

    def _update_one_by_one(
        self, step: UpdateStep, keys: tuple[str, ...], rows: Parameters, versions: list[Any] | None
    ) -> None:
        for position, (state, instance) in enumerate(zip(step.states, step.instances, strict=True)):
            old = None if versions is None else versions[position : position + 1]
            if not has_expressions((rows[position],)):
                self._send(self.statements.update(keys), [rows[position]], old, step)
                continue
            values = instance.__dict__
            expressions = {key: clause(values[key]) for key in keys if is_expression(values.get(key))}
            plain = tuple([key for key in keys if key not in expressions])
            statement = self.statements.compile_update(plain, expressions)
            self._send(statement, statement.extract((state,), (instance,)), old, step)
            for key in expressions:
                if key not in step.mapped.later_keys:
                    del values[key]

    def _set_onupdate(self, step: UpdateStep) -> None:
        more = [(key, default) for key, default in self.statements.updated.items() if key not in step.keys]
        for instance in step.instances:
            values = instance.__dict__
            for key, default in more:
                values[key] = _made_value(default, values)

    def _next_versions(self, step: UpdateStep) -> list[Any]:
        """Give each row its next version, and list the present ones."""
        mapper = self.statements.mapper
        key, generate = mapper.version_id_key, mapper.version_id_generator
        assert key is not None, "only versioned rows get here"
        versions = []
        for state, instance in zip(step.states, step.instances, strict=True):
            old = present_version(state, instance, key)
            versions.append(old)
            if generate:
                instance.__dict__[key] = generate(old)
        return versions


def move_identities(outcome: FlushOutcome, mapper: Mapper, updated: Iterable[tuple[InstanceState, Any]]) -> None:
    """Let objects of several tables have their new primary key, once all their rows have it.

    Args:
        outcome: takes notes.
        mapper: the mapper.
        updated: states and instances whose last row was updated.
    """
    composite = mapper.composite_key
    moved = [
        (state, instance)
        for state, instance in updated
        if mapper.primary_key_from_instance(instance) != list(state.pk if composite else (state.pk,))
    ]
    _change_identities(outcome, mapper, moved, ())


def _change_identities(
    outcome: FlushOutcome, mapper: Mapper, moved: Iterable[tuple[InstanceState, Any]], set_keys: Collection[str]
) -> None:
    pk_keys = mapper.primary_key_keys
    changed = []
    for state, instance in moved:
        values = instance.__dict__
        known = state.pk if mapper.composite_key else (state.pk,)
        # A part that is expired and not set is what it was.
        parts = tuple(
            [values.get(key, NO_VALUE if key in set_keys else old) for key, old in zip(pk_keys, known, strict=True)]
        )
        if NO_VALUE in parts:
            # A SQL expression made the key; only the database knows the row's new identity.
            continue
        pk = parts if mapper.composite_key else parts[0]
        if pk != state.pk:
            changed.append((state, pk))
    states = outcome.identity_map.states(mapper.manager)
    for state, _ in changed:
        if states.get(state.pk) is state:
            del states[state.pk]
    for state, pk in changed:
        outcome.key_changes.setdefault(state, state.pk)
        state.pk = pk
        states[pk] = state


def present_version(state: InstanceState, instance: Any, key: str) -> Any:
    """Find the version that a row had when it was loaded, loading it where it is not known."""
    version = committed_value(state, instance, key)
    return loaded_value(state, instance, key) if version is NO_VALUE else version


def run_checked(
    connection: FlushConnection, sql: str, rows: Parameters, step: UpdateStep | SetKeysStep | ClearKeysStep
) -> None:
    """Run an UPDATE for rows and check that each of them was there.

    Raises:
        StaleDataError: some were not.
    """
    dialect = connection.dialect
    if len(rows) == 1:
        matched = connection.run(sql, rows[0]).rowcount
    elif dialect.supports_sane_multi_rowcount:
        matched = connection.run_many(sql, rows).rowcount
    elif step.mapped.version_key is not None:
        matched = sum([connection.run(sql, row).rowcount for row in rows])
    else:
        connection.run_many(sql, rows)
        return
    if matched != len(rows) and matched >= 0 and dialect.supports_sane_rowcount:
        raise stale(step, "UPDATE", len(rows), matched)


def stale(step: Any, verb: str, expected: int, matched: int) -> StaleDataError:
    """Make the error about rows that are no longer there as they were loaded."""
    mapper = step.mapper
    name = mapper.class_.__name__
    whose = f"{name} with key {step.states[0].pk!r}" if expected == 1 and len(step.states) == 1 else name
    cause = "the row was deleted or its key changed by someone else"
    if step.mapped.version_key is not None:
        cause += f", or its {mapper.version_id_key} is another one than when it was loaded"
    return StaleDataError(
        f"{whose}: {verb} statement on table '{step.table.fullname}' expected to {verb.lower()} "
        f"{expected} row(s); {matched} were matched.",
        why=cause,
        fix="roll back, refresh the objects and make the change again",
        code="AZ-F06",
    )
