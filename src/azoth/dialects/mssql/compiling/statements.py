"""Statements as SQL Server spells them: operators, functions, documents, and the changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from azoth import exc
from azoth.dialects.mssql.compiling.limits import MSLimitCompiler
from azoth.sql.dml import Change, Delete, Update
from azoth.sql.elements import BinaryExpression, Cast, ClauseElement, ColumnClause, Extract
from azoth.sql.functions import FunctionElement
from azoth.sql.operators import Operator
from azoth.sql.schema import Sequence as Sequenced
from azoth.sql.selectable import FromClause
from azoth.sql.selectable.column_names import NamedColumn
from azoth.sql.types import TypeEngine

__all__ = ["MSStatementCompiler"]

EXTRACTED: Final = {
    "doy": "dayofyear",
    "dow": "weekday",
    "milliseconds": "millisecond",
    "microseconds": "microsecond",
}


class MSStatementCompiler(MSLimitCompiler):
    """Write statements as SQL Server spells them."""

    returns_early = True
    _returned_from: tuple[FromClause, str] | None = None
    """The changed table, and the word for its new or old rows, while OUTPUT is written."""

    def table_hint(self, table: FromClause, hint: str) -> str:
        """Write a hint behind a table, such as WITH (NOLOCK)."""
        return hint.replace("%(name)s", self.table_reference(table))

    # --- changes ---

    def returning_clause(self, change: Change, named: Sequence[NamedColumn] | None = None) -> str:
        """Write OUTPUT, in which the changed table is called ``inserted`` or ``deleted``."""
        self._returned_from = (change._target, "deleted" if isinstance(change, Delete) else "inserted")
        written = super().returning_clause(change, named)
        self._returned_from = None
        return f"OUTPUT{written.removeprefix('RETURNING')}"

    def visit_column(self, column: ColumnClause[Any], include_table: bool = True, **options: object) -> str:
        """Write ``table.column``."""
        if self._returned_from is not None and include_table and column.table is self._returned_from[0]:
            return f"{self._returned_from[1]}.{self.quote(column.name)}"
        return super().visit_column(column, include_table, **options)

    def _open_change(self, change: Change, kind: str, froms: Iterable[FromClause] = ()) -> None:
        super()._open_change(change, kind, froms)
        self._changed = change

    def changed_table(self, table: FromClause) -> str:
        """Write the changed table with its hints."""
        text = super().changed_table(table)
        for hinted, hint, dialect in self._changed._hints:
            if hinted is table and dialect in ("*", self.dialect.name):
                text += f" {self.table_hint(table, hint)}"
        return text

    def update_from(self, update: Update, froms: list[FromClause]) -> str:
        """Write the changed table once more beside the others."""
        return self._from_all(update, froms)

    def delete_using(self, delete: Delete, froms: list[FromClause]) -> str:
        """Write the changed table once more beside the others."""
        return self._from_all(delete, froms)

    def _from_all(self, change: Change, froms: list[FromClause]) -> str:
        tables = [change._target, *froms]
        return f" FROM {', '.join([self.process(table, asfrom=True) for table in tables])}" if froms else ""

    # --- operators ---

    def condition(self, element: ClauseElement, **options: object) -> str:
        """Write a condition: SQL Server takes no value for one, so that true is ``1 = 1``."""
        text = self.process(element, **options)
        return f"{text} = 1" if element.__visit_name__ in ("true", "false") else text

    def visit_concat_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write ``a + b``."""
        return f"{self.process(binary.left, **options)} + {self.process(binary.right, **options)}"

    def concatenated(self, texts: list[str]) -> str:
        """Write the concatenation of texts."""
        return " + ".join(texts)

    def visit_is_distinct_from_binary(self, binary: BinaryExpression[Any], op: Operator, **options: object) -> str:
        """Write the opposite of IS NOT DISTINCT FROM."""
        return f"NOT {self.visit_is_not_distinct_from_binary(binary, op, **options)}"

    def visit_is_not_distinct_from_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write an INTERSECT, which compares NULL like a value."""
        left, right = self.process(binary.left, **options), self.process(binary.right, **options)
        return f"EXISTS (SELECT {left} INTERSECT SELECT {right})"

    def visit_match_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write a full text search."""
        return f"CONTAINS ({self.process(binary.left, **options)}, {self.process(binary.right, **options)})"

    def visit_not_match_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: object) -> str:
        """Write the opposite of a full text search."""
        return f"NOT {self.visit_match_op_binary(binary, op, **options)}"

    def visit_regexp_match_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **_options: object) -> str:
        """Refuse: there are no regular expressions."""
        raise self._no_expressions()

    def visit_not_regexp_match_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **_options: object) -> str:
        """Refuse: there are no regular expressions."""
        raise self._no_expressions()

    def visit_regexp_replace_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **_options: object) -> str:
        """Refuse: there are no regular expressions."""
        raise self._no_expressions()

    def _no_expressions(self) -> exc.UnsupportedCompilationError:
        return exc.UnsupportedCompilationError(
            "SQL Server has no regular expressions", fix="use like(), or func.replace()", code="AZ-D95"
        )

    # --- documents ---

    def visit_json_getitem_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write a part of a document; one of another type is taken as text and converted."""

        def part(function: str) -> str:
            # Each time anew, because its parameters are bound each time.
            return f"{function}({self.process(binary.left, **options)}, {self.process(binary.right, **options)})"

        if binary.type._affinity == "json":
            return part("JSON_QUERY")
        head = f"CASE {part('JSON_VALUE')} WHEN NULL THEN NULL"
        if binary.type._affinity == "boolean":
            head += " WHEN 'true' THEN 1 WHEN 'false' THEN 0"
        return f"{head} ELSE {self._converted_part(binary.type, part('JSON_VALUE'))} END"

    def _converted_part(self, type_: TypeEngine[Any], part: str) -> str:
        return part if type_._affinity == "string" else f"CAST({part} AS {self.type_name(type_)})"

    # --- expressions and functions ---

    def visit_try_cast(self, cast: Cast[Any], **options: object) -> str:
        """Write ``TRY_CAST (expression AS type)``, which is NULL where the value cannot be converted."""
        return f"TRY_CAST ({self.process(cast.clause, **options)} AS {self.type_name(cast.type)})"

    def visit_extract(self, extract: Extract, **options: object) -> str:
        """Write ``DATEPART(field, expression)``."""
        field = EXTRACTED.get(extract.field, extract.field)
        written = super().visit_extract(
            extract if field == extract.field else extract._copy_with(field=field), **options
        )
        field, _, expression = written.removeprefix("EXTRACT(").partition(" FROM ")
        return f"DATEPART({field}, {expression}"

    def visit_now_func(self, function: object, **_options: object) -> str:
        """Write the current time."""
        return "CURRENT_TIMESTAMP"

    def visit_current_date_func(self, function: object, **_options: object) -> str:
        """Write the current time, which is the nearest that there is."""
        return "GETDATE()"

    def visit_length_func(self, function: FunctionElement[Any], **options: object) -> str:
        """Write the length of a text."""
        return f"LEN{self.function_argspec(function, **options)}"

    def visit_char_length_func(self, function: FunctionElement[Any], **options: object) -> str:
        """Write the length of a text."""
        return f"LEN{self.function_argspec(function, **options)}"

    def visit_aggregate_strings_func(self, function: FunctionElement[Any], **options: object) -> str:
        """Write the texts of all rows as one; the separator is a word of the statement here."""
        return self.strings_within_group("string_agg", function, **options)

    def visit_sequence(self, sequence: Sequenced, **_options: object) -> str:
        """Write the next value of a sequence."""
        return f"NEXT VALUE FOR {self.preparer.format_sequence(sequence)}"
