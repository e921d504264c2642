"""Numbers: Integer, SmallInteger, BigInteger, Numeric, Float, Double."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import isfinite, isinf, isnan
from typing import TYPE_CHECKING, Any, ClassVar

from azoth import exc
from azoth.sql.operators import OperatorClass
from azoth.sql.types.base import LEFT_ALONE, Processor, TypeEngine
from azoth.sql.types.unfit_value import unfit_value, unreadable_value
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from decimal import Decimal

    from azoth.sql.types.dialect import TypeDialect


class Integer(TypeEngine[int]):
    """A whole number; ``int`` in Python.

    Args:
        strict: refuse values that are no ``int``, or too large for the type, before they reach the database.
    """

    __visit_name__ = "integer"
    operator_classes: ClassVar[OperatorClass] = OperatorClass.INTEGER
    _affinity: ClassVar[str] = "integer"
    bits: ClassVar[int] = 32
    """How many bits the values have in databases that are particular about it."""

    def __init__(self, strict: bool = False) -> None:
        self.strict = strict

    @property
    def python_type(self) -> type[int]:
        """``int``."""
        return int

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Check values where that was asked for."""
        return _whole_number_check(type(self).__name__, self.bits) if self.strict else None

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the digits."""
        return integer_literal


class SmallInteger(Integer):
    """A small whole number, usually of 16 bits."""

    __visit_name__ = "small_integer"
    bits: ClassVar[int] = 16


class BigInteger(Integer):
    """A large whole number, usually of 64 bits."""

    __visit_name__ = "big_integer"
    bits: ClassVar[int] = 64


class NumericCommon(TypeEngine[Any]):
    """What ``Numeric`` and ``Float`` are: numbers that may have a fraction.

    Args:
        precision: how many digits there are in all.
        scale: how many of them stand after the point.
        decimal_return_scale: how many digits after the point a Decimal made from a float gets.
        asdecimal: whether Python gets ``Decimal``, or else ``float``.
    """

    operator_classes: ClassVar[OperatorClass] = OperatorClass.NUMERIC

    def __init__(
        self, *, precision: int | None, scale: int | None, decimal_return_scale: int | None, asdecimal: bool
    ) -> None:
        self.precision = precision
        self.scale = scale
        self.decimal_return_scale = decimal_return_scale
        self.asdecimal = asdecimal


class Numeric(NumericCommon):
    """A number with a fixed number of digits; ``Decimal`` in Python.

    Args:
        precision: how many digits there are in all.
        scale: how many of them stand after the point.
        decimal_return_scale: how many digits after the point a Decimal made from a float gets.
        asdecimal: False gives ``float`` instead of ``Decimal``.
    """

    __visit_name__ = "numeric"
    _affinity: ClassVar[str] = "numeric"

    @checked
    def __init__(
        self,
        precision: int | None = None,
        scale: int | None = None,
        decimal_return_scale: int | None = None,
        asdecimal: bool = True,
    ) -> None:
        super().__init__(
            precision=precision, scale=scale, decimal_return_scale=decimal_return_scale, asdecimal=asdecimal
        )

    @property
    def python_type(self) -> type[Any]:
        """``Decimal``, or ``float`` with ``asdecimal=False``."""
        return decimal_class() if self.asdecimal else float

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the digits."""
        return str

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Turn Decimals into what a driver without them takes."""
        return None if dialect.supports_native_decimal else number_for_driver

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Processor | None:
        """Make Decimals from the floats of a driver without them, or floats from Decimals."""
        if not self.asdecimal:
            # SQLite keeps 2.0 as a whole number.
            return _float_or_none
        return None if dialect.supports_native_decimal else decimal_from_number(self._return_scale)

    @property
    def _return_scale(self) -> int | None:
        return self.scale if self.decimal_return_scale is None else self.decimal_return_scale


class Float(Numeric):
    """A floating-point number; ``float`` in Python.

    Args:
        precision: how many binary digits the database is asked to keep.
        asdecimal: True gives ``Decimal`` instead of ``float``.
        decimal_return_scale: how many digits after the point a Decimal made from a float gets.
    """

    __visit_name__ = "float"
    _affinity: ClassVar[str] = "float"

    @checked
    def __init__(
        self, precision: int | None = None, asdecimal: bool = False, decimal_return_scale: int | None = None
    ) -> None:
        super().__init__(precision, None, decimal_return_scale, asdecimal)

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Make floats of other numbers, for a driver without Decimals; refuse NaN where the database loses it."""
        if self.asdecimal:
            return None if dialect.supports_native_decimal else number_for_float
        if dialect.supports_native_decimal and dialect.supports_nan:
            return None
        return float_for_driver if not dialect.supports_nan else float_or_none

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Processor | None:
        """Make Decimals where asked for."""
        return decimal_from_number(self._return_scale) if self.asdecimal else None


class Double(Float):
    """A floating-point number of double precision."""

    __visit_name__ = "double"


def number_for_driver(value: Any) -> Any:
    """Turn a Decimal into the float or int that comes closest to it.

    Raises:
        StatementError: the value is not a number.
    """
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise unfit_value("Numeric", "a Decimal or another number", value) from None
    if not isfinite(number):
        raise _no_finite_number("Numeric", value)
    if abs(number) >= LARGEST_EXACT_FLOAT and value == (whole := int(value)) and abs(whole) < LARGEST_INTEGER:
        return whole
    return number


def number_for_float(value: object) -> object:
    """Turn a Decimal into the float or int that comes closest to it; Infinity is one.

    Raises:
        StatementError: the value is not a number.
    """
    return value if value.__class__ is float and isinf(value) else number_for_driver(value)


def float_for_driver(value: Any) -> float | None:
    """Turn a number into a float.

    Raises:
        StatementError: the value is not a number.
    """
    # The test of a float that is no NaN.
    if value.__class__ is float and value == value:  # noqa: PLR0124
        return value
    number = float_or_none(value)
    if number is not None and isnan(number):
        raise _no_finite_number("Float", value)
    return number


LEFT_ALONE[float_for_driver] = "{0}.__class__ is float and {0} == {0}"


def float_or_none(value: Any) -> float | None:
    """Turn a number into a float.

    Raises:
        StatementError: the value is not a number.
    """
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError, OverflowError):
        raise unfit_value("Float", "a float or another number", value) from None


def _no_finite_number(type_name: str, value: object) -> exc.StatementError:
    return unfit_value(
        type_name,
        "a number that the database can keep: not NaN" + (", nor Infinity" if type_name == "Numeric" else ""),
        value,
        fix="store None where there is no number" + ("" if type_name == "Float" else ", or use Float for Infinity"),
    )


def _whole_number_check(type_name: str, bits: int) -> Processor:
    limit = 2 ** (bits - 1)

    def check(value: object) -> object:
        if value is None or (value.__class__ is int and -limit <= value < limit):
            return value
        if isinstance(value, int) and not isinstance(value, bool) and -limit <= value < limit:
            return value
        raise unfit_value(type_name, f"an int of at most {bits} bits", value)

    return check


LARGEST_EXACT_FLOAT = 2.0**53
LARGEST_INTEGER = 2**63


def decimal_from_number(scale: int | None) -> Processor:
    """Make the function from a driver's number to Decimal.

    Args:
        scale: how many digits after the point; None: as many as the number needs.
    """
    if scale is None:
        return _shortest_decimal()
    made = decimal_class()
    pattern = f"%.{scale}f"
    zeros = "." + "0" * scale if scale else ""

    def process(value: Any) -> Decimal | None:
        if value is None:
            return None
        try:
            # Whole numbers do not pass through a float, which would take digits from the long ones.
            return made(f"{value}{zeros}" if isinstance(value, int) else pattern % value)
        except (TypeError, ValueError, ArithmeticError):
            raise unreadable_value("Numeric", value) from None

    return process


@cache
def _shortest_decimal() -> Processor:
    made = decimal_class()

    def process(value: Any) -> Decimal | None:
        if value is None:
            return None
        try:
            # repr() of a float has the fewest digits that give back the same float.
            return made(repr(value) if isinstance(value, float) else value)
        except (TypeError, ValueError, ArithmeticError):
            raise unreadable_value("Numeric", value) from None

    return process


def decimal_class() -> type[Decimal]:
    """Give ``decimal.Decimal``; the module is slow to import and only needed where such a number is read."""
    from decimal import Decimal  # noqa: PLC0415

    return Decimal


def _float_or_none(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        raise unreadable_value("Numeric", value) from None


def integer_literal(value: Any) -> str:
    """Write a whole number as SQL."""
    return str(int(value))
