"""DDL as SQL text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from azoth import exc
from azoth.sql.compiler.base import Compiled, CompilerBase
from azoth.sql.compiler.generic import GenericDialect
from azoth.sql.ddl import DDL, CreateColumn, CreateIndex, CreateTable
from azoth.sql.elements import ClauseElement, ColumnElement
from azoth.sql.operators import comma_op
from azoth.sql.ports import TypeCompilerPort
from azoth.sql.schema import (
    CheckConstraint,
    Column,
    ColumnCollectionConstraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
)
from azoth.sql.schema.sql_text import schema_text
from azoth.sql.types import String
from azoth.util.computed_once import computed_once

_STRING = String()


class DDLCompiler(CompilerBase):
    """Writes DDL as SQL; a dialect subclasses it where it spells it differently."""

    kind = "ddl"

    def compile(self, element: Any) -> Compiled:
        """Compile a DDL statement, which has no parameters.

        Args:
            element: the statement.

        Raises:
            CompileError: it cannot be written in this dialect.
        """
        self.statement = self._whole = element
        text = self.process(element, **self._options)
        if self._doubles_percents:
            text = text.replace("%", "%%")
        return Compiled.of(element, self.dialect, text, (), {}, self)

    @property
    def _doubles_percents(self) -> bool:
        """Whether the driver takes a percent sign for the beginning of a placeholder."""
        return self.dialect.paramstyle in ("format", "pyformat")

    @computed_once
    def sql_compiler(self) -> CompilerBase:
        """The compiler of the dialect's expressions, which writes values into the text: DDL has no parameters."""
        compiler: CompilerBase = self.dialect.statement_compiler(self.dialect, literal_binds=True)
        return compiler

    @computed_once
    def type_compiler(self) -> TypeCompilerPort:
        """The compiler of the dialect's types."""
        return self.dialect.type_compiler_instance

    # -- expressions inside ---------------------------------------------------

    def expression(self, element: Any) -> str:
        """Write an expression with its values in it, and its columns without their table."""
        compiler = self.dialect.statement_compiler(self.dialect, literal_binds=True)
        written: str = compiler.process(element, include_table=False)
        return written

    def text_value(self, value: str) -> str:
        """Write text between quotes."""
        return self.render_literal_value(value, _STRING)

    # -- DDL written by hand --------------------------------------------------

    def visit_ddl(self, ddl: DDL, **_options: object) -> str:
        """Put the names of the target into the text."""
        names = dict(ddl.context)
        if hasattr(ddl.target, "fullname"):
            names.setdefault("table", self.quote(ddl.target.name))
            names.setdefault("schema", self.quote(ddl.target.schema) if ddl.target.schema else "")
            names.setdefault("fullname", self.preparer.format_table(ddl.target))
        return ddl.statement % names if names or "%%" in ddl.statement else ddl.statement

    # -- schemas and tables ---------------------------------------------------

    def visit_create_schema(self, create: Any, **_options: object) -> str:
        """Write CREATE SCHEMA."""
        return f"CREATE SCHEMA {self._if_not_exists(create)}{self.quote(create.element)}"

    def visit_drop_schema(self, drop: Any, **_options: object) -> str:
        """Write DROP SCHEMA."""
        return f"DROP SCHEMA {self._if_exists(drop)}{self.quote(drop.element)}{' CASCADE' if drop.cascade else ''}"

    def visit_create_table(self, create: CreateTable, **_options: object) -> str:
        """Write CREATE TABLE."""
        table = create.element
        self.preparer.check_length(table.name)
        words = ["CREATE", *table._prefixes, "TABLE"]
        start = f"{' '.join(words)} {self._if_not_exists(create)}{self.preparer.format_table(table)}"
        suffix = self.create_table_suffix(table)
        columns = [self._column_of_table(column, table) for column in create.columns if not column.element.system]
        # A handler of CreateColumn leaves a column out by giving nothing.
        parts = [column for column in columns if column]
        parts += self.table_constraints(table, create.include_foreign_key_constraints)
        inside = ", \n\t".join(parts)
        return f"{start}{suffix and f' {suffix}'} (\n\t{inside}\n){self.post_create_table(table)}"

    def _column_of_table(self, create: CreateColumn, table: Any) -> str:
        try:
            return self.process(create)
        except exc.CompileError as error:
            raise exc.CompileError(
                f"(in table '{table.description}', column '{create.element.name}'): {error.summary}",
                why=error.why,
                fix=error.fix,
                code=error.code,
            ) from error

    def visit_create_column(self, create: CreateColumn, **_options: object) -> str:
        """Write the definition of a column with its CHECK constraints."""
        column = create.element
        self.preparer.check_length(column.name)
        checks = [
            f" {self.process(one)}"
            for one in sorted(column.constraints, key=lambda one: int(one._creation_order))
            if self._is_needed(one)
        ]
        return self.get_column_specification(column) + "".join(checks)

    def create_table_suffix(self, table: Any) -> str:
        """Write what stands between the name and the opening parenthesis."""
        return ""

    def post_create_table(self, table: Any) -> str:
        """Write what stands after the closing parenthesis."""
        return ""

    def visit_drop_table(self, drop: Any, **_options: object) -> str:
        """Write DROP TABLE."""
        return f"DROP TABLE {self._if_exists(drop)}{self.preparer.format_table(drop.element)}"

    # -- tables and views of rows that are selected ---------------------------

    def visit_create_table_as(self, create: Any, **_options: object) -> str:
        """Write CREATE TABLE AS."""
        self.preparer.check_length(create.table.name)
        words = "CREATE TEMPORARY TABLE" if create.temporary else "CREATE TABLE"
        name = self.preparer.format_table(create.table)
        return f"{words} {self._if_not_exists(create)}{name} AS {self._query(create.selectable)}"

    def visit_create_view(self, create: Any, **_options: object) -> str:
        """Write CREATE VIEW."""
        chosen = {
            "OR REPLACE ": create.or_replace,
            "TEMPORARY ": create.temporary,
            "MATERIALIZED ": create.materialized,
        }
        self.preparer.check_length(create.table.name)
        words = "".join([word for word, is_chosen in chosen.items() if is_chosen])
        return f"CREATE {words}VIEW {self.preparer.format_table(create.table)} AS {self._query(create.selectable)}"

    def visit_drop_view(self, drop: Any, **_options: object) -> str:
        """Write DROP VIEW."""
        words = "MATERIALIZED VIEW" if drop.materialized else "VIEW"
        return f"DROP {words} {self._if_exists(drop)}{self.preparer.format_table(drop.element)}"

    def _query(self, statement: Any) -> str:
        """Write a SELECT with its values in it."""
        written: str = self.dialect.statement_compiler(self.dialect, literal_binds=True).render(statement)
        return written.replace("%%", "%") if self._doubles_percents else written

    # -- columns --------------------------------------------------------------

    def get_column_specification(self, column: Column[Any], **kw: Any) -> str:
        """Write name, type, default and nullability of a column."""
        parts = [self.quote(column.name), self.column_type(column)]
        default = self.get_column_default_string(column)
        if default is not None:
            parts.append(f"DEFAULT {default}")
        if column.computed is not None:
            parts.append(self.process(column.computed))
        if column.identity is not None and self.dialect.supports_identity_columns:
            parts.append(self.process(column.identity))
        if not column.nullable:
            parts.append("NOT NULL")
        return " ".join(parts)

    def column_type(self, column: Column[Any]) -> str:
        """Write the type of a column."""
        written: str = self.type_compiler.process(column.type, type_expression=column)
        return written

    def get_column_default_string(self, column: Column[Any]) -> str | None:
        """Write the DEFAULT of a column, None where it has none."""
        default = column.server_default
        if default is None or not default.has_argument:
            return None
        if isinstance(default.arg, str):
            return self.text_value(default.arg)
        return self.default_expression(default.arg)

    def default_expression(self, element: ClauseElement) -> str:
        """Write a SQL expression as a DEFAULT."""
        return self.expression(element)

    def visit_computed_column(self, computed: Any, **_options: object) -> str:
        """Write GENERATED ALWAYS AS."""
        written = f"GENERATED ALWAYS AS ({self.expression(computed.sqltext)})"
        if computed.persisted is None:
            return written
        return written + (" STORED" if computed.persisted else " VIRTUAL")

    def visit_identity_column(self, identity: Any, **_options: object) -> str:
        """Write GENERATED AS IDENTITY."""
        options = self.get_identity_options(identity)
        written = f"GENERATED {'ALWAYS' if identity.always else 'BY DEFAULT'} AS IDENTITY"
        return f"{written} ({options})" if options else written

    # -- constraints ----------------------------------------------------------

    def table_constraints(self, table: Any, foreign_keys: Any) -> Iterator[str]:
        """Write the constraints of a table, the primary key first.

        Args:
            table: the table.
            foreign_keys: the foreign keys to write, None for all that need no ALTER.
        """
        for constraint in self._constraints_to_write(table, foreign_keys):
            written = self.process(constraint)
            if written:
                yield written

    def _constraints_to_write(self, table: Any, foreign_keys: Any) -> Iterator[Any]:
        if len(table.primary_key):
            yield table.primary_key
        can_alter = getattr(self.dialect, "supports_alter", True)
        for constraint in table._sorted_constraints():
            if constraint is table.primary_key or not self._is_needed(constraint):
                continue
            if isinstance(constraint, ForeignKeyConstraint) and can_alter:
                chosen = constraint in foreign_keys if foreign_keys is not None else not constraint.use_alter
                if not chosen:
                    continue
            yield constraint

    def _is_needed(self, constraint: Any) -> bool:
        if constraint._ddl_if is not None and not constraint._ddl_if.holds(
            self.statement, constraint, None, dialect=self.dialect, compiler=self
        ):
            return False
        return constraint._create_rule is None or bool(constraint._create_rule(self))

    def constraint_name(self, constraint: Any) -> str:
        """Write CONSTRAINT and its name, where it has one."""
        return "" if constraint.name is None else f"CONSTRAINT {self.preparer.format_constraint(constraint)} "

    def visit_primary_key_constraint(self, constraint: PrimaryKeyConstraint, **_options: object) -> str:
        """Write PRIMARY KEY."""
        columns = constraint.columns_autoinc_first if constraint._implicit else list(constraint.columns)
        written = f"{self.constraint_name(constraint)}PRIMARY KEY ({self._names(columns)})"
        return written + self.define_constraint_deferrability(constraint)

    def visit_unique_constraint(self, constraint: Any, **_options: object) -> str:
        """Write UNIQUE."""
        if not len(constraint.columns):
            return ""
        written = f"{self.constraint_name(constraint)}UNIQUE ({self._names(constraint)})"
        return written + self.define_constraint_deferrability(constraint)

    def visit_check_constraint(self, constraint: CheckConstraint, **_options: object) -> str:
        """Write CHECK."""
        written = f"{self.constraint_name(constraint)}CHECK ({self.expression(constraint.sqltext)})"
        return written + self.define_constraint_deferrability(constraint)

    def visit_foreign_key_constraint(self, constraint: ForeignKeyConstraint, **_options: object) -> str:
        """Write FOREIGN KEY."""
        targets = self._names([element.column for element in constraint.elements])
        written = f"{self.constraint_name(constraint)}FOREIGN KEY({self._names(constraint)})"
        written += f" REFERENCES {self.referred_table(constraint)} ({targets})"
        written += self.define_constraint_match(constraint) + self.define_constraint_cascades(constraint)
        return written + self.define_constraint_deferrability(constraint)

    def define_constraint_match(self, constraint: ForeignKeyConstraint) -> str:
        """Write the MATCH of a foreign key, where it has one."""
        return "" if constraint.match is None else f" MATCH {self._action(constraint.match)}"

    def define_constraint_cascades(self, constraint: ForeignKeyConstraint) -> str:
        """Write what a foreign key does when the row that it refers to is deleted, or gets another key."""
        deleted = "" if constraint.ondelete is None else f" ON DELETE {self._action(constraint.ondelete)}"
        return deleted if constraint.onupdate is None else f"{deleted} ON UPDATE {self._action(constraint.onupdate)}"

    def referred_table(self, constraint: ForeignKeyConstraint) -> str:
        """Write the name of the table that a foreign key refers to."""
        written: str = self.preparer.format_table(constraint.referred_table)
        return written

    def _action(self, action: str) -> str:
        if not all(word.isalpha() for word in action.replace("(", " ").replace(")", " ").replace(",", " ").split()):
            raise exc.CompileError(
                f"a constraint has the option {action!r}, which is no SQL",
                why="it becomes part of the statement as it is",
                fix="use CASCADE, SET NULL, SET DEFAULT, RESTRICT or NO ACTION; DEFERRED or IMMEDIATE for initially=",
                code="AZ-C79",
            )
        return action

    def define_constraint_deferrability(self, constraint: Any) -> str:
        """Write when a constraint is checked, where it says so."""
        written = ""
        if constraint.deferrable is not None:
            written += " DEFERRABLE" if constraint.deferrable else " NOT DEFERRABLE"
        if constraint.initially is not None:
            written += f" INITIALLY {self._action(constraint.initially)}"
        return written

    def visit_add_constraint(self, add: Any, **_options: object) -> str:
        """Write ALTER TABLE ADD."""
        return f"ALTER TABLE {self.preparer.format_table(add.element.table)} ADD {self.process(add.element)}"

    def visit_drop_constraint(self, drop: Any, **_options: object) -> str:
        """Write ALTER TABLE DROP CONSTRAINT."""
        constraint = drop.element
        if constraint.name is None:
            raise exc.CompileError(
                f"a constraint of table {constraint.table.name} has no name and cannot be dropped",
                why="DROP CONSTRAINT names what it drops",
                fix="give it a name, or the MetaData a naming_convention",
                code="AZ-C79",
            )
        name = self.preparer.format_constraint(constraint)
        table = self.preparer.format_table(constraint.table)
        cascade = " CASCADE" if drop.cascade else ""
        return f"ALTER TABLE {table} DROP CONSTRAINT {self._if_exists(drop)}{name}{cascade}"

    # -- indexes --------------------------------------------------------------

    def visit_create_index(self, create: CreateIndex, **_options: object) -> str:
        """Write CREATE INDEX."""
        index = create.element
        self._check_index(index)
        words = "CREATE UNIQUE INDEX" if index.unique else "CREATE INDEX"
        name = self.index_name(index, with_schema=False)
        table = self.preparer.format_table(index.table)
        return f"{words} {self._if_not_exists(create)}{name} ON {table} ({self.index_expressions(index)})"

    def visit_drop_index(self, drop: Any, **_options: object) -> str:
        """Write DROP INDEX."""
        index = drop.element
        if index.name is None:
            raise exc.CompileError(
                "an index without a name cannot be dropped",
                why="DROP INDEX names what it drops",
                fix="name it",
                code="AZ-C79",
            )
        return f"DROP INDEX {self._if_exists(drop)}{self.index_name(index, with_schema=True)}"

    def _check_index(self, index: Any) -> None:
        if index.table is None or index.name is None or not index.expressions:
            missing = "table" if index.table is None else "name" if index.name is None else "columns"
            raise exc.CompileError(
                f"index {index.name or ''} has no {missing}",
                why="CREATE INDEX needs a table and expressions",
                fix="name columns of a table in Index(...)",
                code="AZ-C79",
            )

    def index_name(self, index: Any, *, with_schema: bool) -> str:
        """Write the name of an index."""
        name: str = self.preparer.format_index(index)
        schema = index.table.schema if index.table is not None and with_schema else None
        return f"{self.quote(schema)}.{name}" if schema else name

    def index_expressions(self, index: Any) -> str:
        """Write what an index is on."""
        return ", ".join([self.index_expression(one) for one in index.expressions])

    def index_expression(self, expression: Any) -> str:
        """Write one expression of an index, in parentheses where it is no column."""
        grouped = expression.self_group(against=comma_op) if isinstance(expression, ColumnElement) else expression
        return self.expression(grouped)

    def included_columns(self, item: Index | ColumnCollectionConstraint, dialect_name: str) -> str:
        """Write the columns that an index has beyond those that it is about, which ``<dialect>_include`` names."""
        included = item._dialect_option(dialect_name, "include")
        if not included:
            return ""
        columns = [item.table.c[one] if isinstance(one, str) else one for one in included]
        return f" INCLUDE ({self._names(columns)})"

    def index_condition(self, index: Index, dialect_name: str) -> str:
        """Write the WHERE of a partial index, which ``<dialect>_where`` gives as an expression or as SQL."""
        where = index._dialect_option(dialect_name, "where")
        if where is None:
            return ""
        return f" WHERE {self.expression(schema_text(where) if isinstance(where, str) else where)}"

    # -- sequences ------------------------------------------------------------

    def visit_create_sequence(self, create: Any, **_options: object) -> str:
        """Write CREATE SEQUENCE."""
        sequence = create.element
        self.preparer.check_length(sequence.name)
        options = self.get_identity_options(sequence)
        base = self.dialect.default_sequence_base
        if sequence.start is None and base != 1:
            options = f"START WITH {base} {options}".rstrip()
        written = f"CREATE SEQUENCE {self._if_not_exists(create)}{self.preparer.format_sequence(sequence)}"
        return f"{written} {options}" if options else written

    def visit_drop_sequence(self, drop: Any, **_options: object) -> str:
        """Write DROP SEQUENCE."""
        return f"DROP SEQUENCE {self._if_exists(drop)}{self.preparer.format_sequence(drop.element)}"

    def get_identity_options(self, options: Any) -> str:
        """Write how a sequence or an identity counts."""
        words = {"increment": "INCREMENT BY", "start": "START WITH", "minvalue": "MINVALUE", "maxvalue": "MAXVALUE"}
        parts = [f"{word} {value}" for name, word in words.items() if (value := getattr(options, name)) is not None]
        if options.nominvalue:
            parts.append("NO MINVALUE")
        if options.nomaxvalue:
            parts.append("NO MAXVALUE")
        if options.cache is not None:
            parts.append(f"CACHE {options.cache}")
        if options.cycle is not None:
            parts.append("CYCLE" if options.cycle else "NO CYCLE")
        return " ".join(parts)

    # -- comments -------------------------------------------------------------

    def visit_set_table_comment(self, comment: Any, **_options: object) -> str:
        """Write COMMENT ON TABLE."""
        text = self.text_value(comment.element.comment)
        return f"COMMENT ON TABLE {self.preparer.format_table(comment.element)} IS {text}"

    def visit_drop_table_comment(self, comment: Any, **_options: object) -> str:
        """Write COMMENT ON TABLE IS NULL."""
        return f"COMMENT ON TABLE {self.preparer.format_table(comment.element)} IS NULL"

    def visit_set_constraint_comment(self, comment: Any, **_options: object) -> str:
        """Write COMMENT ON CONSTRAINT."""
        return f"{self._comment_on_constraint(comment.element)} IS {self.text_value(comment.element.comment)}"

    def visit_drop_constraint_comment(self, comment: Any, **_options: object) -> str:
        """Write COMMENT ON CONSTRAINT IS NULL."""
        return f"{self._comment_on_constraint(comment.element)} IS NULL"

    def _comment_on_constraint(self, constraint: Any) -> str:
        name = self.preparer.format_constraint(constraint)
        return f"COMMENT ON CONSTRAINT {name} ON {self.preparer.format_table(constraint.table)}"

    def visit_set_column_comment(self, comment: Any, **_options: object) -> str:
        """Write COMMENT ON COLUMN."""
        column = self.preparer.format_column(comment.element, use_table=True)
        return f"COMMENT ON COLUMN {column} IS {self.text_value(comment.element.comment)}"

    def visit_drop_column_comment(self, comment: Any, **_options: object) -> str:
        """Write COMMENT ON COLUMN IS NULL."""
        return f"COMMENT ON COLUMN {self.preparer.format_column(comment.element, use_table=True)} IS NULL"

    # -- words ----------------------------------------------------------------

    def _names(self, columns: Any) -> str:
        return ", ".join([self.quote(column.name) for column in columns])

    def _if_not_exists(self, create: Any) -> str:
        return "IF NOT EXISTS " if create.if_not_exists else ""

    def _if_exists(self, drop: Any) -> str:
        return "IF EXISTS " if drop.if_exists else ""


GenericDialect.ddl_compiler = DDLCompiler
