"""Quoting of names as SQLite needs it."""

from __future__ import annotations

from typing import ClassVar, Final

from azoth.sql.compiler import IdentifierPreparer

__all__ = ["SQLiteIdentifierPreparer"]

KEYWORDS: Final = frozenset(
    [
        "add", "alter", "autoincrement", "commit", "delete", "drop", "escape", "exists", "if", "index", "insert",
        "nothing", "raise", "recursive", "returning", "transaction", "update", "values", "with",
    ]
)  # fmt: skip
"""The keywords of SQLite that it takes for names nowhere, or not everywhere; the rest of its keywords it does."""


class SQLiteIdentifierPreparer(IdentifierPreparer):
    """Write names so that SQLite takes them for names."""

    reserved_words: ClassVar[frozenset[str]] = IdentifierPreparer.reserved_words | KEYWORDS
