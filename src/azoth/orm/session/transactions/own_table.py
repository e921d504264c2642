"""The tables that azoth keeps for itself in a program's database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azoth.exc import DBAPIError

if TYPE_CHECKING:
    from azoth.engine import Engine
    from azoth.sql.schema import Table

__all__ = ["make_own_table"]


def make_own_table(table: Table, engine: Engine) -> None:
    """Make a table where it is missing.

    Args:
        table: the table.
        engine: the database.

    Raises:
        DBAPIError: the database refuses, and the table is not there.

    Emits: a look for the table, and CREATE TABLE; a look again where that fails.
    """
    try:
        table.create(engine, checkfirst=True)
    except DBAPIError:
        # Another process may have made it at the same time.
        with engine.connect() as connection:
            if not engine.dialect.has_table(connection, table.name):
                raise
