"""Statements as SQLite spells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azoth import exc
from azoth.sql.compiler import StatementCompiler
from azoth.sql.elements import BinaryExpression, BindParameter, ColumnClause, UnaryExpression, true
from azoth.sql.operators import Operator
from azoth.sql.selectable import FromClause, GenerativeSelect, Select

if TYPE_CHECKING:
    from azoth.sql.dml import Delete, Insert
    from azoth.sql.elements import Extract
    from azoth.sql.functions.element import FunctionElement
    from azoth.sql.selectable import Values

__all__ = ["SQLiteStatementCompiler"]

EXTRACTED: Final = {
    "month": "%m",
    "day": "%d",
    "year": "%Y",
    "second": "%S",
    "hour": "%H",
    "doy": "%j",
    "minute": "%M",
    "epoch": "%s",
    "dow": "%w",
    "week": "%W",
}


class SQLiteStatementCompiler(StatementCompiler):
    """Write statements as SQLite spells them."""

    longest_condition = 300
    # An expression may be 1,000 levels deep, and ``a AND b AND c`` has two.

    # --- SELECT ---

    def _with_hints(self, text: str, table: FromClause, select: Select[*tuple[Any, ...]]) -> str:
        """Write hints that are meant for SQLite, such as INDEXED BY; those for all databases are of others."""
        for hinted, hint, dialect in select._hints:
            if hinted is table and dialect == self.dialect.name:
                text += f" {hint.replace('%(name)s', self.table_reference(table))}"
        return text

    def returning_options(self, change: Any) -> dict[str, Any]:
        """Name columns alone where the table has a schema, which SQLite does not take in RETURNING."""
        table = change._target
        return {} if self.changed_table(table) == self.quote(table.name) else {"include_table": False}

    def distinct_clause(self, select: Select[*tuple[Any, ...]]) -> str:
        """Write DISTINCT; SQLite has no DISTINCT ON."""
        if select._distinct_on:
            raise _unsupported("DISTINCT ON", "use group_by(), or a window function in a subquery")
        return super().distinct_clause(select)

    def limit_clause(self, select: GenerativeSelect) -> str:
        """Write LIMIT and OFFSET; FETCH FIRST is a LIMIT here."""
        if select._fetch_clause is None:
            return super().limit_clause(select)
        if any(select._fetch_options[:2]):
            raise _unsupported("FETCH FIRST with ties or percent", "use limit()")
        text = f"\n LIMIT {self.process(select._fetch_clause)}"
        return text if select._offset_clause is None else f"{text} OFFSET {self.process(select._offset_clause)}"

    def for_update_clause(self, select: GenerativeSelect) -> str:
        """Write nothing: SQLite locks the whole database."""
        return ""

    def visit_select_grouping(self, grouping: Any, in_compound: bool = False, **options: object) -> str:
        """Write a SELECT in parentheses; as a member of a set operation SQLite wants it in FROM."""
        text = super().visit_select_grouping(grouping, **options)
        return f"SELECT * FROM {text}" if in_compound else text

    def visit_values(self, values: Values, asfrom: bool = False, **_options: object) -> str:
        """Write rows of values; SQLite names their columns column1, column2 and so on."""
        rows = self.value_rows(values)
        if not asfrom:
            return rows
        names = [f"column{place} AS {self.quote(one.name)}" for place, one in enumerate(values._column_args, 1)]
        return f"(SELECT {', '.join(names)} FROM ({rows})) AS {self.quote(self.alias_name(values))}"

    def visit_lateral(self, lateral: Any, **_options: object) -> str:
        """Refuse: SQLite has no LATERAL."""
        raise _unsupported("LATERAL", "use a correlated scalar subquery")

    def visit_tablesample(self, sample: Any, **_options: object) -> str:
        """Refuse: SQLite has no TABLESAMPLE."""
        raise _unsupported("TABLESAMPLE", "order by func.random() and use limit()")

    # --- changes ---

    def delete_using(self, delete: Delete, froms: list[FromClause]) -> str:
        """Refuse other tables in DELETE."""
        if froms:
            raise _unsupported("DELETE with several tables", "use exists() or in_() with a SELECT of the other table")
        return ""

    def inserted_select(self, insert: Insert, select: Any) -> str:
        """Write the SELECT whose rows are inserted."""
        if insert._post_values_clause is not None and isinstance(select, Select) and not select._where_criteria:
            # Without WHERE, SQLite would take ON CONFLICT for a join condition.
            select = select.where(true())
        return super().inserted_select(insert, select)

    def left_out_value(self, column: ColumnClause[Any]) -> str:
        """Write the column's own DEFAULT: SQLite has no such word in VALUES. NULL lets it number the row.

        Raises:
            CompileError: only the database knows the default.
        """
        default = column.server_default
        if default is None or default.is_identity:
            return "NULL"
        written: str | None = self.dialect.ddl_compiler(self.dialect).get_column_default_string(column)
        if written is None:
            raise exc.CompileError(
                f"a row of values has none for column {column.key!r}, which other rows have",
                why="SQLite inserts the same columns in all rows of VALUES, and the default is known to the database "
                "only",
                fix="give each row the same keys, or execute the INSERT with a list of dictionaries",
                code="AZ-C81",
            )
        return written

    # --- expressions ---

    def empty_set(self, bind: BindParameter[Any]) -> str:
        """Write a SELECT without rows."""
        width = len(getattr(bind.type, "types", ())) or 1
        return f"SELECT {', '.join(['1'] * width)} FROM (SELECT 1) WHERE 1!=1"

    packed_list = "SELECT {} FROM json_each({})"

    def visit_is_distinct_from_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write IS NOT, which compares NULL like a value in SQLite."""
        return f"{self.process(binary.left, **options)} IS NOT {self.process(binary.right, **options)}"

    def visit_is_not_distinct_from_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write IS, which compares NULL like a value in SQLite."""
        return f"{self.process(binary.left, **options)} IS {self.process(binary.right, **options)}"

    def visit_regexp_match_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write REGEXP, which calls a function of Python."""
        return f"{self.process(binary.left, **options)} REGEXP {self.process(binary.right, **options)}"

    def visit_not_regexp_match_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write NOT REGEXP."""
        return f"{self.process(binary.left, **options)} NOT REGEXP {self.process(binary.right, **options)}"

    def visit_regexp_replace_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **_options: object) -> str:
        """Refuse: there is no such function."""
        raise _unsupported("REGEXP_REPLACE", "define a function when connections are made (event 'connect')")

    def visit_bitwise_xor_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write an exclusive or by the operators that there are."""
        left, right = self.process(binary.left, **options), self.process(binary.right, **options)
        # Both operands are written, and bound, a second time.
        again = f"{self.process(binary.left, **options)} & {self.process(binary.right, **options)}"
        return f"(({left} | {right}) - ({again}))"

    def visit_any_op_unary(self, unary: UnaryExpression[Any], _op: Operator, **_options: object) -> str:
        """Refuse: SQLite compares with single values only."""
        raise _unsupported("ANY", "use in_() with the list or the SELECT, or exists()")

    def visit_all_op_unary(self, unary: UnaryExpression[Any], _op: Operator, **_options: object) -> str:
        """Refuse: SQLite compares with single values only."""
        raise _unsupported("ALL", "use not_in(), or compare with a SELECT of func.min() or func.max()")

    def visit_match_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write MATCH of the full text search."""
        return f"{self.process(binary.left, **options)} MATCH {self.process(binary.right, **options)}"

    def visit_json_getitem_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write a part of a JSON document; as JSON itself, or as a value of the type that was asked for."""
        text = f"JSON_EXTRACT({self.process(binary.left, **options)}, {self.process(binary.right, **options)})"
        if binary.type._affinity == "json":
            return f"JSON_QUOTE({text})"
        return f"CAST({text} AS {self.type_name(binary.type)})"

    def visit_extract(self, extract: Extract, **options: object) -> str:
        """Write a part of a date by STRFTIME."""
        if extract.field not in EXTRACTED:
            raise exc.CompileError(
                f"{extract.field} is not a valid extract argument",
                why="SQLite takes parts of dates by STRFTIME",
                fix="use one of " + ", ".join(sorted(EXTRACTED)),
                code="AZ-C98",
            )
        return f"CAST(STRFTIME('{EXTRACTED[extract.field]}', {self.process(extract.expr, **options)}) AS INTEGER)"

    def visit_now_func(self, function: object, **_options: object) -> str:
        """Write the current time."""
        return "CURRENT_TIMESTAMP"

    def visit_localtimestamp_func(self, _function: object, **_options: object) -> str:
        """Write the current local time."""
        return "DATETIME(CURRENT_TIMESTAMP, 'localtime')"

    def visit_char_length_func(self, function: object, **options: object) -> str:
        """Write the length of a text."""
        return f"length{self.function_argspec(function, **options)}"

    def visit_aggregate_strings_func(self, function: object, **options: object) -> str:
        """Write the texts of all rows by GROUP_CONCAT."""
        return f"group_concat{self.function_argspec(function, **options)}"

    def visit_concat_func(self, function: FunctionElement[Any], **options: object) -> str:
        """Write a concatenation."""
        return f"({' || '.join([self.process(part, **options) for part in function.clauses])})"


def _unsupported(what: str, fix: str) -> exc.CompileError:
    return exc.CompileError(f"SQLite has no {what}", why="its SQL has no words for it", fix=fix, code="AZ-C98")
