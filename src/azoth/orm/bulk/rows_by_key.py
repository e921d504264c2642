"""UPDATE of many rows that are found by their primary keys."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError
from azoth.orm.bulk.attribute_values import parameter_name
from azoth.orm.bulk.found_rows import ChangedRow, update_found_rows, version_of
from azoth.orm.bulk.new_rows import attribute_name
from azoth.orm.bulk.rows_by_table import is_one_table, update_by_table
from azoth.orm.bulk.synchronization import keep_unflushed, note_changed, tell_refreshed, values_before
from azoth.orm.mapping.properties.composite import in_rows
from azoth.orm.runtime.expiry import expire_keys
from azoth.orm.runtime.state import InstanceState

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.runtime.ports import Unit


def update_rows(
    unit: Unit | None,
    connection: Connection,
    mapper: Mapper,
    rows: Sequence[Mapping[Any, Any]],
    *,
    synchronize: bool,
    versions: Sequence[Any] | None = None,
    token: Hashable = None,
) -> int:
    """Update rows by their primary keys.

    Args:
        unit: the unit of work whose objects follow; None where none shall.
        connection: where.
        mapper: the entity.
        rows: attribute name -> value, the primary key included, and the present version where rows are versioned.
        synchronize: whether objects in memory take over the values.
        versions: the present versions, where they do not stand in the rows.
        token: the identity token of the rows.

    Returns:
        how many rows were met, as far as the driver counts.

    Raises:
        InvalidRequestError: a row lacks a part of the primary key, or the version.
        StaleDataError: a row is not there, or has another version.

    Emits: one executemany for rows that follow each other with the same attributes.
    """
    if mapper.composites_by_key or mapper.stand_ins:
        rows = [in_rows(mapper, row) for row in rows]
    if not is_one_table(mapper):
        by_name = [{attribute_name(mapper, key): value for key, value in row.items()} for row in rows]
        count = update_by_table(connection, mapper, by_name, versions)
        if unit is not None and synchronize:
            _follow_all(unit, mapper, by_name, token)
        return count
    # What stands for others was taken apart above.
    named = [{parameter_name(mapper, key): value for key, value in row.items()} for row in rows]
    _check_keys(mapper, named)
    table = mapper.local_table
    columns = table.c
    key_names = [column.key for column in mapper.primary_key]
    version = mapper.version_id_col
    generate = None if version is None else mapper.version_id_generator
    found_by = [*[columns[name] for name in key_names], *([] if version is None else [version])]
    changes: list[ChangedRow] = []
    for place, row in enumerate(named):
        key = tuple([row[name] for name in key_names])
        new = {columns[name]: value for name, value in sorted(row.items()) if name not in key_names}
        if version is not None:
            old = version_of(mapper, row, version.key) if versions is None else versions[place]
            key = (*key, old)
            if generate:
                row[version.key] = new[version] = generate(old)
        changes.append((key, new))
    count = update_found_rows(connection, mapper, table, found_by, changes)
    if unit is not None and synchronize:
        key_of = {column.key: mapper.column_to_key[column] for column in columns if column in mapper.column_to_key}
        by_key = [{key_of[name]: value for name, value in row.items() if name in key_of} for row in named]
        _follow_all(unit, mapper, by_key, token)
    return count


def _check_keys(mapper: Mapper, rows: Sequence[Mapping[str, Any]]) -> None:
    key_names = [column.key for column in mapper.primary_key]
    for row in rows:
        missing = [name for name in key_names if row.get(name) is None]
        if missing:
            raise InvalidRequestError(
                f"{mapper.class_.__name__}: no primary key value supplied for {', '.join(missing)}",
                why="each row of a bulk UPDATE is found by its primary key",
                fix="add the primary key to each dictionary, or use update().where(...)",
                code="AZ-L46",
            )


def _follow_all(unit: Unit, mapper: Mapper, rows: Iterable[Mapping[str, Any]], token: Hashable) -> None:
    present = unit.identity_map.states(mapper.manager, token)
    found: list[tuple[InstanceState, Mapping[str, Any]]] = []
    for row in rows:
        pk = tuple([row[key] for key in mapper.primary_key_keys])
        state = present.get(pk if mapper.composite_key else pk[0])
        if state is not None:
            found.append((state, row))
    states = [state for state, _ in found]
    before = values_before(states)
    for state, row in found:
        _follow(state, mapper, row)
    note_changed(unit, states, before)


def _follow(state: InstanceState, mapper: Mapper, row: Mapping[str, Any]) -> None:
    """Give the object of a row the new values, by attribute."""
    instance = state()
    if instance is None:
        return
    present = instance.__dict__
    values = {key: value for key, value in row.items() if key not in mapper.primary_key_keys}
    made_by_database = [
        key
        for column, key in mapper.column_to_key.items()
        if key not in values and (getattr(column, "onupdate", None) or getattr(column, "server_onupdate", None))
    ]
    # What the program has set is going to be written.
    kept = keep_unflushed(state, made_by_database)
    expire_keys(state, instance, [key for key in (*made_by_database, *mapper.expression_keys) if key not in kept])
    for key, value in values.items():
        if key in present:
            present[key] = value
            if state.changes is not None:
                state.changes.pop(key, None)
    if state.manager.dispatch.refresh:
        tell_refreshed(state, instance, [key for key in values if key in present])
