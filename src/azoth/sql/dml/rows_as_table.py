"""How a database takes many rows of values at once: as a table that a statement reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from azoth.sql.elements import ColumnElement
from azoth.sql.selectable import FromClause
from azoth.sql.types import TypeEngine

__all__ = ["RowsAsTable"]


class RowsAsTable(Protocol):
    """Makes a table of rows of values, for an INSERT, UPDATE or DELETE of many rows in one statement.

    Attributes:
        fewest: for fewer rows it does not pay.
        most: more rows are divided into several statements.
    """

    fewest: int
    most: int

    def table_of(self, types: Sequence[TypeEngine[Any]]) -> FromClause | None:
        """Make the table; its columns are in the order of the types, and behind them the number of the row, "place".

        Args:
            types: the types of the values.

        Returns:
            the table, in which each column of values has one parameter; None where a type cannot be taken this way.
        """

    def one_of(self, type_: TypeEngine[Any]) -> ColumnElement[Any] | None:
        """Make what a column is compared with to be one of the values of a single parameter; None as above.

        Args:
            type_: the type of the values.
        """

    def parameters(self, rows: Sequence[tuple[Any, ...]]) -> tuple[Any, ...] | None:
        """Turn rows of the driver's values into the parameters of such a statement.

        Args:
            rows: the values.

        Returns:
            the parameters; None where the driver cannot take these values together, so that each row goes by itself.
        """
