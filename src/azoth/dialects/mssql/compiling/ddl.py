"""DDL as SQL Server spells it."""

from __future__ import annotations

from typing import Any

from azoth import exc
from azoth.sql.compiler.ddl import DDLCompiler
from azoth.sql.ddl import (
    CreateIndex,
    CreateSequence,
    CreateTableAs,
    CreateView,
    DropColumnComment,
    DropIndex,
    DropTableComment,
    SetColumnComment,
    SetTableComment,
)
from azoth.sql.schema import Column, Computed, Identity, PrimaryKeyConstraint, Table, UniqueConstraint
from azoth.sql.selectable.dialect_options import DialectKWArgs
from azoth.sql.types import INTEGERTYPE

__all__ = ["MSDDLCompiler"]


class MSDDLCompiler(DDLCompiler):
    """Writes DDL as SQL Server spells it: IDENTITY, CLUSTERED, columns of indexes, comments as properties."""

    # -- columns --------------------------------------------------------------

    def get_column_specification(self, column: Column[Any], **kw: Any) -> str:
        """Write name, type, nullability, and what gives the column its value."""
        if column.computed is not None:
            is_stored = column.computed.persisted is True
            parts = [self.quote(column.name), self.process(column.computed)]
            return " ".join([*parts, "NOT NULL"] if is_stored and not column.nullable else parts)
        numbering = self._numbering(column)
        parts = [self.quote(column.name), self.column_type(column)]
        parts.append("NOT NULL" if not column.nullable or column.primary_key or numbering is not None else "NULL")
        if numbering is not None:
            parts.append(numbering)
        else:
            default = self.get_column_default_string(column)
            if default is not None:
                parts.append(f"DEFAULT {default}")
        return " ".join(parts)

    def _numbering(self, column: Column[Any]) -> str | None:
        """Write IDENTITY for a column that the server numbers."""
        start = column._dialect_option("mssql", "identity_start")
        step = column._dialect_option("mssql", "identity_increment")
        if column.identity is not None:
            return self.process(column.identity)
        is_numbered = column.table is not None and column.table.autoincrement_column is column
        if not is_numbered or column.default is not None or column.server_default is not None:
            return None
        return _identity(start, step)

    def visit_identity_column(self, identity: Identity, **_options: object) -> str:
        """Write IDENTITY, with its first number and its step where one of them is given."""
        return _identity(identity.start, identity.increment)

    def visit_computed_column(self, computed: Computed, **_options: object) -> str:
        """Write AS, and whether the value is stored."""
        return f"AS ({self.expression(computed.sqltext)}){' PERSISTED' if computed.persisted else ''}"

    # -- constraints ----------------------------------------------------------

    def visit_primary_key_constraint(self, constraint: PrimaryKeyConstraint, **_options: object) -> str:
        """Write PRIMARY KEY, with the kind of its index."""
        words = f"PRIMARY KEY{self._clustering(constraint)} ({self._names(constraint)})"
        return self.constraint_name(constraint) + words + self.define_constraint_deferrability(constraint)

    def visit_unique_constraint(self, constraint: UniqueConstraint, **_options: object) -> str:
        """Write UNIQUE, with the kind of its index."""
        if not len(constraint.columns):
            return ""
        words = f"UNIQUE{self._clustering(constraint)} ({self._names(constraint)})"
        return self.constraint_name(constraint) + words + self.define_constraint_deferrability(constraint)

    def _clustering(self, item: DialectKWArgs) -> str:
        is_clustered = item._dialect_option("mssql", "clustered")
        if is_clustered is None:
            return ""
        return " CLUSTERED" if is_clustered else " NONCLUSTERED"

    # -- indexes --------------------------------------------------------------

    def visit_create_index(self, create: CreateIndex, **_options: object) -> str:
        """Write CREATE INDEX."""
        index = create.element
        is_columnstore = bool(index._dialect_option("mssql", "columnstore"))
        if not is_columnstore or index.table is None or index.name is None:
            self._check_index(index)
        words = f"CREATE{' UNIQUE' if index.unique else ''}{self._clustering(index)}"
        words += f"{' COLUMNSTORE' if is_columnstore else ''} INDEX {self._if_not_exists(create)}"
        text = f"{words}{self.index_name(index, with_schema=False)} ON {self.preparer.format_table(index.table)}"
        if index.expressions:
            text += f" ({self.index_expressions(index)})"
        return text + self.included_columns(index, "mssql") + self.index_condition(index, "mssql")

    def visit_drop_index(self, drop: DropIndex, **_options: object) -> str:
        """Write DROP INDEX ON."""
        if drop.element.name is None:
            return super().visit_drop_index(drop)
        name = self.index_name(drop.element, with_schema=False)
        return f"DROP INDEX {self._if_exists(drop)}{name} ON {self.preparer.format_table(drop.element.table)}"

    # -- sequences ------------------------------------------------------------

    def visit_create_sequence(self, create: CreateSequence, **_options: object) -> str:
        """Write CREATE SEQUENCE, with the type of its numbers."""
        written = super().visit_create_sequence(create)
        type_ = create.element.data_type
        if type_ is INTEGERTYPE:
            return written
        name = self.preparer.format_sequence(create.element)
        return written.replace(name, f"{name} AS {self.type_compiler.process(type_)}", 1)

    # -- tables and views of rows that are selected ---------------------------

    def visit_create_table_as(self, create: CreateTableAs, **_options: object) -> str:
        """Write SELECT INTO.

        Raises:
            CompileError: the table is to be temporary, or may be there already.
        """
        if create.temporary or create.if_not_exists:
            raise exc.CompileError(
                "SQL Server has SELECT INTO for a new table only, whose name says whether it is temporary",
                why="its SQL has no words for temporary= and if_not_exists=",
                fix="leave them out; the name of a temporary table begins with #",
                code="AZ-D95",
            )
        compiler = self.dialect.statement_compiler(self.dialect, literal_binds=True)
        compiler.into = self.preparer.format_table(create.table)
        written: str = compiler.render(create.selectable)
        return written

    def visit_create_view(self, create: CreateView, **_options: object) -> str:
        """Write CREATE VIEW; one that may be there already is altered."""
        return super().visit_create_view(create).replace("CREATE OR REPLACE ", "CREATE OR ALTER ", 1)

    # -- comments -------------------------------------------------------------

    def visit_set_table_comment(self, comment: SetTableComment, **_options: object) -> str:
        """Write the comment of a table, as a property of it."""
        table = comment.element
        return self._property("add", table, value=f", N{self.text_value(table.comment)}")

    def visit_drop_table_comment(self, comment: DropTableComment, **_options: object) -> str:
        """Take the comment from a table."""
        return self._property("drop", comment.element)

    def visit_set_column_comment(self, comment: SetColumnComment, **_options: object) -> str:
        """Write the comment of a column, as a property of it."""
        column = comment.element
        return self._property("add", column.table, column, f", N{self.text_value(column.comment)}")

    def visit_drop_column_comment(self, comment: DropColumnComment, **_options: object) -> str:
        """Take the comment from a column."""
        return self._property("drop", comment.element.table, comment.element)

    def _property(self, verb: str, table: Table, column: Column[Any] | None = None, value: str = "") -> str:
        schema = self.preparer.quote_schema(table.schema or self.dialect.schema_name)  # type: ignore[attr-defined]
        name = self.preparer.format_table(table, use_schema=False)
        text = f"execute sp_{verb}extendedproperty 'MS_Description'{value}, 'schema', {schema}, 'table', {name}"
        return text if column is None else f"{text}, 'column', {self.quote(column.name)}"


def _identity(start: int | None, step: int | None) -> str:
    if start is None and step is None:
        return "IDENTITY"
    return f"IDENTITY({1 if start is None else start},{1 if step is None else step})"
