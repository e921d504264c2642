"""Statements as PostgreSQL spells them."""

from __future__ import annotations

from typing import Any, Final

from azoth import exc
from azoth.dialects.postgresql.ext import DistinctOnClause, aggregate_order_by
from azoth.dialects.postgresql.operators import EAGERLY_GROUPED
from azoth.dialects.postgresql.types.array import array
from azoth.sql import operators
from azoth.sql.compiler import StatementCompiler
from azoth.sql.elements import BinaryExpression, BindParameter, Cast, ColumnElement, Slice
from azoth.sql.functions import FunctionElement
from azoth.sql.operators import Operator, facts_of
from azoth.sql.schema import Sequence as Sequenced
from azoth.sql.selectable import FromClause, GenerativeSelect, Select
from azoth.sql.types import NULLTYPE, Float, Numeric, TypeEngine

__all__ = ["PGStatementCompiler"]

_JSON_SYMBOLS: Final = {operators.json_getitem_op: ("->", "->>"), operators.json_path_getitem_op: ("#>", "#>>")}


class PGStatementCompiler(StatementCompiler):
    """Write statements as PostgreSQL spells them."""

    # --- bound values: what the driver does not tell the server is told by a cast ---

    def list_placeholder(self, bind: BindParameter[Any], type_: TypeEngine[Any]) -> str:
        """Write the placeholder of a value of a type, which it says where the driver would leave it open."""
        cast_name = self.dialect.bind_cast(type_)  # type: ignore[attr-defined]
        return super().list_placeholder(bind, type_) if cast_name is None else f"{self.mark(bind)}::{cast_name}"

    def render_bind_cast(self, type_: TypeEngine[Any], dbapi_type: TypeEngine[Any], sqltext: str) -> str:
        """Write a placeholder or a literal with its type."""
        return f"{sqltext}::{self.dialect.type_compiler_instance.process(dbapi_type)}"

    # --- SELECT ---

    def _with_hints(self, text: str, table: FromClause, select: Select[*tuple[Any, ...]]) -> str:
        """Write ONLY before a table, the only hint there is."""
        for hinted, hint, dialect in select._hints:
            if hinted is table and dialect in ("*", self.dialect.name):
                if hint.upper() != "ONLY":
                    raise exc.CompileError(
                        f"PostgreSQL has no hint {hint!r} for a table",
                        why="before a table it knows the word ONLY",
                        fix='write with_hint(table, "ONLY", "postgresql")',
                        code="AZ-D70",
                    )
                text = f"ONLY {text}"
        return text

    def visit_postgresql_distinct_on(self, clause: DistinctOnClause, **_options: object) -> str:
        """Write DISTINCT ON."""
        return f"DISTINCT ON ({self.process_all(clause.expressions)})"

    def no_limit(self) -> str:
        """Write that there is no limit."""
        return "\n LIMIT ALL"

    def fetched_count(self, count: object) -> str:
        """Write a number of rows; PostgreSQL wants parentheses around expressions there."""
        return f"({self.process(count)})"

    def for_update_clause(self, select: GenerativeSelect) -> str:
        """Write FOR UPDATE and its details; tables stand there without their schema."""
        locking = select._for_update_arg
        assert locking is not None
        tables = dict.fromkeys(
            [self._locked_name(part) for one in locking.of for part in getattr(one, "table", one)._parts]
        )
        text = super().for_update_clause(select._copy_with(_for_update_arg=locking._copy_with(of=())))
        of = f" OF {', '.join(tables)}" if tables else ""
        for word in (" NOWAIT", " SKIP LOCKED"):
            if text.endswith(word):
                return f"{text.removesuffix(word)}{of}{word}"
        return text + of

    def _locked_name(self, table: FromClause) -> str:
        if table.__visit_name__ == "table":
            return self.preparer.format_table(table, use_schema=False)  # type: ignore[no-any-return]
        return self.table_reference(table)

    # --- operators ---

    def visit_binary(
        self, binary: BinaryExpression[Any], in_operation: bool = False, is_inside: bool = False, **options: object
    ) -> str:
        """Write ``left operator right``; what binds like most operators stands in parentheses inside of others."""
        text = super().visit_binary(binary, in_operation=True, is_inside=in_operation, **options)
        return f"({text})" if in_operation and self._is_grouped(binary, text) else text

    def _is_grouped(self, binary: BinaryExpression[Any], text: str) -> bool:
        if binary.operator in EAGERLY_GROUPED:
            return True
        return binary.operator in _JSON_SYMBOLS and not text.endswith(("]", ")"))

    def visit_truediv_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write a division whose right side is no whole number, so that the result keeps its fraction."""
        left, right = self.process(binary.left, **options), self.process(binary.right, **options)
        divisor = getattr(binary.right, "type", None)
        type_ = divisor if isinstance(divisor, Numeric | Float) else _NUMERIC
        return f"{left} / CAST({right} AS {self.type_name(type_)})"

    def visit_bitwise_xor_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write an exclusive or."""
        return f"{self.process(binary.left, **options)} # {self.process(binary.right, **options)}"

    def ilike(self, left: str, op: Operator, right: str) -> str:
        """Write ILIKE."""
        return f"{left} {facts_of(op).symbol} {right}"

    def _affix(
        self, binary: BinaryExpression[Any], op: Operator, before: bool, after: bool, any_case: bool, **options: object
    ) -> str:
        text = super()._affix(binary, op, before, after, False, **options)
        return text.replace(" LIKE ", " ILIKE ", 1) if any_case else text

    def visit_regexp_match_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write ``~``, or ``~*`` without regard to case."""
        return self._regular_expression("~", binary, **options)

    def visit_not_regexp_match_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write ``!~``, or ``!~*`` without regard to case."""
        return self._regular_expression("!~", binary, **options)

    def _regular_expression(self, symbol: str, binary: BinaryExpression[Any], **options: object) -> str:
        left, right = self.process(binary.left, **options), self.process(binary.right, **options)
        flags = dict(binary.modifiers).get("flags")
        if flags is None:
            return f"{left} {symbol} {right}"
        if flags == "i":
            return f"{left} {symbol}* {right}"
        return f"{left} {symbol} CONCAT('(?', {self._quoted_text(flags)}, ')', {right})"

    def visit_match_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write the match of the text search, with all words of the right side."""
        left, right = self.process(binary.left, **options), self.process(binary.right, **options)
        configuration = dict(binary.modifiers).get("postgresql_regconfig")
        if configuration is not None:
            right = f"{self._quoted_text(configuration)}, {right}"
        return f"{left} @@ plainto_tsquery({right})"

    def visit_not_match_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: object) -> str:
        """Write that the text search does not match."""
        return f"NOT {self.visit_match_op_binary(binary, op, **options)}"

    # --- JSON ---

    def visit_json_getitem_op_binary(
        self, binary: BinaryExpression[Any], _op: Operator, is_inside: bool = False, **options: object
    ) -> str:
        """Write a part of a document; one of another type is taken as text and converted."""
        op = binary.operator
        document, text = _JSON_SYMBOLS[op]
        if binary.type._affinity != "json":
            plain = f"{self.process(binary.left, **options)} {text} {self.process(binary.right, **options)}"
            return f"CAST({f'({plain})' if is_inside else plain} AS {self.type_name(binary.type)})"
        if op is operators.json_getitem_op and _is_jsonb(binary.left):
            return self.visit_getitem_binary(binary, op, **options)
        return f"{self.process(binary.left, **options)} {document} {self.process(binary.right, **options)}"

    def visit_json_path_getitem_op_binary(
        self, binary: BinaryExpression[Any], op: Operator, is_inside: bool = False, **options: object
    ) -> str:
        """Write a part further down in a document."""
        return self.visit_json_getitem_op_binary(binary, op, is_inside, **options)

    def visit_getitem_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write an element of an array, or the value of a key; what is computed stands in parentheses before it."""
        left = self.process(binary.left, **options)
        if binary.left.__visit_name__ in ("function", "ansi_function", "cast"):
            left = f"({left})"
        return f"{left}[{self.process(binary.right, **options)}]"

    # --- expressions ---

    def visit_array(self, array: array, **options: object) -> str:
        """Write ``ARRAY[...]``; one without elements needs its type."""
        if not array.clauses:
            item_type: TypeEngine[Any] = getattr(array.type, "item_type", NULLTYPE)
            return "ARRAY[]" if item_type._affinity == "none" else f"ARRAY[]::{self.type_name(array.type)}"
        elements = [self.process(clause, **options) for clause in array.clauses]
        return f"ARRAY[{', '.join(elements)}]"

    def visit_slice(self, element: Slice, **options: object) -> str:
        """Write the bounds of a part of an array."""
        return f"{self.process(element.start, **options)}:{self.process(element.stop, **options)}"

    def visit_postgresql_ordered_argument(self, element: aggregate_order_by, **options: object) -> str:
        """Write ``argument ORDER BY ...``."""
        return f"{self.process(element.target, **options)} ORDER BY {self.process(element.order_by, **options)}"

    def visit_try_cast(self, cast: Cast[Any], **options: object) -> str:
        """Refuse: PostgreSQL has no such conversion."""
        raise exc.UnsupportedCompilationError(
            "PostgreSQL has no TRY_CAST", fix="use cast(), or case() with a condition", code="AZ-D71"
        )

    # --- functions ---

    def visit_substring_func(self, function: FunctionElement[Any], **options: object) -> str:
        """Write ``SUBSTRING(text FROM start FOR length)``."""
        texts = [self.process(clause, **options) for clause in function.clauses]
        if len(texts) < 2:
            return f"SUBSTRING({', '.join(texts)})"
        length = f" FOR {texts[2]}" if len(texts) > 2 else ""
        return f"SUBSTRING({texts[0]} FROM {texts[1]}{length})"

    def visit_aggregate_strings_func(self, function: FunctionElement[Any], **options: object) -> str:
        """Write the texts of all rows as one."""
        return f"string_agg{self.function_argspec(function, **options)}"

    def visit_sequence(self, sequence: Sequenced, **_options: object) -> str:
        """Write the next value of a sequence."""
        return f"nextval({self._quoted_text(self.preparer.format_sequence(sequence))})"


_NUMERIC: Final = Numeric()


def _is_jsonb(element: object) -> bool:
    type_ = element.type if isinstance(element, ColumnElement) else None
    return getattr(getattr(type_, "impl_instance", type_), "__visit_name__", None) == "JSONB"
