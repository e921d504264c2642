"""Runs DELETE steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azoth.orm.persistence.execution.heard import matched_rows, ready_to_send
from azoth.orm.persistence.execution.outcome import FlushOutcome, keep_key
from azoth.orm.persistence.execution.update_executor import present_version, stale, warn_of_unchecked_versions
from azoth.orm.persistence.planning.steps import DeleteStep
from azoth.orm.persistence.statements.row_statement import Parameters, RowStatement
from azoth.orm.persistence.statements.statements import table_statements
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.orm.persistence.ports import FlushConnection


def run_delete(step: DeleteStep, connection: FlushConnection, outcome: FlushOutcome) -> None:
    """Delete the rows of a step.

    Args:
        step: the step.
        connection: where.
        outcome: takes notes of what changes in memory.

    Emits: one executemany; single DELETEs for versioned rows where the driver cannot count.

    Raises:
        StaleDataError: a versioned row was not there as it was loaded.

    Warns:
        AzothWarning: a row was not there, or its version cannot be checked.
    """
    mapped, dialect = step.mapped, connection.dialect
    statement = table_statements(mapped, dialect).delete()
    rows = statement.extract(step.states, step.instances, outcome.nulls_learnt)
    key = mapped.version_key
    versioned = key is not None
    if key is not None:
        if not dialect.supports_sane_rowcount:
            warn_of_unchecked_versions(step, "DELETE")
        rows = [
            (*row[:-1], present_version(state, instance, key))
            for row, state, instance in zip(rows, step.states, step.instances, strict=True)
        ]
    if outcome.inserted_rows and (gone := outcome.with_reused_keys(step.states)):
        rows = [row for row, state in zip(rows, step.states, strict=True) if state not in gone]
    matched = _send(statement, rows, connection, one_by_one=versioned) if rows else 0
    outcome.deleted.update(zip(step.states, step.instances, strict=True))
    for state in step.states:
        keep_key(state)
    expected = len(step.states)
    if matched != expected and matched >= 0 and dialect.supports_sane_rowcount:
        if versioned:
            raise stale(step, "DELETE", expected, matched)
        if step.mapper.base_mapper.confirm_deleted_rows:
            warn(
                f"DELETE statement on table '{step.table.fullname}' expected to delete {expected} row(s); {matched} "
                "were matched",
                why="somebody else has deleted rows, or a cascade of the database",
                fix="set passive_deletes=True where the database cascades, or confirm_deleted_rows=False in the "
                "mapper's options to hear no more of it",
                code="AZ-F242",
            )


def _send(statement: RowStatement, rows: Parameters, connection: FlushConnection, *, one_by_one: bool) -> int:
    """Delete rows, and give how many there were, -1 if nobody knows.

    Args:
        statement: the statement.
        rows: its values.
        connection: where to.
        one_by_one: whether they have to be counted.
    """
    dialect = connection.dialect
    connection, rows = ready_to_send(connection, statement, rows)
    if len(rows) == 1:
        return connection.run(statement.sql, rows[0]).rowcount
    if one_by_one and not dialect.supports_sane_multi_rowcount:
        return sum([connection.run(statement.sql, row).rowcount for row in rows])
    matched = matched_rows(connection, statement, rows)
    return matched if dialect.supports_sane_multi_rowcount else -1
