"""A dialect of a program's own: SQLite behind other words, as a package beside azoth would bring it."""

from __future__ import annotations

import sqlite3
from typing import Any

from azoth.dialects.sqlite.base import SQLiteDialect
from azoth.engine.default import DefaultDialect, DefaultExecutionContext
from azoth.sql.compiler import DDLCompiler, GenericTypeCompiler, IdentifierPreparer, SQLCompiler
from azoth.types import INTEGER, VARCHAR, Integer, String


class ShoutingCompiler(SQLCompiler):
    """Puts a comment before SELECTs, concatenates by a function."""

    def visit_select(self, select: Any, **kw: Any) -> str:
        text = super().visit_select(select, **kw)
        return f"/* shout */ {text}" if select is self.statement else text

    def visit_now_func(self, function: Any, **kw: Any) -> str:
        return "'NOW'"

    def limit_clause(self, select: Any, **kw: Any) -> str:
        return " LIMIT " + self.process(select._limit_clause)


class ShoutingDDLCompiler(DDLCompiler):
    """Writes what a table is for behind it."""

    def post_create_table(self, table: Any) -> str:
        return f" /* {table.name.upper()} */"


class ShoutingTypeCompiler(GenericTypeCompiler):
    """Has texts of one kind."""

    def visit_VARCHAR(self, type_: Any, **kw: Any) -> str:
        return "TEXT_TYPE"


class ShoutingPreparer(IdentifierPreparer):
    """Quotes by square brackets."""

    reserved_words = IdentifierPreparer.reserved_words | {"loud"}

    def __init__(self, dialect: Any) -> None:
        super().__init__(dialect, initial_quote="[", final_quote="]")


class Loud(String):
    """A text whose values come back in capitals."""

    def result_processor(self, dialect: Any, coltype: object = None) -> Any:
        return lambda value: None if value is None else value.upper()


class ShoutingContext(DefaultExecutionContext):
    """Notes what it is asked for; knows another key than the driver."""

    log: list[tuple[str, Any]] = []

    def pre_exec(self) -> None:
        self.log.append(("pre", self.isinsert))
        self.statement = self.statement.replace("WHISPER", "SHOUT")

    def post_exec(self) -> None:
        self.log.append(("post", self.cursor.description is not None))

    def get_lastrowid(self) -> Any:
        lastrowid = super().get_lastrowid()
        self.log.append(("lastrowid", lastrowid))
        return lastrowid

    def handle_dbapi_exception(self, e: BaseException) -> None:
        self.log.append(("error", type(e).__name__))


class ShoutingDialect(DefaultDialect):
    """SQLite's driver, a language of its own."""

    name = "shouting"
    driver = "sqlite3"
    default_paramstyle = "qmark"
    supports_lastrowid = True
    supports_statement_cache = True
    statement_compiler = ShoutingCompiler
    ddl_compiler = ShoutingDDLCompiler
    type_compiler_cls = ShoutingTypeCompiler
    preparer = ShoutingPreparer
    execution_ctx_cls = ShoutingContext
    colspecs = {String: Loud}
    ischema_names = {"INTEGER": INTEGER, "TEXT_TYPE": VARCHAR}
    isolation_levels = ("SERIALIZABLE", "AUTOCOMMIT")

    sent: list[str]

    def __init__(self, dbapi: Any = None, **arguments: Any) -> None:
        super().__init__(dbapi, **arguments)
        self.sent = []

    @classmethod
    def import_dbapi(cls) -> Any:
        return sqlite3

    @classmethod
    def engine_created(cls, engine: Any) -> None:
        engine.dialect.sent.append("created")

    def create_connect_args(self, url: Any) -> tuple[list[Any], dict[str, Any]]:
        return [url.database], {"check_same_thread": False}

    def on_connect(self) -> Any:
        def set_up(connection: Any) -> None:
            connection.create_function("twice", 1, lambda value: 2 * value)

        return set_up

    def _get_server_version_info(self, connection: Any) -> tuple[int, ...]:
        assert connection.connection.dbapi_connection.total_changes == 0
        return tuple(map(int, connection.exec_driver_sql("SELECT sqlite_version()").scalar().split(".")))

    def _get_default_schema_name(self, connection: Any) -> str:
        return "main"

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        self.sent.append(statement)
        super().do_execute(cursor, statement, parameters, context)

    def do_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        self.sent.append(f"many: {statement}")
        super().do_executemany(cursor, statement, parameters, context)

    def do_commit(self, dbapi_connection: Any) -> None:
        self.sent.append("COMMIT")
        super().do_commit(dbapi_connection)

    def do_rollback(self, dbapi_connection: Any) -> None:
        self.sent.append("ROLLBACK")
        super().do_rollback(dbapi_connection)

    def is_disconnect(self, e: BaseException, connection: Any, cursor: Any) -> bool:
        return "gone away" in str(e)

    def has_table(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> bool:
        found = connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = ?", (table_name,))
        return found.first() is not None

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> list[Any]:
        rows = connection.exec_driver_sql(f"PRAGMA table_info({self.identifier_preparer.quote(table_name)})").all()
        return [
            {"name": name, "type": self.ischema_names[type_](), "nullable": not notnull, "default": default}
            for _, name, type_, notnull, default, _ in rows
        ]

    def get_table_names(self, connection: Any, schema: str | None = None, **kw: Any) -> list[str]:
        return [name for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master").all()]


class ByUrl(SQLiteDialect):
    """Chooses the class for a URL."""

    name = "byurl"

    @classmethod
    def get_dialect_cls(cls, url: Any) -> Any:
        return ShoutingDialect


NotADialect = Integer
