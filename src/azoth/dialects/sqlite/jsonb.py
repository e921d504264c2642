"""SQLite's binary form of JSON documents."""

from __future__ import annotations

from typing import Any

from azoth import types
from azoth.sql.elements import ColumnElement
from azoth.sql.functions import func

__all__ = ["JSONB"]


class JSONB(types.JSON):
    """A JSON document in SQLite's binary form, which is smaller and read faster; from SQLite 3.45 on.

    Args:
        none_as_null: store None as SQL NULL instead of the JSON value ``null``.
    """

    __visit_name__ = "JSONB"

    def bind_expression(self, bindvalue: ColumnElement[Any]) -> ColumnElement[Any]:
        """Turn the text of a document into the binary form."""
        made: ColumnElement[Any] = func.jsonb(bindvalue, type_=self)
        return made

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Read the binary form as text."""
        made: ColumnElement[Any] = func.json(column, type_=self)
        return made
