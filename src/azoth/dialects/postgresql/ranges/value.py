"""Range: all values between two bounds, with the operations that PostgreSQL has on ranges."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

__all__ = ["Bounds", "MultiRange", "Range"]

ValueT = TypeVar("ValueT")
Bounds: TypeAlias = Literal["()", "[)", "(]", "[]"]

TYPE_OF: Final[dict[str, Callable[[Any], object]]] = {}
"""What finds the type of a "range" and of a "multirange"; filled by the module of the types, which stand on these."""

_DAY: Final = datetime.timedelta(days=1)
_BEFORE_ALL: Final = -1
_AFTER_ALL: Final = 1


@dataclass(frozen=True, eq=False, init=False)
class Range(Generic[ValueT]):
    """All values between two bounds.

    Args:
        lower: the lower bound; None where there is none.
        upper: the upper bound; None where there is none.
        bounds: whether each bound belongs to the range: a square bracket says yes, a round one no.
        empty: whether there is no value in it, whatever the bounds are.
    """

    lower: ValueT | None = None
    upper: ValueT | None = None
    bounds: Bounds = "[)"
    empty: bool = False

    def __init__(
        self, lower: ValueT | None = None, upper: ValueT | None = None, *, bounds: Bounds = "[)", empty: bool = False
    ) -> None:
        object.__setattr__(self, "lower", lower)
        object.__setattr__(self, "upper", upper)
        object.__setattr__(self, "bounds", bounds)
        object.__setattr__(self, "empty", empty)

    # --- facts ---

    @property
    def isempty(self) -> bool:
        """The same as ``empty``; the name that drivers use."""
        return self.empty

    @property
    def is_empty(self) -> bool:
        """The same as ``empty``."""
        return self.empty

    @property
    def lower_inc(self) -> bool:
        """Whether the lower bound belongs to the range."""
        return self.bounds[0] == "["

    @property
    def lower_inf(self) -> bool:
        """Whether there is no lower bound."""
        return not self.empty and self.lower is None

    @property
    def upper_inc(self) -> bool:
        """Whether the upper bound belongs to the range."""
        return self.bounds[1] == "]"

    @property
    def upper_inf(self) -> bool:
        """Whether there is no upper bound."""
        return not self.empty and self.upper is None

    def _azoth_type(self) -> object:
        return TYPE_OF["range"](self)

    def __bool__(self) -> bool:
        return not self.empty

    def __contains__(self, value: object) -> bool:
        return self.contains(value)  # type: ignore[arg-type]

    # --- edges: a bound as something that can be compared ---

    def _start(self) -> tuple[Any, int]:
        """Where the range begins: the bound, and whether it begins right there (0) or just after it (1)."""
        return (self.lower, 0 if self.lower_inc else 1)

    def _end(self) -> tuple[Any, int]:
        """Where the range ends: the bound, and whether it ends right after it (1) or just before it (0)."""
        return (self.upper, 1 if self.upper_inc else 0)

    def _step(self) -> Any:
        """The distance between neighbours where values are counted, as days and whole numbers are."""
        bounds = [bound for bound in (self.lower, self.upper) if bound is not None]
        if bounds and all(isinstance(bound, int) for bound in bounds):
            return 1
        if bounds and all(type(bound) is datetime.date for bound in bounds):
            return _DAY
        return None

    def _normal(self) -> Range[ValueT]:
        """Write a range of counted values as PostgreSQL does: with its lower bound and without its upper one."""
        step: Any = self._step()
        if step is None or self.empty:
            return self
        lower: Any = self.lower
        upper: Any = self.upper
        if lower is not None and not self.lower_inc:
            lower = lower + step
        if upper is not None and self.upper_inc:
            upper = upper + step
        if lower is not None and upper is not None and lower >= upper:
            return Range(empty=True)
        return Range(lower, upper, bounds="[)" if lower is not None else "()")

    def _is_hollow(self) -> bool:
        """Tell whether no value lies in the range: it is empty, or its bounds leave nothing between them."""
        one = self._normal()
        if one.empty:
            return True
        if one.lower is None or one.upper is None:
            return False
        return not _less(one._start(), one._end(), _BEFORE_ALL, _AFTER_ALL)

    # --- comparison ---

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Range):
            return NotImplemented
        one, two = self._normal(), other._normal()
        if one._is_hollow() or two._is_hollow():
            return one._is_hollow() and two._is_hollow()
        return _edge(one._start()) == _edge(two._start()) and _edge(one._end()) == _edge(two._end())

    def __hash__(self) -> int:
        one = self._normal()
        if one._is_hollow():
            return hash(("empty", Range))
        return hash((_edge(one._start()), _edge(one._end())))

    def contained_by(self, other: Range[ValueT]) -> bool:
        """Tell whether another range has all values of this one."""
        return other.contains(self)

    def contains(self, value: ValueT | Range[ValueT]) -> bool:
        """Tell whether a value, or a whole range, is in this one."""
        if isinstance(value, Range):
            inner: Range[ValueT] = value._normal()
            if inner._is_hollow():
                return True
            outer = self._normal()
            if outer._is_hollow():
                return False
            return not _less(inner._start(), outer._start(), _BEFORE_ALL, _BEFORE_ALL) and not _less(
                outer._end(), inner._end(), _AFTER_ALL, _AFTER_ALL
            )
        if self.empty or value is None:
            return False
        return not _less((value, 0), self._start(), _BEFORE_ALL, _BEFORE_ALL) and _less(
            (value, 0), self._end(), _AFTER_ALL, _AFTER_ALL
        )

    def overlaps(self, other: Range[ValueT]) -> bool:
        """Tell whether a value is in both ranges."""
        return not self.intersection(other)._is_hollow()

    def strictly_left_of(self, other: Range[ValueT]) -> bool:
        """Tell whether all values of this range are smaller than those of another."""
        one, two = self._normal(), other._normal()
        if one._is_hollow() or two._is_hollow():
            return False
        return not _less(two._start(), one._end(), _BEFORE_ALL, _AFTER_ALL)

    def strictly_right_of(self, other: Range[ValueT]) -> bool:
        """Tell whether all values of this range are greater than those of another."""
        return other.strictly_left_of(self)

    def not_extend_left_of(self, other: Range[ValueT]) -> bool:
        """Tell whether this range begins nowhere before another."""
        one, two = self._normal(), other._normal()
        if one._is_hollow() or two._is_hollow():
            return False
        return not _less(one._start(), two._start(), _BEFORE_ALL, _BEFORE_ALL)

    def not_extend_right_of(self, other: Range[ValueT]) -> bool:
        """Tell whether this range ends nowhere behind another."""
        one, two = self._normal(), other._normal()
        if one._is_hollow() or two._is_hollow():
            return False
        return not _less(two._end(), one._end(), _AFTER_ALL, _AFTER_ALL)

    def adjacent_to(self, other: Range[ValueT]) -> bool:
        """Tell whether one range begins where the other one ends, without a gap and without a common value."""
        one, two = self._normal(), other._normal()
        if one._is_hollow() or two._is_hollow():
            return False
        return _meets(one, two) or _meets(two, one)

    # --- combination ---

    def union(self, other: Range[ValueT]) -> Range[ValueT]:
        """Put two ranges together that overlap or meet.

        Raises:
            ValueError: there would be a gap.
        """
        one, two = self._normal(), other._normal()
        if one._is_hollow():
            return other
        if two._is_hollow():
            return self
        if not one.overlaps(two) and not one.adjacent_to(two):
            raise ValueError("the union of ranges that neither overlap nor meet is no range")
        start = min(one, two, key=lambda each: _Sortable(each._start(), _BEFORE_ALL))
        end = max(one, two, key=lambda each: _Sortable(each._end(), _AFTER_ALL))
        return _between(start, end)

    def intersection(self, other: Range[ValueT]) -> Range[ValueT]:
        """Keep what both ranges have."""
        one, two = self._normal(), other._normal()
        if one._is_hollow() or two._is_hollow():
            return Range(empty=True)
        start = max(one, two, key=lambda each: _Sortable(each._start(), _BEFORE_ALL))
        end = min(one, two, key=lambda each: _Sortable(each._end(), _AFTER_ALL))
        if not _less(start._start(), end._end(), _BEFORE_ALL, _AFTER_ALL):
            return Range(empty=True)
        return _between(start, end)

    def difference(self, other: Range[ValueT]) -> Range[ValueT]:
        """Leave out what another range has.

        Raises:
            ValueError: two ranges would be left.
        """
        one, two = self._normal(), other._normal()
        if not one.overlaps(two):
            return self
        begins_before = _less(one._start(), two._start(), _BEFORE_ALL, _BEFORE_ALL)
        ends_after = _less(two._end(), one._end(), _AFTER_ALL, _AFTER_ALL)
        if begins_before and ends_after:
            raise ValueError("the difference of a range and one inside of it is no range")
        if begins_before:
            bounds = one.bounds[0] + (")" if two.lower_inc else "]")
            return Range(one.lower, two.lower, bounds=bounds)  # type: ignore[arg-type]
        if ends_after:
            bounds = ("(" if two.upper_inc else "[") + one.bounds[1]
            return Range(two.upper, one.upper, bounds=bounds)  # type: ignore[arg-type]
        return Range(empty=True)

    __lshift__ = strictly_left_of
    __rshift__ = strictly_right_of
    __add__ = union
    __mul__ = intersection
    __sub__ = difference

    # --- text ---

    def __str__(self) -> str:
        return self._text(str)

    def _text(self, write: Callable[[Any], str]) -> str:
        if self.empty:
            return "empty"
        low, high = [("" if bound is None else write(bound)) for bound in (self.lower, self.upper)]
        return f"{self.bounds[0]}{low},{high}{self.bounds[1]}"


class MultiRange(list[Range[ValueT]]):
    """A list of ranges that knows which type of PostgreSQL it is of: for values whose type nothing else tells."""

    def _azoth_type(self) -> object:
        return TYPE_OF["multirange"](self)


class _Sortable:
    """An edge with the order of edges.

    Args:
        edge: the bound and its side.
        infinite: what no bound at all means: before everything, or after it.
    """

    def __init__(self, edge: tuple[Any, int], infinite: int) -> None:
        self.edge = edge
        self.infinite = infinite

    def __lt__(self, other: _Sortable) -> bool:
        return _less(self.edge, other.edge, self.infinite, other.infinite)


def _less(one: tuple[Any, int], two: tuple[Any, int], infinite: int, other_infinite: int) -> bool:
    """Tell whether an edge lies before another; None stands for before (-1) or after (1) everything."""
    if one[0] is None:
        return (two[0] is not None and infinite < 0) or (two[0] is None and infinite < other_infinite)
    if two[0] is None:
        return other_infinite > 0
    if one[0] == two[0]:
        return one[1] < two[1]
    return bool(one[0] < two[0])


def _edge(edge: tuple[Any, int]) -> tuple[Any, int]:
    return (None, 0) if edge[0] is None else edge


def _meets(left: Range[Any], right: Range[Any]) -> bool:
    return left.upper is not None and right.lower is not None and left._end() == right._start()


def _between(start: Range[ValueT], end: Range[ValueT]) -> Range[ValueT]:
    bounds: Any = start.bounds[0] + end.bounds[1]
    return Range(start.lower, end.upper, bounds=bounds)
