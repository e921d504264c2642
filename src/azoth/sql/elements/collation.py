"""CollationClause: the name of a collation."""

from __future__ import annotations

from typing import Any, ClassVar

from azoth.sql.elements.column_element import ColumnElement

__all__ = ["CollationClause"]


class CollationClause(ColumnElement[Any]):
    """The name of a collation, as the right operand of COLLATE.

    Args:
        collation: the name.
        schema: the schema that it is in.
    """

    __visit_name__: ClassVar[str] = "collation"
    _fields: ClassVar[tuple[str, ...]] = ("collation", "schema")
    _is_atomic: ClassVar[bool] = True

    def __init__(self, collation: str, schema: str | None = None) -> None:
        self.collation = collation
        self.schema = schema
