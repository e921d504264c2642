"""The compiler of SELECT, of set operations, and of SELECT as an operand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from azoth import exc
from azoth.sql.compiler.base import ResultColumn
from azoth.sql.compiler.froms import Frame, FromCompiler
from azoth.sql.elements import ClauseElement, ColumnClause, Label, LabelReference, UnaryExpression, and_
from azoth.sql.operators import distinct_op
from azoth.sql.selectable import (
    CompoundSelect,
    Exists,
    FromClause,
    GenerativeSelect,
    NamedColumn,
    ScalarSelect,
    Select,
    SetOperation,
    column_in_froms,
    correlated_froms,
    selected_as,
    unknown_label,
    without_narrowing,
)
from azoth.sql.visitors import Visitable, replace

if TYPE_CHECKING:
    from azoth.sql.selectable import TextualSelect

__all__ = ["SelectCompiler", "result_column"]


class SelectCompiler(FromCompiler):
    """Write SELECT.

    Options that elements pass down: ``asfrom`` (a subquery in FROM, whose columns need names), ``lateral``, ``in_cte``,
    ``is_result`` (a member of a set operation whose columns are those of the result).
    """

    # --- SELECT ---

    def visit_select(
        self,
        select: Select[*tuple[Any, ...]],
        *,
        asfrom: bool = False,
        lateral: bool = False,
        in_cte: bool = False,
        is_result: bool = False,
        **_options: object,
    ) -> str:
        """Write a SELECT."""
        is_result = is_result or self.is_whole(select)
        if self.is_whole(select):
            self.kind, self.returns_rows = "select", True
        self.open_scope(select)
        froms, narrowing = without_narrowing(self._open_frame(select, asfrom, lateral))
        if len(froms) > 1:
            self.side_by_side = (*self.side_by_side, (select, froms))
        named = select._named_columns()
        parts = [self._select_head(select), self._columns_text(named, asfrom, is_result)]
        parts.append(self._from_text(froms, select))
        if select._where_criteria or narrowing:
            condition = self.condition(and_(*select._where_criteria, *narrowing))
            parts.append(f" \nWHERE {condition}" if condition else "")
        parts.append(self.group_by_clause(select))
        if select._having_criteria:
            parts.append(f" \nHAVING {self.condition(and_(*select._having_criteria))}")
        parts.append(self._extension_text(select, "post_criteria", " \n"))
        parts.append(self.order_by_clause(select))
        parts.append(self._tail(select))
        self._frames.pop()
        return self.close_scope("".join(parts).rstrip())

    def _open_frame(self, select: Select[*tuple[Any, ...]], asfrom: bool, lateral: bool) -> list[FromClause]:
        around = self._frames[-1] if self._frames else None
        if around is None:
            froms = correlated_froms(select, None, None)
            visible: tuple[FromClause, ...] = ()
        elif asfrom and not lateral:
            # What stands beside it in FROM is not visible to a subquery there.
            froms = correlated_froms(select, around.around, None)
            visible = around.around
        else:
            froms = correlated_froms(select, around.all, around.all)
            visible = around.all
        self._frames.append(Frame(visible, tuple(part for table in froms for part in table._parts), select))
        return froms

    def _select_head(self, select: Select[*tuple[Any, ...]]) -> str:
        prefixes = self.affixes(select._prefixes)
        hint = self.select_hint(select)
        distinct = self.get_select_precolumns(select)
        first = self._extension_text(select, "post_select")
        last = self._extension_text(select, "pre_columns").removeprefix(" ")
        return f"SELECT{first} {hint}{prefixes + ' ' if prefixes else ''}{distinct}{last + ' ' if last else ''}"

    def get_select_precolumns(self, select: Select[*tuple[Any, ...]], **kw: object) -> str:
        """Write what stands before the columns, with a space at its end: DISTINCT, and a limit of rows."""
        return (self.distinct_clause(select) if select._distinct else "") + self.top_clause(select)

    def select_hint(self, select: Select[*tuple[Any, ...]]) -> str:
        """Write hints behind the word SELECT; none here."""
        return ""

    def top_clause(self, select: Select[*tuple[Any, ...]]) -> str:
        """Write the limit of rows before the columns, where a database has it there; nothing here."""
        return ""

    has_distinct_on: ClassVar[bool] = True
    """Whether DISTINCT may name expressions."""

    def distinct_clause(self, select: Select[*tuple[Any, ...]]) -> str:
        """Write DISTINCT, with its expressions where there are any.

        Raises:
            CompileError: there are some, and the database has no words for them.
        """
        if not select._distinct_on:
            return "DISTINCT "
        if not self.has_distinct_on:
            raise exc.CompileError(
                f"dialect {self.dialect.name!r} has no DISTINCT ON",
                why="its SQL has no words for it",
                fix="use group_by(), or a window function in a subquery",
                code="AZ-D81",
            )
        return f"DISTINCT ON ({self.process_all(select._distinct_on)}) "

    def _from_text(self, froms: list[FromClause], select: Select[*tuple[Any, ...]]) -> str:
        if not froms:
            return self.default_from()
        texts = [self._with_hints(self.process(table, asfrom=True), table, select) for table in froms]
        return f" \nFROM {', '.join(texts)}"

    def default_from(self) -> str:
        """Write the FROM of a SELECT without tables; nothing here."""
        return ""

    def _tail(self, select: Select[*tuple[Any, ...]]) -> str:
        text = self.limit_clause(select) if select._has_row_limit else ""
        if select._for_update_arg is not None:
            text += self.for_update_clause(select)
        text += self._extension_text(select, "post_body")
        for hint, dialect in select._statement_hints:
            text += f" {hint}" if dialect in ("*", self.dialect.name) else ""
        suffixes = self.affixes(select._suffixes)
        return f"{text} {suffixes}" if suffixes else text

    # --- the columns ---

    def _columns_text(self, named: list[NamedColumn], asfrom: bool, is_result: bool) -> str:
        texts = [self._column_text(column, asfrom) for column in named]
        if is_result:
            self.result_columns = [result_column(_single(column)) for column in named]
        return ", ".join(texts)

    def _column_text(self, named: NamedColumn, asfrom: bool, **options: Any) -> str:
        column = named.column
        expression = column.element if isinstance(column, Label) else column
        wrapped = None
        if not asfrom:
            # Inside of a subquery the value stays as it is, the outermost SELECT turns it into what Python gets.
            wrapped = expression.type.dialect_impl(self.dialect).column_expression(expression)  # type: ignore[arg-type]
        text = self.process(expression if wrapped is None else wrapped, **options)
        needs_name = wrapped is not None or not named.is_natural or (asfrom and _needs_name_below(column))
        if asfrom and not needs_name and isinstance(column, ColumnClause) and column.table is not None:
            needs_name = self.column_there(column).name != named.name
        return f"{text} AS {self.quote(named.name)}" if needs_name else text

    # --- GROUP BY, ORDER BY, LIMIT ---

    def group_by_clause(self, select: GenerativeSelect, **kw: object) -> str:
        """Write GROUP BY, with a space before it; nothing where there is none."""
        if not select._group_by_clauses:
            return ""
        clauses = [_named_expression(clause, select) for clause in select._group_by_clauses]
        return f" GROUP BY {self.process_all(clauses)}"

    def order_by_clause(self, select: GenerativeSelect, **kw: object) -> str:
        """Write ORDER BY, with a space before it; nothing where there is none."""
        if not select._order_by_clauses:
            return ""
        if isinstance(select, CompoundSelect):
            names = _names_of_members(select)
            return self._order_by_text([_ordering_of_union(clause, names) for clause in select._order_by_clauses])
        named = select._named_columns() if self.dialect.supports_simple_order_by_label else []
        return self._order_by_text([_ordering(clause, named, select) for clause in select._order_by_clauses])

    def _order_by_text(self, clauses: list[Any]) -> str:
        text = self.process_all(clauses) if clauses else ""
        return f" ORDER BY {text}" if text else ""

    def limit_clause(self, select: GenerativeSelect) -> str:
        """Write LIMIT and OFFSET, or FETCH."""
        if select._fetch_clause is not None:
            return self.fetch_clause(select)
        text = ""
        if select._limit_clause is not None:
            text = f"\n LIMIT {self.process(select._limit_clause)}"
        if select._offset_clause is not None:
            text = (text or self.no_limit()) + f" OFFSET {self.process(select._offset_clause)}"
        return text

    def no_limit(self) -> str:
        """Write the LIMIT that an OFFSET needs before it, where there is no limit."""
        return "\n LIMIT -1"

    def fetch_clause(self, select: GenerativeSelect) -> str:
        """Write OFFSET and FETCH FIRST."""
        text = ""
        if select._offset_clause is not None:
            text = f"\n OFFSET {self.fetched_count(select._offset_clause)} ROWS"
        with_ties, percent, _ = select._fetch_options
        count = self.fetched_count(select._fetch_clause)
        return (
            f"{text}\n FETCH FIRST {count}{' PERCENT' if percent else ''} ROWS {'WITH TIES' if with_ties else 'ONLY'}"
        )

    def fetched_count(self, count: ClauseElement | None) -> str:
        """Write a number of rows beside OFFSET and FETCH FIRST."""
        return self.process(count)

    def for_update_clause(self, select: GenerativeSelect) -> str:
        """Write FOR UPDATE and its details."""
        locking = select._for_update_arg
        assert locking is not None
        if locking.read:
            text = " FOR KEY SHARE" if locking.key_share else " FOR SHARE"
        else:
            text = " FOR NO KEY UPDATE" if locking.key_share else " FOR UPDATE"
        tables = dict.fromkeys([self.table_reference(getattr(one, "table", one)) for one in locking.of])
        if tables:
            text += f" OF {', '.join(tables)}"
        if locking.nowait:
            text += " NOWAIT"
        return text + " SKIP LOCKED" if locking.skip_locked else text

    # --- set operations and text ---

    def visit_compound_select(
        self,
        compound: CompoundSelect[*tuple[Any, ...]],
        asfrom: bool = False,
        is_result: bool = False,
        **_options: object,
    ) -> str:
        """Write SELECTs with a set operation between them."""
        is_result = is_result or self.is_whole(compound)
        if self.is_whole(compound):
            self.kind, self.returns_rows = "select", True
        self.open_scope(compound)
        texts = [
            self.process(member, asfrom=asfrom, is_result=is_result and number == 0, in_compound=True)
            for number, member in enumerate(compound.selects)
        ]
        text = f" {self.set_operation_word(compound.keyword)} ".join(texts)
        if compound._group_by_clauses or compound._order_by_clauses:
            text += self.group_by_clause(compound)
            text += self.order_by_clause(compound)
        if compound._has_row_limit:
            text += self.limit_clause(compound)
        if compound._for_update_arg is not None:
            text += self.for_update_clause(compound)
        return self.close_scope(text)

    def set_operation_word(self, operation: SetOperation) -> str:
        """Write the words between the members of a set operation."""
        return operation.value

    def visit_select_grouping(self, grouping: Any, **options: Any) -> str:
        """Write a SELECT in parentheses."""
        return f"({self.process(grouping.element, **options)})"

    def visit_textual_select(self, select: TextualSelect, is_result: bool = False, **_options: object) -> str:
        """Write a text of which the columns are known."""
        if self.is_whole(select):
            self.kind, self.returns_rows = "select", True
        if self.is_whole(select) or is_result:
            self.result_columns = [_declared_column(named) for named in select._named_columns()]
            self.columns_by_name = not select.positional
        self.open_scope(select)
        return self.close_scope(self.process(select.element))

    columns_by_name: bool = False
    """Whether the columns of the result are found by name, because a text gives them in an order of its own."""

    # --- as an operand ---

    def visit_scalar_select(self, scalar: ScalarSelect[Any], **_options: object) -> str:
        """Write a SELECT that stands for a value."""
        return f"({self.process(scalar.element)})"

    def visit_exists(self, exists: Exists, **_options: object) -> str:
        """Write ``EXISTS (SELECT ...)``."""
        text = f"EXISTS ({self.process(exists.element)})"
        return f"NOT ({text})" if exists.negated else text


def result_column(named: NamedColumn) -> ResultColumn:
    """Describe a column of the result."""
    column = named.column
    operand = _operand(column) if named.is_natural else None
    # An expression of one column is not labelled, and goes by the name of that.
    name = named.shown or (None if operand is None else operand.name) or named.name
    objects: tuple[Any, ...] = (column, name)
    if isinstance(column, Label) or (operand is not None and _has_value_of_operand(column)):
        objects += (column.element,)
    if named.key != named.name:
        objects += (named.key,)
    return ResultColumn(name, named.key, column.type, objects)


def _operand(column: object) -> ColumnClause[Any] | Label[Any] | None:
    """Find the column that an expression has as its only operand."""
    if not isinstance(column, UnaryExpression):
        return None
    return column.element if isinstance(column.element, ColumnClause | Label) else None


def _has_value_of_operand(expression: UnaryExpression[Any]) -> bool:
    """Tell whether the value is that of the operand, as in ``DISTINCT a`` and ``a DESC``."""
    return expression.operator is None or expression.operator is distinct_op


def _declared_column(named: NamedColumn) -> ResultColumn:
    """Describe a column that a text was given: what stands behind it is not known."""
    names = (named.name,) if named.key == named.name else (named.name, named.key)
    return ResultColumn(named.name, named.key, named.column.type, (named.column, *names))


def _single(named: NamedColumn) -> NamedColumn:
    """Refuse a row of values where the driver would have to give it as one value."""
    column = named.column
    if (column.element if isinstance(column, Label) else column).__visit_name__ == "tuple":
        raise exc.CompileError(
            "a SELECT cannot give a tuple_() as one of its values",
            why="most databases know rows of values in comparisons only, not as what a query gives",
            fix="select its columns one by one, or in a Bundle of the ORM, which makes one value of them",
            code="AZ-C740",
        )
    return named


def _needs_name_below(column: Any) -> bool:
    kind = column.__visit_name__
    return not (kind == "textclause" or (kind == "column" and column.is_literal))


def _named_expression(clause: Any, select: GenerativeSelect) -> Any:
    """Find what the name of a label or column in GROUP BY or ORDER BY stands for."""
    if not isinstance(clause, LabelReference):
        return clause
    one = selected_as(clause.name, select._named_columns())
    if one is not None:
        # A label is written as its name; a plain column by its table and name.
        return clause if isinstance(one.column, Label) or not one.is_natural else one.column
    found = column_in_froms(clause.name, select.get_final_froms() if isinstance(select, Select) else ())
    if found is None:
        raise unknown_label(clause)
    return found


def _ordering(clause: Any, named: list[NamedColumn], select: GenerativeSelect) -> ClauseElement:
    """Exchange labels, and names of labels and columns, in ORDER BY for what is written there."""
    if isinstance(clause, LabelReference):
        return _named_expression(clause, select)  # type: ignore[no-any-return]
    if isinstance(clause, Label):
        for one in named:
            if one.column is clause:
                return LabelReference(one.name)
        return clause
    if isinstance(clause, UnaryExpression) and clause.modifier is not None:
        element = _ordering(clause.element, named, select)
        return clause if element is clause.element else clause._copy_with(element=element)
    return clause  # type: ignore[no-any-return]


def _names_of_members(compound: CompoundSelect[*tuple[Any, ...]]) -> dict[Any, str]:
    """Map the columns of all members, and the names, to the names of the result."""
    named = compound._named_columns()
    names: dict[Any, str] = {}
    for one in named:
        names.setdefault(one.name, one.name)
        names.setdefault(one.key, one.name)
    for member in compound._members:
        for (column, _), one in zip(member._result_expressions(), named, strict=True):
            names.setdefault(column, one.name)
    return names


def _ordering_of_union(clause: Any, names: dict[Any, str]) -> Any:
    def exchanged(node: Visitable) -> Visitable | None:
        if isinstance(node, LabelReference):
            if node.name not in names:
                raise unknown_label(node)
            return LabelReference(names[node.name])
        if isinstance(node, ClauseElement) and node in names:
            return LabelReference(names[node])
        return None

    return replace(clause, exchanged)
