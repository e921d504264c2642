"""Looks up committed values that the order of a flush depends on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from azoth.orm.persistence.changes.planned_load import PlannedLoad
from azoth.orm.persistence.division import divided_loads
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.orm.runtime.state import InstanceState
from azoth.sql.compiler import compile_statement
from azoth.sql.elements import ColumnElement, and_, bindparam, or_
from azoth.sql.selectable import Select, select

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.persistence.ports import ConnectionFor, FlushConnection, FlushCursor, Places

ROWS_IN_ONE_SELECT = 50


def load_committed_values(
    loads: Iterable[PlannedLoad], connection_for: ConnectionFor, places: Places | None = None
) -> None:
    """Look up the values of columns that a plan has found to be missing.

    Args:
        loads: what is missing.
        connection_for: finds the connection for a mapper.
        places: among which databases the rows are divided; None where a mapper has one connection.

    Emits: one SELECT for each table and 50 rows.
    State: the values are noted as the ones before the change; unchanged attributes are loaded.
    """
    found = ((load, connection_for(load.mapper)) for load in loads) if places is None else divided_loads(loads, places)
    for load, connection in found:
        for part in _parts(load.parents):
            by_pk: dict[Any, list[InstanceState]] = {}
            for state in part:
                by_pk.setdefault(state.pk, []).append(state)
            _load(load.mapper, load.keys, by_pk, load.parents, connection)


def _load(
    mapper: Mapper,
    keys: tuple[str, ...],
    states: dict[Any, list[InstanceState]],
    instances: dict[InstanceState, Any],
    connection: FlushConnection,
) -> None:
    dialect = connection.dialect
    columns = [*mapper.primary_key, *[write_profile(mapper).columns[key] for key in keys]]
    statement = select(*columns).select_from(mapper.persist_selectable).where(_is_one_of(mapper, list(states)))
    processors = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    width = len(mapper.primary_key)
    for row in _rows(connection, statement):
        values = [value if process is None else process(value) for value, process in zip(row, processors, strict=True)]
        for state in states.get(tuple(values[:width]) if mapper.composite_key else values[0], ()):
            _note(state, instances[state], dict(zip(keys, values[width:], strict=True)))


def _rows(connection: FlushConnection, statement: Select[*tuple[Any, ...]]) -> list[Any]:
    """Execute a SELECT; gives its rows as the driver makes them."""
    dialect = connection.dialect
    compiled = compile_statement(statement, dialect)
    parameters = []
    for bind in compiled.positional:
        process = bind.type.dialect_impl(dialect).bind_processor(dialect)
        value = bind.effective_value
        parameters.append(value if process is None else process(value))
    sql, bound = compiled.string, tuple(parameters)

    def send() -> FlushCursor:
        return connection.run(sql, bound)

    cursor = connection.execute_announced(statement, {}, send) if connection.is_heard else send()
    return connection.fetch_all(cursor, sql, bound)


def _is_one_of(mapper: Mapper, pks: list[Any]) -> ColumnElement[bool]:
    alternatives = []
    for number, pk in enumerate(pks):
        parts = pk if mapper.composite_key else (pk,)
        alternatives.append(
            and_(
                *[
                    column == bindparam(f"pk_{number}_{position}", part, type_=column.type)
                    for position, (column, part) in enumerate(zip(mapper.primary_key, parts, strict=True))
                ]
            )
        )
    return or_(*alternatives)


def _note(state: InstanceState, instance: object, values: dict[str, Any]) -> None:
    changes = state.changes
    for key, value in values.items():
        if changes is not None and key in changes:
            changes[key] = value
        else:
            instance.__dict__.setdefault(key, value)


def _parts(states: Iterable[InstanceState]) -> Iterator[list[InstanceState]]:
    remaining = iter(states)
    while part := list(islice(remaining, ROWS_IN_ONE_SELECT)):
        yield part
