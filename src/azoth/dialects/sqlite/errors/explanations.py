"""What SQLite's errors mean: their causes, and their cures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from azoth.engine.dialect_base.explanation import Explanation
from azoth.util.near_names import near_names

__all__ = ["explanation_of"]

BUSY_SNAPSHOT: Final = 517
LOCKED_SHARED_CACHE: Final = 262

_LOCKED: Final = Explanation(
    "database is locked",
    why="another connection kept its lock for longer than this one waits. Holders are: a session or connection of this "
    "program that has written or flushed and is neither committed nor closed, be it forgotten; a result of which rows "
    "are left to read; another program. A transaction that began by reading (begin='DEFERRED') does not even wait.",
    fix="commit or close what has written as soon as it is done, and read results to their end or close them; begin "
    "with the first write (the default) or with begin='IMMEDIATE'; wait longer with connect_args={'timeout': 30}; let "
    "readers and a writer work side by side with PRAGMA journal_mode=WAL.",
    code="AZ-E220",
)
_TABLE_IN_USE: Final = Explanation(
    "database table is locked",
    why="a result of the same connection has rows left to read, so the table cannot be changed or dropped.",
    fix="read the result to its end (.all()) or close it before.",
    code="AZ-E233",
)
_TABLE_LOCKED: Final = Explanation(
    "database table is locked",
    why="the connections of an engine in memory share one database, and another one kept its lock for longer than this "
    "one waits. Holders are: a session or connection that has written or flushed and is neither committed nor closed, "
    "be it forgotten or of this very thread. While one changes tables, nobody else reads.",
    fix="commit or close what has written as soon as it is done; let sessions that work on each other's uncommitted "
    "data share one connection with poolclass=StaticPool; wait longer with connect_args={'timeout': 30}.",
    code="AZ-E221",
)
_SNAPSHOT: Final = Explanation(
    "database is locked",
    why="this transaction has read a state of the database that another one has changed since, so it cannot write.",
    fix='roll back and repeat the whole transaction; leave begin= at its default, or use begin="IMMEDIATE", so that '
    "transactions that write begin with the write lock; read results to their end before writing.",
    code="AZ-E222",
)
_BY_CODE: Final = {
    5: _LOCKED,
    6: _TABLE_IN_USE,
    LOCKED_SHARED_CACHE: _TABLE_LOCKED,
    BUSY_SNAPSHOT: _SNAPSHOT,
    8: Explanation(
        "attempt to write a readonly database",
        why="the file or its directory may not be written (SQLite makes a journal beside the file), or it was opened "
        "with mode=ro, or it was removed or replaced while it was open.",
        fix="check the owner and the permissions of the file and of its directory, and the URL.",
        code="AZ-E223",
    ),
    10: Explanation(
        "disk I/O error",
        why="the operating system refused to read or to write the file, its journal or its shared memory; network "
        "drives are a frequent cause.",
        fix="check the disk and the system's log; keep the file on a local disk.",
        code="AZ-E224",
    ),
    11: Explanation(
        "database disk image is malformed",
        why="the file is damaged, for instance by a copy that was made while it was written, or without its journal.",
        fix="restore a backup, or save what is readable with the command .recover of SQLite's shell.",
        code="AZ-E225",
    ),
    13: Explanation(
        "database or disk is full",
        why="the disk has no space left for the file, its journal or a temporary file, or PRAGMA max_page_count is "
        "reached.",
        fix="free space, or let temporary files go elsewhere (environment variable SQLITE_TMPDIR); the transaction was "
        "rolled back and can be repeated.",
        code="AZ-E226",
    ),
    14: Explanation(
        "unable to open database file",
        why="the directory does not exist, or the file may not be read or made.",
        fix="make the directory, check permissions and the URL: three slashes stand before a path from the working "
        "directory (sqlite:///file.db), four before an absolute one (sqlite:////var/file.db).",
        code="AZ-E227",
    ),
    26: Explanation(
        "file is not a database",
        why="the file begins unlike a SQLite database: it is something else, or it is encrypted.",
        fix="check the URL; an encrypted database needs the driver that wrote it.",
        code="AZ-E228",
    ),
}
_NO_TABLE: Final = Explanation(
    "no such table",
    why="the database has no table or view of this name: it was not created, or this is another "
    "database than it should be.",
    fix="create what is missing with metadata.create_all(engine) or a migration; check the URL; each engine in memory "
    "has a database of its own.",
    code="AZ-E229",
)
_NO_COLUMN: Final = Explanation(
    "no such column",
    why="the table in the database lacks a column that the statement names: it was created before the column was "
    "declared, or the name is written wrongly. Or the statement does not read the table: ORDER BY, GROUP BY and "
    "RETURNING add none.",
    fix="add it with ALTER TABLE or a migration (create_all() leaves present tables alone), correct the name, or join "
    "the table.",
    code="AZ-E230",
)
_SYNTAX: Final = Explanation(
    "syntax error",
    why="SQLite cannot parse the statement; the cause stands at the quoted word or just before it.",
    fix="see .statement of this error; the SQL of text() or of a driver's statement is sent as it is, and newer syntax "
    "needs a newer SQLite (engine.dialect.server_version_info).",
    code="AZ-E231",
)
_LIST_EXPECTED: Final = _SYNTAX._replace(
    message='near "?": syntax error',
    why="a parameter stands where SQLite does not take one value: behind IN, as a name, or within a string or type.",
    fix='write text("... IN :ids").bindparams(bindparam("ids", expanding=True)) for a list; names of tables and '
    "columns cannot be parameters.",
    code="AZ-E234",
)
_MISMATCH: Final = Explanation(
    "datatype mismatch",
    why="a value that is no whole number was given for an INTEGER PRIMARY KEY, LIMIT or OFFSET.",
    fix="give an int there, or choose another type for the key.",
    code="AZ-E235",
)
_NO_FUNCTION: Final = Explanation(
    "no such function",
    why="SQLite has no function of this name, and the program has not made one.",
    fix="correct the name, or make the function in a listener of the engine's event 'connect': "
    "dbapi_connection.create_function(name, number_of_arguments, function).",
    code="AZ-E236",
)
_WITHIN: Final = Explanation(
    "cannot … from within a transaction",
    why="SQLite does this outside of transactions only, and one has begun on the connection.",
    fix="commit or roll back first and make it the first statement after that, or use a connection with "
    'execution_options(isolation_level="AUTOCOMMIT").',
    code="AZ-E232",
)
_BY_MESSAGE: Final = (
    (re.compile(r"no such table"), _NO_TABLE),
    (re.compile(r"no such column|.* has no column named"), _NO_COLUMN),
    (re.compile(r'near "\?": syntax error$'), _LIST_EXPECTED),
    (re.compile(r"datatype mismatch$"), _MISMATCH),
    (re.compile(r"no such function"), _NO_FUNCTION),
    (re.compile(r".* syntax error$|incomplete input$|unrecognized token"), _SYNTAX),
    (re.compile(r"(?!cannot start).*(within|inside) a? ?transaction$"), _WITHIN),
)


def explanation_of(error: BaseException, tables: Callable[[], Iterable[str]]) -> Explanation | None:
    """Find what an error of SQLite means.

    Args:
        error: the driver's error.
        tables: lists the names of the tables and views that there are; asked only where a table is missing.

    Returns:
        the explanation; None where the error says enough.
    """
    code = getattr(error, "sqlite_errorcode", 0)
    known = _BY_CODE.get(code) or _BY_CODE.get(code & 0xFF)
    if known is not None:
        return known
    text = str(error)
    found = next((explanation for pattern, explanation in _BY_MESSAGE if pattern.match(text)), None)
    return _with_near_tables(text, tables) if found is _NO_TABLE else found


def _with_near_tables(text: str, tables: Callable[[], Iterable[str]]) -> Explanation:
    name = text.partition(": ")[2].rpartition(".")[2]
    present = list(tables())
    near = near_names(name, present, 3)
    if near:
        return _NO_TABLE._replace(fix=f"did you mean {' or '.join(map(repr, near))}? Otherwise {_NO_TABLE.fix}")
    if not present:
        return _NO_TABLE._replace(why=f"{_NO_TABLE.why} It has no tables at all.")
    return _NO_TABLE
