"""Text: String, Text, Unicode, UnicodeText."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from azoth.sql.operators import OperatorClass, add, concat_op
from azoth.sql.types.base import Concatenable, Processor, TypeEngine
from azoth.sql.types.unfit_value import unfit_value
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect


class String(Concatenable, TypeEngine[str]):
    """Text of variable length; ``str`` in Python.

    Args:
        length: the largest length; some databases need one in CREATE TABLE. A word instead of a number, such as "max",
            is for functions that write the type themselves (``@compiles``).
        collation: the collation of the column.
        collation_schema: the schema that the collation is in.
        strict: refuse values that are no ``str``, or longer than the length, before they reach the database.
    """

    __visit_name__ = "string"
    operator_classes: ClassVar[OperatorClass] = OperatorClass.STRING
    _affinity: ClassVar[str] = "string"

    @checked
    def __init__(
        self,
        length: int | str | None = None,
        collation: str | None = None,
        *,
        collation_schema: str | None = None,
        strict: bool = False,
    ) -> None:
        self.length = length
        self.collation = collation
        self.collation_schema = collation_schema
        self.strict = strict

    @property
    def python_type(self) -> type[Any]:
        """``str``."""
        return str

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Check values where that was asked for."""
        if not self.strict:
            return None
        return _text_check(type(self).__name__, None if isinstance(self.length, str) else self.length)

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


def _text_check(type_name: str, length: int | None) -> Processor:
    expected = "a str" if length is None else f"a str of at most {length} characters"

    def check(value: object) -> object:
        if value is None or (isinstance(value, str) and (length is None or len(value) <= length)):
            return value
        raise unfit_value(type_name, expected, value)

    return check


def text_literal(value: Any) -> str:
    """Write text as a SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"
