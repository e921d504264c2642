"""Times with fractions of a second, years, bytes of some sizes, and the addresses that MariaDB has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from azoth import types
from azoth.sql.types import BinaryType
from azoth.sql.types.numeric import integer_literal
from azoth.sql.types.string import text_literal
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

__all__ = ["DATETIME", "INET4", "INET6", "LONGBLOB", "MEDIUMBLOB", "TIME", "TIMESTAMP", "TINYBLOB", "YEAR"]


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
