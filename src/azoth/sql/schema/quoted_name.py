"""Names that carry their own rule for quoting."""

from __future__ import annotations

import enum
from typing import Any, Final


class quoted_name(str):
    """A name with its own rule for quoting.

    Args:
        value: the name.
        quote: True quotes always, False never, None where needed.
    """

    __slots__ = ("quote",)
    quote: bool | None

    def __new__(cls, value: str, quote: bool | None = None) -> quoted_name:
        if isinstance(value, quoted_name) and quote in (None, value.quote):
            return value
        name = super().__new__(cls, value)
        name.quote = quote
        return name

    @classmethod
    def construct(cls, value: str | None, quote: bool | None) -> Any:
        """Make a name with a rule where there is a rule; leave it plain otherwise."""
        return value if value is None or quote is None else cls(value, quote)

    def __reduce__(self) -> tuple[Any, ...]:
        return quoted_name, (str(self), self.quote)


class conv(str):
    """A name that a naming convention must leave alone."""

    __slots__ = ()


class SchemaConst(enum.Enum):
    """Marks that stand where a name could."""

    RETAIN_SCHEMA = 1
    """Keep the schema that a table has."""
    BLANK_SCHEMA = 2
    """No schema, also where the metadata names one."""
    NULL_UNSPECIFIED = 3
    """It was not said whether NULL is allowed."""


RETAIN_SCHEMA: Final = SchemaConst.RETAIN_SCHEMA
BLANK_SCHEMA: Final = SchemaConst.BLANK_SCHEMA
NULL_UNSPECIFIED: Final = SchemaConst.NULL_UNSPECIFIED
