"""Rows from lists of dictionaries and objects, past the unit of work: ``bulk_insert_mappings`` and its siblings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError
from azoth.orm.bulk.new_rows import new_rows, rows_by_attribute
from azoth.orm.bulk.rows_by_key import update_rows
from azoth.orm.bulk.rows_by_table import insert_by_table, inserted_key, is_one_table
from azoth.orm.mapping.lookup import mapper_of, required_mapper
from azoth.orm.persistence.execution.update_executor import present_version
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.orm.runtime.state import InstanceState, instance_behind, state_of
from azoth.sql.dml import insert
from azoth.util.arguments import as_list, as_mapping

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.mapping.mapper.mapper import Mapper


def insert_mappings(
    connection: Connection,
    mapper: Mapper,
    mappings: Iterable[dict[str, Any]],
    *,
    return_defaults: bool = False,
    render_nulls: bool = False,
) -> None:
    """Insert rows from dictionaries.

    Args:
        connection: where.
        mapper: the entity.
        mappings: attribute name -> value.
        return_defaults: whether generated primary keys are put into the dictionaries.
        render_nulls: whether None is written as NULL rather than left to the column's default.

    Emits: one executemany for rows that follow each other with the same attributes; one INSERT a row with
    ``return_defaults``.

    Raises:
        FlushError: the database passed over a row in silence whose key is wanted.
    """
    given = _rows("bulk_insert_mappings()", mappings)
    if not is_one_table(mapper):
        plain = rows_by_attribute(mapper, given, render_nulls=render_nulls)
        insert_by_table(connection, mapper, plain)
        if return_defaults:
            keys = _key_attributes(mapper)
            for mapping, row in zip(given, plain, strict=True):
                mapping.update({key: row[key] for key in keys if key in row})
        return
    rows = new_rows(mapper, given, render_nulls=render_nulls)
    statement = insert(mapper.local_table)
    if not return_defaults:
        if rows:
            connection.execute(statement, rows)
        return
    (mapped,) = write_profile(mapper).tables
    for mapping, row in zip(given, rows, strict=True):
        mapping.update(zip(mapper.primary_key_keys, inserted_key(connection, mapped, statement, row), strict=True))


def _key_attributes(mapper: Mapper) -> list[str]:
    """List the attributes of the primary key, with those of columns that are equal to it."""
    keys = mapper.primary_key_keys
    return [
        *keys,
        *[key for key, column in mapper.columns.items() if key not in keys and mapper.column_to_key[column] in keys],
    ]


def update_mappings(connection: Connection, mapper: Mapper, mappings: Iterable[Mapping[str, Any]]) -> None:
    """Update rows from dictionaries that have the primary key.

    Emits: one executemany for rows that follow each other with the same attributes.
    """
    update_rows(None, connection, mapper, _rows("bulk_update_mappings()", mappings), synchronize=False)


def _rows(function: str, mappings: object) -> list[Any]:
    """List rows that came as dictionaries, and refuse anything else."""
    rows = as_list(f"{function}: mappings", mappings, "a list of dictionaries", 'write [{"name": value}, ...]')
    for row in rows:
        if row.__class__ is not dict:
            as_mapping(f"{function}: each mapping", row)
    return rows


def save_objects(
    connection_for: Any,
    objects: Iterable[Any],
    *,
    return_defaults: bool = False,
    update_changed_only: bool = True,
    preserve_order: bool = True,
) -> None:
    """Insert or update the rows of objects, without cascades, relationships and the identity map.

    Args:
        connection_for: gives the connection for a mapper.
        objects: new objects are inserted, those with an identity are updated.
        return_defaults: whether generated primary keys are put on the objects.
        update_changed_only: whether only changed attributes are written.
        preserve_order: whether the objects' order is kept; otherwise those of one class go together.

    Emits: one executemany for objects that follow each other with the same class and attributes.
    State: the objects stay as they are.
    """
    objects = [instance_behind(one) for one in as_list("bulk_save_objects(): objects", objects, "a list of objects")]
    listed = [(required_mapper(type(one)), state_of(one), one) for one in objects]
    if not preserve_order:
        listed.sort(key=lambda item: (id(item[0]), item[1].pk is not None))
    for (mapper, is_update), group in groupby(listed, key=lambda item: (item[0], item[1].pk is not None)):
        items = [(state, one) for _, state, one in group]
        connection = connection_for(mapper)
        if is_update:
            _update_objects(connection, mapper, items, update_changed_only)
        else:
            _insert_objects(connection, mapper, items, return_defaults)


def _insert_objects(
    connection: Connection, mapper: Mapper, items: Sequence[tuple[InstanceState, Any]], return_defaults: bool
) -> None:
    mappings = [_column_values(mapper, one) for _, one in items]
    insert_mappings(connection, mapper, mappings, return_defaults=return_defaults)
    if return_defaults:
        keys = _key_attributes(mapper)
        for (_, one), mapping in zip(items, mappings, strict=True):
            one.__dict__.update({key: mapping[key] for key in keys if key in mapping})


def _update_objects(
    connection: Connection, mapper: Mapper, items: Sequence[tuple[InstanceState, Any]], changed_only: bool
) -> None:
    rows = []
    version_key = mapper.version_id_key
    versions: list[Any] | None = None if version_key is None else []
    for state, one in items:
        values = _column_values(mapper, one)
        if changed_only:
            values = {key: value for key, value in values.items() if key in (state.changes or {})}
            if not values:
                continue
        if versions is not None and version_key is not None:
            versions.append(present_version(state, one, version_key))
        pk = state.pk if mapper.composite_key else (state.pk,)
        rows.append({**values, **dict(zip(mapper.primary_key_keys, pk, strict=True))})
    update_rows(None, connection, mapper, rows, synchronize=False, versions=versions)


def _column_values(mapper: Mapper, instance: object) -> dict[str, Any]:
    values = instance.__dict__
    return {key: values[key] for key in mapper.column_keys if key in values}


def bulk_mapper(subject: Any) -> Any:
    """Find the mapper that a bulk method was called for.

    Raises:
        InvalidRequestError: an object was passed instead of its class.
    """
    if not isinstance(subject, type) and mapper_of(subject) is None and mapper_of(type(subject)) is not None:
        raise InvalidRequestError(
            f"a mapped class was expected, not an object of {type(subject).__name__}",
            why="the rows are those of a class",
            fix=f"pass {type(subject).__name__} itself",
            code="AZ-L47",
        )
    return required_mapper(subject)


__all__ = ["bulk_mapper", "insert_mappings", "save_objects", "update_mappings"]
