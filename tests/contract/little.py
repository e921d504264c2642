"""A little dialect of a package beside azoth: SQLite behind words, quotes and methods of its own."""

from __future__ import annotations

from typing import Any

from azoth.dialects.sqlite.base import SQLiteDialect
from azoth.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from azoth.engine.default import DefaultExecutionContext
from azoth.sql.compiler import IdentifierPreparer


class LittleCompiler(SQLiteDialect.statement_compiler):  # type: ignore[misc]  # compilers are found on dialects
    """Puts a comment before SELECTs."""

    def visit_select(self, select: Any, **kw: Any) -> str:
        text: str = super().visit_select(select, **kw)
        return f"/* a little */ {text}" if select is self.statement else text


class LittlePreparer(IdentifierPreparer):
    """Quotes by accents."""

    def __init__(self, dialect: Any) -> None:
        super().__init__(dialect, initial_quote="`")


class LittleContext(DefaultExecutionContext):
    """Counts what is executed."""

    executed = 0

    def pre_exec(self) -> None:
        LittleContext.executed += 1


class LittleDialect(SQLiteDialect_pysqlite):
    """Sends statements by itself, and counts bytes of names, of which there are 40."""

    name = "little"
    driver = "own"
    statement_compiler = LittleCompiler
    preparer = LittlePreparer
    execution_ctx_cls = LittleContext
    max_identifier_length = 40

    def identifier_length(self, ident: str) -> int:
        return len(ident.encode())

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        cursor.execute(statement, parameters)

    def do_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        cursor.executemany(statement, parameters)
