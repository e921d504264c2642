"""TypedColumns and Named: classes that tell type checkers the columns of a table."""

from __future__ import annotations

from typing import Generic, NoReturn, TypeVar

from azoth import exc

__all__ = ["Named", "TypedColumns"]

ValueT = TypeVar("ValueT", covariant=True)


class Named(Generic[ValueT]):
    """In a class derived from ``TypedColumns``: a column whose values are of a class."""


class TypedColumns:
    """The columns of a table, for type checkers; ``table.with_cols(...)`` says that a table has them.

    At run time the columns are those of the table.
    """

    def __new__(cls, *args: object, **kwargs: object) -> NoReturn:
        """Refuse: there are no objects of it.

        Raises:
            InvalidRequestError: always.
        """
        raise exc.InvalidRequestError(
            f"{cls.__name__} cannot be instantiated",
            why="it is for type checkers",
            fix=f"write table.with_cols({cls.__name__})",
            code="AZ-C663",
        )
