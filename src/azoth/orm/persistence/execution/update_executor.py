"""Runs UPDATE steps: changed attributes, versions, changed keys, and the keys that break cycles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from azoth.orm.exc import FlushError, StaleDataError
from azoth.orm.persistence.execution.column_defaults import onupdate_values
from azoth.orm.persistence.execution.heard import matched_rows, ready_to_send
from azoth.orm.persistence.execution.key_copy_executor import apply_copies
from azoth.orm.persistence.execution.outcome import FlushOutcome
from azoth.orm.persistence.execution.temporary_values import temporary_nulls, temporary_values
from azoth.orm.persistence.planning.rows_apart import updated_apart
from azoth.orm.persistence.planning.steps import (
    ClearKeysStep,
    ReleaseKeysStep,
    ReplaceStep,
    RowStep,
    SetKeysStep,
    UpdateStep,
    rows_by_class,
)
from azoth.orm.persistence.profile.expressions import clause, has_expressions, is_expression
from azoth.orm.persistence.profile.values import committed_value
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.orm.persistence.statements.row_statement import Parameters, RowStatement
from azoth.orm.persistence.statements.statements import TableStatements, table_statements
from azoth.orm.runtime.state import InstanceState, loaded_value
from azoth.orm.runtime.symbols import NO_VALUE, STATE
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.persistence.ports import FlushConnection


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
    if outcome.inserted_rows and (gone := outcome.with_reused_keys(step.states)):
        raise stale(step, "UPDATE", len(step.states), len(step.states) - len(gone))
    if step.copies:
        apply_copies(step.copies, outcome.written)
    with temporary_nulls(step.instances, step.nulls):
        for part in updated_apart(step):
            _UpdateRun(table_statements(part.mapped, connection.dialect), connection, outcome).update(part)
    if not step.mapped.is_alone:
        move_identities(outcome, step.mapper, moved_at_once(step))
        if step.span is not None:
            move_identities(outcome, step.mapper, step.span.ending)
    outcome.updated.update(dict.fromkeys(step.states))


def run_set_keys(step: SetKeysStep, connection: FlushConnection, outcome: FlushOutcome) -> None:
    """Set the keys that an earlier step left NULL.

    Emits: one executemany; more where columns with ``onupdate`` were given values by some objects, and where some rows
    were inserted by the same flush and others count their versions.
    State: foreign keys, versions and ``onupdate`` values are written into the instances.

    Raises:
        StaleDataError: fewer rows were there than expected, or they have other versions.
    """
    if step.copies:
        apply_copies(step.copies, outcome.written)
    counting = versioned_children(step)
    # The version of a row that this flush has inserted is its first one.
    counting.difference_update(outcome.identity_map.new)
    for part in updated_apart(step):
        run = _UpdateRun(table_statements(part.mapped, connection.dialect), connection, outcome)
        pairs = list(zip(part.states, part.instances, strict=True))
        run.set_keys(part, [pair for pair in pairs if pair[0] in counting], versioned=True)
        run.set_keys(part, [pair for pair in pairs if pair[0] not in counting], versioned=False)
    outcome.updated.update(dict.fromkeys(step.states))


def run_clear_keys(step: ClearKeysStep, connection: FlushConnection, outcome: FlushOutcome) -> None:
    """Set columns to NULL in the database only.

    Emits: one executemany.
    """
    statements = table_statements(step.mapped, connection.dialect)
    statement = statements.update_keys(step.keys, versioned=False)
    with temporary_nulls(step.instances, step.keys):
        rows = statement.extract(step.states, step.instances, outcome.nulls_learnt)
    run_checked(connection, statement, rows, step)


def run_release_keys(step: ReleaseKeysStep, connection: FlushConnection, outcome: FlushOutcome) -> None:
    """Set foreign keys to NULL in the rows of objects that are about to be deleted.

    Emits: one executemany; single UPDATEs for versioned rows where the driver cannot count.
    State: the objects get the versions by which the rows are found then; other attributes stay as they are.

    Raises:
        StaleDataError: fewer rows were there than expected, or they have other versions.
    """
    for part in updated_apart(step):
        _UpdateRun(table_statements(part.mapped, connection.dialect), connection, outcome).release_keys(part)


class _UpdateRun:
    """The rows of one step on their way to the database."""

    def __init__(self, statements: TableStatements, connection: FlushConnection, outcome: FlushOutcome) -> None:
        self.statements = statements
        self.connection = connection
        self.outcome = outcome
        self.versioned = statements.has_version

    def update(self, step: UpdateStep) -> None:
        fired = [key for key in self.statements.updated if key not in step.keys]
        keys = self.statements.keys_to_set(step.keys, fired)
        pairs = list(zip(step.states, step.instances, strict=True))
        versions = self._next_versions(pairs) if self.versioned else None
        made = onupdate_values(self.statements, fired, keys, self.connection, pairs, versions)
        for state, values, key, value in made:
            # A rollback of the INSERT takes this back as well.
            self.outcome.write(state, values, key, value)
        if self.statements.is_sent_by_row:
            self._update_one_by_one(step, keys, versions)
        else:
            statement = self.statements.update(keys)
            rows = statement.extract(step.states, step.instances, self.outcome.nulls_learnt)
            if has_expressions(rows):
                self._update_one_by_one(step, keys, versions)
            else:
                self._send(statement, rows, versions, step)
                self._forget_changed(step.states, step.instances, keys)
        # An object of several tables keeps its key until all its rows have the new one: they are found by the old one.
        if step.mapped.is_alone and not self.statements.identity_keys.isdisjoint(keys):
            updated = zip(step.states, step.instances, strict=True)
            change_identities(self.outcome, step.mapper, updated, step.keys)

    def _forget_changed(self, states: Sequence[InstanceState], instances: Iterable[Any], keys: Collection[str]) -> None:
        """Let what the database made of changed rows be loaded when it is read: its own values, and expressions."""
        statements = self.statements
        if self.outcome.expired is not None:
            self.outcome.expired.append((states, [key for key in statements.changed_by_server if key not in keys]))
        changed = [*statements.changed_by_server, *statements.expressions]
        if changed:
            for instance in instances:
                values = instance.__dict__
                for key in changed:
                    # What the program has given an expression stays until the object is expired.
                    if key in values and key not in keys and key not in (values[STATE].changes or ()):
                        del values[key]

    def set_keys(self, step: SetKeysStep, pairs: list[tuple[InstanceState, Any]], *, versioned: bool) -> None:
        """Set keys in some rows of a step, after the rest of their values."""
        groups: dict[tuple[str, ...], list[tuple[InstanceState, Any]]] = {}
        by_default = self._values_by_default()
        for state, instance in pairs:
            fired = self._fired(step, state, instance, by_default)
            groups.setdefault(fired, []).append((state, instance))
        for fired, group in groups.items():
            self._set_keys_of(step, fired, group, versioned=versioned)

    def _values_by_default(self) -> set[tuple[InstanceState, str]]:
        """Find which attributes with ``onupdate`` have what their columns' defaults made in this flush."""
        keys = self.statements.defaulted.keys() & set(self.statements.made_by_update)
        return {(state, key) for state, key, _, _ in self.outcome.written if key in keys} if keys else set()

    def _fired(
        self, step: SetKeysStep, state: InstanceState, instance: object, by_default: set[tuple[InstanceState, str]]
    ) -> tuple[str, ...]:
        """Say which ``onupdate`` acts along with keys alone: a value that the program gave in this flush stays."""
        made = self.statements.made_by_update
        if not made or state in self.outcome.updated:
            return ()
        given: Collection[str] = state.changes or ()
        if state in self.outcome.identity_map.new:
            values = instance.__dict__
            given = [key for key in made if values.get(key) is not None and (state, key) not in by_default]
        return tuple([key for key in made if key not in given and key not in step.keys])

    def _set_keys_of(
        self, step: SetKeysStep, fired: tuple[str, ...], pairs: list[tuple[InstanceState, Any]], *, versioned: bool
    ) -> None:
        statements = self.statements
        states, instances = [state for state, _ in pairs], [instance for _, instance in pairs]
        keys = statements.keys_to_set(step.keys, fired, versioned=versioned)
        versions = self._next_versions(pairs) if versioned else None
        for state, values, key, value in onupdate_values(statements, fired, keys, self.connection, pairs, versions):
            self.outcome.write(state, values, key, value)
        statement = statements.update_keys(step.keys, fired, versioned=versioned)
        self._send(statement, statement.extract(states, instances, self.outcome.nulls_learnt), versions, step)
        stay = [key for key in statements.made_by_update if key not in fired]
        self._forget_changed(states, instances, (*keys, *stay))

    def release_keys(self, step: ReleaseKeysStep) -> None:
        """Set keys to NULL in rows that are about to be deleted; of what functions make the objects know nothing."""
        statements = self.statements
        pairs = list(zip(step.states, step.instances, strict=True))
        fired = statements.fired_along(step.keys)
        versions = self._next_versions(pairs) if self.versioned else None
        made = onupdate_values(
            statements, fired, statements.keys_to_set(step.keys, fired), self.connection, pairs, versions
        )
        statement = statements.update_keys(step.keys, fired, versioned=self.versioned)
        with (
            temporary_values((values, key, value) for _, values, key, value in made),
            temporary_nulls(step.instances, step.keys),
        ):
            rows = statement.extract(step.states, step.instances, self.outcome.nulls_learnt)
        self._send(statement, rows, versions, step)

    def _send(
        self,
        statement: RowStatement,
        rows: Parameters,
        versions: list[Any] | None,
        step: UpdateStep | SetKeysStep | ReleaseKeysStep,
    ) -> Sequence[Any]:
        """Send rows, and give what the statement gives back of a single one."""
        if versions is not None:
            # The old version is the condition's last value, the new one is among the values that are set.
            rows = [(*row[:-1], version) for row, version in zip(rows, versions, strict=True)]
        if not statement.returning:
            run_checked(self.connection, statement, rows, step)
            return ()
        connection, rows = ready_to_send(self.connection, statement, rows)
        (row,) = rows
        returned = connection.fetch_all(connection.run(statement.sql, row), statement.sql, row)
        if len(returned) != 1:
            raise stale(step, "UPDATE", 1, len(returned))
        return returned

    def _update_one_by_one(self, step: UpdateStep, keys: tuple[str, ...], versions: list[Any] | None) -> None:
        for position, (state, instance) in enumerate(zip(step.states, step.instances, strict=True)):
            old = None if versions is None else versions[position : position + 1]
            values = instance.__dict__
            later = step.mapped.later_keys[state.manager.mapper]
            expressions = {key: clause(values[key]) for key in keys if is_expression(values.get(key))}
            statement = self.statements.update_of_row(keys, expressions, later)
            rows = statement.extract((state,), (instance,), self.outcome.nulls_learnt)
            returned = self._send(statement, rows, old, step)
            for key in expressions:
                if key not in later:
                    del values[key]
            self._forget_changed((state,), (instance,), (*keys, *statement.returning))
            if self.outcome.expired is not None:
                self.outcome.expired.append(((state,), [key for key in expressions if key not in statement.returning]))
            for row in returned:
                for (key, process), value in zip(statement.returning.items(), row, strict=True):
                    self.outcome.write(state, values, key, value if process is None else process(value))

    def _next_versions(self, pairs: Iterable[tuple[InstanceState, Any]]) -> list[Any]:
        """Give each row its next version, and list the present ones."""
        mapper = self.statements.mapper
        key, generate = mapper.version_id_key, mapper.version_id_generator
        assert key is not None, "only versioned rows get here"
        versions = []
        for state, instance in pairs:
            old = present_version(state, instance, key)
            versions.append(old)
            if generate:
                changes = state.changes
                by_hand = instance.__dict__.get(key) if changes is not None and key in changes else None
                made = generate(old) if by_hand is None or by_hand == old else by_hand
                self.outcome.write(state, instance.__dict__, key, made)
                if changes is not None and key in changes:
                    # A later step of the flush finds the row by what this one has written.
                    changes[key] = made
            elif instance.__dict__.get(key, NO_VALUE) is None and key not in self.statements.changed_by_server:
                raise no_version(instance, key)
        return versions


def no_version(instance: object, key: str) -> FlushError:
    """Make the error for an object whose version the program makes, and has not made."""
    name = type(instance).__name__
    return FlushError(
        f"{name} has no version: {name}.{key} is None",
        why="version_id_generator=False leaves the versions to the program or the database, and a row without one "
        "would never be found again",
        fix=f"set {name}.{key} before the flush, or let the database make it (server_default)",
        code="AZ-S153",
    )


def moved_at_once(step: UpdateStep) -> list[tuple[InstanceState, Any]]:
    """List the objects of several tables of which the database changes the other rows along with those of a step.

    These rows are found by the new key from then on.
    """
    if step.mapped.is_alone or not step.mapped.is_first or set(step.keys).isdisjoint(step.mapper.primary_key_keys):
        return []
    at_once = {mapper for mapper in step.mapped.mappers if write_profile(mapper).moves_at_once}
    pairs = zip(step.states, step.instances, strict=True)
    return [pair for pair in pairs if pair[0].manager.mapper in at_once]


def versioned_children(step: SetKeysStep) -> set[InstanceState]:
    """Find the objects whose version an UPDATE of keys alone counts; what breaks a cycle is no change of its own."""
    if step.mapped.version_key is None:
        return set()
    return {copy.child for copy in step.copies if copy.flow.post_update}


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
    change_identities(outcome, mapper, moved, ())


def change_identities(
    outcome: FlushOutcome, mapper: Mapper, moved: Iterable[tuple[InstanceState, Any]], set_keys: Collection[str]
) -> None:
    """Let objects have the primary key that their attributes say.

    Args:
        outcome: takes notes.
        mapper: the mapper.
        moved: states and instances.
        set_keys: the attributes that were set; what is expired among them is not known.
    """
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
    identity_map = outcome.identity_map
    for state, _ in changed:
        states = identity_map.states_with(state)
        if states.get(state.pk) is state:
            del states[state.pk]
    for state, pk in changed:
        outcome.key_changes.setdefault(state, state.pk)
        state.pk = pk
        identity_map.states_with(state)[pk] = state
        for key, twin in write_profile(state.manager.mapper).twins:
            instance = state()
            if instance is not None and key in instance.__dict__:
                instance.__dict__[twin] = instance.__dict__[key]


def present_version(state: InstanceState, instance: object, key: str) -> Any:
    """Find the version that a row had when it was loaded, loading it where it is not known."""
    version = committed_value(state, instance, key)
    return loaded_value(state, instance, key) if version is NO_VALUE else version


def run_checked(
    connection: FlushConnection,
    statement: RowStatement,
    rows: Parameters,
    step: UpdateStep | SetKeysStep | ClearKeysStep | ReplaceStep,
) -> None:
    """Run an UPDATE for rows and check that each of them was there.

    Raises:
        StaleDataError: some were not.

    Warns:
        AzothWarning: versions cannot be checked, because the driver does not count the rows.
    """
    dialect, sql = connection.dialect, statement.sql
    if step.mapped.version_key is not None and not dialect.supports_sane_rowcount:
        warn_of_unchecked_versions(step, "UPDATE")
    connection, rows = ready_to_send(connection, statement, rows)
    if len(rows) == 1:
        matched = connection.run(sql, rows[0]).rowcount
    elif dialect.supports_sane_multi_rowcount:
        matched = matched_rows(connection, statement, rows)
    elif step.mapped.version_key is not None:
        matched = sum([connection.run(sql, row).rowcount for row in rows])
    else:
        connection.run_many(sql, rows)
        return
    if matched != len(rows) and matched >= 0 and dialect.supports_sane_rowcount:
        raise stale(step, "UPDATE", len(rows), matched)


def warn_of_unchecked_versions(step: RowStep, verb: str) -> None:
    """Warn of versions that nobody can check, as the driver does not count the rows that a statement meets."""
    warn(
        f"{step.mapper.class_.__name__}: the versions of {verb} cannot be verified",
        why="the dialect does not report how many rows a statement has met, so that one which meets none goes unseen",
        fix="use a driver that counts the rows, or lock them before: with_for_update()",
        code="AZ-F720",
    )


def stale(step: Any, verb: str, expected: int, matched: int) -> StaleDataError:
    """Make the error about rows that are no longer there as they were loaded."""
    mapper = step.mapper
    name = ", ".join(rows_by_class(step))
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
