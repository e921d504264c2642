"""Runs the steps that write rows of many-to-many tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from azoth.orm.exc import StaleDataError
from azoth.orm.persistence.execution.heard import ready_to_send
from azoth.orm.persistence.execution.outcome import FlushOutcome
from azoth.orm.persistence.planning.steps import AssociationDelete, AssociationInsert, AssociationStep
from azoth.orm.persistence.profile.values import committed_value, key_value
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.orm.persistence.statements.association_statements import AssociationStatement, association_statement
from azoth.orm.persistence.statements.row_statement import Parameters
from azoth.orm.runtime.state import loaded_value, state_of
from azoth.orm.runtime.symbols import NO_VALUE

if TYPE_CHECKING:
    from azoth.orm.persistence.ports import FlushConnection


class _WithDefaults:
    """An INSERT into a table whose other columns have defaults, which are made for a connection."""

    __slots__ = ("_connection", "_statement", "announced", "made")

    def __init__(self, statement: AssociationStatement, connection: FlushConnection) -> None:
        self._statement = statement
        self._connection = connection
        self.announced = statement.announced
        self.made = statement.made

    def process(self, rows: Parameters) -> Parameters:
        """Make values into those of the driver, and add those of the defaults."""
        names, statement = self._statement.names, self._statement.statement
        # Kept by the connection's own cache: it holds the dialect, by which the other statements are found.
        bind = self._connection.statement_cache.prepare(statement, names).bind
        return [bind(statement, dict(zip(names, row, strict=True)), self._connection) for row in rows]


def run_association_insert(step: AssociationInsert, connection: FlushConnection, outcome: FlushOutcome) -> None:
    """Insert rows of a many-to-many table.

    Emits: one executemany.
    """
    statement = association_statement(step.layout, connection.dialect, "insert")
    ready = _WithDefaults(statement, connection) if statement.has_defaults else statement
    connection, rows = ready_to_send(connection, ready, _rows(step, key_value))
    if len(rows) == 1:
        connection.run(statement.sql, rows[0])
    else:
        connection.run_many(statement.sql, rows)
    _settle_strangers(step, outcome)


def run_association_delete(step: AssociationDelete, connection: FlushConnection, outcome: FlushOutcome) -> None:
    """Delete rows of a many-to-many table.

    Emits: one executemany.

    Raises:
        StaleDataError: some of the rows were not there, of those that must be.
    """
    dialect = connection.dialect
    statement = association_statement(step.layout, dialect, "delete")
    connection, rows = ready_to_send(connection, statement, _rows(step, committed_value))
    if len(rows) == 1:
        matched = connection.run(statement.sql, rows[0]).rowcount
    else:
        matched = connection.run_many(statement.sql, rows).rowcount
        if not dialect.supports_sane_multi_rowcount:
            matched = -1
    is_known = matched >= 0 and dialect.supports_sane_rowcount
    if is_known and not len(rows) - step.unsure <= matched <= len(rows):
        raise StaleDataError(
            f"{step.mapper.class_.__name__}: DELETE statement on table '{step.table.fullname}' expected to delete "
            f"{len(rows)} row(s); Only {matched} were matched.",
            why="someone else deleted links of the relationship, or they were changed by hand",
            fix="roll back, refresh the objects and make the change again",
            code="AZ-F07",
        )
    _settle_strangers(step, outcome)


def _settle_strangers(step: AssociationStep, outcome: FlushOutcome) -> None:
    """Let objects outside of the session know that their side of a link is written, or they would write it again."""
    adds = isinstance(step, AssociationInsert)
    for pair in step.rows:
        for place, item in enumerate(pair):
            state = state_of(item)
            if state.identity_map is outcome.identity_map or state.pk is None:
                continue
            for sync in write_profile(state.manager.mapper).relationships:
                if sync.layout is not None and sync.layout.slot == step.layout.slot and sync.reversed is bool(place):
                    outcome.settle(state, sync.key, pair[1 - place], adds=adds)


def _rows(step: AssociationStep, value_of: Callable[[Any, Any, str], Any]) -> Parameters:
    rows = []
    sources = step.layout.sources
    for pair in step.rows:
        row = []
        for side, key in sources:
            instance = pair[side]
            value = instance.__dict__.get(key, NO_VALUE) if value_of is key_value else NO_VALUE
            if value is NO_VALUE:
                state = state_of(instance)
                value = value_of(state, instance, key)
                if value is NO_VALUE:
                    # Neither loaded nor part of the key.
                    value = loaded_value(state, instance, key)
            row.append(value)
        rows.append(tuple(row))
    return rows
