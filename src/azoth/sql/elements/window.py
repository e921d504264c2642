"""What may follow a function: OVER, FILTER and WITHIN GROUP."""

from __future__ import annotations

from typing import Any, ClassVar, TypeAlias

from azoth import exc
from azoth.sql.elements.clause_list import ClauseList, and_
from azoth.sql.elements.column_element import ColumnElement
from azoth.sql.elements.frame import FrameClause
from azoth.sql.elements.grouping import Grouping
from azoth.sql.elements.order_by_list import OrderByList
from azoth.sql.elements.text import order_operand
from azoth.sql.operators import Operator, filter_op, is_precedent
from azoth.sql.types import TypeEngine
from azoth.util.arguments import wrong_value

__all__ = [
    "AggregateOrderBy",
    "FunctionFilter",
    "Over",
    "WithinGroup",
    "aggregate_order_by",
    "funcfilter",
    "over",
    "within_group",
]

Frame: TypeAlias = tuple[int | None, int | None] | FrameClause


class FunctionModifier(ColumnElement[Any]):
    """What may itself be followed by OVER, FILTER or WITHIN GROUP."""

    def over(
        self,
        partition_by: Any = None,
        order_by: Any = None,
        rows: Frame | None = None,
        range_: Frame | None = None,
        groups: Frame | None = None,
        exclude: str | None = None,
    ) -> Over:
        """Add a window; see ``Over``."""
        return Over(self, partition_by, order_by, range_, rows, groups, exclude)

    def filter(self, *criterion: Any) -> Any:
        """Aggregate only rows that meet conditions: ``FILTER (WHERE ...)``."""
        return FunctionFilter(self, *criterion) if criterion else self

    def within_group(self, *order_by: Any) -> WithinGroup:
        """Order the rows of an ordered-set aggregate: ``WITHIN GROUP (ORDER BY ...)``."""
        return WithinGroup(self, *order_by)


class Over(ColumnElement[Any]):
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


class FunctionFilter(FunctionModifier):
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
    ) -> Over:
        """Add a window; see ``Over``."""
        return Over(self, partition_by, order_by, range_, rows, groups, exclude)

    def within_group_type(self, within_group: object) -> TypeEngine[Any] | None:
        """Choose the type of the function with WITHIN GROUP; None for that of the function."""
        own: Any = getattr(self.func, "within_group_type", None)
        found: TypeEngine[Any] | None = None if own is None else own(within_group)
        return found

    def filter(self, *criterion: Any) -> FunctionFilter:
        """Add conditions."""
        return FunctionFilter(self.func, self.criterion, *criterion)

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Stand in parentheses as the operand of an operator that binds tighter."""
        return Grouping(self) if is_precedent(filter_op, against) else self


class WithinGroup(FunctionModifier):
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


class AggregateOrderBy(FunctionModifier):
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


def aggregate_order_by(element: ColumnElement[Any], *order_by: object) -> AggregateOrderBy:
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
) -> Over:
    """Add a window to a function; see ``Over``."""
    _check_function("over()", element)
    return Over(element, partition_by, order_by, range_, rows, groups, exclude)


def within_group(element: ColumnElement[Any], *order_by: Any) -> WithinGroup:
    """Order the rows of an ordered-set aggregate."""
    _check_function("within_group()", element)
    return WithinGroup(element, *order_by)


def funcfilter(func: ColumnElement[Any], *criterion: Any) -> FunctionFilter:
    """Let an aggregate see only the rows that meet conditions; see ``FunctionFilter``."""
    _check_function("funcfilter()", func)
    return FunctionFilter(func, *criterion)


def _check_function(function: str, element: object) -> None:
    if not isinstance(element, ColumnElement):
        raise wrong_value(function, "for a function of SQL", element, "write func.count(...) or the like")
