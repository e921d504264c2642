"""INSERTs that the database let pass without inserting the row: what else it reports belongs to another row then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azoth.orm.exc import FlushError
from azoth.orm.persistence.ports import FlushConnection

if TYPE_CHECKING:
    from azoth.orm.persistence.profile.mapped_table import MappedTable


def check_inserted(connection: FlushConnection, mapped: MappedTable, expected: int, inserted: int) -> None:
    """Make sure that rows whose keys are known were inserted, once they were counted and are not all there.

    Args:
        connection: where they were sent.
        mapped: the table.
        expected: how many rows were sent.
        inserted: how many the driver counted; -1 where it does not count.

    Raises:
        FlushError: some were not.

    Emits: what tells whether the rows of the table can be counted, where they seem to be missing.
    """
    dialect = connection.dialect
    if inserted < 0 or inserted >= expected or not dialect.supports_sane_rowcount:
        return
    if expected > 1 and not dialect.supports_sane_multi_rowcount:
        return
    if dialect.counts_inserted_rows(connection, mapped.table):
        raise not_inserted(mapped, expected, inserted)


def not_inserted(mapped: MappedTable, expected: int, inserted: int) -> FlushError:
    """Make the error about rows that the database did not insert and did not complain about either."""
    name, table = mapped.mapper.class_.__name__, mapped.table.fullname
    return FlushError(
        f"{name} was not inserted: INSERT into {table} was to insert {expected} row(s), and {inserted} were",
        why="the database was told to pass over rows in silence, by ON CONFLICT IGNORE of a column or constraint, by a "
        "trigger with RAISE(IGNORE) or the like; the object has no row, and the key that it would get is another row's",
        fix=f"roll back and look the row up, or use insert({name}).on_conflict_do_nothing(), which expects this",
        code="AZ-F154",
    )
