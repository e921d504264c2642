"""Numbers with MySQL's attributes: UNSIGNED, ZEROFILL, the width in which a client shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from azoth import exc, types
from azoth.sql.types.numeric import integer_literal

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

__all__ = [
    "BIGINT",
    "BIT",
    "DECIMAL",
    "DOUBLE",
    "FLOAT",
    "INTEGER",
    "MEDIUMINT",
    "NUMERIC",
    "REAL",
    "SMALLINT",
    "TINYINT",
    "NumberAttributes",
    "WholeNumber",
]


class NumberAttributes(types.TypeEngine[Any]):
    """What all of MySQL's numbers may have.

    Args:
        unsigned: whether there are no negative numbers.
        zerofill: whether the server fills them with zeros on the left.
    """

    unsigned: bool = False
    zerofill: bool = False

    @property
    def attributes(self) -> str:
        """The words behind the type."""
        return f"{' UNSIGNED' if self.unsigned else ''}{' ZEROFILL' if self.zerofill else ''}"


class WholeNumber(NumberAttributes, types.Integer):
    """A whole number.

    Args:
        display_width: the width in which clients show it; it limits nothing.
        unsigned: whether there are no negative numbers.
        zerofill: whether the server fills it with zeros on the left.
    """

    def __init__(self, display_width: int | None = None, *, unsigned: bool = False, zerofill: bool = False) -> None:
        types.Integer.__init__(self)
        self.display_width = display_width
        self.unsigned = unsigned
        self.zerofill = zerofill


class INTEGER(WholeNumber, types.INTEGER):
    """A whole number of four bytes."""

    __visit_name__ = "INTEGER"


class BIGINT(WholeNumber, types.BIGINT):
    """A whole number of eight bytes."""

    __visit_name__ = "BIGINT"


class MEDIUMINT(WholeNumber):
    """A whole number of three bytes."""

    __visit_name__ = "MEDIUMINT"


class SMALLINT(WholeNumber, types.SMALLINT):
    """A whole number of two bytes."""

    __visit_name__ = "SMALLINT"


class TINYINT(WholeNumber):
    """A whole number of one byte."""

    __visit_name__ = "TINYINT"


class _Decimal(NumberAttributes, types.Numeric):
    def __init__(
        self,
        precision: int | None = None,
        scale: int | None = None,
        asdecimal: bool = True,
        *,
        unsigned: bool = False,
        zerofill: bool = False,
    ) -> None:
        types.Numeric.__init__(self, precision, scale, asdecimal=asdecimal)
        self.unsigned = unsigned
        self.zerofill = zerofill


class DECIMAL(_Decimal, types.DECIMAL):
    """A decimal number.

    Args:
        precision: the number of digits.
        scale: how many of them stand behind the point.
        asdecimal: whether Python gets a Decimal.
        unsigned: whether there are no negative numbers.
        zerofill: whether the server fills it with zeros on the left.
    """

    __visit_name__ = "DECIMAL"


class NUMERIC(_Decimal, types.NUMERIC):
    """The same as DECIMAL, under the standard's other name."""

    __visit_name__ = "NUMERIC"


class _Floating(NumberAttributes, types.Float):
    _both_digits: ClassVar[bool] = True

    def __init__(
        self,
        precision: int | None = None,
        scale: int | None = None,
        asdecimal: bool = True,
        *,
        unsigned: bool = False,
        zerofill: bool = False,
    ) -> None:
        if self._both_digits and (precision is None) != (scale is None):
            raise exc.ArgumentError(
                f"{type(self).__name__} takes precision and scale, or neither",
                why="MySQL knows the number of all digits together with that of those behind the point",
                fix=f"write {type(self).__name__}(10, 2) or {type(self).__name__}()",
                code="AZ-D72",
            )
        types.Float.__init__(self, precision, asdecimal=asdecimal)
        self.scale = scale
        self.unsigned = unsigned
        self.zerofill = zerofill


class DOUBLE(_Floating, types.DOUBLE):
    """A floating point number of eight bytes.

    Args:
        precision: the number of digits.
        scale: how many of them stand behind the point.
        asdecimal: whether Python gets a Decimal.
        unsigned: whether there are no negative numbers.
        zerofill: whether the server fills it with zeros on the left.
    """

    __visit_name__ = "DOUBLE"


class REAL(_Floating, types.REAL):
    """A floating point number; DOUBLE unless the server is told otherwise."""

    __visit_name__ = "REAL"


class FLOAT(_Floating, types.FLOAT):
    """A floating point number of four bytes; of eight where it has more than 24 bits.

    Args:
        precision: the number of digits, or of bits where there is no scale.
        scale: how many digits stand behind the point.
        asdecimal: whether Python gets a Decimal.
        unsigned: whether there are no negative numbers.
        zerofill: whether the server fills it with zeros on the left.
    """

    __visit_name__ = "FLOAT"
    _both_digits = False

    def __init__(
        self,
        precision: int | None = None,
        scale: int | None = None,
        asdecimal: bool = False,
        *,
        unsigned: bool = False,
        zerofill: bool = False,
    ) -> None:
        super().__init__(precision, scale, asdecimal, unsigned=unsigned, zerofill=zerofill)


class BIT(types.TypeEngine[int]):
    """Bits; a whole number in Python.

    Args:
        length: how many.
    """

    __visit_name__ = "BIT"
    _affinity: ClassVar[str] = "integer"

    def __init__(self, length: int | None = None) -> None:
        self.length = length

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Callable[[Any], Any] | None:
        """Make a number of the bytes that drivers give."""
        return lambda value: int.from_bytes(value, "big") if isinstance(value, bytes) else value

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the number."""
        return integer_literal
