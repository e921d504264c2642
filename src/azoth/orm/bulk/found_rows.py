"""UPDATEs of rows that are found by their keys, and by their versions where rows are versioned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from azoth.exc import InvalidRequestError
from azoth.orm.exc import StaleDataError
from azoth.orm.persistence.profile.table_columns import condition_names
from azoth.sql.dml import update
from azoth.sql.elements import ColumnClause, bindparam
from azoth.sql.selectable import TableClause, select

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.mapping.mapper.mapper import Mapper

ChangedRow: TypeAlias = tuple[tuple[Any, ...], dict[Any, Any]]
"""The values by which a row is found, and column -> value for those that are set."""

MOST_LOOKED_UP: Final = 500
"""How many rows are looked up to name one that is missing in an error."""


def update_found_rows(
    connection: Connection,
    mapper: Mapper,
    table: TableClause,
    found_by: Sequence[ColumnClause[Any]],
    rows: Iterable[ChangedRow],
) -> int:
    """Update rows, and make sure that each of them was there.

    Args:
        connection: where.
        mapper: the entity.
        table: the table.
        found_by: the columns by which its rows are found: the key, and the version where it is counted there.
        rows: for each row its values in these columns, and column -> value for those that are set; rows without such
            are passed over.

    Returns:
        how many rows were met, as far as the driver counts.

    Raises:
        StaleDataError: some were not there, or have another version.

    Emits: one executemany for rows that follow each other with the same columns; one UPDATE a row where they are
    versioned and the driver cannot count several.
    """
    met = 0
    for columns, alike in groupby(rows, key=lambda row: tuple(map(id, row[1]))):
        if columns:
            met += _update_alike(connection, mapper, table, found_by, list(alike))
    return met


def _update_alike(
    connection: Connection,
    mapper: Mapper,
    table: TableClause,
    found_by: Sequence[ColumnClause[Any]],
    rows: Sequence[ChangedRow],
) -> int:
    """Update rows of which all set the same columns."""
    # The new values have the names of their columns, as everywhere: functions that make others are told them by these.
    names = condition_names(table, found_by)
    own_names = [names[column.key] for column in found_by]
    statement = update(table).where(
        *[column == bindparam(name, type_=column.type) for column, name in zip(found_by, own_names, strict=True)]
    )
    sets = [
        {**dict(zip(own_names, key, strict=True)), **{column.key: value for column, value in new.items()}}
        for key, new in rows
    ]
    dialect = connection.dialect
    if len(sets) == 1:
        met = connection.execute(statement, sets[0]).rowcount
    elif dialect.supports_sane_multi_rowcount:
        met = connection.execute(statement, sets).rowcount
    elif mapper.version_id_col is not None:
        met = sum([connection.execute(statement, one).rowcount for one in sets])
    else:
        connection.execute(statement, sets)
        return 0
    if 0 <= met != len(rows) and dialect.supports_sane_rowcount:
        raise _stale(connection, mapper, table, found_by, rows, met)
    return max(met, 0)


def version_of(mapper: Mapper, row: Mapping[str, Any], key: str) -> Any:
    """Give the version by which a row is found.

    Raises:
        InvalidRequestError: there is none.
    """
    version = row.get(key)
    if version is None:
        name = mapper.class_.__name__
        raise InvalidRequestError(
            f"{name}: no version supplied for {mapper.version_id_key}",
            why=f"rows of {name} are versioned: an UPDATE by key changes a row only where it has the known version",
            fix=f"add the present {mapper.version_id_key} to each dictionary, or use update().where(...)",
            code="AZ-L48",
        )
    return version


def _stale(
    connection: Connection,
    mapper: Mapper,
    table: TableClause,
    found_by: Sequence[ColumnClause[Any]],
    rows: Sequence[ChangedRow],
    met: int,
) -> StaleDataError:
    name = mapper.class_.__name__
    key = _missing_key(connection, table, found_by, rows, met)
    whose = name if key is None else f"{name} with key {key!r}"
    cause = "the row was deleted, or there never was one with this key"
    if mapper.version_id_col is not None:
        cause += ", or it has another version than the one that was given"
    return StaleDataError(
        f"{whose}: UPDATE statement on table '{table.fullname}' expected to update {len(rows)} row(s); "
        f"{met} were matched.",
        why=cause,
        fix="roll back, read the rows again, and leave out those that are gone",
        code="AZ-L49",
    )


def _missing_key(
    connection: Connection,
    table: TableClause,
    found_by: Sequence[ColumnClause[Any]],
    rows: Sequence[ChangedRow],
    met: int,
) -> Any:
    """Find the key of a row that was not there as it was expected, by looking at what is there now.

    None where that does not tell: somebody else may have written the same next version.
    """
    primary_key = list(table.primary_key)
    width = len([column for column in found_by if column in primary_key]) or len(found_by)
    others = found_by[width:]
    if not met:
        return _key(rows[0][0], width)
    for key, new in rows[:MOST_LOOKED_UP]:
        present = select(*(others or [found_by[0]])).where(
            *[
                column == bindparam(f"key_{place}", value, type_=column.type)
                for place, (column, value) in enumerate(zip(found_by[:width], key[:width], strict=True))
            ]
        )
        row = connection.execute(present).first()
        expected = [new.get(column, old) for column, old in zip(others, key[width:], strict=True)]
        if row is None or (others and list(row) != expected):
            return _key(key, width)
    return None


def _key(values: Sequence[Any], width: int) -> Any:
    return values[0] if width == 1 else tuple(values[:width])
