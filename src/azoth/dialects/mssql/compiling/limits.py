"""SELECT as SQL Server spells it: TOP, OFFSET and FETCH, or row numbers; the places where it takes ORDER BY."""

from __future__ import annotations

from typing import Any, Final

from azoth import exc
from azoth.dialects.numbered_rows import (
    columns_besides,
    is_plain_count,
    ordered_by_expressions,
    rows_of,
    without_limits,
)
from azoth.sql.compiler import StatementCompiler
from azoth.sql.compiler.select import result_column
from azoth.sql.elements import ClauseElement, ColumnClause, ColumnElement, literal_column
from azoth.sql.functions import func
from azoth.sql.operators import comma_op
from azoth.sql.selectable import CompoundSelect, FromClause, GenerativeSelect, Select
from azoth.sql.types import INTEGERTYPE

__all__ = ["MSLimitCompiler"]

_NUMBER: Final = "mssql_rn"
"""The name of the numbers of rows."""


class MSLimitCompiler(StatementCompiler):
    """Write SELECT with its limits as SQL Server knows them."""

    recursive_word = "WITH"
    has_distinct_on = False
    into: str | None = None
    """The table that the first SELECT is to make of its rows."""

    # --- which way a limit is written ---

    def visit_select(
        self,
        select: Select[*tuple[Any, ...]],
        *,
        asfrom: bool = False,
        lateral: bool = False,
        in_cte: bool = False,
        is_result: bool = False,
        in_compound: object = False,
        **_options: object,
    ) -> str:
        """Write a SELECT."""
        places = {"asfrom": asfrom, "lateral": lateral, "in_cte": in_cte}
        if not select._has_row_limit:
            if select._order_by_clauses and (asfrom or in_cte or in_compound or self._frames):
                # There, SQL Server takes an order only together with a limit.
                select = select._copy_with(_order_by_clauses=())
        elif not _is_top(select):
            self._check_order(select)
            if not self.dialect.has_offset_fetch:  # type: ignore[attr-defined]
                return self._with_row_numbers(select, is_result, places)
        return super().visit_select(select, is_result=is_result, **places)

    def visit_compound_select(
        self,
        compound: CompoundSelect[*tuple[Any, ...]],
        asfrom: bool = False,
        is_result: bool = False,
        **options: object,
    ) -> str:
        """Write SELECTs with a set operation between them."""
        if not compound._has_row_limit:
            if compound._order_by_clauses and (asfrom or options.get("in_cte") or self._frames):
                compound = compound._copy_with(_order_by_clauses=())
        else:
            self._check_order(compound)
            if not self.dialect.has_offset_fetch:  # type: ignore[attr-defined]
                raise exc.CompileError(
                    "SQL Server before 2012 has no limit for a set operation",
                    why="its TOP belongs to a single SELECT",
                    fix="select from its subquery(), or set dialect.server_version_info to that of a newer server",
                    code="AZ-D92",
                )
        return super().visit_compound_select(compound, asfrom=asfrom, is_result=is_result, **options)

    def _check_order(self, select: GenerativeSelect) -> None:
        if select._fetch_clause is not None and any(select._fetch_options[:2]):
            raise exc.CompileError(
                "SQL Server has FETCH with ties or percent as a TOP only",
                why="its TOP takes numbers that are known, and has no offset; its FETCH knows numbers of rows only",
                fix="leave the offset out and give a number, or fetch rows without ties and percent",
                code="AZ-D93",
            )
        if not select._order_by_clauses:
            raise exc.CompileError(
                "SQL Server requires an order_by() for an offset, or for a limit that is no plain number",
                why="its OFFSET belongs to ORDER BY",
                fix="add order_by()",
                code="AZ-D94",
            )

    # --- TOP ---

    def top_clause(self, select: Select[*tuple[Any, ...]]) -> str:
        """Write TOP."""
        if not select._has_row_limit or not _is_top(select):
            return ""
        count = select._limit_clause if select._fetch_clause is None else select._fetch_clause
        with_ties, percent, _ = select._fetch_options
        words = f"{' PERCENT' if percent else ''}{' WITH TIES' if with_ties else ''}"
        # The number is part of the text: SQL Server takes a parameter there in parentheses only.
        return f"TOP {self.process(count, literal_binds=True)}{words} "

    # --- OFFSET and FETCH ---

    def limit_clause(self, select: GenerativeSelect) -> str:
        """Write OFFSET, which may not be left out, and FETCH."""
        if isinstance(select, Select) and _is_top(select):
            return ""
        count = select._limit_clause if select._fetch_clause is None else select._fetch_clause
        offset = "0" if select._offset_clause is None else self.process(select._offset_clause)
        text = f"\n OFFSET {offset} ROWS"
        return text if count is None else f"{text}\n FETCH FIRST {self.process(count)} ROWS ONLY"

    def for_update_clause(self, select: GenerativeSelect) -> str:
        """Write nothing: SQL Server locks rows by hints for tables."""
        return ""

    # --- row numbers ---

    def _with_row_numbers(self, select: Select[*tuple[Any, ...]], is_result: bool, places: dict[str, bool]) -> str:
        if select._distinct:
            raise exc.CompileError(
                "SQL Server before 2012 has no offset for a SELECT DISTINCT",
                why="rows that are numbered are all different",
                fix="select from its subquery(), or set dialect.server_version_info to that of a newer server",
                code="AZ-D92",
            )
        is_whole = self.is_whole(select)
        if is_whole:
            self.kind, self.returns_rows = "select", True
        is_result = is_result or is_whole
        text = super().visit_select(_numbered(select), is_result=is_result, **places)
        if is_result:
            self.result_columns = [result_column(named) for named in select._named_columns()]
        return text

    # --- SELECT INTO ---

    def _from_text(self, froms: list[FromClause], select: Select[*tuple[Any, ...]]) -> str:
        text = super()._from_text(froms, select)
        if self.into is None or len(self._frames) > 1 or self._open_ctes:
            return text
        text, self.into = f" INTO {self.into}{text}", None
        return text


def _is_top(select: Select[*tuple[Any, ...]]) -> bool:
    """Tell whether a limit is written as TOP: a plain number of rows, without an offset."""
    if select._offset_clause is not None:
        return False
    if select._fetch_clause is not None:
        return any(select._fetch_options[:2]) and is_plain_count(select._fetch_clause)
    return is_plain_count(select._limit_clause)


def _numbered(select: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Write a SELECT with limits as one that chooses rows by their numbers."""
    number = func.row_number().over(order_by=ordered_by_expressions(select))
    plain = without_limits(select)._copy_with(_order_by_clauses=())
    rows = rows_of(plain.add_columns(number.label(_NUMBER)))
    numbers: ColumnClause[int] = literal_column(_NUMBER, INTEGERTYPE)
    chosen: Select[*tuple[Any, ...]] = Select(*columns_besides(rows, _NUMBER))
    count = _once(select._limit_clause if select._fetch_clause is None else select._fetch_clause)
    offset = _once(select._offset_clause)
    if offset is not None:
        chosen = chosen.where(numbers > offset)
    if count is not None:
        chosen = chosen.where(numbers <= (count if offset is None else count + offset))
    return chosen._copy_with(_suffixes=select._suffixes, _statement_hints=select._statement_hints)


def _once(clause: ClauseElement | None) -> ColumnElement[Any] | None:
    """Put a computed limit in parentheses, because it becomes part of another expression."""
    return clause.self_group(against=comma_op) if isinstance(clause, ColumnElement) else None
