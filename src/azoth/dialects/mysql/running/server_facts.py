"""What a server of MySQL or MariaDB can do, by its kind and version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from azoth.dialects.mysql.compiling.mariadb import MariaDBDDLCompiler, MariaDBStatementCompiler, MariaDBTypeCompiler

if TYPE_CHECKING:
    from azoth.dialects.mysql.base import MySQLDialect

__all__ = ["adapt_to", "version_of"]

# Servers of MariaDB put this in front of their version, for clients that look at the first digit.
_FOR_OLD_CLIENTS: Final = "5.5.5-"
_NUMBERS: Final = re.compile(r"\d+(?:\.\d+)*")


def version_of(text: str | bytes) -> tuple[tuple[int, ...], bool]:
    """Read the version of a server, and whether it is a MariaDB.

    Args:
        text: what the server tells, such as "10.11.6-MariaDB-1".
    """
    version = text.decode("ascii", "replace") if isinstance(text, bytes) else str(text)
    is_mariadb = "mariadb" in version.lower()
    found = _NUMBERS.match(version.removeprefix(_FOR_OLD_CLIENTS) if is_mariadb else version)
    return tuple([int(number) for number in found[0].split(".")]) if found is not None else (), is_mariadb


def adapt_to(dialect: MySQLDialect, is_mariadb: bool, version: tuple[int, ...]) -> None:
    """Let a dialect speak to a server as this one understands it.

    Args:
        dialect: the dialect; one of MySQL becomes like that of MariaDB where the server is one.
        is_mariadb: whether the server is a MariaDB.
        version: its version.

    Source: the release notes of MySQL 8.0 and of MariaDB 10.
    """
    dialect.is_mariadb = is_mariadb
    if not is_mariadb:
        dialect.supports_for_share = dialect.supports_for_update_of = version >= (8, 0, 1)
        dialect.names_the_new_row = version >= (8, 0, 20)
        return
    dialect.statement_compiler = MariaDBStatementCompiler
    dialect.ddl_compiler = MariaDBDDLCompiler
    dialect.type_compiler = MariaDBTypeCompiler
    dialect.supports_returning = version >= (10, 5)
    # Rows of one VALUES are numbered one after the other, whichever lock mode counts.
    dialect.numbers_rows_in_order = dialect.favor_returning_over_lastrowid = dialect.supports_returning
    dialect.supports_sequences = version >= (10, 3)
    dialect.supports_native_uuid = version >= (10, 7)
