"""What the codes of PostgreSQL's errors mean.

Source: PostgreSQL's documentation, appendix "PostgreSQL Error Codes".
"""

from __future__ import annotations

from typing import Final, Protocol

from azoth import exc
from azoth.engine.dialect_base.explanation import Refusal

__all__ = ["refusal_of"]

_BY_STATE: Final[dict[str, type[exc.DBAPIError]]] = {
    "23502": exc.NotNullViolation,
    "23503": exc.ForeignKeyViolation,
    "23001": exc.ForeignKeyViolation,
    "23505": exc.UniqueViolation,
    "23514": exc.CheckViolation,
    "23P01": exc.ExclusionViolation,
    "22001": exc.ValueTooLong,
    "40P01": exc.DeadlockError,
    "40001": exc.SerializationError,
    "55P03": exc.LockTimeoutError,
    "57014": exc.StatementTimeoutError,
}


class Diagnostics(Protocol):
    """What libpq tells of an error."""

    constraint_name: str | None
    table_name: str | None
    column_name: str | None
    schema_name: str | None


def refusal_of(state: str | None, told: Diagnostics | None) -> Refusal | None:
    """Tell what an error is about.

    Args:
        state: its code, ``SQLSTATE``.
        told: what libpq tells of it.
    """
    if state is None:
        return None
    kind = _BY_STATE.get(state)
    if told is None:
        return None if kind is None else Refusal(kind)
    names = told.constraint_name, told.table_name, told.column_name, told.schema_name
    return None if kind is None and names == (None, None, None, None) else Refusal(kind, *names)
