"""Errors of drivers by what the database has refused: the constraint that stands against it, or the lock."""

from __future__ import annotations

from azoth.exc.statement_errors import DataError, IntegrityError, OperationalError

__all__ = [
    "CheckViolation",
    "DeadlockError",
    "ExclusionViolation",
    "ForeignKeyViolation",
    "LockTimeoutError",
    "NotNullViolation",
    "SerializationError",
    "StatementTimeoutError",
    "UniqueViolation",
    "ValueTooLong",
]


class UniqueViolation(IntegrityError):
    """Report a row whose values another row has already, where they are to be unique."""

    default_code = "AZ-E710"
    default_why = "another row has these values already, and a primary key, UNIQUE or a unique index allows one."
    default_fix = (
        "look the row up and change it, use on_conflict_do_update() or on_duplicate_key_update() of insert(), or "
        "choose other values; a session must roll back first if it was a flush."
    )


class ForeignKeyViolation(IntegrityError):
    """Report a row that refers to one which is not there, or the end of one that others refer to."""

    default_code = "AZ-E711"
    default_why = "a foreign key refers to a row that does not exist, or the row that was to go is still referred to."
    default_fix = (
        "insert what is referred to first, and delete what refers to it first; a session does so along relationships "
        "and foreign keys of its own tables, and must roll back first if it was a flush."
    )


class NotNullViolation(IntegrityError):
    """Report a row without a value where one must be."""

    default_code = "AZ-E712"
    default_why = "the column is NOT NULL, has no default, and was given no value."
    default_fix = "give it a value or a default; a session must roll back first if it was a flush."


class CheckViolation(IntegrityError):
    """Report a row that a CHECK constraint does not allow."""

    default_code = "AZ-E713"
    default_why = "a CHECK constraint of the table or of a domain is false for the row."
    default_fix = "correct the values (.params has them); a session must roll back first if it was a flush."


class ExclusionViolation(IntegrityError):
    """Report a row that conflicts with another one by an EXCLUDE constraint."""

    default_code = "AZ-E714"
    default_why = "another row stands against it by an EXCLUDE constraint, as where two spans of time overlap."
    default_fix = "choose values that do not conflict; a session must roll back first if it was a flush."


class ValueTooLong(DataError):
    """Report a value that is longer than its column."""

    default_code = "AZ-E715"
    default_why = "the value has more characters, or digits, than its column takes."
    default_fix = "shorten it, or make the column wider; a session must roll back first if it was a flush."


class DeadlockError(OperationalError):
    """Report a transaction that the database has chosen to end, because several waited for each other."""

    default_code = "AZ-E716"
    default_why = "two transactions each waited for a lock that the other one has; the database has ended this one."
    default_fix = "roll back and repeat the whole transaction; lock rows in the same order everywhere."


class SerializationError(OperationalError):
    """Report a transaction that could not be brought into an order with others."""

    default_code = "AZ-E717"
    default_why = "others have changed meanwhile what this transaction has read or written, and its isolation level "
    default_why += "promises that this does not happen."
    default_fix = "roll back and repeat the whole transaction."


class LockTimeoutError(OperationalError):
    """Report a lock that another transaction kept for longer than this one was to wait."""

    default_code = "AZ-E718"
    default_why = "another transaction keeps a lock on the row or table for longer than this one was to wait."
    default_fix = "roll back and repeat the transaction; commit what has written as soon as it is done."


class StatementTimeoutError(OperationalError):
    """Report a statement that was cancelled: it took too long, or somebody asked the server to stop it."""

    default_code = "AZ-E719"
    default_why = "the server has cancelled the statement, because of its time limit or because it was asked to."
    default_fix = "make the statement quicker or the limit longer; a session must roll back first."
