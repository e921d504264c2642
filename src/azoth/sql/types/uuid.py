"""Uuid."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from azoth.sql.operators import OperatorClass
from azoth.sql.types.base import Processor, TypeEngine
from azoth.sql.types.string import text_literal
from azoth.sql.types.unfit_value import unfit_value, unreadable_value
from azoth.util.arguments import checked

if TYPE_CHECKING:
    import uuid

    from azoth.sql.types.dialect import TypeDialect


class Uuid(TypeEngine[Any]):
    """A UUID; ``uuid.UUID`` in Python.

    Args:
        as_uuid: False gives and takes strings instead.
        native_uuid: use the database's own type where it has one; otherwise 32 hexadecimal digits are stored.
    """

    __visit_name__ = "uuid"
    operator_classes: ClassVar[OperatorClass] = OperatorClass.BASE | OperatorClass.COMPARISON
    _affinity: ClassVar[str] = "uuid"
    length: ClassVar[int | None] = None
    collation: ClassVar[str | None] = None

    @checked
    def __init__(self, as_uuid: bool = True, native_uuid: bool = True) -> None:
        self.as_uuid = as_uuid
        self.native_uuid = native_uuid

    @property
    def _may_be_native(self) -> bool:
        """Whether a database's own type may take the place of this one."""
        return self.native_uuid

    @property
    def python_type(self) -> type[Any]:
        """``uuid.UUID``, or ``str`` with ``as_uuid=False``."""
        return uuid_class() if self.as_uuid else str

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Take strings as this type takes them."""
        return self if isinstance(value, str) else super().coerce_compared_value(op, value)

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Write hexadecimal digits where the driver does not know UUIDs."""
        if self.native_uuid and dialect.supports_native_uuid:
            return None
        return _digits_of_uuid if self.as_uuid else _digits_of_text

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Processor | None:
        """Read what was stored."""
        if self.native_uuid and dialect.supports_native_uuid:
            return None if self.as_uuid else _text_or_none
        return _uuid_reader() if self.as_uuid else _canonical_text

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write what is stored, between quotes."""
        store = _text_or_none if self.native_uuid and dialect.supports_native_uuid else self.bind_processor(dialect)

        def process(value: Any) -> str:
            return text_literal(store(value) if store is not None else value)

        return process


def _digits_of_uuid(value: Any) -> str | None:
    if value is None:
        return None
    try:
        digits: str = value.hex
        if isinstance(digits, str):
            return digits
    except AttributeError:
        pass
    raise unfit_value("Uuid", "a uuid.UUID", value, fix="pass a uuid.UUID, or declare the column Uuid(as_uuid=False)")


def _digits_of_text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).replace("-", "")


def uuid_class() -> type[uuid.UUID]:
    """Give ``uuid.UUID``; the module is slow to import and only needed where a UUID is read."""
    from uuid import UUID  # noqa: PLC0415

    return UUID


@cache
def _uuid_reader() -> Processor:
    made = uuid_class()

    def process(value: Any) -> uuid.UUID | None:
        if value is None:
            return None
        try:
            return made(value)
        except (ValueError, TypeError, AttributeError):
            raise unreadable_value("Uuid", value) from None

    return process


def _canonical_text(value: Any) -> str | None:
    return None if value is None else str(_uuid_reader()(value))


def _text_or_none(value: Any) -> str | None:
    return None if value is None else str(value)
