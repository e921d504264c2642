"""What SQLite is like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from azoth.dialects.sqlite.ddl_compiler import SQLiteDDLCompiler
from azoth.dialects.sqlite.preparer import SQLiteIdentifierPreparer
from azoth.dialects.sqlite.reflection import SQLiteReflection
from azoth.dialects.sqlite.statement_compiler import SQLiteStatementCompiler
from azoth.dialects.sqlite.types import COLSPECS, SQLiteTypeCompiler
from azoth.engine.dialect import AUTOCOMMIT, DefaultDialect
from azoth.exc import ArgumentError

__all__ = ["SQLiteDialect"]

_BEGIN_MODES: Final = ("DEFERRED", "IMMEDIATE", "EXCLUSIVE")


class SQLiteDialect(SQLiteReflection, DefaultDialect):
    """The dialect of SQLite.

    Args:
        dbapi: the driver's module.
        begin: how transactions begin: "DEFERRED" takes locks when they are needed, "IMMEDIATE" takes the write lock at
            once, "EXCLUSIVE" keeps readers out too. The execution option ``sqlite_begin`` chooses it per connection.
        foreign_keys: enforce foreign keys, which SQLite leaves off.
        arguments: those of ``DefaultDialect``.
    """

    name = "sqlite"
    default_paramstyle: ClassVar[str] = "qmark"

    statement_compiler: type[Any] = SQLiteStatementCompiler
    ddl_compiler: type[Any] = SQLiteDDLCompiler
    type_compiler: type[Any] = SQLiteTypeCompiler
    preparer: ClassVar[type[Any]] = SQLiteIdentifierPreparer
    colspecs: Mapping[type[Any], type[Any]] = COLSPECS

    supports_lastrowid = True
    supports_alter = False
    supports_multivalues_insert = True
    max_bind_variables: int | None = 32_766
    isolation_levels: ClassVar[tuple[str, ...]] = ("READ UNCOMMITTED", "SERIALIZABLE", "AUTOCOMMIT")
    default_isolation_level: str | None = "SERIALIZABLE"
    default_schema_name: str | None = "main"
    engine_arguments: ClassVar[frozenset[str]] = frozenset({"begin", "foreign_keys"})
    connection_options: ClassVar[frozenset[str]] = frozenset({"sqlite_begin"})

    def __init__(
        self, dbapi: Any = None, *, begin: str = "DEFERRED", foreign_keys: bool = False, **arguments: Any
    ) -> None:
        super().__init__(dbapi, **arguments)
        self._begin = _checked_begin(begin)
        self._foreign_keys = foreign_keys
        version: tuple[int, ...] = getattr(dbapi, "sqlite_version_info", (3, 35))
        self.server_version_info = version
        self.supports_returning = version >= (3, 35)

    def begin_action(self, options: Mapping[str, Any]) -> Callable[[Any], None] | None:
        if options.get("isolation_level") == AUTOCOMMIT:
            return None
        return _BEGIN_ACTIONS[_checked_begin(options.get("sqlite_begin") or self._begin)]

    def transaction_was_lost(self, dbapi_connection: Any) -> bool:
        # A full disk, an interrupt or ON CONFLICT ROLLBACK ends the transaction inside SQLite. Without this test the
        # next statement would run outside of any transaction.
        return not dbapi_connection.in_transaction

    def set_isolation_level(self, dbapi_connection: Any, level: str) -> None:
        if level != AUTOCOMMIT:
            dbapi_connection.execute(f"PRAGMA read_uncommitted={int(level == 'READ UNCOMMITTED')}").close()

    def get_isolation_level(self, dbapi_connection: Any) -> str:
        (value,) = dbapi_connection.execute("PRAGMA read_uncommitted").fetchone()
        return "READ UNCOMMITTED" if value else "SERIALIZABLE"


def _begin_with(statement: str) -> Callable[[Any], None]:
    def begin(dbapi_connection: Any) -> None:
        dbapi_connection.execute(statement)

    return begin


_BEGIN_ACTIONS: Final = {
    "DEFERRED": _begin_with("BEGIN"),
    "IMMEDIATE": _begin_with("BEGIN IMMEDIATE"),
    "EXCLUSIVE": _begin_with("BEGIN EXCLUSIVE"),
}


def _checked_begin(mode: str) -> str:
    wanted = mode.upper()
    if wanted not in _BEGIN_MODES:
        raise ArgumentError(
            f"SQLite cannot begin a transaction in the mode {mode!r}",
            fix=f"the modes are {', '.join(_BEGIN_MODES)}.",
            code="AZ-E37",
        )
    return wanted
