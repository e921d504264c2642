"""What a database has refused: the class of the error, and what it is about."""

from __future__ import annotations

from azoth.exc import DBAPIError
from azoth.util.named_tuple import NamedTuple

__all__ = ["Refusal"]


class Refusal(NamedTuple):
    """What the error of a driver is about, as far as the database tells or it can be derived.

    Args:
        error: the class of azoth's error; None for that which has the driver's name for it.
        constraint: the name of the constraint.
        table: the name of the table.
        column: the name of the column.
        schema: the name of the schema.
    """

    error: type[DBAPIError] | None = None
    constraint: str | None = None
    table: str | None = None
    column: str | None = None
    schema: str | None = None

    def give_to(self, error: DBAPIError) -> None:
        """Note it on an error.

        Args:
            error: the error.
        """
        error.constraint_name, error.table_name = self.constraint, self.table
        error.column_name, error.schema_name = self.column, self.schema
