"""What a SQL text needs: a transaction around it, or none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from azoth.engine.dialect_base.begin_action import StatementNeed
from azoth.exc import InvalidRequestError
from azoth.util.warning import warn

if TYPE_CHECKING:
    import sqlite3

__all__ = ["need_of", "refuse_late_setting"]


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
_SETTING: Final = r"""(?x)
    (?>\s+|;|--[^\n]*|/\*.*?\*/)*+ PRAGMA \s+ (?:\w+\.)? foreign_keys \s* [=(] \s* ['"]? (?: (off|no|false|0+)\b | \w )
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


def refuse_late_setting(dbapi_connection: sqlite3.Connection, sql: str) -> None:
    """Refuse a ``PRAGMA foreign_keys`` that was sent within a transaction, where SQLite passes over it in silence.

    A DROP TABLE that follows deletes the rows that refer to the table, if these were to be left alone.

    Args:
        dbapi_connection: the driver's connection, on which a transaction has begun.
        sql: what was executed.

    Raises:
        InvalidRequestError: foreign keys go on to be checked. Where it is only that they still are not, a warning says
            so, since nothing is lost.
    """
    if "foreign_keys" not in sql.lower() or (found := re.match(_SETTING, sql, _FLAGS)) is None:
        return
    wanted = found[1] is None
    (is_on,) = dbapi_connection.execute("PRAGMA foreign_keys").fetchone()
    if wanted == bool(is_on):
        return
    what = f"PRAGMA foreign_keys has no effect: foreign keys are {'' if is_on else 'not '}checked as before"
    why = "SQLite passes over it within a transaction, and one has begun with the first statement that wrote"
    fix = (
        "send it before anything is written, or after commit(); for Alembic in env.py, before context.configure(), "
        "with a commit() behind it"
    )
    if wanted:
        warn(what, why=why, fix=fix, code="AZ-D100")
    else:
        raise InvalidRequestError(what, why=why, fix=fix, code="AZ-D101")


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
