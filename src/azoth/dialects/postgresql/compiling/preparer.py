"""Quoting of names as PostgreSQL needs it."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from azoth import exc
from azoth.sql.compiler import IdentifierPreparer

__all__ = ["PGIdentifierPreparer"]

KEYWORDS: Final = frozenset(
    [
        "collation", "concurrently", "current_catalog", "current_schema", "except", "fetch", "lateral", "of", "over",
        "returning", "tablesample", "trim", "variadic", "window", "with",
    ]
)  # fmt: skip
"""The reserved words of PostgreSQL beyond those that need quotes in most databases."""


class PGIdentifierPreparer(IdentifierPreparer):
    """Write names so that PostgreSQL takes them for names."""

    reserved_words: ClassVar[frozenset[str]] = IdentifierPreparer.reserved_words | KEYWORDS

    def format_type(self, type_: Any, use_schema: bool = True) -> str:
        """Write the name of an ENUM or a DOMAIN, with its schema.

        Raises:
            CompileError: it has no name.
        """
        if not type_.name:
            raise exc.CompileError(
                f"PostgreSQL {type_.__visit_name__} type requires a name.",
                why="it is created in the database under a name",
                fix='write Enum(..., name="...")',
                code="AZ-D67",
            )
        name = self.quote(type_.name, getattr(type_, "quote", None))
        schema = getattr(type_, "schema", None)
        return f"{self.quote_schema(schema)}.{name}" if use_schema and schema else name
