"""Rows of entities that are mapped to several tables, an alias or a subquery: each table gets its own statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from azoth.exc import InvalidRequestError
from azoth.orm.bulk.found_rows import ChangedRow, update_found_rows, version_of
from azoth.orm.persistence.execution.inserted_rows import check_inserted
from azoth.orm.persistence.profile.expressions import is_expression
from azoth.orm.persistence.profile.mapped_table import MappedTable
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.sql.dml import Insert, insert
from azoth.sql.selectable import TableClause

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.mapping.mapper.mapper import Mapper

Row = dict[str, Any]
"""Attribute name -> value."""

NOTHING: Final[Mapping[str, Any]] = {}


def is_one_table(mapper: Mapper) -> bool:
    """Tell whether an entity is mapped to a table itself, so that a statement about the one is about the other."""
    return isinstance(mapper.persist_selectable, TableClause)


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


def insert_by_table(
    connection: Connection, mapper: Mapper, rows: Sequence[Row], common: Mapping[str, Any] = NOTHING
) -> None:
    """Insert rows into each table of an entity.

    Args:
        connection: where.
        mapper: the entity.
        rows: attribute name -> value, or SQL expression; keys that the database makes are added, as later tables need
            them, and what tells the class.
        common: attribute name -> what a statement says of all rows.

    Emits: for each table one executemany for rows that follow each other with the same attributes; one INSERT a row
    where the database makes the key. In a savepoint: a row that one table refuses is in no other, either.
    """
    if mapper.manager.discriminator is not None:
        class_key, identity = mapper.manager.discriminator
        for row in rows:
            if row.get(class_key) is None and class_key not in common:
                row[class_key] = identity
    with connection.begin_nested():
        for mapped in write_profile(mapper).tables:
            key = mapped.version_key
            if key is not None and mapper.version_id_generator:
                for row in rows:
                    if row.get(key) is None:
                        row[key] = mapper.version_id_generator(None)
            for names, alike in groupby(rows, key=_given(mapped)):
                _insert_alike(connection, mapped, names, list(alike), common)
    twins = [(key, known) for key, column in mapper.columns.items() if (known := mapper.column_to_key[column]) != key]
    for row in rows if twins else ():
        # A column of a derived class's table that is equal to one of the base may be an attribute of its own, too.
        row.update({key: row[known] for key, known in twins if known in row})


def update_by_table(
    connection: Connection, mapper: Mapper, rows: Sequence[Row], versions: Sequence[Any] | None = None
) -> int:
    """Update rows of each table of an entity by their keys.

    Args:
        connection: where.
        mapper: the entity.
        rows: attribute name -> value, the primary key included; the next version is put into it.
        versions: the present versions, where they do not stand in the rows.

    Returns:
        how many objects have a row that was met, as far as the driver counts.

    Raises:
        InvalidRequestError: a row lacks a part of the primary key, or of the key of a table that it changes, or the
            version.
        StaleDataError: a row is not there, or has another version.

    Emits: for each table one executemany for rows that follow each other with the same attributes, all in a savepoint.
    """
    with connection.begin_nested():
        return max(
            [0, *[_update_table(connection, mapper, mapped, rows, versions) for mapped in write_profile(mapper).tables]]
        )


def _update_table(
    connection: Connection,
    mapper: Mapper,
    mapped: MappedTable,
    rows: Sequence[Row],
    versions: Sequence[Any] | None,
) -> int:
    identity = {*mapped.key_keys, *mapper.primary_key_keys}
    counts = mapped.version_key is not None
    changing = [
        (place, row)
        for place, row in enumerate(rows)
        if counts or any(key in mapped.columns and key not in identity for key in row)
    ]
    _check_keys(mapper, [row for _, row in changing], (*mapper.primary_key_keys, *mapped.key_keys))
    changes = [_change(mapped, row, identity, None if versions is None else versions[place]) for place, row in changing]
    found_by = [*mapped.key_columns, *([mapped.version_column] if counts else [])]
    return update_found_rows(connection, mapper, mapped.table, found_by, changes)


def _change(mapped: MappedTable, row: Row, identity: Collection[str], version: object) -> ChangedRow:
    """Say by which values a table's row is found, and which columns are set."""
    mapper, version_key = mapped.mapper, mapped.version_key
    key = tuple([row[name] for name in mapped.key_keys])
    new = {column: row[name] for name, column in mapped.columns.items() if name in row and name not in identity}
    if version_key is not None:
        old = version_of(mapper, row, version_key) if version is None else version
        key = (*key, old)
        if mapper.version_id_generator:
            row[version_key] = new[mapped.version_column] = mapper.version_id_generator(old)
    return key, new


def _given(mapped: MappedTable) -> Any:
    """Make what tells rows apart that need another statement: by what they give, and by their SQL expressions."""

    def kind(row: Row) -> tuple[Any, ...]:
        return tuple(
            [key if not is_expression(row[key]) else (key, id(row[key])) for key in mapped.columns if key in row]
        )

    return kind


def _insert_alike(
    connection: Connection, mapped: MappedTable, names: Sequence[Any], rows: Sequence[Row], common: Mapping[str, Any]
) -> None:
    columns = mapped.columns
    plain = [name for name in names if isinstance(name, str)]
    expressions = {columns[key]: value for key, value in common.items() if key in columns}
    expressions |= {columns[key]: rows[0][key] for key, *_ in [name for name in names if not isinstance(name, str)]}
    statement = insert(mapped.table)
    if expressions:
        statement = statement.values(expressions)
    own = [bind.key for bind in statement._binds]
    values = [
        {**{columns[name].key: row[name] for name in plain}, **{key: row[key] for key in own if key in row}}
        for row in rows
    ]
    if all(key in plain for key in mapped.key_keys):
        connection.execute(statement, values)
        return
    for row, one in zip(rows, values, strict=True):
        made = inserted_key(connection, mapped, statement, one)
        for column, value in zip(mapped.table.primary_key, made, strict=True):
            key = mapped.key_of(column)
            if key is not None:
                row[key] = value


def inserted_key(
    connection: Connection, mapped: MappedTable, statement: Insert, values: Mapping[str, Any]
) -> Sequence[Any]:
    """Insert one row and give its primary key.

    Raises:
        FlushError: the database passed over the row in silence.
    """
    result = connection.execute(statement, values)
    if not result.rowcount:
        check_inserted(connection, mapped, 1, 0)
    key: Sequence[Any] = result.inserted_primary_key
    return key


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
