"""DDL as SQLite spells it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from azoth import exc
from azoth.sql.compiler.ddl import DDLCompiler
from azoth.sql.ddl import CreateIndex
from azoth.sql.elements import ClauseElement, ColumnElement
from azoth.sql.schema import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from azoth.sql.selectable.dialect_options import DialectKWArgs

__all__ = ["SQLiteDDLCompiler"]

PLAIN_DEFAULT: Final = r"""\s*('(?:[^']|'')*'|"[^"]*"|[+-]?[\w.]+)\s*"""
"""A literal, or a word such as CURRENT_TIMESTAMP."""


class SQLiteDDLCompiler(DDLCompiler):
    """Writes DDL as SQLite spells it: keys inside of CREATE TABLE, AUTOINCREMENT, conflict clauses, STRICT."""

    def get_column_specification(self, column: Column[Any], **kw: Any) -> str:
        """Write name, type, default and nullability of a column, and AUTOINCREMENT where asked for."""
        parts = [self.quote(column.name), self.column_type(column)]
        default = self.get_column_default_string(column)
        if default is not None:
            parts.append(f"DEFAULT {default}")
        if not column.nullable:
            parts.append("NOT NULL" + self._on_conflict(column, "on_conflict_not_null"))
        if self._has_inline_key(column):
            conflict = self._on_conflict(column, "on_conflict_primary_key")
            parts.append(f"PRIMARY KEY{conflict} AUTOINCREMENT")
        if column.computed is not None:
            parts.append(self.process(column.computed))
        return " ".join(parts)

    def column_type(self, column: Column[Any]) -> str:
        """Write the type of a column.

        Only a key of exactly the type INTEGER is numbered by SQLite, so a numbered BigInteger is one, too.
        """
        written = super().column_type(column)
        if written in ("BIGINT", "SMALLINT") and self._is_numbered(column):
            return "INTEGER"
        return written

    def _is_numbered(self, column: Column[Any]) -> bool:
        return column.primary_key and column.table.autoincrement_column is column

    def _has_inline_key(self, column: Column[Any]) -> bool:
        return self._is_numbered(column) and bool(column.table._dialect_option("sqlite", "autoincrement"))

    def default_expression(self, element: ClauseElement) -> str:
        """Write a SQL expression as a DEFAULT; it stands in parentheses, other than a literal or a word."""
        written = self.expression(element)
        if re.fullmatch(PLAIN_DEFAULT, written) or (written.startswith("(") and not isinstance(element, ColumnElement)):
            return written
        return f"({written})"

    def table_constraints(self, table: Table, foreign_keys: object) -> Iterator[str]:
        """Write all constraints of a table: SQLite has no ALTER for them."""
        for constraint in self._constraints_to_write(table, None):
            if constraint is table.primary_key and any(self._has_inline_key(column) for column in table.primary_key):
                continue
            written = self.process(constraint)
            if written:
                yield written

    def visit_primary_key_constraint(self, constraint: PrimaryKeyConstraint, **_options: object) -> str:
        """Write PRIMARY KEY."""
        columns = list(constraint.columns)
        conflict = self._on_conflict(constraint)
        if not conflict and len(columns) == 1:
            conflict = self._on_conflict(columns[0], "on_conflict_primary_key")
        return super().visit_primary_key_constraint(constraint) + conflict

    def visit_unique_constraint(self, constraint: UniqueConstraint, **_options: object) -> str:
        """Write UNIQUE."""
        written = super().visit_unique_constraint(constraint)
        columns = list(constraint.columns)
        conflict = self._on_conflict(constraint)
        if not conflict and len(columns) == 1:
            conflict = self._on_conflict(columns[0], "on_conflict_unique")
        return written + conflict if written else written

    def visit_check_constraint(self, constraint: CheckConstraint, **_options: object) -> str:
        """Write CHECK."""
        return super().visit_check_constraint(constraint) + self._on_conflict(constraint)

    def visit_foreign_key_constraint(self, constraint: ForeignKeyConstraint, **_options: object) -> str:
        """Write FOREIGN KEY; SQLite has none between database files."""
        if constraint.table.schema != constraint.referred_table.schema:
            return ""
        return super().visit_foreign_key_constraint(constraint)

    def referred_table(self, constraint: ForeignKeyConstraint) -> str:
        """Write the name of the table that a foreign key refers to, which is in the same file."""
        written: str = self.preparer.format_table(constraint.referred_table, use_schema=False)
        return written

    def post_create_table(self, table: Table) -> str:
        """Write WITHOUT ROWID and STRICT."""
        options = []
        if table._dialect_option("sqlite", "with_rowid", True) is False:
            options.append("WITHOUT ROWID")
        if table._dialect_option("sqlite", "strict", False):
            options.append("STRICT")
        return f" {', '.join(options)}" if options else ""

    def visit_create_index(self, create: CreateIndex, **_options: object) -> str:
        """Write CREATE INDEX, with the WHERE of a partial one."""
        index = create.element
        self._check_index(index)
        words = "CREATE UNIQUE INDEX" if index.unique else "CREATE INDEX"
        name = self.index_name(index, with_schema=True)
        table = self.preparer.format_table(index.table, use_schema=False)
        written = f"{words} {self._if_not_exists(create)}{name} ON {table} ({self.index_expressions(index)})"
        where = index._dialect_option("sqlite", "where")
        return written if where is None else f"{written} WHERE {self.expression(where)}"

    def visit_add_constraint(self, add: object, **_options: object) -> str:
        """Refuse: SQLite cannot."""
        raise self._no_alter("added to")

    def visit_drop_constraint(self, drop: object, **_options: object) -> str:
        """Refuse: SQLite cannot."""
        raise self._no_alter("dropped from")

    def visit_identity_column(self, identity: object, **_options: object) -> str:
        """Write nothing: SQLite numbers an INTEGER key by itself."""
        return ""

    def _no_alter(self, done: str) -> exc.CompileError:
        return exc.CompileError(
            f"a constraint cannot be {done} a table of SQLite",
            why="SQLite has no ALTER TABLE for constraints",
            fix="create the table with its constraints, and copy the rows",
            code="AZ-E62",
        )

    def _on_conflict(self, item: DialectKWArgs, option: str = "on_conflict") -> str:
        action = item._dialect_option("sqlite", option)
        if action is None:
            return ""
        if str(action).upper() not in ("ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"):
            raise exc.CompileError(
                f"sqlite_{option} is {action!r}",
                why="it says what a violated constraint does",
                fix="use ROLLBACK, ABORT, FAIL, IGNORE or REPLACE",
                code="AZ-E63",
            )
        return f" ON CONFLICT {action.upper()}"
