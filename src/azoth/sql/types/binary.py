"""Bytes: LargeBinary."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from azoth.sql.operators import OperatorClass
from azoth.sql.types.base import Processor, TypeEngine
from azoth.sql.types.unfit_value import unfit_value
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect


class BinaryType(TypeEngine[bytes]):
    """The family of types that hold bytes.

    Args:
        length: the largest length, for databases that ask.
    """

    __visit_name__ = "large_binary"
    operator_classes: ClassVar[OperatorClass] = OperatorClass.BINARY
    _affinity: ClassVar[str] = "binary"

    @checked
    def __init__(self, length: int | None = None) -> None:
        self.length = length

    @property
    def python_type(self) -> type[bytes]:
        """``bytes``."""
        return bytes

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Let only bytes pass: a driver would store text as text."""
        return _bytes_for_driver

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Processor | None:
        """Make bytes of what a driver gives in their place."""
        return None if dialect.returns_native_bytes else _bytes_from_driver

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the bytes in hexadecimal."""
        return _hexadecimal_literal

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Take text as bytes would be taken."""
        return self if isinstance(value, str | bytes) else super().coerce_compared_value(op, value)


class LargeBinary(BinaryType):
    """Bytes of any length; ``bytes`` in Python."""


def _bytes_from_driver(value: bytes | bytearray | memoryview | None) -> bytes | None:
    return None if value is None else bytes(value)


def _bytes_for_driver(value: Any) -> Any:
    if value is None or isinstance(value, bytes | bytearray | memoryview):
        return value
    raise unfit_value("LargeBinary", "bytes", value)


def _hexadecimal_literal(value: Any) -> str:
    return f"X'{bytes(value).hex().upper()}'"
