"""CREATE INDEX and DROP INDEX as PostgreSQL spells them, and what its constraints share with its indexes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from azoth import exc
from azoth.sql.compiler.ddl import DDLCompiler
from azoth.sql.compiler.handlers import has_handler
from azoth.sql.ddl import CreateIndex, DropIndex
from azoth.sql.elements import BinaryExpression, ClauseElement, ColumnElement, Label, UnaryExpression
from azoth.sql.operators import collate
from azoth.sql.schema import Index
from azoth.sql.selectable.dialect_options import DialectKWArgs

__all__ = ["IndexCompiler"]

_WORD: Final = re.compile(r"[A-Za-z_][\w ]*\Z")


class IndexCompiler(DDLCompiler):
    """Writes indexes: their kind, operator classes, further columns, storage and condition."""

    def visit_create_index(self, create: CreateIndex, **_options: object) -> str:
        """Write CREATE INDEX."""
        index = create.element
        self._check_index(index)
        option = self._option_of(index)
        words = "CREATE UNIQUE INDEX" if index.unique else "CREATE INDEX"
        if option("concurrently"):
            words += " CONCURRENTLY"
        name = self.index_name(index, with_schema=False)
        parts = [f"{words} {self._if_not_exists(create)}{name} ON {self.preparer.format_table(index.table)}"]
        if option("using"):
            parts.append(f"USING {self.checked_word(option('using'), 'postgresql_using').lower()}")
        parts.append(f"({self._indexed(index, option('ops') or {})})")
        text = " ".join(parts) + self.included_columns(index, "postgresql") + self.nulls_distinctness(index)
        if option("with"):
            text += f" WITH ({self.storage_parameters(option('with'))})"
        if option("tablespace"):
            text += f" TABLESPACE {self.quote(option('tablespace'))}"
        return text + self.index_condition(index, "postgresql")

    def visit_drop_index(self, drop: DropIndex, **_options: object) -> str:
        """Write DROP INDEX."""
        written = super().visit_drop_index(drop)
        if drop.element._dialect_option("postgresql", "concurrently"):
            written = written.replace("DROP INDEX ", "DROP INDEX CONCURRENTLY ", 1)
        return written

    def _option_of(self, item: DialectKWArgs) -> Callable[[str], Any]:
        return lambda name: item._dialect_option("postgresql", name)

    def _indexed(self, index: Index, classes: Mapping[str, str]) -> str:
        return ", ".join([self._with_class(one, classes) for one in index.expressions])

    def _with_class(self, expression: ClauseElement, classes: Mapping[str, str]) -> str:
        """Write one part of an index; its operator class stands before its order."""
        written = self.index_expression(expression)
        if not classes:
            return written
        inner, before = expression, written
        while isinstance(inner, UnaryExpression) and inner.modifier is not None:
            inner = inner.element
            before = self.expression(inner)
        if isinstance(inner, BinaryExpression) and inner.operator is collate:
            inner = inner.left
        # An expression has no key; that of one that was read from a database is its text.
        operator_class = classes.get(getattr(inner, "key", None) or self.expression(inner))
        return written if operator_class is None else f"{before} {operator_class}{written.removeprefix(before)}"

    def index_expression(self, expression: ClauseElement) -> str:
        """Write one expression of an index; all but columns, functions, orders and what a program writes by itself
        stand in parentheses.
        """
        inner = expression.element if isinstance(expression, Label) else expression
        written = self.expression(inner)
        plain = inner.__visit_name__ in _PLAIN or has_handler(inner)
        plain = plain or (isinstance(inner, UnaryExpression) and inner.modifier is not None)
        return written if plain or not isinstance(inner, ColumnElement) else f"({written})"

    # -- what constraints share with indexes ----------------------------------

    def nulls_distinctness(self, item: DialectKWArgs) -> str:
        """Write whether NULL is the same as NULL."""
        not_distinct = item._dialect_option("postgresql", "nulls_not_distinct")
        if not_distinct is None:
            return ""
        return " NULLS NOT DISTINCT" if not_distinct else " NULLS DISTINCT"

    def storage_parameters(self, parameters: Mapping[str, Any]) -> str:
        """Write ``name = value`` for each storage parameter."""
        return ", ".join([f"{name} = {value}" for name, value in parameters.items()])

    def checked_word(self, word: str, option: str) -> str:
        """Refuse what is no word where SQL wants one.

        Raises:
            CompileError: it is none.
        """
        if not _WORD.match(word):
            raise exc.CompileError(
                f"{option} is {word!r}, which is no word",
                why="it becomes part of the statement as it is",
                fix="use a word such as btree, hash, gist, gin or brin",
                code="AZ-D69",
            )
        return word


_PLAIN: Final = frozenset({"column", "function", "ansi_function", "textclause", "grouping", "cast", "clauselist"})
