"""The types of Oracle, and how its values are written into text."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from azoth import types
from azoth.sql.types import BinaryType
from azoth.sql.types.native import NativeForEmulated
from azoth.sql.types.numeric import integer_literal
from azoth.sql.types.string import text_literal
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

__all__ = [
    "BFILE",
    "BINARY_DOUBLE",
    "BINARY_FLOAT",
    "DATE",
    "FLOAT",
    "INTERVAL",
    "JSON",
    "LONG",
    "NCLOB",
    "NUMBER",
    "NVARCHAR2",
    "RAW",
    "ROWID",
    "TIMESTAMP",
    "VARCHAR2",
    "OracleBinary",
    "OracleBoolean",
    "OracleDate",
    "OracleDateTime",
    "OracleInterval",
]

Writer = Callable[[Any], str]


# -- numbers ------------------------------------------------------------------


class NUMBER(types.Numeric, types.Integer):
    """A decimal number, or a whole one: ``int`` in Python where it has no digits behind the point.

    Args:
        precision: the number of digits.
        scale: how many of them stand behind the point.
        asdecimal: whether Python gets a Decimal; None means that it does where there is a scale.
    """

    __visit_name__ = "NUMBER"

    @checked
    def __init__(self, precision: int | None = None, scale: int | None = None, asdecimal: bool | None = None) -> None:
        is_decimal = bool(scale and scale > 0) if asdecimal is None else asdecimal
        types.Numeric.__init__(self, precision, scale, asdecimal=is_decimal)
        self.strict = False

    @property
    def _affinity(self) -> str:  # type: ignore[override]
        return "numeric" if self.scale else "integer"

    def literal_processor(self, dialect: TypeDialect) -> Writer | None:
        """Write the digits."""
        return types.Numeric.literal_processor(self, dialect) if self.scale else integer_literal


class FLOAT(types.FLOAT):
    """A floating-point number whose precision is one of binary digits.

    Args:
        binary_precision: the number of binary digits.
        asdecimal: True gives ``Decimal`` instead of ``float``.
        decimal_return_scale: how many digits after the point a Decimal made from a float gets.
    """

    __visit_name__ = "FLOAT"

    @checked
    def __init__(
        self, binary_precision: int | None = None, asdecimal: bool = False, decimal_return_scale: int | None = None
    ) -> None:
        super().__init__(asdecimal=asdecimal, decimal_return_scale=decimal_return_scale)
        self.binary_precision = binary_precision


class BINARY_DOUBLE(types.Double):
    """A floating-point number of eight bytes.

    Args:
        precision: kept to be read; the type has one precision.
        asdecimal: True gives ``Decimal`` instead of ``float``.
        decimal_return_scale: how many digits after the point a Decimal made from a float gets.
    """

    __visit_name__ = "BINARY_DOUBLE"


class BINARY_FLOAT(types.Float):
    """A floating-point number of four bytes.

    Args:
        precision: kept to be read; the type has one precision.
        asdecimal: True gives ``Decimal`` instead of ``float``.
        decimal_return_scale: how many digits after the point a Decimal made from a float gets.
    """

    __visit_name__ = "BINARY_FLOAT"


class OracleBoolean(types.Boolean):
    """What the generic ``Boolean`` is here: its literals are numbers."""

    def literal_processor(self, dialect: TypeDialect) -> Writer | None:
        """Write 1 or 0."""
        return lambda value: "1" if value else "0"


# -- text and documents -------------------------------------------------------


class VARCHAR2(types.VARCHAR):
    """Text of variable length, under the name that Oracle prefers."""

    __visit_name__ = "VARCHAR2"


NVARCHAR2 = types.NVARCHAR
"""Text of variable length in the national character set."""


class NCLOB(types.Text):
    """Text of any length in the national character set."""

    __visit_name__ = "NCLOB"


class LONG(types.Text):
    """Text of up to two billion bytes, as old schemas have it."""

    __visit_name__ = "LONG"


class JSON(types.JSON):
    """A JSON document.

    Args:
        none_as_null: store None as SQL NULL instead of the JSON value ``null``.
        use_blob: keep it in a BLOB; None leaves it to the server's version, which has JSON from 21 on.
    """

    @checked
    def __init__(self, none_as_null: bool = False, use_blob: bool | None = None) -> None:
        super().__init__(none_as_null=none_as_null)
        self.use_blob = use_blob


# -- time ---------------------------------------------------------------------


class DATE(types.DateTime):
    """A point in time, to the second.

    Args:
        timezone: for other databases.
    """

    __visit_name__ = "DATE"

    def literal_processor(self, dialect: TypeDialect) -> Writer | None:
        """Write a TO_DATE()."""
        return lambda value: f"TO_DATE('{_seconds(value)}', 'YYYY-MM-DD HH24:MI:SS')"


class OracleDate(types.Date):
    """What the generic ``Date`` is here."""

    def literal_processor(self, dialect: TypeDialect) -> Writer | None:
        """Write a TO_DATE()."""
        return lambda value: f"TO_DATE('{value.isoformat()}', 'YYYY-MM-DD')"


class OracleDateTime(types.DateTime):
    """What the generic ``DateTime`` is here."""

    def literal_processor(self, dialect: TypeDialect) -> Writer | None:
        """Write a TO_DATE(), or a TO_TIMESTAMP() where there are fractions of a second."""
        return _moment


class TIMESTAMP(types.TIMESTAMP):
    """A point in time, with fractions of a second.

    Args:
        timezone: keep the time zone with it.
        local_timezone: give it in the time zone of the session.

    Raises:
        ValueError: both are asked for.
    """

    @checked
    def __init__(self, timezone: bool = False, local_timezone: bool = False) -> None:
        if timezone and local_timezone:
            raise ValueError("a TIMESTAMP has a time zone of its own, or that of the session: give one of the two")
        super().__init__(timezone)
        self.local_timezone = local_timezone

    def literal_processor(self, dialect: TypeDialect) -> Writer | None:
        """Write a TO_TIMESTAMP()."""
        return _timestamp


class INTERVAL(NativeForEmulated, types.TypeEngine[datetime.timedelta]):
    """A span of time in days and seconds, ``datetime.timedelta`` in Python.

    Args:
        day_precision: the digits of the days.
        second_precision: the digits behind the point of the seconds.
    """

    __visit_name__ = "INTERVAL"
    _emulated: ClassVar[type[types.TypeEngine[Any]]] = types.Interval
    _affinity: ClassVar[str] = "interval"

    @checked
    def __init__(self, day_precision: int | None = None, second_precision: int | None = None) -> None:
        self.day_precision = day_precision
        self.second_precision = second_precision

    @property
    def python_type(self) -> type[datetime.timedelta]:
        """``datetime.timedelta``."""
        return datetime.timedelta

    def as_generic(self, allow_nulltype: bool = False) -> types.Interval:
        """Make the generic type of it."""
        return types.Interval(True, self.second_precision, self.day_precision)

    def literal_processor(self, dialect: TypeDialect) -> Writer | None:
        """Write the span by its seconds."""
        return _span


class OracleInterval(types.Interval):
    """What the generic ``Interval`` is here."""

    def literal_processor(self, dialect: TypeDialect) -> Writer | None:
        """Write the span by its seconds."""
        return _span


def _seconds(value: datetime.date) -> str:
    return value.isoformat(" ", "seconds") if isinstance(value, datetime.datetime) else value.isoformat()


def _moment(value: datetime.datetime) -> str:
    if getattr(value, "microsecond", 0):
        return _timestamp(value)
    return f"TO_DATE('{_seconds(value)}', 'YYYY-MM-DD HH24:MI:SS')"


def _timestamp(value: datetime.datetime) -> str:
    return f"TO_TIMESTAMP('{value.isoformat(' ')}', 'YYYY-MM-DD HH24:MI:SS.FF')"


def _span(value: datetime.timedelta) -> str:
    return f"NUMTODSINTERVAL({value.total_seconds()}, 'SECOND')"


# -- bytes and the rest -------------------------------------------------------


class OracleBinary(BinaryType):
    """The family of types that hold bytes, and write them as Oracle reads them."""

    def literal_processor(self, dialect: TypeDialect) -> Writer | None:
        """Write the bytes in hexadecimal."""
        return lambda value: f"HEXTORAW('{bytes(value).hex().upper()}')"


class RAW(OracleBinary):
    """Bytes.

    Args:
        length: how many at most.
    """

    __visit_name__ = "RAW"


class BFILE(types.LargeBinary):
    """The place of a file that lies beside the database.

    Args:
        length: kept to be read; the type has none.
    """

    __visit_name__ = "BFILE"


class ROWID(types.TypeEngine[str]):
    """The address of a row; a text in Python."""

    __visit_name__ = "ROWID"

    def literal_processor(self, dialect: TypeDialect) -> Writer | None:
        """Write the address between quotes."""
        return text_literal
