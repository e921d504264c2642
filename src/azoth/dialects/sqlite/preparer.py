"""Quoting of names as SQLite needs it."""

from __future__ import annotations

from typing import ClassVar, Final

from azoth.sql.compiler import IdentifierPreparer

__all__ = ["SQLiteIdentifierPreparer"]

KEYWORDS: Final = frozenset(
    [
        "add", "after", "all", "alter", "analyze", "and", "as", "asc", "attach", "autoincrement", "before",
        "begin", "between", "by", "cascade", "case", "cast", "check", "collate", "column", "commit", "conflict",
        "constraint", "create", "cross", "current_date", "current_time", "current_timestamp", "database",
        "default", "deferrable", "deferred", "delete", "desc", "detach", "distinct", "drop", "each", "else",
        "end", "escape", "except", "exclusive", "exists", "explain", "fail", "false", "for", "foreign", "from",
        "full", "glob", "group", "having", "if", "ignore", "immediate", "in", "index", "indexed", "initially",
        "inner", "insert", "instead", "intersect", "into", "is", "isnull", "join", "key", "left", "like",
        "limit", "match", "natural", "not", "nothing", "notnull", "null", "of", "offset", "on", "or", "order",
        "outer", "plan", "pragma", "primary", "query", "raise", "recursive", "references", "reindex", "rename",
        "replace", "restrict", "returning", "right", "rollback", "row", "select", "set", "table", "temp", "temporary",
        "then", "to", "transaction", "trigger", "true", "union", "unique", "update", "using", "vacuum",
        "values", "view", "virtual", "when", "where",
    ]
)  # fmt: skip
"""The keywords of SQLite, but for those of newer versions that it takes for names everywhere."""


class SQLiteIdentifierPreparer(IdentifierPreparer):
    """Write names so that SQLite takes them for names."""

    reserved_words: ClassVar[frozenset[str]] = KEYWORDS
