"""PostgreSQL's own types: addresses, times with a precision, money, names of catalog objects, text search."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from azoth import types
from azoth.sql.types.native import NativeForEmulated
from azoth.sql.types.numeric import integer_literal
from azoth.sql.types.string import text_literal
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

__all__ = [
    "BYTEA",
    "CIDR",
    "CITEXT",
    "INET",
    "INTERVAL",
    "MACADDR",
    "MACADDR8",
    "MONEY",
    "OID",
    "REGCLASS",
    "REGCONFIG",
    "TIME",
    "TIMESTAMP",
    "TSQUERY",
    "TSVECTOR",
    "PGUuid",
]


class BYTEA(types.LargeBinary):
    """Bytes of any length.

    Args:
        length: kept to be read; PostgreSQL has no length here.
    """

    __visit_name__ = "BYTEA"

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the bytes in PostgreSQL's hexadecimal form."""
        return lambda value: f"'\\x{bytes(value).hex()}'::BYTEA"


class TextualType(types.TypeEngine[Any]):
    """The family of types whose values are written as text between quotes."""

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the value between quotes."""
        return text_literal

    def coerce_compared_value(self, op: object, value: object) -> types.TypeEngine[Any]:
        """Take text as this type takes it."""
        return self if isinstance(value, str) else super().coerce_compared_value(op, value)


class INET(TextualType):
    """The address of a host, with or without its network."""

    __visit_name__ = "INET"


class CIDR(TextualType):
    """The address of a network."""

    __visit_name__ = "CIDR"


class MACADDR(TextualType):
    """The hardware address of a network card."""

    __visit_name__ = "MACADDR"


class MACADDR8(TextualType):
    """The hardware address of a network card, in eight bytes."""

    __visit_name__ = "MACADDR8"


class MONEY(TextualType):
    """An amount of money, in the currency that the server is set to; a text in Python, such as ``$1,000.00``."""

    __visit_name__ = "MONEY"


class OID(types.TypeEngine[int]):
    """The number of a catalog object."""

    __visit_name__ = "OID"
    _affinity: ClassVar[str] = "integer"

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the number."""
        return integer_literal


class REGCLASS(TextualType):
    """The name of a table, index or sequence, which PostgreSQL turns into its number."""

    __visit_name__ = "REGCLASS"


class REGCONFIG(TextualType):
    """The name of a text search configuration."""

    __visit_name__ = "REGCONFIG"


class TSVECTOR(types.TypeEngine[str]):
    """A document, taken apart for the text search."""

    __visit_name__ = "TSVECTOR"

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the value between quotes."""
        return text_literal


class TSQUERY(types.TypeEngine[str]):
    """What the text search looks for."""

    __visit_name__ = "TSQUERY"

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the value between quotes."""
        return text_literal


class CITEXT(types.TEXT):
    """Text that is compared without regard to case; the extension ``citext`` brings it."""

    __visit_name__ = "CITEXT"


class TIMESTAMP(types.TIMESTAMP):
    """A point in time.

    Args:
        timezone: keep it as a moment in the world's time instead of what a clock on the wall shows.
        precision: the digits behind the point of the seconds.
    """

    @checked
    def __init__(self, timezone: bool = False, precision: int | None = None) -> None:
        super().__init__(timezone=timezone)
        self.precision = precision


class TIME(types.TIME):
    """A time of day.

    Args:
        timezone: keep the offset of the time zone.
        precision: the digits behind the point of the seconds.
    """

    @checked
    def __init__(self, timezone: bool = False, precision: int | None = None) -> None:
        super().__init__(timezone=timezone)
        self.precision = precision


class INTERVAL(NativeForEmulated, types.Interval):
    """A span of time, ``datetime.timedelta`` in Python.

    Args:
        precision: the digits behind the point of the seconds.
        fields: which parts are kept, such as "YEAR", "MONTH" or "DAY TO SECOND".
    """

    __visit_name__ = "INTERVAL"
    _emulated: ClassVar[type[types.TypeEngine[Any]]] = types.Interval

    @checked
    def __init__(self, precision: int | None = None, fields: str | None = None) -> None:
        super().__init__(native=True, second_precision=precision)
        self.precision = precision
        self.fields = fields

    def adapt(self, cls: type[types.TypeEngine[Any]], **parameters: Any) -> types.TypeEngine[Any]:
        """Make the generic type of it, or another of the same kind."""
        if cls is types.Interval:
            return types.Interval(native=True, second_precision=self.precision)
        return super().adapt(cls, **parameters)

    @classmethod
    def adapt_emulated_to_native(  # type: ignore[override]  # the parameter has a name of its own
        cls, interval: types.TypeEngine[Any], **kw: object
    ) -> Self:
        """Make this type of the generic one, with the digits of its seconds.

        Args:
            interval: the generic type.
            kw: what differs.
        """
        precision = cast("types.Interval", interval).second_precision
        return super().adapt_emulated_to_native(interval, **{"precision": precision, **kw})

    def coerce_compared_value(self, op: object, value: object) -> types.TypeEngine[Any]:
        """Take spans of time as this type takes them."""
        return self if isinstance(value, datetime.timedelta) else super().coerce_compared_value(op, value)

    def bind_processor(self, dialect: TypeDialect) -> Callable[[Any], Any] | None:
        """Leave the value alone: drivers take timedelta."""
        return None

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Callable[[Any], Any] | None:
        """Leave the value alone: drivers give timedelta."""
        return None

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the span by its seconds."""
        return lambda value: f"make_interval(secs=>{value.total_seconds()})"


class NativeInterval(INTERVAL):
    """What the generic ``Interval`` is here.

    Args:
        native: always true here.
        second_precision: the digits behind the point of the seconds.
        day_precision: for other databases.
    """

    def __init__(
        self, native: bool = True, second_precision: int | None = None, day_precision: int | None = None
    ) -> None:
        super().__init__(precision=second_precision)
        self.native = native
        self.day_precision = day_precision

    @classmethod
    def adapt_emulated_to_native(  # type: ignore[override]  # the parameter has a name of its own
        cls, interval: types.TypeEngine[Any], **kw: object
    ) -> Self:
        """Make this type of the generic one, with all that it says."""
        return cast("Self", interval.adapt(cls, **kw))


class PGUuid(types.UUID):
    """A UUID in PostgreSQL's own type.

    Args:
        as_uuid: False gives and takes strings instead.
    """

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the canonical form between quotes."""
        return lambda value: text_literal(str(value))
