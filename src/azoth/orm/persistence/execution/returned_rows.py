"""Which object each row of RETURNING belongs to: no database promises to give rows back in the order it got them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from azoth.orm.persistence.statements.row_statement import RowStatement
from azoth.orm.persistence.statements.statements import InsertForm


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
