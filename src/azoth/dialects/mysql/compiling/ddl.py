"""DDL as MySQL spells it."""

from __future__ import annotations

import re
from typing import Any, Final

from azoth import exc
from azoth.dialects.mysql.compiling.texts import with_backslashes
from azoth.sql.compiler.ddl import DDLCompiler
from azoth.sql.ddl import (
    AddConstraint,
    CreateIndex,
    DropColumnComment,
    DropConstraint,
    DropIndex,
    DropTableComment,
    SetColumnComment,
    SetTableComment,
)
from azoth.sql.elements import ClauseElement, ColumnElement, TextClause, UnaryExpression
from azoth.sql.schema import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from azoth.sql.selectable.dialect_options import DialectKWArgs
from azoth.sql.types import TIMESTAMP, TypeEngine

__all__ = ["MySQLDDLCompiler"]

_LAST: Final = ("PARTITION_BY", "PARTITIONS", "SUBPARTITION_BY", "SUBPARTITIONS")
"""What stands behind the other options of a table."""

_QUOTED: Final = frozenset({"COMMENT", "DATA_DIRECTORY", "INDEX_DIRECTORY", "PASSWORD", "CONNECTION"})
_WITHOUT_EQUALS: Final = frozenset({"TABLESPACE", "DEFAULT_CHARACTER_SET", "CHARACTER_SET", *_LAST})
_PLAIN_DEFAULT: Final = re.compile(r"[+-]?[\w.]+|'(?:[^']|'')*'|NULL")


class MySQLDDLCompiler(DDLCompiler):
    """Writes DDL as MySQL spells it: AUTO_INCREMENT, comments inside, options of tables, prefixes of indexes."""

    def render_literal_value(self, value: object, type_: TypeEngine[Any]) -> str:
        """Write a value as SQL, in whose texts a backslash begins something else."""
        return with_backslashes(super().render_literal_value(value, type_), self.dialect)

    # -- columns --------------------------------------------------------------

    def get_column_specification(self, column: Column[Any], **kw: Any) -> str:
        """Write name, type, and all that belongs to a column."""
        parts = [self.quote(column.name), self.column_type(column)]
        if column.computed is not None:
            parts.append(self.process(column.computed))
        is_timestamp = isinstance(column.type.dialect_impl(self.dialect), TIMESTAMP)  # type: ignore[arg-type]
        if not column.nullable:
            parts.append("NOT NULL")
        elif is_timestamp:
            # Without a word a TIMESTAMP is NOT NULL.
            parts.append("NULL")
        if column.comment is not None:
            parts.append(f"COMMENT {self.text_value(column.comment)}")
        if self._is_numbered(column):
            parts.append("AUTO_INCREMENT")
        else:
            default = self.get_column_default_string(column)
            if default is not None:
                parts.append(f"DEFAULT {default}")
        return " ".join(parts)

    def _is_numbered(self, column: Column[Any]) -> bool:
        if column.table is None or not column.primary_key:
            return False
        if column.identity is not None:
            return True
        if column.server_default is not None:
            return False
        if column.table.autoincrement_column is column:
            return True
        # Where the database has no sequences, one that is to number a key means that it is numbered.
        default = column.default
        is_only = len(column.table.primary_key) == 1
        return is_only and default is not None and default.is_sequence and not self.dialect.supports_sequences  # type: ignore[attr-defined]

    def default_expression(self, element: ClauseElement) -> str:
        """Write a SQL expression as a DEFAULT; in parentheses, other than a text."""
        written = self.expression(element)
        if isinstance(element, TextClause) or _PLAIN_DEFAULT.fullmatch(written) or written.startswith("("):
            return written
        return f"({written})"

    def visit_identity_column(self, identity: object, **_options: object) -> str:
        """Write nothing: MySQL numbers by AUTO_INCREMENT."""
        return ""

    # -- tables ---------------------------------------------------------------

    def post_create_table(self, table: Table) -> str:
        """Write the options that the table has for this database, and its comment."""
        options = self._options_of(table)
        if table.comment is not None:
            options.setdefault("COMMENT", table.comment)
        last = [name for name in _LAST if name in options]
        names = [*[name for name in options if name not in last], *last]
        return " ".join([self._table_option(name, options[name]) for name in names])

    def _options_of(self, table: Table) -> dict[str, Any]:
        prefix = f"{self.dialect.name}_"
        return {
            name.removeprefix(prefix).upper(): value
            for name, value in table.dialect_kwargs.items()
            if name.startswith(prefix) and value is not None
        }

    def _table_option(self, name: str, value: object) -> str:
        text = self.text_value(str(value)) if name in _QUOTED else str(value)
        word = name.replace("_", " ") if name in _WITHOUT_EQUALS | {"DATA_DIRECTORY", "INDEX_DIRECTORY"} else name
        word = {"DEFAULT_CHARSET": "DEFAULT CHARSET", "DEFAULT_COLLATE": "DEFAULT COLLATE"}.get(word, word)
        return f"{word} {text}" if name in _WITHOUT_EQUALS else f"{word}={text}"

    # -- constraints ----------------------------------------------------------

    def visit_primary_key_constraint(self, constraint: PrimaryKeyConstraint, **_options: object) -> str:
        """Write PRIMARY KEY, with the kind of its index."""
        written = super().visit_primary_key_constraint(constraint)
        using = self._option(constraint, "using")
        return f"{written} USING {self._word(using)}" if using else written

    def define_constraint_match(self, constraint: ForeignKeyConstraint) -> str:
        """Refuse MATCH, which would make MySQL pass over ON DELETE and ON UPDATE."""
        if constraint.match is not None:
            raise exc.CompileError(
                "MySQL has no MATCH for foreign keys",
                why="it would read the word, and pass over ON UPDATE and ON DELETE",
                fix="leave match= out",
                code="AZ-D79",
            )
        return ""

    def visit_drop_constraint(self, drop: DropConstraint, **_options: object) -> str:
        """Write ALTER TABLE DROP, with MySQL's word for each kind of constraint."""
        constraint = drop.element
        table = self.preparer.format_table(constraint.table)
        if isinstance(constraint, PrimaryKeyConstraint):
            return f"ALTER TABLE {table} DROP PRIMARY KEY"
        word = self._drop_word(constraint)
        if word is None or constraint.name is None:
            return super().visit_drop_constraint(drop)
        return f"ALTER TABLE {table} DROP {word} {self.preparer.format_constraint(constraint)}"

    def _drop_word(self, constraint: object) -> str | None:
        if isinstance(constraint, ForeignKeyConstraint):
            return "FOREIGN KEY"
        if isinstance(constraint, UniqueConstraint):
            return "INDEX"
        return "CHECK" if isinstance(constraint, CheckConstraint) else None

    # -- indexes --------------------------------------------------------------

    def visit_create_index(self, create: CreateIndex, **_options: object) -> str:
        """Write CREATE INDEX."""
        index = create.element
        self._check_index(index)
        prefix = self._option(index, "prefix")
        words = ["CREATE", *(["UNIQUE"] if index.unique else []), *([self._word(prefix)] if prefix else []), "INDEX"]
        name = self.index_name(index, with_schema=False)
        table = self.preparer.format_table(index.table)
        written = f"{' '.join(words)} {self._if_not_exists(create)}{name} ON {table} ({self.index_expressions(index)})"
        parser, using = self._option(index, "with_parser"), self._option(index, "using")
        if parser is not None:
            written += f" WITH PARSER {self._word(parser)}"
        return written + (f" USING {self._word(using)}" if using is not None else "")

    def index_expressions(self, index: Index) -> str:
        """Write what an index is on, each part with the length of its prefix where it has one."""
        length = self._option(index, "length")
        texts = []
        for expression in index.expressions:
            column = expression.element if isinstance(expression, UnaryExpression) else expression
            own = length.get(getattr(column, "name", None)) if isinstance(length, dict) else length
            if own is None:
                texts.append(self.index_expression(expression))
            elif column is expression:
                texts.append(f"{self.index_expression(expression)}({int(own)})")
            else:
                order = self.expression(expression)[len(self.expression(column)) :]
                texts.append(f"{self.index_expression(column)}({int(own)}){order}")
        return ", ".join(texts)

    def index_expression(self, expression: ClauseElement) -> str:
        """Write one expression of an index; what is computed stands in parentheses."""
        written = self.expression(expression)
        if isinstance(expression, UnaryExpression) and expression.modifier is not None:
            return written
        plain = expression.__visit_name__ == "column" or not isinstance(expression, ColumnElement)
        return written if plain or written.startswith("(") else f"({written})"

    def visit_drop_index(self, drop: DropIndex, **_options: object) -> str:
        """Write DROP INDEX ON."""
        if drop.element.name is None:
            return super().visit_drop_index(drop)
        name = self.index_name(drop.element, with_schema=False)
        return f"DROP INDEX {self._if_exists(drop)}{name} ON {self.preparer.format_table(drop.element.table)}"

    def visit_add_constraint(self, add: AddConstraint, **_options: object) -> str:
        """Write ALTER TABLE ADD."""
        return super().visit_add_constraint(add)

    # -- comments -------------------------------------------------------------

    def visit_set_table_comment(self, comment: SetTableComment, **_options: object) -> str:
        """Write ALTER TABLE COMMENT."""
        return f"ALTER TABLE {self.preparer.format_table(comment.element)} COMMENT {self._comment(comment)}"

    def visit_drop_table_comment(self, comment: DropTableComment, **_options: object) -> str:
        """Write ALTER TABLE with an empty COMMENT."""
        return f"ALTER TABLE {self.preparer.format_table(comment.element)} COMMENT ''"

    def visit_set_column_comment(self, comment: SetColumnComment, **_options: object) -> str:
        """Write ALTER TABLE CHANGE with the whole definition of the column."""
        column = comment.element
        table, name = self.preparer.format_table(column.table), self.quote(column.name)
        return f"ALTER TABLE {table} CHANGE {name} {self.get_column_specification(column)}"

    def visit_drop_column_comment(self, comment: DropColumnComment, **_options: object) -> str:
        """Write ALTER TABLE CHANGE with a definition of the column without the comment."""
        column = comment.element
        written = self.get_column_specification(column)
        if column.comment is not None:
            written = written.replace(f" COMMENT {self.text_value(column.comment)}", "", 1)
        table, name = self.preparer.format_table(column.table), self.quote(column.name)
        return f"ALTER TABLE {table} CHANGE {name} {written}"

    def _comment(self, comment: SetTableComment) -> str:
        return self.text_value(comment.element.comment)

    # -- words ----------------------------------------------------------------

    def _option(self, item: DialectKWArgs, name: str) -> Any:
        own = item._dialect_option(self.dialect.name, name)
        # MariaDB makes do with what is said about MySQL's indexes, as far as it changes their kind only.
        return item._dialect_option("mysql", name) if own is None and name in {"using", "with_parser"} else own

    def _word(self, word: str) -> str:
        if not word.replace("_", "a").replace(" ", "a").isalnum():
            raise exc.CompileError(
                f"an option of an index or a key is {word!r}, which is no word",
                why="it becomes part of the statement as it is",
                fix="use a word such as btree, hash or FULLTEXT",
                code="AZ-D80",
            )
        return word
