"""The names of errors, as both libraries have them: azoth has finer classes below those of SQLAlchemy."""

from __future__ import annotations

from azoth.exc import refusals

__all__ = ["name_of_error"]


def name_of_error(error: BaseException) -> str:
    """Give the name of the class of an error, or of the one that SQLAlchemy has where it is a finer one.

    Args:
        error: the error.
    """
    return next(cls.__name__ for cls in type(error).__mro__ if cls.__name__ not in refusals.__all__)
