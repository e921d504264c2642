"""Times with fractions of a second, years, bytes of some sizes, and the addresses that MariaDB has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from azoth import types
from azoth.sql.types import BinaryType
from azoth.sql.types.string import text_literal
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

__all__ = ["DATETIME", "INET4", "INET6", "LONGBLOB", "MEDIUMBLOB", "TIME", "TIMESTAMP", "TINYBLOB", "YEAR"]


class DATETIME(types.DATETIME):
    """A point in time.

    Args:
        timezone: for other databases.
        fsp: the digits behind the point of the seconds.
    """

    @checked
    def __init__(self, timezone: bool = False, fsp: int | None = None) -> None:
        super().__init__(timezone)
        self.fsp = fsp


class TIMESTAMP(types.TIMESTAMP):
    """A point in time, kept as seconds since 1970.

    Args:
        timezone: for other databases.
        fsp: the digits behind the point of the seconds.
    """

    @checked
    def __init__(self, timezone: bool = False, fsp: int | None = None) -> None:
        super().__init__(timezone)
        self.fsp = fsp


class TIME(types.TIME):
    """A time of day.

    Args:
        timezone: for other databases.
        fsp: the digits behind the point of the seconds.
    """

    @checked
    def __init__(self, timezone: bool = False, fsp: int | None = None) -> None:
        super().__init__(timezone)
        self.fsp = fsp


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
        return lambda value: str(int(value))


class TINYBLOB(BinaryType):
    """Up to 255 bytes."""

    __visit_name__ = "TINYBLOB"

    def __init__(self) -> None:
        super().__init__(None)


class MEDIUMBLOB(BinaryType):
    """Up to 16 million bytes."""

    __visit_name__ = "MEDIUMBLOB"

    def __init__(self) -> None:
        super().__init__(None)


class LONGBLOB(BinaryType):
    """Up to four billion bytes."""

    __visit_name__ = "LONGBLOB"

    def __init__(self) -> None:
        super().__init__(None)


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
