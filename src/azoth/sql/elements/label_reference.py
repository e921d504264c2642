"""LabelReference: the name of a label or a column, as a string in ORDER BY and GROUP BY."""

from __future__ import annotations

from typing import Any, ClassVar

from azoth.sql.elements.column_element import ColumnElement

__all__ = ["LabelReference"]


class LabelReference(ColumnElement[Any]):
    """A name that the statement around it must have among its columns.

    Args:
        name: the name of a label or of a column.
    """

    __visit_name__: ClassVar[str] = "label_reference"
    _fields: ClassVar[tuple[str, ...]] = ("name",)
    _is_atomic: ClassVar[bool] = True

    name: str

    def __init__(self, name: str) -> None:
        self.name = name
