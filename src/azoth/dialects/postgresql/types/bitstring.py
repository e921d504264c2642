"""BIT, and the text of zeros and ones that its values are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, SupportsIndex

from azoth import types
from azoth.sql.operators import Comparator
from azoth.sql.types.unfit_value import unfit_value
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

__all__ = ["BIT", "BitString"]


class BitString(str):
    """A text of zeros and ones with the operators of bits.

    Args:
        value: the text; another BitString is taken as it is.

    Raises:
        ValueError: there are other characters.
    """

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        if not isinstance(value, BitString) and set(value) - {"0", "1"}:
            raise ValueError("a BitString consists of zeros and ones")
        return super().__new__(cls, value)

    @classmethod
    def from_int(cls, value: int, length: int) -> Self:
        """Write a number in binary.

        Args:
            value: the number, not negative.
            length: how many digits.

        Raises:
            ValueError: it is negative or has more digits.
        """
        if value < 0:
            raise ValueError("a BitString has no sign")
        digits = f"{value:0{length}b}" if length > 0 else ""
        if len(digits) > length:
            raise ValueError(f"the number needs more than {length} bits")
        return cls(digits)

    @classmethod
    def from_bytes(cls, value: bytes, length: int = -1) -> Self:
        """Write bytes in binary.

        Args:
            value: the bytes, the most significant first.
            length: how many digits; eight for each byte by default.

        Raises:
            ValueError: there are more digits.
        """
        whole = 8 * len(value) if length < 0 else length
        return cls.from_int(int.from_bytes(value, byteorder="big"), whole)

    def get_bit(self, index: int) -> Literal["0", "1"]:
        """Give a bit by its position from the left."""
        return "1" if str.__getitem__(self, index) == "1" else "0"

    def set_bit(self, index: int, value: bool | int | Literal["0", "1"]) -> Self:
        """Copy with another bit at a position from the left.

        Raises:
            ValueError: the value is no bit.
            IndexError: there is no such position.
        """
        if value not in {True, False, "0", "1"}:
            raise ValueError("a bit is 0 or 1")
        places = list(self)
        places[index] = "1" if value in {True, "1"} else "0"
        return type(self)("".join(places))

    @property
    def bit_length(self) -> int:
        """How many bits there are."""
        return len(self)

    @property
    def octet_length(self) -> int:
        """How many bytes the bits fill."""
        return (len(self) + 7) // 8

    def has_bit(self, index: int) -> bool:
        """Tell whether the bit at a position is set."""
        return self.get_bit(index) == "1"

    def lstrip(self, char: str | None = None, /) -> Self:
        """Copy without what is on the left: zeros by default."""
        return type(self)(str.lstrip(self, "0" if char is None else char))

    def rstrip(self, char: str | None = None, /) -> Self:
        """Copy without what is on the right: zeros by default."""
        return type(self)(str.rstrip(self, "0" if char is None else char))

    def strip(self, char: str | None = None, /) -> Self:
        """Copy without what is on both sides: zeros by default."""
        return type(self)(str.strip(self, "0" if char is None else char))

    def removeprefix(self, prefix: str, /) -> Self:
        """Copy without a beginning."""
        return type(self)(str.removeprefix(self, prefix))

    def removesuffix(self, suffix: str, /) -> Self:
        """Copy without an end."""
        return type(self)(str.removesuffix(self, suffix))

    def ljust(self, width: SupportsIndex, char: str = "0", /) -> Self:
        """Copy with zeros on the right."""
        return type(self)(str.ljust(self, width, char))

    def rjust(self, width: SupportsIndex, char: str = "0", /) -> Self:
        """Copy with zeros on the left."""
        return type(self)(str.rjust(self, width, char))

    def __int__(self) -> int:
        return int(str(self), 2) if self else 0

    def __bytes__(self) -> bytes:
        return int(self).to_bytes(self.octet_length, byteorder="big")

    def __getitem__(self, key: SupportsIndex | slice) -> Self:
        return type(self)(str.__getitem__(self, key))

    def __add__(self, other: str) -> Self:
        return type(self)(str.__add__(self, type(self)(other)))

    def __mul__(self, by: SupportsIndex) -> Self:
        return type(self)(str.__mul__(self, by))

    def __rmul__(self, by: SupportsIndex) -> Self:
        return self * by

    def __lshift__(self, amount: int) -> Self:
        return self[amount:].ljust(len(self)) if amount < len(self) else type(self)("0" * len(self))

    def __rshift__(self, amount: int) -> Self:
        return self[: max(len(self) - amount, 0)].rjust(len(self))

    def __invert__(self) -> Self:
        return type(self)("".join(["0" if bit == "1" else "1" for bit in self]))

    def __and__(self, other: str) -> Self:
        return self._combined(other, lambda one, two: one == two == "1")

    def __or__(self, other: str) -> Self:
        return self._combined(other, lambda one, two: "1" in {one, two})

    def __xor__(self, other: str) -> Self:
        return self._combined(other, lambda one, two: one != two)

    def _combined(self, other: str, combine: Callable[[str, str], bool]) -> Self:
        if len(self) != len(other):
            raise ValueError("only BitStrings of the same length can be combined")
        pairs = zip(str(self), str(type(self)(other)), strict=True)
        return type(self)("".join(["1" if combine(one, two) else "0" for one, two in pairs]))

    def __repr__(self) -> str:
        return f'BitString("{self!s}")'


class BIT(types.TypeEngine[BitString]):
    """A text of zeros and ones.

    Args:
        length: how many; one where neither is given.
        varying: whether fewer are allowed.
    """

    __visit_name__ = "BIT"
    _affinity: ClassVar[str] = "bits"

    class comparator_factory(Comparator):
        """The operators of bits, which Python's operators stand for here."""

        def __and__(self, other: object) -> Any:
            return self.bitwise_and(other)

        def __or__(self, other: object) -> Any:
            return self.bitwise_or(other)

        def __invert__(self) -> Any:
            return self.bitwise_not()

    @checked
    def __init__(self, length: int | None = None, varying: bool = False) -> None:
        self.length = length if varying else length or 1
        self.varying = varying

    @property
    def python_type(self) -> type[BitString]:
        """``BitString``."""
        return BitString

    def coerce_compared_value(self, op: object, value: object) -> types.TypeEngine[Any]:
        """Take text as this type takes it."""
        return self if isinstance(value, str) else super().coerce_compared_value(op, value)

    def bind_processor(self, dialect: TypeDialect) -> Callable[[Any], Any] | None:
        """Let only zeros and ones pass."""
        return _bits_of

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Callable[[Any], Any] | None:
        """Make a BitString."""
        return lambda value: None if value is None else BitString(str(value))

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the bits as PostgreSQL does."""
        return lambda value: f"B'{_bits_of(value)}'"


def _bits_of(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str) and not set(value) - {"0", "1"}:
        return str(value)
    raise unfit_value("BIT", "a BitString, or a text of zeros and ones", value)
