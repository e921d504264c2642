"""Runs INSERT steps: defaults, keys made by the database, SQL expressions as values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from azoth.orm.exc import FlushError
from azoth.orm.persistence.execution.heard import (
    HeardConnection,
    matched_rows,
    parameters_together,
    ready_to_send,
    run_together,
)
from azoth.orm.persistence.execution.inserted_rows import check_inserted, in_order, not_inserted, refuse_blank_keys
from azoth.orm.persistence.execution.key_copy_executor import apply_copies
from azoth.orm.persistence.execution.outcome import FlushOutcome, InsertedRows
from azoth.orm.persistence.execution.temporary_values import temporary_nulls
from azoth.orm.persistence.planning.rows_apart import inserted_apart
from azoth.orm.persistence.planning.steps import InsertStep, ReplaceStep
from azoth.orm.persistence.profile.expressions import clause, has_expressions, is_expression
from azoth.orm.persistence.statements.insert_batches import ExpressionInsert, at_once, by_signature, chunks
from azoth.orm.persistence.statements.insert_form import InsertForm
from azoth.orm.persistence.statements.row_statement import Parameters, RowStatement
from azoth.orm.persistence.statements.statements import TableStatements, table_statements
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE

if TYPE_CHECKING:
    from azoth.orm.persistence.ports import FlushConnection


def run_insert(step: InsertStep, connection: FlushConnection, outcome: FlushOutcome) -> None:
    """Insert the rows of a step.

    Args:
        step: the step.
        connection: where to.
        outcome: takes notes of what changes in memory.

    Emits: one executemany where all keys are known; else one INSERT for each row with ``lastrowid``, or multi-row
        ``INSERT ... RETURNING``.
    State: keys, defaults and foreign keys are written into the instances.

    Raises:
        FlushError: the database passed over a row in silence.
    """
    if step.copies:
        apply_copies(step.copies, outcome.written)
    with temporary_nulls(step.instances, step.nulls):
        for part in inserted_apart(step, connection.dialect):
            _insert_rows(part, connection, outcome, replaces=isinstance(step, ReplaceStep))
    if step.span is not None and not step.mapped.identifies:
        ending = [pair for pair in step.span.ending if pair[0].pk is None]
        identify(step.mapper.primary_key_keys, *_unzipped(ending))


def _insert_rows(step: InsertStep, connection: FlushConnection, outcome: FlushOutcome, *, replaces: bool) -> None:
    statements = table_statements(step.mapped, connection.dialect)
    _begin_versions(statements, step, outcome)
    if any(twin in step.mapped.columns for twin in step.mapped.twins.values()):
        # Columns of their own, which refer to the key of the base beside that of their table.
        _tell_twins(step, outcome)
    if statements.defaulted:
        # For columns with defaults that are functions.
        from azoth.orm.persistence.execution.column_defaults import fill_in_defaults  # noqa: PLC0415

        fill_in_defaults(statements, step, connection, outcome)
    runner = _InsertRun(statements, connection, outcome)
    signatures = statements.signatures(step.instances)
    for signature, states, instances in by_signature(statements, signatures, step.states, step.instances):
        form = statements.insert_form(signature)
        if replaces:
            runner.replace(form, states, instances)
        else:
            runner.insert(form, states, instances)
    _tell_twins(step, outcome)


def _tell_twins(step: InsertStep, outcome: FlushOutcome) -> None:
    for key, twin in step.mapped.twins.items():
        for state, instance in zip(step.states, step.instances, strict=True):
            values = instance.__dict__
            if key in values:
                outcome.write(state, values, twin, values[key])


class _InsertRun:
    """The rows of one step on their way to the database."""

    def __init__(self, statements: TableStatements, connection: FlushConnection, outcome: FlushOutcome) -> None:
        self.statements = statements
        self.connection = connection
        self.outcome = outcome
        self.mapped = statements.mapped
        self.pk_keys: tuple[str, ...] = statements.mapper.primary_key_keys

    def insert(self, form: InsertForm, states: list[InstanceState], instances: list[Any]) -> None:
        """Insert rows that have the same form; those with SQL expressions go by themselves."""
        if self.mapped.partial_keys:
            refuse_blank_keys(form, instances)
        statement = form.for_rows()
        rows = statement.extract(states, instances, self.outcome.nulls_learnt)
        if not has_expressions(rows):
            self._send(form, statement, rows, states, instances)
            return
        start = 0
        for position, row in enumerate(rows):
            if has_expressions((row,)):
                self._send(form, statement, rows[start:position], states[start:position], instances[start:position])
                self._insert_expressions(form, states[position], instances[position])
                start = position + 1
        self._send(form, statement, rows[start:], states[start:], instances[start:])

    def replace(self, form: InsertForm, states: list[InstanceState], instances: list[Any]) -> None:
        """Let objects take over rows that are there; those with SQL expressions go by themselves.

        Raises:
            StaleDataError: a row was not there, or had another version than the deleted object.
        """
        plain: tuple[list[InstanceState], list[Any]] = [], []
        for state, instance in zip(states, instances, strict=True):
            values = instance.__dict__
            expressions = {key: clause(values[key]) for key in form.keys if is_expression(values.get(key))}
            if not expressions:
                plain[0].append(state)
                plain[1].append(instance)
                continue
            self._replace(form, [state], [instance], expressions)
            for key in expressions:
                self.outcome.written.append((state, key, values.pop(key), NO_VALUE))
        if plain[0]:
            self._replace(form, *plain, {})
        self._identify(states, instances)
        self._forget(form, states, instances)

    def _replace(
        self, form: InsertForm, states: list[InstanceState], instances: list[Any], expressions: dict[str, Any]
    ) -> None:
        from azoth.orm.persistence.execution.update_executor import present_version, run_checked  # noqa: PLC0415
        from azoth.orm.persistence.statements.replacements import replacement  # noqa: PLC0415

        version_key, outcome = self.mapped.version_key, self.outcome
        outcome.inserted_rows.append(InsertedRows(states, form.made_keys, self.mapped.is_first))
        statement = replacement(self.statements, form.keys, expressions)
        if statement is None:
            return
        rows = statement.extract(states, instances, outcome.nulls_learnt)
        former = [outcome.replaced[state] for state in states]
        if version_key is not None:
            versions = [present_version(*pair, version_key) for pair in former]
            rows = [(*row[:-1], version) for row, version in zip(rows, versions, strict=True)]
        step = ReplaceStep(self.mapped, [state for state, _ in former], [instance for _, instance in former])
        run_checked(self.connection, statement, rows, step)
        for instance in instances:
            for key in form.returning:
                instance.__dict__.pop(key, None)

    def _send(
        self,
        form: InsertForm,
        statement: RowStatement,
        rows: Parameters,
        states: list[InstanceState],
        instances: list[Any],
    ) -> None:
        if not rows:
            return
        connection, rows = ready_to_send(self.connection, statement, rows)
        self.outcome.inserted_rows.append(InsertedRows(states, form.made_keys, self.mapped.is_first))
        if form.lastrowid_key is not None:
            self._send_for_lastrowid(connection, statement.sql, form.lastrowid_key, rows, states, instances)
        elif form.returning:
            self._send_for_returning(connection, form, rows, states, instances)
            self._identify(states, instances)
        else:
            if len(rows) == 1:
                inserted = connection.run(statement.sql, rows[0]).rowcount
            elif connection.dialect.use_insertmanyvalues_wo_returning:
                inserted = self._send_in_chunks(connection, form, rows)
            else:
                inserted = matched_rows(connection, statement, rows)
            if inserted != len(rows):
                check_inserted(self.connection, self.mapped, len(rows), inserted)
            self._identify(states, instances)
        if form.expired or form.nulls:
            self._forget(form, states, instances)

    def _send_in_chunks(self, connection: FlushConnection, form: InsertForm, rows: Parameters) -> int:
        """Insert rows of which nothing is wanted back, many in one statement; give how many there were."""
        inserted = start = 0
        for size in chunks(form, len(rows), len(rows[0])):
            statement = form.for_rows(size)
            if isinstance(connection, HeardConnection):
                connection.announced = statement.announced
            inserted += connection.run(statement.sql, tuple(chain.from_iterable(rows[start : start + size]))).rowcount
            start += size
        return inserted

    def _send_for_lastrowid(
        self,
        connection: FlushConnection,
        sql: str,
        key: str,
        rows: Parameters,
        states: list[InstanceState],
        instances: list[Any],
    ) -> None:
        # One tight loop: with an embedded database the driver's own time is about a microsecond for each row.
        run = connection.run
        process = self.statements.lastrowid_processor
        if process is not None or self.pk_keys != (key,) or not self.mapped.identifies:
            for instance, row in zip(instances, rows, strict=True):
                cursor = run(sql, row)
                if not cursor.rowcount:
                    raise not_inserted(self.mapped, 1, 0)
                made = cursor.lastrowid
                instance.__dict__[key] = made if process is None else process(made)
            self._identify(states, instances)
            return
        for state, instance, row in zip(states, instances, rows, strict=True):
            cursor = run(sql, row)
            if not cursor.rowcount:
                # The key that is reported is that of the last row that was inserted.
                raise not_inserted(self.mapped, 1, 0)
            instance.__dict__[key] = state.pk = cursor.lastrowid

    def _send_for_returning(
        self,
        connection: FlushConnection,
        form: InsertForm,
        rows: Parameters,
        states: list[InstanceState],
        instances: list[Any],
    ) -> None:
        together = connection.dialect.rows_as_table
        if together is not None and len(rows) >= together.fewest:
            statement = form.for_many()
            if statement is not None and statement.for_many is not None:
                parameters = parameters_together(connection, rows)
                if parameters is not None:
                    self._send_together(connection, form, statement, rows, parameters, states, instances)
                    return
        start = 0
        for size in chunks(form, len(rows), len(rows[0])):
            part = rows[start : start + size]
            parameters = part[0] if size == 1 else tuple(chain.from_iterable(part))
            statement = form.for_rows(size)
            if isinstance(connection, HeardConnection):
                connection.announced = statement.announced
            cursor = connection.run(statement.sql, parameters)
            returned: Sequence[Any] = connection.fetch_all(cursor, statement.sql, parameters)
            if len(returned) != size:
                raise not_inserted(self.mapped, size, len(returned))
            end = start + size
            chosen = instances[start:end]
            if size > 1:
                returned = in_order(form, statement, returned, chosen)
            self._take_returned(statement, returned, states[start:end], chosen)
            start = end

    def _send_together(
        self,
        connection: FlushConnection | HeardConnection,
        form: InsertForm,
        statement: RowStatement,
        rows: Parameters,
        parameters: tuple[Any, ...],
        states: list[InstanceState],
        instances: list[Any],
    ) -> None:
        """Insert rows by statements for thousands of them, as the database reads them as a table."""
        if isinstance(connection, HeardConnection):
            connection.announced = statement.announced
        for_many = statement.for_many
        assert for_many is not None, "it was asked"
        most = at_once(connection.dialect, connection.dialect.rows_as_table.most)
        for start in range(0, len(rows), most):
            end = start + most
            part, chosen = rows[start:end], instances[start:end]
            whole = parameters if len(rows) <= most else None
            cursor, sql, sent = run_together(connection, statement.sql, for_many, part, whole)
            returned: Sequence[Any] = connection.fetch_all(cursor, sql, sent)
            if len(returned) != len(part):
                raise not_inserted(self.mapped, len(part), len(returned))
            self._take_returned(statement, in_order(form, statement, returned, chosen), states[start:end], chosen)

    def _take_returned(
        self,
        statement: RowStatement,
        returned: Sequence[Any],
        states: Sequence[InstanceState],
        instances: Sequence[Any],
    ) -> None:
        made = tuple(statement.returning.items())
        fetched = self.mapped.fetched_keys
        for state, instance, row in zip(states, instances, returned, strict=True):
            values = instance.__dict__
            if row is None:
                for key, _ in made:
                    if key not in fetched:
                        values.pop(key, None)
                continue
            for (key, process), value in zip(made, row, strict=True):
                if key in fetched:
                    values[key] = value if process is None else process(value)
                else:
                    self.outcome.write(state, values, key, value if process is None else process(value))

    def _insert_expressions(self, form: InsertForm, state: InstanceState, instance: object) -> None:
        """Insert one row whose values contain SQL expressions; the attributes load their values when next read."""
        statements, outcome = self.statements, self.outcome
        values = instance.__dict__
        later = self.mapped.later_keys[state.manager.mapper]
        insert = ExpressionInsert(statements, form, values, later)
        expressions, returning, made_by_driver = insert.expressions, insert.returning, insert.lastrowid_key
        statement = statements.compile_insert_with(insert.plain, expressions, returning)
        rows = statement.extract((state,), (instance,), outcome.nulls_learnt)
        connection, rows = ready_to_send(self.connection, statement, rows)
        outcome.inserted_rows.append(InsertedRows([state], form.made_keys, self.mapped.is_first))
        cursor = connection.run(statement.sql, rows[0])
        if returning:
            before = {key: values.get(key) for key in expressions}
            returned = connection.fetch_all(cursor, statement.sql, rows[0])
            if len(returned) != 1:
                raise not_inserted(self.mapped, 1, len(returned))
            self._take_returned(statement, returned, (state,), (instance,))
            outcome.written.extend([(state, key, before[key], NO_VALUE) for key in returning if key in before])
        elif not cursor.rowcount and made_by_driver is not None:
            raise not_inserted(self.mapped, 1, 0)
        elif made_by_driver is not None:
            process = statements.lastrowid_processor
            values[made_by_driver] = cursor.lastrowid if process is None else process(cursor.lastrowid)
        else:
            check_inserted(self.connection, self.mapped, 1, cursor.rowcount)
        for key in expressions:
            if key not in returning and key not in later:
                outcome.written.append((state, key, values.pop(key), NO_VALUE))
        self._identify((state,), (instance,))
        self._forget(form, (state,), (instance,))

    def _identify(self, states: Iterable[InstanceState], instances: Iterable[Any]) -> None:
        if self.mapped.identifies:
            identify(self.pk_keys, states, instances)

    def _forget(self, form: InsertForm, states: Sequence[InstanceState], instances: Sequence[Any]) -> None:
        """Drop what the database has made otherwise, and know that what was not given is NULL."""
        if self.outcome.expired is not None:
            made = [key for key in form.expired if key not in self.mapped.expression_keys]
            self.outcome.expired.append((states, made))
        nulls, learnt = form.nulls, self.outcome.nulls_learnt
        for state, instance in zip(states, instances, strict=True):
            values = instance.__dict__
            for key in form.expired:
                values.pop(key, None)
            missing = tuple([key for key in nulls if key not in values])
            if missing:
                values.update(dict.fromkeys(missing))
                learnt.setdefault(missing, []).append(state)


def identify(keys: tuple[str, ...], states: Iterable[InstanceState], instances: Iterable[Any]) -> None:
    """Give objects their primary key, when all parts of it are known.

    Args:
        keys: the attribute keys of the mapper's primary key.
        states: the objects' states.
        instances: the objects.

    Raises:
        FlushError: a part is not known, because no table that was written has a column for it.
    """
    try:
        if len(keys) == 1:
            key = keys[0]
            for state, instance in zip(states, instances, strict=True):
                state.pk = instance.__dict__[key]
        else:
            for state, instance in zip(states, instances, strict=True):
                values = instance.__dict__
                state.pk = tuple([values[key] for key in keys])
    except KeyError as missing:
        raise _no_identity(state, missing.args[0]) from None


def _no_identity(state: InstanceState, key: str) -> FlushError:
    name = state.manager.class_.__name__
    return FlushError(
        f"{name} was inserted, but {key}, part of its primary key, is not known",
        why=f"{name}.{key} is only read: none of the tables that were written has a column for it",
        fix=f"set {name}.{key} before the flush, or name other columns in the mapper option primary_key",
        code="AZ-F152",
    )


def _unzipped(pairs: Sequence[tuple[InstanceState, Any]]) -> tuple[list[InstanceState], list[Any]]:
    return [state for state, _ in pairs], [instance for _, instance in pairs]


def _begin_versions(statements: TableStatements, step: InsertStep, outcome: FlushOutcome) -> None:
    """Give each object its first version.

    Raises:
        FlushError: the program makes the versions, and has not.
    """
    key, generate = statements.mapped.version_key, statements.mapper.version_id_generator
    if key is None:
        return
    column = statements.mapped.columns[key]
    made_otherwise = column.default is not None or column.server_default is not None
    for state, instance in zip(step.states, step.instances, strict=True):
        if instance.__dict__.get(key) is None:
            if generate:
                outcome.write(state, instance.__dict__, key, generate(None))
            elif not made_otherwise:
                from azoth.orm.persistence.execution.update_executor import no_version  # noqa: PLC0415

                raise no_version(instance, key)
