"""What a SQL text needs: a transaction around it, or none."""

from __future__ import annotations

import re
from typing import Final

from azoth.engine.dialect_base.begin_action import StatementNeed

__all__ = ["need_of"]


_READS: Final = frozenset({"SELECT", "VALUES", "EXPLAIN"})
# These do not run inside a transaction, or have no effect there (PRAGMA foreign_keys, PRAGMA journal_mode).
_STANDS_ALONE: Final = frozenset({"PRAGMA", "VACUUM", "ATTACH", "DETACH"})
_MAIN_WORDS: Final = frozenset({"SELECT", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE"})

# Compiled by the first SQL text that needs them, which most programs never have.
_FIRST_WORD: Final = r"(?>\s+|--[^\n]*|/\*.*?\*/)*+([a-z]+)"
_PIECE: Final = r"""(?x)
    '[^']*' | "[^"]*" | `[^`]*` | \[[^]]*\]   # strings and quoted names; a doubled quote makes two of one
    | --[^\n]* | /\*.*?\*/
    | [()] | [a-z_]\w*
"""
_FLAGS: Final = re.DOTALL | re.IGNORECASE


def need_of(sql: str | None) -> StatementNeed:
    """Tell what a statement needs; what is not surely a read is taken for a write.

    Args:
        sql: the statement; None for one that needs a transaction in any case.
    """
    if sql is None:
        return StatementNeed.BEGIN
    word = sql.split(None, 1)[0].upper() if sql[:1].isalpha() else ""
    if not word.isalpha():
        found = re.match(_FIRST_WORD, sql, _FLAGS)
        word = found[1].upper() if found is not None else ""
    if word == "WITH":
        word = _main_word(sql)
    if word in _READS or word in _STANDS_ALONE:
        return StatementNeed.NOTHING
    return StatementNeed.IS_BEGIN if word == "BEGIN" else StatementNeed.BEGIN


def _main_word(sql: str) -> str:
    """Find the word that stands behind the common table expressions of a WITH."""
    depth = 0
    for piece in re.finditer(_PIECE, sql, _FLAGS):
        text = piece[0]
        if text == "(":
            depth += 1
        elif text == ")":
            depth -= 1
        elif depth == 0 and (word := text.upper()) in _MAIN_WORDS:
            return word
    return ""
