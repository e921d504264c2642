"""What SQLite has refused: its errors name the columns of a constraint, or its name, or nothing at all.

Source: SQLite's documentation, "Result and Error Codes", and the messages that its library has for constraints.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from azoth import exc
from azoth.engine.dialect_base.explanation import Explanation, Refusal
from azoth.exc.refusals import ForeignKeyViolation

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection

__all__ = ["FOREIGN_KEY_FAILED", "foreign_key_explanation", "refusal_of"]

FOREIGN_KEY_FAILED: Final = "FOREIGN KEY constraint failed"

BUSY: Final = 5
BUSY_SNAPSHOT: Final = 517
LOCKED_SHARED_CACHE: Final = 262
RAISED_BY_TRIGGER: Final = 1811

MOST_KEYS: Final = 5
"""How many foreign keys an error names."""
MOST_PAGES: Final = 25_000
"""The size of a database of which all rows are looked through for the one that COMMIT has refused."""

_FAILED: Final = re.compile(r"(UNIQUE|NOT NULL|CHECK) constraint failed: (.*)", re.DOTALL)
_NAME: Final = r'(?:"(?:[^"]|"")*"|\[[^\]]*\]|`[^`]*`|\w+)'
_CHANGE: Final = re.compile(
    rf"\s*(INSERT|REPLACE|UPDATE|DELETE)\b(?:\s+OR\s+\w+)?(?:\s+(?:INTO|FROM))?\s+(?:({_NAME})\s*\.\s*)?({_NAME})",
    re.IGNORECASE,
)
_KEYS: Final = (
    'SELECT m.name, f.id, f."table", f."from", f."to" FROM {schema}sqlite_master AS m, '
    "pragma_foreign_key_list(m.name{given}) AS f WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq"
)


def refusal_of(error: BaseException) -> Refusal | None:
    """Tell what an error of SQLite is about.

    Args:
        error: the driver's error.
    """
    code = getattr(error, "sqlite_errorcode", 0)
    text = str(error)
    if text == FOREIGN_KEY_FAILED:
        return Refusal(exc.ForeignKeyViolation)
    if code == BUSY_SNAPSHOT:
        return Refusal(exc.SerializationError)
    if code & 0xFF == BUSY or code == LOCKED_SHARED_CACHE:
        return Refusal(exc.LockTimeoutError)
    found = _FAILED.fullmatch(text)
    if found is None or code == RAISED_BY_TRIGGER:
        return None
    kind, subject = found.groups()
    if kind == "CHECK":
        # A constraint without a name is told by what it demands.
        return Refusal(exc.CheckViolation, subject if re.fullmatch(r"\w+", subject) else None)
    if kind == "UNIQUE" and subject.startswith("index '"):
        return Refusal(exc.UniqueViolation, subject.removeprefix("index '").removesuffix("'"))
    table, _, column = subject.partition(".")
    if kind == "NOT NULL":
        return Refusal(exc.NotNullViolation, table=table, column=column)
    return Refusal(exc.UniqueViolation, table=table, column=None if f", {table}." in column else column)


def foreign_key_explanation(connection: DBAPIConnection, statement: str | None) -> Explanation:
    """Name the foreign keys that SQLite may mean, which it does not tell.

    Args:
        connection: the driver's connection, within the transaction still.
        statement: the SQL that was refused.

    Emits: a SELECT of the foreign keys there are; after COMMIT a PRAGMA that looks through the rows.
    """
    change = None if statement is None else _CHANGE.match(statement)
    schema = None if change is None or change[2] is None else _plain(change[2])
    keys = _keys(connection, schema)
    if change is not None:
        named = _of_change(keys, change[1].upper(), _plain(change[3]).lower())
        why = "one of these keys would refer to a row that is not there"
    else:
        named = _broken(connection, keys)
        why = "rows without the one that they refer to are left"
    known = ForeignKeyViolation
    if not named:
        return Explanation(FOREIGN_KEY_FAILED, known.default_why, known.default_fix, known.default_code)
    listed = ", ".join(named[:MOST_KEYS]) + (" and others" if len(named) > MOST_KEYS else "")
    return Explanation(FOREIGN_KEY_FAILED, f"{why}: {listed}.", known.default_fix, known.default_code)


def _rows(connection: DBAPIConnection, sql: str, values: tuple[str, ...] = ()) -> list[tuple[object, ...]]:
    cursor = connection.cursor()
    try:
        cursor.execute(sql, values)
        found: list[tuple[object, ...]] = cursor.fetchall()
    finally:
        cursor.close()
    return found


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name[0] in '"[`' else name


def _keys(connection: DBAPIConnection, schema: str | None) -> dict[tuple[str, int], tuple[str, str]]:
    """Give the words for each foreign key by its table and number, with the table that it refers to."""
    quoted = "" if schema is None else '"' + schema.replace('"', '""') + '".'
    query = _KEYS.format(schema=quoted, given="" if schema is None else ", ?")
    rows = _rows(connection, query, () if schema is None else (schema,))
    columns: dict[tuple[str, int], tuple[str, list[str], list[str]]] = {}
    for table, number, referred, source, target in rows:
        _, sources, targets = columns.setdefault((table, number), (referred, [], []))
        sources.append(f"{table}.{source}")
        targets.append(referred if target is None else f"{referred}.{target}")
    return {
        key: (referred.lower(), f"{', '.join(sources)} -> {', '.join(targets)}")
        for key, (referred, sources, targets) in columns.items()
    }


def _of_change(keys: dict[tuple[str, int], tuple[str, str]], verb: str, table: str) -> Sequence[str]:
    """Give the keys that a change of a table's rows may break."""
    outgoing = verb != "DELETE"
    incoming = verb != "INSERT"
    return [
        words
        for (owner, _), (referred, words) in keys.items()
        if (outgoing and owner.lower() == table) or (incoming and referred == table)
    ]


def _broken(connection: DBAPIConnection, keys: dict[tuple[str, int], tuple[str, str]]) -> Sequence[str]:
    """Give the keys that are broken by rows as they are now, unless there is too much to look at."""
    ((pages,),) = _rows(connection, "PRAGMA page_count")
    if pages > MOST_PAGES:
        return []
    found = dict.fromkeys((row[0], row[3]) for row in _rows(connection, "PRAGMA foreign_key_check"))
    return [keys[key][1] for key in found if key in keys]
