"""Text: String, Text, Unicode, UnicodeText."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from azoth.sql.operators import add, concat_op
from azoth.sql.types.base import TypeEngine
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect


class String(TypeEngine[str]):
    """Text of variable length; ``str`` in Python.

    Args:
        length: the largest length; some databases need one in CREATE TABLE.
        collation: the collation of the column.
    """

    __visit_name__ = "string"
    _affinity: ClassVar[str] = "string"

    @checked
    def __init__(self, length: int | None = None, collation: str | None = None) -> None:
        self.length = length
        self.collation = collation

    @property
    def python_type(self) -> type[Any]:
        """``str``."""
        return str

    def adapt_operator(self, op: Any, other_type: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        """Let ``+`` between texts concatenate them."""
        if op is add and other_type._affinity in ("string", "none"):
            return concat_op, self
        return super().adapt_operator(op, other_type)

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the text between quotes."""
        return text_literal


class Text(String):
    """Text of any length."""

    __visit_name__ = "text"


class Unicode(String):
    """Text of variable length, in a national character set where the database tells them apart."""

    __visit_name__ = "unicode"


class UnicodeText(Text):
    """Text of any length, in a national character set where the database tells them apart."""

    __visit_name__ = "unicode_text"


def text_literal(value: Any) -> str:
    """Write text as a SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"
