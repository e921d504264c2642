"""The types of SQL Server, and how its values are written into text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from azoth import types
from azoth.sql.types import BinaryType
from azoth.sql.types.string import text_literal
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

__all__ = [
    "BIT",
    "DATETIME2",
    "DATETIMEOFFSET",
    "DOUBLE_PRECISION",
    "IMAGE",
    "JSON",
    "MONEY",
    "NTEXT",
    "REAL",
    "ROWVERSION",
    "SMALLDATETIME",
    "SMALLMONEY",
    "SQL_VARIANT",
    "TIME",
    "TIMESTAMP",
    "TINYINT",
    "UNIQUEIDENTIFIER",
    "VARBINARY",
    "XML",
    "MSUnicode",
    "MSUnicodeText",
    "MSUuid",
    "WrittenBinary",
]


# -- numbers ------------------------------------------------------------------


class BIT(types.Boolean):
    """0 or 1, which is what SQL Server has for truth values."""

    __visit_name__ = "BIT"


class TINYINT(types.Integer):
    """A whole number of one byte, from 0 to 255."""

    __visit_name__ = "TINYINT"


class MONEY(types.TypeEngine[Any]):
    """An amount of money, in eight bytes."""

    __visit_name__ = "MONEY"


class SMALLMONEY(types.TypeEngine[Any]):
    """An amount of money, in four bytes."""

    __visit_name__ = "SMALLMONEY"


class REAL(types.REAL):
    """A floating-point number of four bytes, whose precision is always 24 bits.

    Args:
        asdecimal: True gives ``Decimal`` instead of ``float``.
        decimal_return_scale: how many digits after the point a Decimal made from a float gets.
    """

    __visit_name__ = "REAL"

    @checked
    def __init__(self, *, asdecimal: bool = False, decimal_return_scale: int | None = None) -> None:
        types.Float.__init__(self, 24, asdecimal, decimal_return_scale)


class DOUBLE_PRECISION(types.DOUBLE_PRECISION):
    """A floating-point number of eight bytes, whose precision is always 53 bits.

    Args:
        asdecimal: True gives ``Decimal`` instead of ``float``.
        decimal_return_scale: how many digits after the point a Decimal made from a float gets.
    """

    __visit_name__ = "DOUBLE_PRECISION"

    @checked
    def __init__(self, *, asdecimal: bool = False, decimal_return_scale: int | None = None) -> None:
        types.Float.__init__(self, 53, asdecimal, decimal_return_scale)


# -- time ---------------------------------------------------------------------


class DATETIME2(types.DateTime):
    """A point in time from the year 1 on.

    Args:
        precision: the digits behind the point of the seconds.
        timezone: for other databases.
    """

    __visit_name__ = "DATETIME2"

    @checked
    def __init__(self, precision: int | None = None, timezone: bool = False) -> None:
        super().__init__(timezone)
        self.precision = precision


class DATETIMEOFFSET(types.DateTime):
    """A point in time with its distance from UTC.

    Args:
        precision: the digits behind the point of the seconds.
        timezone: says the same as the type.
    """

    __visit_name__ = "DATETIMEOFFSET"

    @checked
    def __init__(self, precision: int | None = None, timezone: bool = False) -> None:
        super().__init__(timezone)
        self.precision = precision


class SMALLDATETIME(types.DateTime):
    """A point in time, to the minute.

    Args:
        timezone: for other databases.
    """

    __visit_name__ = "SMALLDATETIME"


class TIME(types.TIME):
    """A time of day.

    Args:
        precision: the digits behind the point of the seconds.
        timezone: for other databases.
    """

    @checked
    def __init__(self, precision: int | None = None, timezone: bool = False) -> None:
        super().__init__(timezone)
        self.precision = precision


# -- text and documents -------------------------------------------------------


class MSUnicode(types.Unicode):
    """Text in the national character set: its literals begin with N."""

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the text between quotes, with N before them."""
        return _national_literal


class MSUnicodeText(types.UnicodeText):
    """Text of any length in the national character set: its literals begin with N."""

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the text between quotes, with N before them."""
        return _national_literal


class NTEXT(types.UnicodeText):
    """Text of any length in the national character set; newer servers want NVARCHAR(max) instead."""

    __visit_name__ = "NTEXT"


class XML(types.Text):
    """An XML document; a text in Python."""

    __visit_name__ = "XML"


class JSON(types.JSON):
    """A JSON document, which is kept as text: NVARCHAR(max).

    Args:
        none_as_null: store None as SQL NULL instead of the JSON value ``null``.
    """


def _national_literal(value: object) -> str:
    return f"N{text_literal(value)}"


# -- bytes --------------------------------------------------------------------


class WrittenBinary(BinaryType):
    """The family of types that hold bytes, and write them as SQL Server reads them."""

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the bytes as a hexadecimal number."""
        return lambda value: f"0x{bytes(value).hex().upper()}"


class VARBINARY(WrittenBinary, types.VARBINARY):
    """Bytes.

    Args:
        length: the largest length; None and "max" are two billion.
        filestream: keep the bytes in a file of their own, for which the length must be "max".
    """

    __visit_name__ = "VARBINARY"

    def __init__(self, length: int | str | None = None, filestream: bool = False) -> None:
        if filestream and length not in (None, "max"):
            raise ValueError("VARBINARY(filestream=True) needs the length 'max', as only such values live in files")
        self.length = length  # type: ignore[assignment]  # SQL Server's own word beside numbers
        self.filestream = filestream


class IMAGE(WrittenBinary, types.LargeBinary):
    """Bytes of any length; newer servers want VARBINARY(max) instead.

    Args:
        length: kept to be read; SQL Server has no length here.
    """

    __visit_name__ = "IMAGE"


class TIMESTAMP(WrittenBinary):
    """A number that the server changes with the row, as eight bytes; ROWVERSION is the better name for it.

    Args:
        convert_int: make a whole number of the bytes.
    """

    __visit_name__ = "TIMESTAMP"

    @checked
    def __init__(self, convert_int: bool = False) -> None:
        super().__init__(None)
        self.convert_int = convert_int

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Callable[[Any], Any] | None:
        """Make a number of the bytes, where that was asked for."""
        if not self.convert_int:
            return None
        return lambda value: None if value is None else int.from_bytes(value, "big")


class ROWVERSION(TIMESTAMP):
    """A number that the server changes with the row, as eight bytes.

    Args:
        convert_int: make a whole number of the bytes.
    """

    __visit_name__ = "ROWVERSION"


# -- the rest -----------------------------------------------------------------


class SQL_VARIANT(types.TypeEngine[Any]):
    """A value of nearly any type."""

    __visit_name__ = "SQL_VARIANT"


class MSUuid(types.Uuid):
    """What the generic ``Uuid`` is here."""

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the canonical form between quotes."""
        return lambda value: text_literal(str(value))


class UNIQUEIDENTIFIER(MSUuid):
    """A UUID in SQL Server's own type.

    Args:
        as_uuid: False gives and takes strings instead.
    """

    __visit_name__ = "UNIQUEIDENTIFIER"

    @checked
    def __init__(self, as_uuid: bool = True) -> None:
        super().__init__(as_uuid=as_uuid, native_uuid=True)
