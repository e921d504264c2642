"""The types of ranges and multiranges, and their operators."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Protocol, cast

from azoth import exc, types
from azoth.dialects.postgresql.operators import (
    ADJACENT_TO,
    CONTAINED_BY,
    CONTAINS,
    NOT_EXTEND_LEFT_OF,
    NOT_EXTEND_RIGHT_OF,
    OVERLAP,
    STRICTLY_LEFT_OF,
    STRICTLY_RIGHT_OF,
    OwnOperators,
)
from azoth.dialects.postgresql.ranges.value import TYPE_OF, MultiRange, Range
from azoth.sql.elements import ColumnElement
from azoth.sql.operators import add, lshift, mul, rshift, sub
from azoth.sql.types import type_for_value
from azoth.sql.types.string import text_literal
from azoth.sql.types.unfit_value import unfit_value

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

__all__ = [
    "DATEMULTIRANGE",
    "DATERANGE",
    "INT4MULTIRANGE",
    "INT4RANGE",
    "INT8MULTIRANGE",
    "INT8RANGE",
    "NUMMULTIRANGE",
    "NUMRANGE",
    "TSMULTIRANGE",
    "TSRANGE",
    "TSTZMULTIRANGE",
    "TSTZRANGE",
    "AbstractMultiRange",
    "AbstractRange",
    "AbstractSingleRange",
    "type_of_multirange",
    "type_of_range",
]

LARGEST_INT4: Final = 2**31 - 1
SMALLEST_INT4: Final = -(2**31)


class AbstractRange(types.TypeEngine[Any]):
    """The base of the types of ranges and multiranges."""

    _affinity: ClassVar[str] = "range"

    class comparator_factory(OwnOperators):
        """The operators of ranges."""

        def contains(self, other: object, **kw: object) -> ColumnElement[Any]:  # type: ignore[override]
            """Have a value, or all values of another range: ``a @> b``."""
            return self._apply(CONTAINS, other)

        def contained_by(self, other: object) -> ColumnElement[Any]:
            """Have no values but those of another range: ``a <@ b``."""
            return self._apply(CONTAINED_BY, other)

        def overlaps(self, other: object) -> ColumnElement[Any]:
            """Have a value in common: ``a && b``."""
            return self._apply(OVERLAP, other)

        def strictly_left_of(self, other: object) -> ColumnElement[Any]:
            """Have smaller values only: ``a << b``."""
            return self._apply(STRICTLY_LEFT_OF, other)

        def strictly_right_of(self, other: object) -> ColumnElement[Any]:
            """Have greater values only: ``a >> b``."""
            return self._apply(STRICTLY_RIGHT_OF, other)

        def not_extend_right_of(self, other: object) -> ColumnElement[Any]:
            """End nowhere behind the other: ``a &< b``."""
            return self._apply(NOT_EXTEND_RIGHT_OF, other)

        def not_extend_left_of(self, other: object) -> ColumnElement[Any]:
            """Begin nowhere before the other: ``a &> b``."""
            return self._apply(NOT_EXTEND_LEFT_OF, other)

        def adjacent_to(self, other: object) -> ColumnElement[Any]:
            """Meet the other without a common value: ``a -|- b``."""
            return self._apply(ADJACENT_TO, other)

        def union(self, other: object) -> ColumnElement[Any]:
            """Put both together: ``a + b``."""
            return self._apply(add, other)

        def difference(self, other: object) -> ColumnElement[Any]:
            """Leave out what the other has: ``a - b``."""
            return self._apply(sub, other)

        def intersection(self, other: object) -> ColumnElement[Any]:
            """Keep what both have: ``a * b``."""
            return self._apply(mul, other)

        def __lshift__(self, other: object) -> ColumnElement[Any]:
            return self.strictly_left_of(other)

        def __rshift__(self, other: object) -> ColumnElement[Any]:
            return self.strictly_right_of(other)

    def adapt_operator(self, op: object, other_type: types.TypeEngine[Any]) -> tuple[Any, types.TypeEngine[Any]]:
        """Compare with ``<<`` and ``>>``, which shift elsewhere."""
        if op in {lshift, rshift}:
            return op, types.BOOLEANTYPE
        return super().adapt_operator(op, other_type)

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the range as PostgreSQL's text, between quotes, with its type."""
        name = self.__visit_name__
        return lambda value: f"{text_literal(self._text(value))}::{name}"

    def bind_processor(self, dialect: TypeDialect) -> Callable[[Any], Any] | None:
        """Write the range as PostgreSQL's text, which all drivers take."""
        return lambda value: None if value is None else self._text(value)

    def _text(self, value: object) -> str:
        raise NotImplementedError


class AbstractSingleRange(AbstractRange):
    """The base of the types of ranges, whose values are ``Range`` objects."""

    _multirange: ClassVar[str] = ""

    def coerce_compared_value(self, op: object, value: object) -> types.TypeEngine[Any]:
        """Take ranges and texts as this type does; a list of ranges is a multirange."""
        if isinstance(value, list | tuple):
            return _TYPES[self._multirange]()
        return self if isinstance(value, Range | str) else super().coerce_compared_value(op, value)

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Callable[[Any], Any] | None:
        """Make ``Range`` objects of those that the driver gives."""
        return _range_of

    def _text(self, value: object) -> str:
        return _range_text(type(self).__name__, value)


class AbstractMultiRange(AbstractRange):
    """The base of the types of multiranges, whose values are lists of ``Range`` objects."""

    _range: ClassVar[str] = ""

    def coerce_compared_value(self, op: object, value: object) -> types.TypeEngine[Any]:
        """Take lists of ranges and texts as this type does; a single range is none."""
        if isinstance(value, Range):
            return _TYPES[self._range]()
        return self if isinstance(value, list | tuple | str) else super().coerce_compared_value(op, value)

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Callable[[Any], Any] | None:
        """Make a ``MultiRange`` of the list of ranges that the driver gives."""
        return _multirange_of

    def _text(self, value: object) -> str:
        if isinstance(value, str):
            return value
        if not isinstance(value, list | tuple):
            raise unfit_value(type(self).__name__, "a list of Range objects", value)
        return "{" + ",".join([_range_text(self._range, each) for each in value]) + "}"


class INT4RANGE(AbstractSingleRange):
    """A range of whole numbers of four bytes."""

    __visit_name__ = "INT4RANGE"
    _multirange = "INT4MULTIRANGE"


class INT8RANGE(AbstractSingleRange):
    """A range of whole numbers of eight bytes."""

    __visit_name__ = "INT8RANGE"
    _multirange = "INT8MULTIRANGE"


class NUMRANGE(AbstractSingleRange):
    """A range of decimal numbers."""

    __visit_name__ = "NUMRANGE"
    _multirange = "NUMMULTIRANGE"


class DATERANGE(AbstractSingleRange):
    """A range of days."""

    __visit_name__ = "DATERANGE"
    _multirange = "DATEMULTIRANGE"


class TSRANGE(AbstractSingleRange):
    """A range of points in time without a time zone."""

    __visit_name__ = "TSRANGE"
    _multirange = "TSMULTIRANGE"


class TSTZRANGE(AbstractSingleRange):
    """A range of points in time with a time zone."""

    __visit_name__ = "TSTZRANGE"
    _multirange = "TSTZMULTIRANGE"


class INT4MULTIRANGE(AbstractMultiRange):
    """Several ranges of whole numbers of four bytes."""

    __visit_name__ = "INT4MULTIRANGE"
    _range = "INT4RANGE"


class INT8MULTIRANGE(AbstractMultiRange):
    """Several ranges of whole numbers of eight bytes."""

    __visit_name__ = "INT8MULTIRANGE"
    _range = "INT8RANGE"


class NUMMULTIRANGE(AbstractMultiRange):
    """Several ranges of decimal numbers."""

    __visit_name__ = "NUMMULTIRANGE"
    _range = "NUMRANGE"


class DATEMULTIRANGE(AbstractMultiRange):
    """Several ranges of days."""

    __visit_name__ = "DATEMULTIRANGE"
    _range = "DATERANGE"


class TSMULTIRANGE(AbstractMultiRange):
    """Several ranges of points in time without a time zone."""

    __visit_name__ = "TSMULTIRANGE"
    _range = "TSRANGE"


class TSTZMULTIRANGE(AbstractMultiRange):
    """Several ranges of points in time with a time zone."""

    __visit_name__ = "TSTZMULTIRANGE"
    _range = "TSTZRANGE"


_TYPES: Final[dict[str, type[AbstractRange]]] = {
    cls.__name__: cls for base in (AbstractSingleRange, AbstractMultiRange) for cls in base.__subclasses__()
}


def type_of_range(value: Range[Any]) -> types.TypeEngine[Any]:
    """Find the type of a range by its bounds; that of unknown values where it has none.

    Raises:
        ArgumentError: PostgreSQL has no ranges of such values.
    """
    return _type_of([value])


def type_of_multirange(values: Iterable[Range[Any]]) -> types.TypeEngine[Any]:
    """Find the type of several ranges by their bounds; that of unknown values where they have none.

    Raises:
        ArgumentError: PostgreSQL has no ranges of such values.
    """
    found = _type_of(list(values))
    return _TYPES[found._multirange]() if isinstance(found, AbstractSingleRange) else found


def _type_of(values: list[Range[Any]]) -> types.TypeEngine[Any]:
    bounds = [bound for each in values for bound in (each.lower, each.upper) if bound is not None]
    if not bounds:
        return types.NULLTYPE
    first = bounds[0]
    if isinstance(first, int):
        fits = all(SMALLEST_INT4 <= bound <= LARGEST_INT4 for bound in bounds)
        return INT4RANGE() if fits else INT8RANGE()
    if isinstance(first, datetime.datetime):
        return TSRANGE() if first.tzinfo is None else TSTZRANGE()
    if isinstance(first, datetime.date):
        return DATERANGE()
    if isinstance(type_for_value(first), types.Numeric):
        return NUMRANGE()
    raise exc.ArgumentError(
        f"a Range of {type(first).__name__} has no type of PostgreSQL's",
        why="there are ranges of whole numbers, decimal numbers, days and points in time",
        fix="name the type, as in literal(value, INT4RANGE)",
        code="AZ-D62",
    )


class DriverRange(Protocol):
    """A range as the drivers of PostgreSQL have it.

    Attributes:
        isempty: whether nothing is in it.
        lower, upper: its bounds; None where there is none.
        lower_inc, upper_inc: whether they are in it.
    """

    isempty: bool
    lower: object
    upper: object
    lower_inc: bool
    upper_inc: bool


_BOUNDS: Final[dict[tuple[bool, bool], Literal["()", "[)", "(]", "[]"]]] = {
    (False, False): "()",
    (True, False): "[)",
    (False, True): "(]",
    (True, True): "[]",
}
"""From whether the lower and the upper bound belong to a range to how it is written."""


def _range_of(value: DriverRange | Range[Any] | str | None) -> Range[Any] | str | None:
    # Drivers have classes of their own for ranges, which differ in how they name the bounds.
    if value is None or isinstance(value, str | Range):
        return value
    if value.isempty:
        return Range(empty=True)
    return Range(value.lower, value.upper, bounds=_BOUNDS[bool(value.lower_inc), bool(value.upper_inc)])


def _multirange_of(value: Iterable[DriverRange] | str | None) -> MultiRange[Any] | str | None:
    return (
        value
        if value is None or isinstance(value, str)
        else MultiRange([cast("Range[Any]", _range_of(each)) for each in value])
    )


def _range_text(type_name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, Range):
        raise unfit_value(type_name, "a Range", value)
    return value._text(_bound_text)


def _bound_text(bound: Any) -> str:
    text = str(bound)
    if text and not any(character in text for character in ' ",()[]\\'):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


TYPE_OF["range"] = type_of_range
TYPE_OF["multirange"] = type_of_multirange
