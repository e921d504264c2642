"""What the numbers of MySQL's and MariaDB's errors mean, and what their messages name.

Source: the references of MySQL's and MariaDB's error codes.
"""

from __future__ import annotations

import re
from typing import Final

from azoth import exc
from azoth.driver.mysql import error_number
from azoth.engine.dialect_base.explanation import Refusal

__all__ = ["refusal_of"]


class OperationalCheckViolation(exc.CheckViolation, exc.OperationalError):
    """Report a row that a CHECK constraint does not allow, where the driver takes this for an OperationalError."""


class OperationalNotNullViolation(exc.NotNullViolation, exc.OperationalError):
    """Report a row without a value that must be, where the driver takes this for an OperationalError."""


_BY_NUMBER: Final[dict[int, type[exc.DBAPIError]]] = {
    1020: exc.SerializationError,
    1048: exc.NotNullViolation,
    1062: exc.UniqueViolation,
    1169: exc.UniqueViolation,
    1205: exc.LockTimeoutError,
    1213: exc.DeadlockError,
    1216: exc.ForeignKeyViolation,
    1217: exc.ForeignKeyViolation,
    1317: exc.StatementTimeoutError,
    1364: exc.NotNullViolation,
    1406: exc.ValueTooLong,
    1451: exc.ForeignKeyViolation,
    1452: exc.ForeignKeyViolation,
    1557: exc.UniqueViolation,
    1586: exc.UniqueViolation,
    1614: exc.DeadlockError,
    1969: exc.StatementTimeoutError,
    3024: exc.StatementTimeoutError,
    3572: exc.LockTimeoutError,
    3819: exc.CheckViolation,
    4025: exc.CheckViolation,
}

_OPERATIONAL: Final[dict[type[exc.DBAPIError], type[exc.DBAPIError]]] = {
    exc.CheckViolation: OperationalCheckViolation,
    exc.NotNullViolation: OperationalNotNullViolation,
}

_PATTERNS: Final[dict[type[exc.DBAPIError], re.Pattern[str]]] = {
    exc.UniqueViolation: re.compile(r"for key '(?:(?P<table>[^'.]+)\.)?(?P<constraint>[^']+)'$"),
    exc.ForeignKeyViolation: re.compile(
        r"\(`(?P<schema>[^`]+)`\.`(?P<table>[^`]+)`, CONSTRAINT `(?P<constraint>[^`]+)` FOREIGN KEY "
        r"\((?:`(?P<column>[^`]+)`\)|.)"
    ),
    exc.NotNullViolation: re.compile(r"^(?:Column|Field) '(?P<column>[^']+)'"),
    exc.CheckViolation: re.compile(
        r"^CONSTRAINT `(?P<constraint>[^`]+)` failed for `(?P<schema>[^`]+)`\.`(?P<table>[^`]+)`"
        r"|^Check constraint '(?P<name>[^']+)'"
    ),
    exc.ValueTooLong: re.compile(r"for column '(?P<column>[^']+)'"),
}


def refusal_of(error: BaseException) -> Refusal | None:
    """Tell what an error is about.

    Args:
        error: what the driver raised.
    """
    number = error_number(error)
    kind = None if number is None else _BY_NUMBER.get(number)
    if kind is None:
        return None
    pattern, message = _PATTERNS.get(kind), str(error.args[1]) if len(error.args) > 1 else ""
    found = pattern.search(message) if pattern is not None else None
    named: dict[str, str | None] = found.groupdict() if found is not None else {}
    constraint, table, column = named.get("constraint") or named.get("name"), named.get("table"), named.get("column")
    if kind is exc.CheckViolation and constraint is not None and constraint.startswith(f"{table}."):
        # One that is part of a column has its name, behind that of the table.
        constraint = column = constraint.removeprefix(f"{table}.")
    if not any(base.__name__ == "IntegrityError" for base in type(error).__mro__):
        # Programs that catch what the driver's class stands for go on to do so.
        kind = _OPERATIONAL.get(kind, kind)
    return Refusal(kind, constraint, table, column, named.get("schema"))
