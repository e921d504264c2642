"""Quoting of names as Oracle needs it, those of parameters among them."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from azoth.sql.compiler import IdentifierPreparer

__all__ = ["OracleIdentifierPreparer"]

KEYWORDS: Final = frozenset(
    [
        "access", "add", "all", "alter", "and", "any", "as", "asc", "audit", "between", "by", "char", "check",
        "cluster", "column", "comment", "compress", "connect", "create", "current", "date", "decimal", "default",
        "delete", "desc", "distinct", "drop", "else", "exclusive", "exists", "file", "float", "for", "from",
        "grant", "group", "having", "identified", "immediate", "in", "increment", "index", "initial", "insert",
        "integer", "intersect", "into", "is", "level", "like", "lock", "long", "maxextents", "minus", "mlslabel",
        "mode", "modify", "noaudit", "nocompress", "not", "nowait", "null", "number", "of", "offline", "on",
        "online", "option", "or", "order", "pctfree", "prior", "public", "raw", "rename", "resource", "revoke",
        "row", "rows", "select", "session", "set", "share", "size", "smallint", "start", "successful", "synonym",
        "table", "then", "to", "trigger", "uid", "union", "unique", "update", "user", "validate", "values",
        "varchar", "varchar2", "view", "whenever", "where", "with",
    ]
)  # fmt: skip
"""The reserved words of Oracle, but for the columns that every table has: ROWID, ROWNUM and SYSDATE."""

_PLAIN_PARAMETER: Final = re.compile(r"[A-Za-z][\w$]*\Z", re.ASCII)


class OracleIdentifierPreparer(IdentifierPreparer):
    """Write names so that Oracle takes them for names."""

    reserved_words: ClassVar[frozenset[str]] = KEYWORDS

    def requires_quotes(self, name: str) -> bool:
        """Tell whether a name is reserved, or has what plain names have not: they begin with a letter."""
        return name.startswith("_") or super().requires_quotes(name)

    def parameter(self, name: str) -> str:
        """Write the name of a parameter, which has the rules of other names, in letters of any size."""
        plain = _PLAIN_PARAMETER.match(name) and name.lower() not in self.reserved_words
        return name if plain else self.quote_identifier(name)
