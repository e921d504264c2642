"""UPDATE of many rows that are found by their primary keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError
from azoth.orm.bulk.attribute_values import by_column_key
from azoth.orm.bulk.rows_by_table import check_met, is_one_table, update_by_table
from azoth.orm.runtime.expiry import expire_keys
from azoth.orm.runtime.ports import Unit
from azoth.sql.dml import update
from azoth.sql.elements import bindparam

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper

KEY = "key_of_"
VALUE = "value_of_"


def update_rows(
    unit: Unit | None, connection: Any, mapper: Mapper, rows: Sequence[Mapping[Any, Any]], *, synchronize: bool
) -> int:
    """Update rows by their primary keys.

    Args:
        unit: the unit of work whose objects follow; None where none shall.
        connection: where.
        mapper: the entity.
        rows: attribute name -> value, the primary key included.
        synchronize: whether objects in memory take over the values.

    Returns:
        how many rows were met, as far as the driver counts.

    Raises:
        InvalidRequestError: a row lacks a part of the primary key.
        StaleDataError: there is no row with such a key.

    Emits: one executemany for rows that follow each other with the same attributes.
    """
    if not is_one_table(mapper):
        by_name = [{_name(key): value for key, value in row.items()} for row in rows]
        count = update_by_table(connection, mapper, by_name)
        if unit is not None and synchronize:
            for row in by_name:
                _follow(unit, mapper, row)
        return count
    named = [by_column_key(mapper, row) for row in rows]
    key_names = [column.key for column in mapper.primary_key]
    for row in named:
        missing = [name for name in key_names if row.get(name) is None]
        if missing:
            raise InvalidRequestError(
                f"{mapper.class_.__name__}: no primary key value supplied for {', '.join(missing)}",
                why="each row of a bulk UPDATE is found by its primary key",
                fix="add the primary key to each dictionary, or use update().where(...)",
                code="AZ-L46",
            )
    names_of = {word: _prefix(word, mapper.local_table.c.keys()) for word in (KEY, VALUE)}
    count = 0
    for names, batch in groupby(named, key=lambda row: tuple(sorted(row))):
        changed = [name for name in names if name not in key_names]
        sets = list(batch)
        if changed:
            statement = _statement(mapper, key_names, changed, names_of)
            parameters = [_parameters(row, key_names, names_of) for row in sets]
            met = connection.execute(statement, parameters).rowcount
            count += check_met(mapper, connection, mapper.local_table.fullname, len(sets), met)
    if unit is not None and synchronize:
        key_of = {
            column.key: mapper.column_to_key[column]
            for column in mapper.local_table.c
            if column in mapper.column_to_key
        }
        for row in named:
            _follow(unit, mapper, {key_of[name]: value for name, value in row.items()})
    return count


def _name(attribute: Any) -> str:
    name: str = attribute if isinstance(attribute, str) else attribute.key
    return name


def _prefix(word: str, keys: Collection[str]) -> str:
    """Find a prefix with which no column's key begins: a parameter that has a column's name gives that its value."""
    while any(key.startswith(word) for key in keys):
        word = f"_{word}"
    return word


def _statement(mapper: Mapper, key_names: Sequence[str], changed: Sequence[str], names_of: Mapping[str, str]) -> Any:
    columns = mapper.local_table.c
    statement = update(mapper.local_table)
    statement = statement.where(
        *[columns[name] == bindparam(names_of[KEY] + name, type_=columns[name].type) for name in key_names]
    )
    return statement.values(
        {columns[name]: bindparam(names_of[VALUE] + name, type_=columns[name].type) for name in changed}
    )


def _parameters(row: Mapping[str, Any], key_names: Sequence[str], names_of: Mapping[str, str]) -> dict[str, Any]:
    return {names_of[KEY if name in key_names else VALUE] + name: value for name, value in row.items()}


def _follow(unit: Unit, mapper: Mapper, row: Mapping[str, Any]) -> None:
    """Give the object of a row the new values, by attribute."""
    pk = tuple([row[key] for key in mapper.primary_key_keys])
    instance = unit.identity_map.find(mapper.manager, pk if mapper.composite_key else pk[0])
    if instance is None:
        return
    state = unit.identity_map.states(mapper.manager)[pk if mapper.composite_key else pk[0]]
    present = instance.__dict__
    values = {key: value for key, value in row.items() if key not in mapper.primary_key_keys}
    made_by_database = [
        key
        for column, key in mapper.column_to_key.items()
        if key not in values and (getattr(column, "onupdate", None) or getattr(column, "server_onupdate", None))
    ]
    expire_keys(state, instance, (*made_by_database, *mapper.expression_keys))
    for key, value in values.items():
        if key in present:
            present[key] = value
            if state.changes is not None:
                state.changes.pop(key, None)
