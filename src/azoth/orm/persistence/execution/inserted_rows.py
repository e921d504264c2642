"""What the database tells of an INSERT: whether rows were inserted, and which object each row of RETURNING belongs to.

It may pass over rows in silence, and what else it reports belongs to another row then. None promises to give rows back
in the order in which it got them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from azoth.orm.exc import FlushError, NullRefusedError
from azoth.orm.persistence.statements.insert_form import InsertForm
from azoth.orm.persistence.statements.row_statement import RowStatement

if TYPE_CHECKING:
    from azoth.orm.persistence.ports import FlushConnection
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


def refuse_blank_keys(form: InsertForm, instances: Iterable[Any]) -> None:
    """Refuse rows without any part of a key whose parts may each be NULL.

    Raises:
        NullRefusedError: all of them are, so that the row could not be told from others.
    """
    mapped = form.statements.mapped
    keys = mapped.key_keys
    if (
        len(mapped.partial_keys) < len(keys)
        or form.lastrowid_key is not None
        or not set(form.returning).isdisjoint(keys)
    ):
        return
    for instance in instances:
        values = instance.__dict__
        if all(values.get(key) is None for key in keys):
            raise NullRefusedError(
                f"{type(instance).__name__} cannot be inserted: no part of its primary key has a value",
                why=f"{', '.join(keys)} may be NULL, but not all of them: such a row would not be found again",
                fix=f"set one of {', '.join(keys)} before the flush",
                code="AZ-F157",
            )


def in_order(
    form: InsertForm, statement: RowStatement, returned: Sequence[Any], instances: Sequence[Any]
) -> Sequence[Any]:
    """Bring the rows that an INSERT of several rows gave back into the order of the objects.

    Args:
        form: the INSERT; it says by what its rows are told apart.
        statement: the statement that was run.
        returned: the rows, in any order.
        instances: the objects.

    Returns:
        a row for each object; None for one whose row has another key than was sent, as where the database rounds it.
    """
    places = [place for place, key in enumerate(statement.returning) if key in form.matched_by]
    if form.numbered:
        number = places[0]
        return sorted(returned, key=lambda row: row[number])
    processors = [list(statement.returning.values())[place] for place in places]
    names = [list(statement.returning)[place] for place in places]
    rows = {
        tuple(
            [
                row[place] if process is None else process(row[place])
                for place, process in zip(places, processors, strict=True)
            ]
        ): row
        for row in returned
    }
    return [rows.get(tuple([instance.__dict__[name] for name in names])) for instance in instances]
