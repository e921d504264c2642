"""What may follow a function: OVER with its frame, FILTER, WITHIN GROUP; and ORDER BY among its arguments."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any, ClassVar, Final, TypeAlias

from azoth import exc
from azoth.sql.elements.bind_parameter import BindParameter
from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.clause_list import ClauseList, and_
from azoth.sql.elements.column_element import ColumnElement, ValueT
from azoth.sql.elements.grouping import Grouping
from azoth.sql.elements.operand import clause_of
from azoth.sql.elements.text import order_operand
from azoth.sql.operators import (
    Operator,
    asc_op,
    comma_op,
    desc_op,
    filter_op,
    is_precedent,
    nulls_first_op,
    nulls_last_op,
)
from azoth.sql.types import TypeEngine
from azoth.util.arguments import wrong_value

__all__ = [
    "AggregateOrderBy",
    "FrameClause",
    "FrameClauseType",
    "FunctionFilter",
    "OrderByList",
    "Over",
    "WithinGroup",
    "aggregate_order_by",
    "funcfilter",
    "over",
    "within_group",
]


class FrameClauseType(enum.Enum):
    """What a bound of a window's frame counts from."""

    UNBOUNDED = 0
    CURRENT = 1
    PRECEDING = 2
    FOLLOWING = 3


VALUELESS = frozenset({FrameClauseType.UNBOUNDED, FrameClauseType.CURRENT})


class FrameClause(ClauseElement):
    """The frame of a window, for ``rows=``, ``range_=`` and ``groups=`` of ``over()``.

    A pair of whole numbers says the same for most frames; this takes other values as well, such as a ``timedelta``.

    Args:
        start: how far the frame begins from the current row; None where its type has no value.
        end: how far it ends.
        start_frame_type: what ``start`` counts: rows that precede, that follow, ...
        end_frame_type: what ``end`` counts.

    Raises:
        ArgumentError: a value is missing, or there is one where the type has none, or it is no value of Python.
    """

    __visit_name__: ClassVar[str] = "frame_clause"
    _fields: ClassVar[tuple[str, ...]] = ("start", "end", "start_frame_type", "end_frame_type")

    def __init__(
        self, start: object, end: object, start_frame_type: FrameClauseType, end_frame_type: FrameClauseType
    ) -> None:
        self.start_frame_type = start_frame_type
        self.end_frame_type = end_frame_type
        self.start = _bound_of_frame("start", start, start_frame_type)
        self.end = _bound_of_frame("end", end, end_frame_type)


def _bound_of_frame(name: str, value: object, kind: FrameClauseType) -> BindParameter[Any] | None:
    if kind in VALUELESS:
        if value is not None:
            raise exc.ArgumentError(
                f"the {name} of a frame has a value and the type {kind.name}",
                why="UNBOUNDED and CURRENT count nothing",
                fix="give None, or the type PRECEDING or FOLLOWING",
                code="AZ-C06",
            )
        return None
    if value is None or clause_of(value) is not None:
        raise exc.ArgumentError(
            f"the {name} of a frame has the type {kind.name} and no value of Python",
            why="PRECEDING and FOLLOWING count from the current row by a value",
            fix="give a number, or a timedelta where rows are ordered by times",
            code="AZ-C06",
        )
    return value if isinstance(value, BindParameter) else BindParameter(None, value)


Frame: TypeAlias = tuple[int | None, int | None] | FrameClause


ORDERINGS: Final = frozenset({asc_op, desc_op, nulls_first_op, nulls_last_op})


class OrderByList(ClauseList):
    """Several expressions to order by; ``desc()``, ``nulls_last()`` and the like concern each of them.

    Args:
        clauses: expressions, names of labels, or further lists.
    """

    __visit_name__: ClassVar[str] = "clauselist"

    def __init__(self, clauses: Iterable[Any]) -> None:
        super().__init__(*[order_operand(clause) for clause in clauses], operator=comma_op, group=False)

    def operate(self, op: Operator, *other: object, **kwargs: object) -> Any:
        """Apply what orders to each expression; nothing else can be done with the list."""
        if op not in ORDERINGS:
            return super().operate(op, *other, **kwargs)
        clauses: tuple[Any, ...] = self.clauses
        return OrderByList([clause.operate(op) for clause in clauses])


class FunctionModifier(ColumnElement[ValueT]):
    """What may itself be followed by OVER, FILTER or WITHIN GROUP."""

    def over(
        self,
        partition_by: Any = None,
        order_by: Any = None,
        rows: Frame | None = None,
        range_: Frame | None = None,
        groups: Frame | None = None,
        exclude: str | None = None,
    ) -> Over[ValueT]:
        """Add a window; see ``Over``."""
        return Over(self, partition_by, order_by, range_, rows, groups, exclude)

    def filter(self, *criterion: Any) -> FunctionModifier[ValueT]:
        """Aggregate only rows that meet conditions: ``FILTER (WHERE ...)``."""
        return FunctionFilter(self, *criterion) if criterion else self

    def within_group(self, *order_by: Any) -> WithinGroup[ValueT]:
        """Order the rows of an ordered-set aggregate: ``WITHIN GROUP (ORDER BY ...)``."""
        return WithinGroup(self, *order_by)


class Over(ColumnElement[ValueT]):
    """A window function: ``function OVER (PARTITION BY ... ORDER BY ... frame)``.

    Args:
        element: the function.
        partition_by: an expression or several.
        order_by: an expression or several.
        range_: the frame as (from, to) of RANGE; None is unbounded, 0 the current row, negative preceding; or a
            ``FrameClause``.
        rows: the same for ROWS.
        groups: the same for GROUPS.
        exclude: what of the frame to leave out, such as "CURRENT ROW".
    """

    __visit_name__: ClassVar[str] = "over"
    _fields: ClassVar[tuple[str, ...]] = ("element", "partition_by", "order_by", "range_", "rows", "groups", "exclude")
    _is_atomic: ClassVar[bool] = True

    def __init__(
        self,
        element: ColumnElement[Any],
        partition_by: Any = None,
        order_by: Any = None,
        range_: Frame | None = None,
        rows: Frame | None = None,
        groups: Frame | None = None,
        exclude: str | None = None,
    ) -> None:
        self.element = element
        self.partition_by = _ordering(partition_by)
        self.order_by = _ordering(order_by)
        frames = [frame for frame in (range_, rows, groups) if frame is not None]
        if len(frames) > 1:
            raise exc.ArgumentError(
                "'range_', 'rows' and 'groups' are mutually exclusive",
                why="a window has one frame",
                fix="give one of them",
                code="AZ-C06",
            )
        for frame in frames:
            _check_frame(frame)
        self.range_ = _as_frame(range_)
        self.rows = _as_frame(rows)
        self.groups = _as_frame(groups)
        self.exclude = exclude
        self.type: TypeEngine[Any] = element.type


class FunctionFilter(FunctionModifier[ValueT]):
    """``function FILTER (WHERE criterion)``.

    Args:
        func: the function.
        criterion: the conditions.
    """

    __visit_name__: ClassVar[str] = "funcfilter"
    _fields: ClassVar[tuple[str, ...]] = ("func", "criterion")

    def __init__(self, func: ColumnElement[Any], *criterion: Any) -> None:
        self.func = func
        self.criterion = and_(*criterion)
        self.type: TypeEngine[Any] = func.type

    def over(  # type: ignore[override]  # range_ and rows stand in another order, as programs know them
        self,
        partition_by: object = None,
        order_by: object = None,
        range_: Frame | None = None,
        rows: Frame | None = None,
        groups: Frame | None = None,
        exclude: str | None = None,
    ) -> Over[ValueT]:
        """Add a window; see ``Over``."""
        return Over(self, partition_by, order_by, range_, rows, groups, exclude)

    def within_group_type(self, within_group: object) -> TypeEngine[Any] | None:
        """Choose the type of the function with WITHIN GROUP; None for that of the function."""
        own: Any = getattr(self.func, "within_group_type", None)
        found: TypeEngine[Any] | None = None if own is None else own(within_group)
        return found

    def filter(self, *criterion: Any) -> FunctionFilter[ValueT]:
        """Add conditions."""
        return FunctionFilter(self.func, self.criterion, *criterion)

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Stand in parentheses as the operand of an operator that binds tighter."""
        return Grouping(self) if is_precedent(filter_op, against) else self


class WithinGroup(FunctionModifier[ValueT]):
    """``function WITHIN GROUP (ORDER BY ...)``.

    Args:
        element: the function.
        order_by: the expressions to order by.
    """

    __visit_name__: ClassVar[str] = "withingroup"
    _fields: ClassVar[tuple[str, ...]] = ("element", "order_by")
    _is_atomic: ClassVar[bool] = True

    def __init__(self, element: ColumnElement[Any], *order_by: Any) -> None:
        self.element = element
        self.order_by = _ordering(order_by)
        own: Any = getattr(element, "within_group_type", None)
        found = None if own is None else own(self)
        self.type: TypeEngine[Any] = found if found is not None else element.type


class AggregateOrderBy(FunctionModifier[ValueT]):
    """An aggregate of rows in an order: ``array_agg(a ORDER BY b)``.

    Args:
        element: the function; it may have a filter.
        order_by: the expressions to order by.

    Raises:
        ArgumentError: there is nothing to order by.
    """

    __visit_name__: ClassVar[str] = "aggregate_order_by"
    _fields: ClassVar[tuple[str, ...]] = ("element", "order_by")
    _is_atomic: ClassVar[bool] = True

    def __init__(self, element: ColumnElement[Any], *order_by: object) -> None:
        if not order_by:
            raise exc.ArgumentError(
                "aggregate_order_by() has nothing to order by",
                why="it is the function alone then",
                fix="name the expressions that order the rows",
                code="AZ-C664",
            )
        self.element = element
        self.order_by = OrderByList(order_by)
        self.type: TypeEngine[Any] = element.type
        self._anonymous_hint = element._anonymous_hint


def aggregate_order_by(element: ColumnElement[Any], *order_by: object) -> AggregateOrderBy[Any]:
    """Let an aggregate see its rows in an order; see ``AggregateOrderBy``."""
    _check_function("aggregate_order_by()", element)
    return AggregateOrderBy(element, *order_by)


def _ordering(given: Any) -> ClauseList | None:
    if given is None:
        return None
    several = given if isinstance(given, (tuple, list)) else (given,)
    return ClauseList(*[order_operand(part) for part in several]) if several else None


def _as_frame(frame: Any) -> Any:
    return frame if frame is None or isinstance(frame, FrameClause) else tuple(frame)


def _check_frame(frame: Any) -> None:
    if isinstance(frame, FrameClause):
        return
    is_pair = isinstance(frame, (tuple, list)) and len(frame) == 2
    if not is_pair or not all(bound is None or isinstance(bound, int) for bound in frame):
        raise exc.ArgumentError(
            "a window frame is a pair of integers or None, or a FrameClause",
            why="it counts rows before and after the current one",
            fix="write rows=(-2, 0) for two rows before up to the current one; None is unbounded",
            code="AZ-C06",
        )
    low, high = frame
    if low is not None and high is not None and low > high:
        raise exc.ArgumentError(
            "a window frame starts before it ends",
            why=f"the frame ({low}, {high}) ends before its start",
            fix="exchange its bounds",
            code="AZ-C06",
        )


def over(
    element: ColumnElement[Any],
    partition_by: Any = None,
    order_by: Any = None,
    range_: Frame | None = None,
    rows: Frame | None = None,
    groups: Frame | None = None,
    exclude: str | None = None,
) -> Over[Any]:
    """Add a window to a function; see ``Over``."""
    _check_function("over()", element)
    return Over(element, partition_by, order_by, range_, rows, groups, exclude)


def within_group(element: ColumnElement[Any], *order_by: Any) -> WithinGroup[Any]:
    """Order the rows of an ordered-set aggregate."""
    _check_function("within_group()", element)
    return WithinGroup(element, *order_by)


def funcfilter(func: ColumnElement[Any], *criterion: Any) -> FunctionFilter[Any]:
    """Let an aggregate see only the rows that meet conditions; see ``FunctionFilter``."""
    _check_function("funcfilter()", func)
    return FunctionFilter(func, *criterion)


def _check_function(function: str, element: object) -> None:
    if not isinstance(element, ColumnElement):
        raise wrong_value(function, "for a function of SQL", element, "write func.count(...) or the like")
