"""Statements as MySQL spells them."""

from __future__ import annotations

from typing import Any, Final

from azoth import exc
from azoth.dialects.mysql.compiling.changes import MySQLChangeCompiler
from azoth.dialects.mysql.compiling.texts import with_backslashes
from azoth.dialects.mysql.expression import match
from azoth.sql import operators
from azoth.sql.elements import BinaryExpression, Cast, ColumnElement, Extract
from azoth.sql.functions import FunctionElement
from azoth.sql.operators import Operator, facts_of
from azoth.sql.schema import Sequence as Sequenced
from azoth.sql.selectable import FromClause, GenerativeSelect, Select
from azoth.types import TypeEngine

__all__ = ["MySQLStatementCompiler"]

EXTRACTED: Final = {"milliseconds": "millisecond"}
EVERYTHING: Final = "18446744073709551615"
"""The largest LIMIT, for an OFFSET without one."""


class MySQLStatementCompiler(MySQLChangeCompiler):
    """Write statements as MySQL spells them."""

    inner_join = "INNER JOIN"
    has_distinct_on = False

    def render_literal_value(self, value: object, type_: TypeEngine[Any]) -> str:
        """Write a value as SQL, in whose texts a backslash begins something else."""
        return with_backslashes(super().render_literal_value(value, type_), self.dialect)

    def _quoted_text(self, text: str) -> str:
        return with_backslashes(super()._quoted_text(text), self.dialect)

    # --- SELECT ---

    def _from_text(self, froms: list[FromClause], select: Select[*tuple[Any, ...]]) -> str:
        if not froms and select._where_criteria:
            return " \nFROM DUAL"
        return super()._from_text(froms, select)

    def table_hint(self, table: FromClause, hint: str) -> str:
        """Write a hint behind a table, such as USE INDEX."""
        return hint.replace("%(name)s", self.table_reference(table))

    def limit_clause(self, select: GenerativeSelect) -> str:
        """Write LIMIT, which has the offset before the number of rows; FETCH FIRST is a LIMIT here."""
        rows = select._limit_clause if select._fetch_clause is None else select._fetch_clause
        if select._fetch_clause is not None and any(select._fetch_options[:2]):
            return self.fetch_clause(select)
        count = EVERYTHING if rows is None else None
        if select._offset_clause is None:
            return "" if rows is None else f"\n LIMIT {self.process(rows)}"
        offset = self.process(select._offset_clause)
        return f"\n LIMIT {offset}, {count if rows is None else self.process(rows)}"

    def fetch_clause(self, select: GenerativeSelect) -> str:
        """Refuse what LIMIT cannot say."""
        raise exc.CompileError(
            f"dialect {self.dialect.name!r} has no FETCH FIRST with ties or percent",
            why="its LIMIT knows a number of rows only",
            fix="use limit()",
            code="AZ-D82",
        )

    def for_update_clause(self, select: GenerativeSelect) -> str:
        """Write FOR UPDATE, or how other sessions may read."""
        locking = select._for_update_arg
        assert locking is not None
        if locking.read:
            text = " FOR SHARE" if self.dialect.supports_for_share else " LOCK IN SHARE MODE"  # type: ignore[attr-defined]
        else:
            text = " FOR UPDATE"
        if locking.of and self.dialect.supports_for_update_of:  # type: ignore[attr-defined]
            tables = [part for one in locking.of for part in getattr(one, "table", one)._parts]
            text += f" OF {', '.join(dict.fromkeys([self._locked_name(one) for one in tables]))}"
        if locking.nowait:
            text += " NOWAIT"
        return text + " SKIP LOCKED" if locking.skip_locked else text

    def _locked_name(self, table: FromClause) -> str:
        if table.__visit_name__ == "table":
            return self.preparer.format_table(table, use_schema=False)  # type: ignore[no-any-return]
        return self.table_reference(table)

    # --- operators ---

    def visit_concat_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write ``concat(a, b, c)``, because ``||`` is an OR here."""
        left, right = self.process(binary.left, **options), self.process(binary.right, **options)
        if isinstance(binary.left, BinaryExpression) and binary.left.operator is operators.concat_op:
            left = left.removeprefix("concat(").removesuffix(")")
        return f"concat({left}, {right})"

    def concatenated(self, texts: list[str]) -> str:
        """Write the concatenation of texts."""
        return f"concat({', '.join(texts)})"

    def visit_is_distinct_from_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write the opposite of ``<=>``."""
        return f"NOT ({self.process(binary.left, **options)} <=> {self.process(binary.right, **options)})"

    def visit_is_not_distinct_from_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write ``<=>``, which compares NULL like a value."""
        return f"{self.process(binary.left, **options)} <=> {self.process(binary.right, **options)}"

    def visit_match_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write a full text search with operators."""
        left, right = self.process(binary.left, **options), self.process(binary.right, **options)
        return f"MATCH ({left}) AGAINST ({right} IN BOOLEAN MODE)"

    def visit_not_match_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: object) -> str:
        """Write the opposite of a full text search."""
        return f"NOT {self.visit_match_op_binary(binary, op, **options)}"

    def visit_mysql_match(self, search: match, **options: object) -> str:
        """Write ``MATCH (columns) AGAINST (text ...)``."""
        boolean, natural, expansion = search.modes
        if boolean and (natural or expansion):
            raise exc.CompileError(
                "match() is in boolean mode and in another one",
                why="MySQL reads the text as a query with operators, or as language",
                fix="choose one of them",
                code="AZ-D83",
            )
        words = " IN BOOLEAN MODE" if boolean else " IN NATURAL LANGUAGE MODE" if natural else ""
        words += " WITH QUERY EXPANSION" if expansion else ""
        columns = ", ".join([self.process(one, **options) for one in search.columns])
        return f"MATCH ({columns}) AGAINST ({self.process(search.against, **options)}{words})"

    def visit_regexp_match_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: object) -> str:
        """Write REGEXP, or REGEXP_LIKE with flags."""
        left, right = self.process(binary.left, **options), self.process(binary.right, **options)
        flags = dict(binary.modifiers).get("flags")
        if flags is None:
            return f"{left} {facts_of(op).symbol} {right}"
        return self.regexp_with_flags(left, right, flags, is_negated=op is operators.not_regexp_match_op)

    visit_not_regexp_match_op_binary = visit_regexp_match_op_binary

    def regexp_with_flags(self, left: str, right: str, flags: str, *, is_negated: bool) -> str:
        """Write the match of a regular expression with flags."""
        text = f"REGEXP_LIKE({left}, {right}, {self._quoted_text(flags)})"
        return f"NOT {text}" if is_negated else text

    # --- JSON ---

    def visit_json_getitem_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write a part of a document; one of another type is converted, and JSON's null is a NULL then."""

        def part() -> str:
            # Each time anew, because its parameters are bound each time.
            return f"JSON_EXTRACT({self.process(binary.left, **options)}, {self.process(binary.right, **options)})"

        if binary.type._affinity == "json":
            return part()
        head = f"CASE {part()} WHEN 'null' THEN NULL"
        if binary.type._affinity == "boolean":
            return f"{head} WHEN true THEN true ELSE false END"
        return f"{head} ELSE {self._converted_part(binary.type, part())} END"

    def _converted_part(self, type_: Any, part: str) -> str:
        affinity = type_._affinity
        if affinity == "integer":
            return f"CAST({part} AS SIGNED INTEGER)"
        if affinity == "string":
            return f"JSON_UNQUOTE({part})"
        if getattr(type_, "scale", None) is not None and type_.precision is not None:
            return f"CAST({part} AS DECIMAL({type_.precision}, {type_.scale}))"
        return f"{part}+0.0000000000000000000000" if affinity in {"numeric", "float"} else part

    # --- expressions and functions ---

    def visit_true(self, _element: object, **_options: object) -> str:
        """Write true, a word for 1."""
        return "true"

    def visit_false(self, _element: object, **_options: object) -> str:
        """Write false, a word for 0."""
        return "false"

    def visit_cast(self, cast: Cast[Any], **options: object) -> str:
        """Write CAST; of what MySQL cannot convert to, the expression alone."""
        target = self.dialect.type_compiler_instance.for_cast(cast.type)
        text = self.process(cast.clause, **options)
        if target is None:
            inner = cast.clause
            return f"({text})" if isinstance(inner, ColumnElement) and isinstance(inner, BinaryExpression) else text
        return f"CAST({text} AS {target})"

    def visit_extract(self, extract: Extract, **options: object) -> str:
        """Write ``EXTRACT(field FROM expression)``."""
        field = EXTRACTED.get(extract.field, extract.field)
        return super().visit_extract(extract if field == extract.field else extract._copy_with(field=field), **options)

    def visit_sysdate_func(self, function: FunctionElement[Any], **_options: object) -> str:
        """Write the current time."""
        return "SYSDATE()"

    def visit_random_func(self, function: FunctionElement[Any], **options: object) -> str:
        """Write a random number."""
        return f"rand{self.function_argspec(function, **options)}"

    def visit_rollup_func(self, function: FunctionElement[Any], **options: object) -> str:
        """Write what to group by with sums of groups."""
        return f"{', '.join([self.process(one, **options) for one in function.clauses])} WITH ROLLUP"

    def visit_aggregate_strings_func(self, function: FunctionElement[Any], **options: object) -> str:
        """Write the texts of all rows as one; the separator is a word of the statement here."""
        text, separator = function.clauses
        written = self.process(separator, **{**options, "literal_binds": True})
        return f"group_concat({self.process(text, **options)} SEPARATOR {written})"

    def visit_sequence(self, sequence: Sequenced, **_options: object) -> str:
        """Write the next value of a sequence, which MariaDB has."""
        if not self.dialect.supports_sequences:  # type: ignore[attr-defined]
            raise exc.UnsupportedCompilationError(
                f"dialect {self.dialect.name!r} has no sequences",
                fix="use an autoincrementing primary key",
                code="AZ-D84",
            )
        return f"nextval({self.preparer.format_sequence(sequence)})"
