"""FrameClause: the rows around the current one that a window function sees."""

from __future__ import annotations

import enum
from typing import Any, ClassVar

from azoth import exc
from azoth.sql.elements.bind_parameter import BindParameter
from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.operand import clause_of

__all__ = ["FrameClause", "FrameClauseType"]


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
        self.start = _bound("start", start, start_frame_type)
        self.end = _bound("end", end, end_frame_type)


def _bound(name: str, value: object, kind: FrameClauseType) -> BindParameter[Any] | None:
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
