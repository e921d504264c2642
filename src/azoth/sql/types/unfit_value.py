"""The error for a Python value that a type cannot take."""

from __future__ import annotations

from azoth import exc


def unfit_value(type_name: str, expected: str, value: object, *, fix: str = "") -> exc.StatementError:
    """Make the error for a value that a type cannot take; the value itself stays out of it.

    Args:
        type_name: the type's name.
        expected: what the type takes.
        value: what it got.
        fix: what to do, where there is more to say than the class to pass.
    """
    got = type(value).__name__
    return exc.StatementError(
        f"{type_name} does not take this {got}",
        orig=TypeError(f"{type_name} takes {expected}, not {got}"),
        why=f"a value of type {type_name} is {expected}",
        fix=fix or f"pass {expected}, or choose another type for the column",
        code="AZ-C43",
    )


def unreadable_value(type_name: str, value: object, *, why: str = "", fix: str = "") -> exc.UnreadableValueError:
    """Make the error for a stored value that a type cannot read; the value itself stays out of it.

    Args:
        type_name: the type's name.
        value: what the driver returned.
        why, fix: the cause and what to do, where there is more to say than that something else has written it.
    """
    got = type(value).__name__
    return exc.UnreadableValueError(
        f"a stored {got} cannot be read as {type_name}",
        orig=ValueError(f"Couldn't parse {type_name} from a value of class {got}"),
        why=why or "something else than this type wrote it, or the column was declared with another type then",
        fix=fix or "correct the row, or declare the column with the type that was stored",
        code="AZ-C48",
    )
