"""Times with fractions of a second, years, bytes of some sizes, and the addresses that MariaDB has."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from azoth import types
from azoth.sql.types import BinaryType
from azoth.sql.types.numeric import integer_literal
from azoth.sql.types.string import text_literal
from azoth.sql.types.unfit_value import unreadable_value
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

__all__ = [
    "DATETIME",
    "INET4",
    "INET6",
    "LONGBLOB",
    "MEDIUMBLOB",
    "TIME",
    "TIMESTAMP",
    "TINYBLOB",
    "YEAR",
    "StoredUuid",
]


class _Fractional(types.TypeEngine[Any]):
    """A time with fractions of a second.

    Args:
        timezone: for other databases.
        fsp: the digits behind the point of the seconds.
    """

    @checked
    def __init__(self, timezone: bool = False, fsp: int | None = None) -> None:
        super().__init__(timezone)  # type: ignore[call-arg]  # the type that this is mixed into
        self.fsp = fsp


class DATETIME(_Fractional, types.DATETIME):
    """A point in time."""


class TIMESTAMP(_Fractional, types.TIMESTAMP):
    """A point in time, kept as seconds since 1970."""


class TIME(_Fractional, types.TIME):
    """A time of day."""

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Callable[[Any], Any] | None:
        """Make a time of day of the span since midnight that drivers give."""
        return _time_of_day


class YEAR(types.TypeEngine[int]):
    """A year; a whole number in Python.

    Args:
        display_width: the number of digits, which is four in newer servers.
    """

    __visit_name__ = "YEAR"
    _affinity: ClassVar[str] = "integer"

    @checked
    def __init__(self, display_width: int | None = None) -> None:
        self.display_width = display_width

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the number."""
        return integer_literal


class StoredUuid(types.Uuid):
    """A UUID: in MariaDB's own type, whose values are texts for the drivers, or as digits."""

    def bind_processor(self, dialect: TypeDialect) -> Callable[[Any], Any] | None:
        """Write the canonical form, or the digits."""
        digits = types.Uuid(self.as_uuid, native_uuid=False).bind_processor(dialect)
        if digits is None or not (self.native_uuid and dialect.supports_native_uuid):
            return digits
        return lambda value: None if digits(value) is None else str(value)

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Callable[[Any], Any] | None:
        """Read either form."""
        return types.Uuid(self.as_uuid, native_uuid=False).result_processor(dialect, coltype)


class _SizedBinary(BinaryType):
    """Bytes whose largest number the name of the type says.

    Args:
        length: kept to be read.
    """


class TINYBLOB(_SizedBinary):
    """Up to 255 bytes."""

    __visit_name__ = "TINYBLOB"


class MEDIUMBLOB(_SizedBinary):
    """Up to 16 million bytes."""

    __visit_name__ = "MEDIUMBLOB"


class LONGBLOB(_SizedBinary):
    """Up to four billion bytes."""

    __visit_name__ = "LONGBLOB"


class _Address(types.TypeEngine[str]):
    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the address between quotes."""
        return text_literal


class INET4(_Address):
    """An IPv4 address, in MariaDB; a text in Python."""

    __visit_name__ = "INET4"


class INET6(_Address):
    """An IPv6 address, in MariaDB; a text in Python."""

    __visit_name__ = "INET6"


_MIDNIGHT: Final = datetime.datetime(1, 1, 1)  # noqa: DTZ001  # any day's


def _time_of_day(value: object) -> object:
    if not isinstance(value, datetime.timedelta):
        return value
    if value.days:
        raise unreadable_value(
            "TIME",
            value,
            why="the column has a span of time below zero or above 24 hours, which is no time of day",
            fix="read it with a type of your own that gives datetime.timedelta, as the driver does",
        )
    return (_MIDNIGHT + value).time()
