"""Errors of types while they make values into those of the driver."""

from __future__ import annotations

from typing import NoReturn

from azoth.exc import AzothError, DontWrapMixin, StatementError

__all__ = ["raise_not_processed"]


def raise_not_processed(error: Exception, sql: str) -> NoReturn:
    """Raise what a type has raised while it processed a value; errors that are not to be wrapped, as they are.

    Args:
        error: what was raised.
        sql: the statement that the value was for.

    Raises:
        StatementError: it was any other error, which is its ``orig``.
    """
    if isinstance(error, (AzothError, DontWrapMixin)):
        raise error
    raised = StatementError(
        f"a value could not be made into one of the driver's ({type(error).__name__})",
        statement=sql,
        orig=error,
        why="process_bind_param() or the bind_processor() of the value's type has raised this error.",
        fix="look at the error's orig, and give a value that the type takes.",
        code="AZ-E660",
    )
    # Below the first line: the text is the program's own, and may quote the value.
    raised.add_detail(str(error))
    raise raised from error
