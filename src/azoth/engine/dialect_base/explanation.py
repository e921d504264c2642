"""What an error of the driver means: words that a dialect finds for it, and what it is about."""

from __future__ import annotations

from azoth.exc import DBAPIError, StatementError
from azoth.util.named_tuple import NamedTuple

__all__ = ["Explanation", "Refusal"]


class Explanation(NamedTuple):
    """The cause of an error of the driver, and its cure.

    Args:
        message: what the driver says, as far as it is always the same.
        why: the cause, as far as it is known.
        fix: what the reader can do about it.
        code: the stable code of errors of this kind.
    """

    message: str
    why: str
    fix: str
    code: str

    def give_to(self, error: StatementError) -> None:
        """Put the words into an error, in place of those that its class has for all of its kind."""
        error.why, error.fix, error.code = self.why, self.fix, self.code


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
