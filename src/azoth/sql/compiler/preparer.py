"""Quoting of identifiers: names that are reserved, or that SQL would read otherwise, stand in quotes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar, Final

from azoth import exc
from azoth.sql.schema import conv

__all__ = ["RESERVED_WORDS", "IdentifierPreparer"]

RESERVED_WORDS: Final = frozenset(
    [
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "authorization",
        "between",
        "binary",
        "both",
        "case",
        "cast",
        "check",
        "collate",
        "column",
        "constraint",
        "create",
        "cross",
        "current_date",
        "current_role",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "desc",
        "distinct",
        "do",
        "else",
        "end",
        "except",
        "false",
        "for",
        "foreign",
        "freeze",
        "from",
        "full",
        "grant",
        "group",
        "having",
        "ilike",
        "in",
        "initially",
        "inner",
        "intersect",
        "into",
        "is",
        "isnull",
        "join",
        "leading",
        "left",
        "like",
        "limit",
        "localtime",
        "localtimestamp",
        "natural",
        "new",
        "not",
        "notnull",
        "null",
        "off",
        "offset",
        "old",
        "on",
        "only",
        "or",
        "order",
        "outer",
        "overlaps",
        "placing",
        "primary",
        "references",
        "right",
        "select",
        "session_user",
        "set",
        "similar",
        "some",
        "symmetric",
        "table",
        "then",
        "to",
        "trailing",
        "true",
        "union",
        "unique",
        "user",
        "using",
        "verbose",
        "when",
        "where",
    ]
)

_DIGITS: Final = 4
_SUFFIX_LENGTH: Final = 8
"""What a shortened name leaves free at its end: more than its digits take, as names of old have it."""

_ANY_NAME: Final = "max_identifier_length"
_NO_LIMIT: Final = 9_999

_PLAIN: Final = re.compile(r"[a-z_][a-z0-9_$]*\Z")


class IdentifierPreparer:
    """Write names of a database so that they mean what they say.

    A dialect derives from this class, or gives its own quotes and words.

    Args:
        dialect: whose names they are.
        initial_quote: the opening quote.
        final_quote: the closing quote; the opening one where none is given.
        escape_quote: a character that is doubled within a name, as the closing quote is in any case.
        quote_case_sensitive_collations: whether names of collations stand in quotes where other names would.
        omit_schema: leave the schemas of tables out.
        reserved_words: words that always need quotes.
    """

    reserved_words: ClassVar[frozenset[str]] = RESERVED_WORDS

    def __init__(
        self,
        dialect: Any = None,
        initial_quote: str = '"',
        final_quote: str | None = None,
        escape_quote: str | None = None,
        quote_case_sensitive_collations: bool = True,
        omit_schema: bool = False,
        reserved_words: frozenset[str] | None = None,
    ) -> None:
        self.dialect = dialect
        self.initial_quote = initial_quote
        self.final_quote = final_quote or initial_quote
        self.escape_quote = escape_quote or self.final_quote
        self.quote_case_sensitive_collations = quote_case_sensitive_collations
        self.omit_schema = omit_schema
        self._words = reserved_words if reserved_words is not None else self.reserved_words
        self._quoted: dict[str, str] = {}

    def quote(self, name: str, force: bool | None = None) -> str:
        """Quote a name where it needs quotes.

        Args:
            name: the name; a ``quoted_name`` decides by itself.
            force: whether to quote regardless of the name; None leaves it to the name.
        """
        if force is None:
            force = getattr(name, "quote", None)
        if force is not None:
            return self.quote_identifier(name) if force else str(name)
        # The key is a plain str, as an equal quoted_name may have its own will.
        known = self._quoted.get(name)
        if known is None:
            known = self.quote_identifier(name) if self.requires_quotes(name) else str(name)
            self._quoted[str(name)] = known
        return known

    def quote_identifier(self, name: str) -> str:
        """Quote a name in any case.

        Raises:
            CompileError: the name has a null character, at which databases end the text of a statement.
        """
        if "\0" in name:
            raise exc.CompileError(
                "a name in the database has a null character",
                why=f"no database has such names: {name!r}",
                fix="take the character out of the name",
                code="AZ-C260",
            )
        escaped = str.replace(name, self.escape_quote, self.escape_quote * 2)
        if self.escape_quote != self.final_quote:
            # Or the name would end there.
            escaped = str.replace(escaped, self.final_quote, self.final_quote * 2)
        return f"{self.initial_quote}{escaped}{self.final_quote}"

    def requires_quotes(self, name: str) -> bool:
        """Tell whether a name is reserved, or has other than small letters, digits and underscores."""
        return not _PLAIN.match(name) or name in self._words

    def quote_schema(self, schema: str, force: bool | None = None) -> str:
        """Quote the name of a schema where it needs quotes."""
        return self.quote(schema, force)

    def format_table(self, table: Any, use_schema: bool = True, name: str | None = None) -> str:
        """Write the name of a table, with its schema."""
        quoted = self.quote(name if name is not None else table.name)
        schema = getattr(table, "schema", None)
        if schema and use_schema and not self.omit_schema:
            return f"{self.quote_schema(schema)}.{quoted}"
        return quoted

    def format_column(self, column: Any, use_table: bool = False, name: str | None = None) -> str:
        """Write the name of a column, with its table's where that is asked for."""
        if getattr(column, "is_literal", False):
            return str(column.name)
        quoted = self.quote(name if name is not None else column.name)
        return f"{self.format_table(column.table)}.{quoted}" if use_table and column.table is not None else quoted

    def format_label(self, name: str) -> str:
        """Write the name of a label."""
        return self.quote(name)

    def format_collation(self, collation: str) -> str:
        """Write the name of a collation in an expression."""
        return self.quote(collation) if self.quote_case_sensitive_collations else collation

    def format_constraint(self, constraint: Any, name: str | None = None, *, _alembic_quote: bool = True) -> str:
        """Write the name of a constraint; Alembic asks for the bare name, which it compares with the database's."""
        fitting = self._fitting(name if name is not None else constraint.name, "max_constraint_name_length")
        return self.quote(fitting) if _alembic_quote else fitting

    def format_index(self, index: Any) -> str:
        """Write the name of an index."""
        return self.quote(self._fitting(index.name, "max_index_name_length"))

    def _fitting(self, name: str, kind: str) -> str:
        """Shorten a name that a naming convention has made; one of the program's that is too long is refused.

        Args:
            name: the name.
            kind: the attribute of the dialect that says how long names of this kind are, where it is not None.
        """
        if not isinstance(name, conv):
            self.check_length(name, kind)
            return name
        longest, length = self._limit(kind)
        if length(name) <= longest:
            return name
        import hashlib  # noqa: PLC0415  # few names are that long

        digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
        kept = name[: longest - _SUFFIX_LENGTH]
        while length(kept) > longest - _SUFFIX_LENGTH:
            kept = kept[:-1]
        return f"{kept}_{digest[-_DIGITS:]}"

    def check_length(self, name: str, kind: str = _ANY_NAME) -> None:
        """Refuse the name of something new that is too long: a database may cut it in silence.

        Args:
            name: of a table, a column, a constraint and so on.
            kind: the attribute of the dialect that says how long names of this kind are.

        Raises:
            IdentifierError: it is too long.
        """
        longest, length = self._limit(kind)
        if isinstance(name, str) and length(name) > longest:
            self.dialect.validate_identifier(name)

    def _limit(self, kind: str) -> tuple[int, Callable[[str], int]]:
        """Give how long names may be, and what measures them."""
        longest: int | None = getattr(self.dialect, kind, None)
        if longest is None:
            longest = int(getattr(self.dialect, _ANY_NAME, _NO_LIMIT))
        return longest, getattr(self.dialect, "identifier_length", len)

    def format_sequence(self, sequence: Any, use_schema: bool = True) -> str:
        """Write the name of a sequence, with its schema."""
        return self.format_table(sequence, use_schema)
