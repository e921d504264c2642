"""Quoting of names as SQL Server needs it; names of schemas that say their database, too."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from azoth.sql.compiler import IdentifierPreparer
from azoth.sql.ports import CompilerDialect

__all__ = ["MSIdentifierPreparer"]

KEYWORDS: Final = frozenset(
    [
        "add", "all", "alter", "and", "any", "as", "asc", "authorization", "backup", "begin", "between", "break",
        "browse", "bulk", "by", "cascade", "case", "check", "checkpoint", "close", "clustered", "coalesce", "collate",
        "column", "commit", "compute", "constraint", "contains", "containstable", "continue", "convert", "create",
        "cross", "current", "current_date", "current_time", "current_timestamp", "current_user", "cursor", "database",
        "dbcc", "deallocate", "declare", "default", "delete", "deny", "desc", "disk", "distinct", "distributed",
        "double", "drop", "dump", "else", "end", "errlvl", "escape", "except", "exec", "execute", "exists", "exit",
        "external", "fetch", "file", "fillfactor", "for", "foreign", "freetext", "freetexttable", "from", "full",
        "function", "goto", "grant", "group", "having", "holdlock", "identity", "identity_insert", "identitycol", "if",
        "in", "index", "inner", "insert", "intersect", "into", "is", "join", "key", "kill", "left", "like", "lineno",
        "load", "merge", "national", "nocheck", "nonclustered", "not", "null", "nullif", "of", "off", "offsets", "on",
        "open", "opendatasource", "openquery", "openrowset", "openxml", "option", "or", "order", "outer", "over",
        "percent", "pivot", "plan", "precision", "primary", "print", "proc", "procedure", "public", "raiserror",
        "read", "readtext", "reconfigure", "references", "replication", "restore", "restrict", "return", "revert",
        "revoke", "right", "rollback", "rowcount", "rowguidcol", "rule", "save", "schema", "securityaudit", "select",
        "semantickeyphrasetable", "semanticsimilaritydetailstable", "semanticsimilaritytable", "session_user", "set",
        "setuser", "shutdown", "some", "statistics", "system_user", "table", "tablesample", "textsize", "then", "to",
        "top", "tran", "transaction", "trigger", "truncate", "try_convert", "tsequal", "union", "unique", "unpivot",
        "update", "updatetext", "use", "user", "values", "varying", "view", "waitfor", "when", "where", "while",
        "with", "within", "writetext",
    ]
)  # fmt: skip
"""The reserved words of SQL Server."""

_PART: Final = re.compile(r"\[((?:[^\]]|\]\])*)\](?:\.|\Z)|([^.]*)(?:\.|\Z)")
"""A part of the name of a schema: in brackets, or up to the next point."""


class MSIdentifierPreparer(IdentifierPreparer):
    """Write names so that SQL Server takes them for names.

    Args:
        dialect: whose names they are.
    """

    reserved_words: ClassVar[frozenset[str]] = KEYWORDS

    def __init__(self, dialect: CompilerDialect | None = None) -> None:
        super().__init__(dialect, initial_quote="[", final_quote="]", quote_case_sensitive_collations=False)

    def quote_schema(self, schema: str, force: bool | None = None) -> str:
        """Quote the name of a schema: ``database.owner`` has two parts, or more, unless brackets hold them together."""
        if force is not None or getattr(schema, "quote", None) is not None:
            return self.quote(schema, force)
        return ".".join([self._quoted_part(*part) for part in _parts_of(schema)])

    def _quoted_part(self, name: str, in_brackets: bool) -> str:
        return self.quote_identifier(name) if in_brackets and self.requires_quotes(name) else self.quote(name)


def _parts_of(schema: str) -> list[tuple[str, bool]]:
    """Take a schema's name apart at its points: each part, and whether it stood in brackets."""
    parts, place = [], 0
    while place < len(schema):
        match = _PART.match(schema, place)
        assert match is not None
        in_brackets = match[1] is not None
        parts.append((match[1].replace("]]", "]") if in_brackets else match[2], in_brackets))
        place = match.end()
    return parts
