"""Rows of entities that are mapped to several tables, an alias or a subquery: each table gets its own statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from azoth.engine import Connection
from azoth.exc import InvalidRequestError
from azoth.orm.exc import StaleDataError
from azoth.orm.persistence.profile.mapped_table import MappedTable
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.sql.dml import insert, update
from azoth.sql.elements import bindparam
from azoth.sql.selectable import TableClause

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper

Row = dict[str, Any]
"""Attribute name -> value."""


def is_one_table(mapper: Mapper) -> bool:
    """Tell whether an entity is mapped to a table itself, so that a statement about the one is about the other."""
    return isinstance(mapper.local_table, TableClause)


def refuse_statement(mapper: Mapper, verb: str) -> InvalidRequestError:
    """Make the error about a statement that would have to change several tables at once."""
    name, function = mapper.class_.__name__, verb.lower()
    tables = ", ".join(table.fullname for table in mapper.tables)
    return InvalidRequestError(
        f"{function}({name}) cannot be executed: {name} is mapped to {mapper.local_table.description}, no table",
        why=f"an {verb} changes the rows of one table, and behind {name} are {tables}",
        fix=f"execute {function}() of the tables, change objects and flush, or use the session's bulk methods",
        code="AZ-M301",
    )


def insert_by_table(connection: Any, mapper: Mapper, rows: Sequence[Row]) -> None:
    """Insert rows into each table of an entity.

    Args:
        connection: where.
        mapper: the entity.
        rows: attribute name -> value; keys that the database makes are added, as later tables need them.

    Emits: for each table one executemany for rows that follow each other with the same attributes; one INSERT a row
    where the database makes the key.
    """
    for mapped in write_profile(mapper).tables:
        key = mapped.version_key
        if key is not None and mapper.version_id_generator:
            for row in rows:
                if row.get(key) is None:
                    row[key] = mapper.version_id_generator(None)
        for names, alike in groupby(rows, key=_given(mapped)):
            _insert_alike(connection, mapped, names, list(alike))


def update_by_table(connection: Any, mapper: Mapper, rows: Sequence[Mapping[str, Any]]) -> int:
    """Update rows of each table of an entity by their keys.

    Args:
        connection: where.
        mapper: the entity.
        rows: attribute name -> value, the primary key included.

    Returns:
        how many objects have a row that was met, as far as the driver counts.

    Raises:
        InvalidRequestError: a row lacks a part of the primary key, or of the key of a table that it changes.
        StaleDataError: a table has no row with such a key.

    Emits: for each table one executemany for rows that follow each other with the same attributes.
    """
    count = 0
    for mapped in write_profile(mapper).tables:
        identity = {*mapped.key_keys, *mapper.primary_key_keys}
        changing = [row for row in rows if any(key in mapped.columns and key not in identity for key in row)]
        _check_keys(mapper, changing, (*mapper.primary_key_keys, *mapped.key_keys))
        met = 0
        for names, alike in groupby(changing, key=_given(mapped)):
            changed = [name for name in names if name not in identity]
            met += _update_alike(connection, mapped, changed, list(alike))
        count = max(count, met)
    return count


def _given(mapped: MappedTable) -> Any:
    return lambda row: tuple([key for key in mapped.columns if key in row])


def _insert_alike(connection: Any, mapped: MappedTable, names: Sequence[str], rows: Sequence[Row]) -> None:
    columns = mapped.columns
    values = [{columns[name].key: row[name] for name in names} for row in rows]
    statement = insert(mapped.table)
    if all(key in names for key in mapped.key_keys):
        connection.execute(statement, values)
        return
    for row, own in zip(rows, values, strict=True):
        made = connection.execute(statement, own).inserted_primary_key
        for column, value in zip(mapped.table.primary_key, made, strict=True):
            key = mapped.key_of(column)
            if key is not None:
                row[key] = value


def _update_alike(
    connection: Any, mapped: MappedTable, changed: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> int:
    columns = mapped.columns
    # Numbered, so that no parameter has the name of a column, which would get its value.
    keys = {key: f"key_of_row_{place}" for place, key in enumerate(mapped.key_keys)}
    values = {key: f"value_of_row_{place}" for place, key in enumerate(changed)}
    statement = (
        update(mapped.table)
        .where(*[columns[key] == bindparam(name, type_=columns[key].type) for key, name in keys.items()])
        .values({columns[key]: bindparam(name, type_=columns[key].type) for key, name in values.items()})
    )
    names = [*keys.items(), *values.items()]
    sets = [{name: row[key] for key, name in names} for row in rows]
    met = connection.execute(statement, sets).rowcount
    return check_met(mapped.mapper, connection, mapped.table.fullname, len(sets), met)


def check_met(mapper: Mapper, connection: Connection, table: str, wanted: int, met: int) -> int:
    """Refuse an UPDATE of rows that are found by their keys if some were not there.

    Args:
        mapper: the entity.
        connection: where it was sent.
        table: the table's name.
        wanted: how many rows it was about.
        met: how many the driver has counted.

    Returns:
        how many rows were met, as far as the driver counts.

    Raises:
        StaleDataError: some were not there.
    """
    dialect = connection.dialect
    counts = dialect.supports_sane_rowcount and (wanted == 1 or dialect.supports_sane_multi_rowcount)
    if counts and 0 <= met != wanted:
        raise StaleDataError(
            f"{mapper.class_.__name__}: UPDATE statement on table '{table}' expected to update "
            f"{wanted} row(s); {met} were matched.",
            why="the primary key of a dictionary is that of no row",
            fix="look up which keys exist first, or use update().where(...) where rows may be missing",
            code="AZ-L330",
        )
    return max(met, 0)


def _check_keys(mapper: Mapper, rows: Iterable[Mapping[str, Any]], keys: Iterable[str]) -> None:
    for row in rows:
        missing = [key for key in dict.fromkeys(keys) if row.get(key) is None]
        if missing:
            raise InvalidRequestError(
                f"{mapper.class_.__name__}: no value supplied for {', '.join(missing)}",
                why="each row of a bulk UPDATE is found by its key, in every table that it changes",
                fix="add the keys to each dictionary, or change objects and flush",
                code="AZ-M302",
            )
