"""Statements as Oracle spells them: operators, functions, documents, parameters, and the changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from azoth import exc, types
from azoth.dialects.oracle.compiling.limits import OracleLimitCompiler
from azoth.sql.compiler.select import result_column
from azoth.sql.elements import BinaryExpression, BindParameter, Cast, ColumnClause, Label, UnaryExpression
from azoth.sql.functions import FunctionElement
from azoth.sql.operators import Operator
from azoth.sql.schema import Sequence as Sequenced
from azoth.sql.selectable import FromClause, SelectBase, TableValuedAlias
from azoth.sql.selectable.column_names import NamedColumn

if TYPE_CHECKING:
    from azoth.sql.dml import Change, Delete, Insert, Update

__all__ = ["OracleStatementCompiler"]

LONGEST_TEXT: Final = 4000
"""The largest length of a VARCHAR2 that all servers take."""


class OracleStatementCompiler(OracleLimitCompiler):
    """Write statements as Oracle spells them."""

    # --- names and parameters ---

    def placeholder_name(self, name: str) -> str:
        """Quote the name of a parameter where it needs quotes."""
        written: str = self.preparer.parameter(name)
        return written

    def _placeholder_names(self) -> dict[str, str]:
        return {}

    def visit_column(self, column: ColumnClause[Any], include_table: bool = True, **options: object) -> str:
        """Write ``table.column``; the only column of a function's rows has a name of Oracle's own."""
        written = super().visit_column(column, include_table, **options)
        return f"{written}.COLUMN_VALUE" if column.names_table and column.table is not None else written

    def visit_table_valued_alias(self, alias: TableValuedAlias, **options: object) -> str:
        """Write ``TABLE (function(...)) name``."""
        name = self.quote(self.alias_name(alias))
        return f"TABLE ({self.process(alias.element)}) {name}{self._derived_columns(alias)}"

    # --- changes ---

    def visit_insert(self, insert: Insert, **options: object) -> str:
        """Write an INSERT, which has one row of values here."""
        if insert._multi_values:
            raise exc.CompileError(
                "Oracle has no INSERT of several rows of values",
                why="its VALUES knows one row",
                fix="execute the INSERT with a list of dictionaries",
                code="AZ-D96",
            )
        return super().visit_insert(insert, **options)

    def inserted_select(self, insert: Insert, select: SelectBase) -> str:
        """Write the SELECT whose rows are inserted, with its CTEs in front of it."""
        scopes, self._scopes = self._scopes, []
        text = super().inserted_select(insert, select)
        self._scopes = scopes
        return text

    def update_from(self, update: Update, froms: list[FromClause]) -> str:
        """Refuse other tables in UPDATE."""
        return self._no_other_tables("UPDATE", froms)

    def delete_using(self, delete: Delete, froms: list[FromClause]) -> str:
        """Refuse other tables in DELETE."""
        return self._no_other_tables("DELETE", froms)

    def _no_other_tables(self, word: str, froms: list[FromClause]) -> str:
        if froms:
            raise exc.CompileError(
                f"Oracle has no {word} with several tables",
                why="its SQL has no words for it",
                fix="use exists() or in_() with a SELECT of the other table",
                code="AZ-D96",
            )
        return ""

    def returning_clause(self, change: Change, named: Sequence[NamedColumn] | None = None) -> str:
        """Write RETURNING INTO, with a parameter for each column that the server is to fill."""
        if named is None:
            named = change._named_columns()
        if self.is_whole(change):
            self.result_columns = [result_column(one) for one in named]
        expressions, targets = [], []
        for place, one in enumerate(named):
            column = one.column.element if isinstance(one.column, Label) else one.column
            expressions.append(self.process(column))
            type_ = getattr(column, "type", None)
            targets.append(self.mark(BindParameter(f"ret_{place}", None, type_, isoutparam=True)))
        return f"RETURNING {', '.join(expressions)} INTO {', '.join(targets)}"

    # --- operators ---

    def visit_is_distinct_from_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write a DECODE, which compares NULL like a value."""
        return f"{self._decoded(binary, **options)} = 1"

    def visit_is_not_distinct_from_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write a DECODE, which compares NULL like a value."""
        return f"{self._decoded(binary, **options)} = 0"

    def _decoded(self, binary: BinaryExpression[Any], **options: object) -> str:
        return f"DECODE({self._arguments_of(binary, **options)}, 0, 1)"

    def _arguments_of(self, binary: BinaryExpression[Any], **options: object) -> str:
        return f"{self.process(binary.left, **options)}, {self.process(binary.right, **options)}"

    def visit_match_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write a full text search."""
        return f"CONTAINS ({self._arguments_of(binary, **options)})"

    def visit_not_match_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: object) -> str:
        """Write the opposite of a full text search."""
        return f"NOT {self.visit_match_op_binary(binary, op, **options)}"

    def visit_regexp_match_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write REGEXP_LIKE."""
        flags = dict(binary.modifiers).get("flags")
        more = "" if flags is None else f", {self._quoted_text(flags)}"
        return f"REGEXP_LIKE({self._arguments_of(binary, **options)}{more})"

    def visit_not_regexp_match_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: object) -> str:
        """Write the opposite of REGEXP_LIKE."""
        return f"NOT {self.visit_regexp_match_op_binary(binary, op, **options)}"

    def visit_mod_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write the rest of a division."""
        return f"mod({self._arguments_of(binary, **options)})"

    def visit_bitwise_and_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write the bits that both have."""
        return f"BITAND({self._arguments_of(binary, **options)})"

    def visit_bitwise_or_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write the bits that one of them has."""
        return f"BITOR({self._arguments_of(binary, **options)})"

    def visit_bitwise_xor_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write the bits that one of them has alone."""
        return f"BITXOR({self._arguments_of(binary, **options)})"

    def visit_bitwise_lshift_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **_options: object) -> str:
        """Refuse: bits are not shifted."""
        raise _unsupported("operator <<", "multiply by func.power(2, ...)")

    def visit_bitwise_rshift_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **_options: object) -> str:
        """Refuse: bits are not shifted."""
        raise _unsupported("operator >>", "divide by func.power(2, ...), and round down by func.floor()")

    def visit_bitwise_not_op_unary(self, unary: UnaryExpression[Any], _op: Operator, **_options: object) -> str:
        """Refuse: bits are not turned."""
        raise _unsupported("operator ~ for bits", "subtract the number from -1")

    # --- documents ---

    def visit_json_getitem_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write a part of a document; one of another type says what is to be returned."""
        arguments = self._path_arguments(binary, **options)
        affinity = binary.type._affinity
        if affinity == "json":
            return f"JSON_QUERY({arguments})"
        if affinity == "boolean":
            again = self._path_arguments(binary, **options)
            words = "WHEN 'true' THEN 1 WHEN 'false' THEN 0"
            return f"CASE JSON_VALUE({arguments}) {words} ELSE CAST(JSON_VALUE({again}) AS NUMBER(1)) END"
        if affinity == "string":
            name = f"VARCHAR2({getattr(binary.type, 'length', None) or LONGEST_TEXT})"
        elif affinity == "numeric":
            name = self.type_name(binary.type).replace("NUMERIC", "NUMBER", 1)
        else:
            name = self.type_name(binary.type)
        return f"JSON_VALUE({arguments} RETURNING {name} ERROR ON ERROR)"

    def _path_arguments(self, binary: BinaryExpression[Any], **options: object) -> str:
        """Write a document and the path into it, which must be part of the text."""
        path = self.process(binary.right, **{**options, "literal_binds": True})
        return f"{self.process(binary.left, **options)}, {path}"

    # --- expressions and functions ---

    def visit_true(self, _element: object, **_options: object) -> str:
        """Write 1, which also means true."""
        return "1"

    def visit_false(self, _element: object, **_options: object) -> str:
        """Write 0, which also means false."""
        return "0"

    def visit_cast(self, cast: Cast[Any], **options: object) -> str:
        """Write CAST; texts become a VARCHAR2, whose length must be named."""
        type_ = cast.type.load_variant(self.dialect.name)
        if isinstance(type_, types.String) and not isinstance(type_, types.Text):
            named = types.String(type_.length or LONGEST_TEXT, type_.collation)
            return super().visit_cast(cast._copy_with(type=named), **options)
        return super().visit_cast(cast, **options)

    def visit_try_cast(self, cast: Cast[Any], **options: object) -> str:
        """Refuse: Oracle has no such conversion."""
        raise _unsupported("TRY_CAST", "use cast(), or case() with func.validate_conversion()")

    def visit_now_func(self, function: object, **_options: object) -> str:
        """Write the current time."""
        return "CURRENT_TIMESTAMP"

    def visit_sysdate_func(self, function: object, **_options: object) -> str:
        """Write the server's time."""
        return "sysdate"

    def visit_char_length_func(self, function: FunctionElement[Any], **options: object) -> str:
        """Write the length of a text."""
        return f"LENGTH{self.function_argspec(function, **options)}"

    def visit_aggregate_strings_func(self, function: FunctionElement[Any], **options: object) -> str:
        """Write the texts of all rows as one; the separator is a word of the statement here."""
        return self.strings_within_group("LISTAGG", function, **options)

    def visit_sequence(self, sequence: Sequenced, **_options: object) -> str:
        """Write the next value of a sequence."""
        return f"{self.preparer.format_sequence(sequence)}.nextval"


def _unsupported(what: str, fix: str) -> exc.UnsupportedCompilationError:
    return exc.UnsupportedCompilationError(f"Oracle has no {what}", fix=fix, code="AZ-D97")
