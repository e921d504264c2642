"""DMLTargetCopy: in the values of an INSERT or UPDATE, what another column gets."""

from __future__ import annotations

from typing import Any, ClassVar

from azoth.sql.elements import ColumnClause, ColumnElement, clause_of
from azoth.util.arguments import wrong_value

__all__ = ["DMLTargetCopy", "from_dml_column"]


class DMLTargetCopy(ColumnElement[Any]):
    """What another column of the row gets in the same INSERT or UPDATE.

    Args:
        column: the other column.

    Raises:
        ArgumentError: it is no column.
    """

    __visit_name__: ClassVar[str] = "dml_target_copy"
    _fields: ClassVar[tuple[str, ...]] = ("column",)
    _is_atomic: ClassVar[bool] = True

    def __init__(self, column: object) -> None:
        found = clause_of(column)
        if not isinstance(found, ColumnClause):
            raise wrong_value("from_dml_column()", "a column", column, "name a column of the changed table")
        self.column = found
        self.type = found.type
        self._value_hint = "param"


def from_dml_column(column: object) -> DMLTargetCopy:
    """Stand for what another column gets: ``insert(t).values(x=..., y=from_dml_column(t.c.x) + 1)``.

    In an UPDATE that does not set the other column, it is that column.

    Args:
        column: the other column.
    """
    return DMLTargetCopy(column)
