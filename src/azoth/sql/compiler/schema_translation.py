"""``schema_translate_map``: the same tables under other schema names."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, TypeVar

from azoth.sql.ports import CompilerDialect

__all__ = ["translating_dialect"]

Dialect = TypeVar("Dialect", bound=CompilerDialect)


def translating_dialect(dialect: Dialect, names: Mapping[str | None, str | None]) -> Dialect:
    """Copy a dialect so that it writes other schema names.

    Args:
        dialect: the dialect.
        names: from the schema of a table, None for tables without one, to the schema to write.

    Returns:
        the copy; statements compiled with it must be cached apart.
    """
    translating = copy.copy(dialect)
    translating.identifier_preparer = _translating_preparer(dialect.identifier_preparer, dict(names))
    return translating


def _translating_preparer(preparer: Any, names: dict[str | None, str | None]) -> Any:
    base: Any = type(preparer)

    class TranslatingPreparer(base):  # type: ignore[misc]
        """Writes tables under their other schema names."""

        def format_table(self, table: Any, use_schema: bool = True, name: str | None = None) -> str:
            schema = getattr(table, "schema", None)
            if schema not in names:
                return str(super().format_table(table, use_schema, name))
            quoted = self.quote(name if name is not None else table.name)
            other = names[schema]
            return f"{self.quote_schema(other)}.{quoted}" if use_schema and other else str(quoted)

    translating = copy.copy(preparer)
    translating.__class__ = TranslatingPreparer
    return translating
