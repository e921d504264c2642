"""SELECT as Oracle spells it: FETCH FIRST, or ROWNUM for older servers; FOR UPDATE; hints."""

from __future__ import annotations

from typing import Any, Final

from azoth import exc
from azoth.dialects.numbered_rows import columns_besides, is_plain_count, rows_of, without_limits
from azoth.sql.compiler import StatementCompiler
from azoth.sql.compiler.select import result_column
from azoth.sql.elements import BindParameter, ClauseElement, ColumnClause, ColumnElement, literal_column
from azoth.sql.operators import comma_op
from azoth.sql.selectable import CompoundSelect, FromClause, GenerativeSelect, Select, SetOperation
from azoth.sql.types import INTEGERTYPE

__all__ = ["OracleLimitCompiler"]

_NUMBER: Final = "ora_rn"
"""The name of the numbers of rows."""


class OracleLimitCompiler(StatementCompiler):
    """Write SELECT with its limits, locks and hints as Oracle knows them."""

    recursive_word = "WITH"
    alias_word = " "
    has_distinct_on = False

    def default_from(self) -> str:
        """Write the table of one row, because there is no SELECT without FROM."""
        return " \nFROM DUAL"

    def set_operation_word(self, operation: SetOperation) -> str:
        """Write the words between the members of a set operation: EXCEPT is MINUS here."""
        return operation.value.replace("EXCEPT", "MINUS")

    # --- hints ---

    def select_hint(self, select: Select[*tuple[Any, ...]]) -> str:
        """Write the hints for tables behind the word SELECT."""
        hints = [
            f"/*+ {hint.replace('%(name)s', self.table_reference(table))} */ "
            for table, hint, dialect in select._hints
            if dialect in ("*", self.dialect.name)
        ]
        return "".join(hints)

    def _with_hints(self, text: str, table: FromClause, select: Select[*tuple[Any, ...]]) -> str:
        return text

    # --- FETCH FIRST ---

    def limit_clause(self, select: GenerativeSelect) -> str:
        """Write OFFSET and FETCH FIRST."""
        text = ""
        if select._offset_clause is not None:
            text = f"\n OFFSET {self.fetched_count(select._offset_clause)} ROWS"
        count = select._limit_clause if select._fetch_clause is None else select._fetch_clause
        if count is None:
            return text
        with_ties, percent, _ = select._fetch_options
        nearly = "APPROX " if select._dialect_option("oracle", "fetch_approximate") else ""
        words = f"{' PERCENT' if percent else ''} ROWS {'WITH TIES' if with_ties else 'ONLY'}"
        return f"{text}\n FETCH {nearly}FIRST {self.fetched_count(count)}{words}"

    def fetched_count(self, count: ClauseElement | None) -> str:
        """Write a number of rows, which is part of the text: plans of statements are better for it."""
        return self.process(count, literal_binds=is_plain_count(count))

    # --- ROWNUM ---

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
        places = {"asfrom": asfrom, "lateral": lateral, "in_cte": in_cte}
        if self._has_fetch(select):
            return super().visit_select(select, is_result=is_result, **places)
        is_whole = self.is_whole(select)
        if is_whole:
            self.kind, self.returns_rows = "select", True
        is_result = is_result or is_whole
        text = super().visit_select(self._numbered(select), is_result=is_result, **places)
        if is_result:
            self.result_columns = [result_column(named) for named in select._named_columns()]
        return text

    def visit_compound_select(
        self,
        compound: CompoundSelect[*tuple[Any, ...]],
        asfrom: bool = False,
        is_result: bool = False,
        **options: object,
    ) -> str:
        """Write SELECTs with a set operation between them."""
        if not self._has_fetch(compound):
            raise exc.CompileError(
                "Oracle before 12 has no limit for a set operation",
                why="its ROWNUM belongs to a single SELECT",
                fix="select from its subquery()",
                code="AZ-D96",
            )
        return super().visit_compound_select(compound, asfrom, is_result, **options)

    def _has_fetch(self, select: GenerativeSelect) -> bool:
        if select._limit_clause is None and select._offset_clause is None:
            return True
        return select._fetch_clause is not None or bool(self.dialect.has_offset_fetch)  # type: ignore[attr-defined]

    def _numbered(self, select: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """Write a SELECT with limits as one that chooses rows by their numbers."""
        if select._for_update_arg is not None and select._for_update_arg.of:
            raise exc.CompileError(
                "Oracle before 12 has no limit beside FOR UPDATE OF",
                why="the rows are numbered in a subquery, which hides the columns of its tables",
                fix="leave of= out",
                code="AZ-D96",
            )
        rows = rows_of(without_limits(select))
        chosen: Select[*tuple[Any, ...]] = Select(*rows.c)
        row_number: ColumnClause[int] = literal_column("ROWNUM", INTEGERTYPE)
        limit, offset = _once(select._limit_clause), _once(select._offset_clause)
        if limit is not None:
            chosen = chosen.where(row_number <= (limit if offset is None else limit + offset))
            if self.dialect.optimize_limits:  # type: ignore[attr-defined]
                chosen = chosen.prefix_with(f"/*+ FIRST_ROWS({self.fetched_count(select._limit_clause)}) */")
        if offset is not None:
            numbered = rows_of(chosen.add_columns(row_number.label(_NUMBER)))
            number: ColumnClause[int] = literal_column(_NUMBER, INTEGERTYPE)
            chosen = Select(*columns_besides(numbered, _NUMBER)).where(number > offset)
        return chosen._copy_with(
            _suffixes=select._suffixes,
            _statement_hints=select._statement_hints,
            _for_update_arg=select._for_update_arg,
        )

    # --- FOR UPDATE ---

    def for_update_clause(self, select: GenerativeSelect) -> str:
        """Write FOR UPDATE, whose OF names columns."""
        locking = select._for_update_arg
        assert locking is not None
        text = " FOR UPDATE"
        if locking.of:
            # Any column of a table locks its rows.
            columns = [self.process(next(iter(one.c)) if isinstance(one, FromClause) else one) for one in locking.of]
            text += f" OF {', '.join(columns)}"
        if locking.nowait:
            text += " NOWAIT"
        return text + " SKIP LOCKED" if locking.skip_locked else text


def _once(clause: ClauseElement | None) -> ColumnElement[Any] | None:
    """Make a limit part of the text, where it is a number; put others in parentheses."""
    if isinstance(clause, BindParameter):
        return clause.render_literal_execute() if is_plain_count(clause) else clause
    return clause.self_group(against=comma_op) if isinstance(clause, ColumnElement) else None
