"""GenerativeSelect, what SELECT and the set operations share: order, limits, grouping, locking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from azoth.sql.elements import ClauseElement
from azoth.sql.selectable.column_names import LABEL_STYLE_DEFAULT, NamedColumn, SelectLabelStyle, named_columns
from azoth.sql.selectable.dialect_options import DialectKWArgs
from azoth.sql.selectable.ordering import ForUpdateArg, count_clause, ordering_clauses
from azoth.sql.selectable.select_base import SelectBase
from azoth.util.arguments import check_count

__all__ = ["GenerativeSelect"]


class GenerativeSelect(DialectKWArgs, SelectBase):
    """A SELECT or a set operation; each method gives a copy with more."""

    _fields: ClassVar[tuple[str, ...]] = (
        "_group_by_clauses",
        "_order_by_clauses",
        "_limit_clause",
        "_offset_clause",
        "_fetch_clause",
        "_fetch_options",
        "_for_update_arg",
        "_label_style",
        "_independent_ctes",
        "_with_options",
    )
    _group_by_clauses: tuple[ClauseElement, ...] = ()
    _order_by_clauses: tuple[ClauseElement, ...] = ()
    _limit_clause: ClauseElement | None = None
    _offset_clause: ClauseElement | None = None
    _fetch_clause: ClauseElement | None = None
    _fetch_options: tuple[bool, bool, tuple[tuple[str, object], ...]] = (False, False, ())
    """Whether there are ties and percent, and the options of dialects."""
    _for_update_arg: ForUpdateArg | None = None
    _label_style: SelectLabelStyle = LABEL_STYLE_DEFAULT

    def order_by(self, __first: Any = False, *clauses: Any) -> Self:
        """Add to the ORDER BY; ``order_by(None)`` removes it.

        Args:
            clauses: expressions, or names of labels and columns of the result.
        """
        copy = self._copy()
        if __first is None and not clauses:
            copy._order_by_clauses = ()
        elif __first is not False:
            copy._order_by_clauses = self._order_by_clauses + ordering_clauses((__first, *clauses))
        return copy

    def group_by(self, __first: Any = False, *clauses: Any) -> Self:
        """Add to the GROUP BY; ``group_by(None)`` removes it.

        Args:
            clauses: expressions, or names of labels and columns of the result.
        """
        copy = self._copy()
        if __first is None and not clauses:
            copy._group_by_clauses = ()
        elif __first is not False:
            copy._group_by_clauses = self._group_by_clauses + ordering_clauses((__first, *clauses))
        return copy

    def limit(self, limit: Any) -> Self:
        """Give at most so many rows; None removes the limit.

        Args:
            limit: a number or an expression.
        """
        copy = self._copy()
        copy._fetch_clause = None
        copy._fetch_options = (False, False, ())
        copy._limit_clause = count_clause(limit, "limit")
        return copy

    def offset(self, offset: Any) -> Self:
        """Leave out the first rows; None removes the offset.

        Args:
            offset: a number or an expression.
        """
        copy = self._copy()
        copy._offset_clause = count_clause(offset, "offset")
        return copy

    def fetch(self, count: Any, with_ties: bool = False, percent: bool = False, **dialect_kw: object) -> Self:
        """Limit the rows by FETCH FIRST.

        Args:
            count: a number or an expression; None removes the limit.
            with_ties: give also the rows that are equal to the last one in the order.
            percent: take the count as a percentage.
            dialect_kw: options of one dialect, such as ``oracle_fetch_approximate``; other dialects pass over them.
        """
        copy = self._copy()
        copy._limit_clause = None
        copy._fetch_clause = count_clause(count, "fetch")
        copy._fetch_options = (with_ties, percent, ())
        if dialect_kw:
            copy._take_dialect_options("fetch", dialect_kw)
        return copy

    def _take_dialect_options(self, owner: str, arguments: Mapping[str, Any]) -> None:
        super()._take_dialect_options(owner, arguments)
        # A field, because a dialect may write another statement for them.
        self._fetch_options = (*self._fetch_options[:2], tuple(self.__dict__.pop("_dialect_kwargs").items()))

    @property
    def dialect_kwargs(self) -> dict[str, Any]:
        """The options of dialects as they were given."""
        return dict(self._fetch_options[2])

    def slice(self, start: int, stop: int | None) -> Self:
        """Give the rows of a Python slice.

        Args:
            start: the first row's number.
            stop: the number of the row behind the last, None for all.
        """
        for name, number in (("start", start), ("stop", stop)):
            if number is not None:
                check_count(f"slice(): {name}", number, 0)
        copy = self.offset(start) if start else self._copy()
        return copy if stop is None else copy.limit(stop - (start or 0))

    def with_for_update(
        self,
        *,
        nowait: bool = False,
        read: bool = False,
        of: Any = None,
        skip_locked: bool = False,
        key_share: bool = False,
    ) -> Self:
        """Lock the selected rows until the end of the transaction, where the database can.

        Args:
            nowait: fail instead of waiting for locked rows.
            read: take shared locks.
            of: the tables or columns whose rows are locked.
            skip_locked: leave out locked rows.
            key_share: take the weaker lock that allows others to refer to the rows.
        """
        copy = self._copy()
        copy._for_update_arg = ForUpdateArg(nowait, read, of, skip_locked, key_share)
        return copy

    def set_label_style(self, style: SelectLabelStyle) -> Self:
        """Choose how the columns are labelled.

        Args:
            style: one of the LABEL_STYLE constants.
        """
        if style is self._label_style:
            return self
        copy = self._copy()
        copy._label_style = style
        return copy

    def get_label_style(self) -> SelectLabelStyle:
        """Give the style of the labels."""
        return self._label_style

    def apply_labels(self) -> Self:
        """Label the columns with their table's name; the classic form of ``set_label_style()``."""
        return self.set_label_style(SelectLabelStyle.LABEL_STYLE_TABLENAME_PLUS_COL)

    def with_labels(self) -> Self:
        """Do the same as ``apply_labels()``."""
        return self.apply_labels()

    def _named_columns(self) -> list[NamedColumn]:
        return named_columns(self._result_expressions(), self._label_style)

    @property
    def _has_row_limit(self) -> bool:
        return self._limit_clause is not None or self._offset_clause is not None or self._fetch_clause is not None
