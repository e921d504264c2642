"""The types of plain Python values."""

from __future__ import annotations

import datetime
import enum
from typing import Any, Final

from azoth.sql.types.base import NULLTYPE, TypeEngine, install_value_types
from azoth.sql.types.binary import LargeBinary
from azoth.sql.types.boolean import Boolean
from azoth.sql.types.numeric import Float, Integer, Numeric
from azoth.sql.types.string import String
from azoth.sql.types.temporal import Date, DateTime, Interval, Time
from azoth.sql.types.uuid import Uuid

BOOLEANTYPE: Final[Boolean] = Boolean()
INTEGERTYPE: Final[Integer] = Integer()
STRINGTYPE: Final[String] = String()

_types_of_classes: dict[type[Any], TypeEngine[Any]] = {
    int: INTEGERTYPE,
    float: Float(),
    bool: BOOLEANTYPE,
    str: STRINGTYPE,
    bytes: LargeBinary(),
    bytearray: LargeBinary(),
    memoryview: LargeBinary(),
    datetime.date: Date(),
    datetime.datetime: DateTime(),
    datetime.time: Time(),
    datetime.timedelta: Interval(),
    type(None): NULLTYPE,
}
_types_of_named_classes: dict[tuple[str, str], TypeEngine[Any]] = {
    ("decimal", "Decimal"): Numeric(),
    ("uuid", "UUID"): Uuid(),
}
"""Those of classes whose modules are slow to import: a program that has such values has imported them itself."""


def type_for_value(value: Any) -> TypeEngine[Any]:
    """Find the type of a plain Python value.

    Args:
        value: any value.

    Returns:
        a shared type object; NULLTYPE for classes without a type of their own.
    """
    try:
        return _types_of_classes[value.__class__]
    except KeyError:
        # Values of a database's own kind, such as ranges, know their type.
        own = getattr(value.__class__, "_azoth_type", None)
        if own is None:
            return type_for_class(value.__class__)
        found: TypeEngine[Any] = own(value)
        return found


def type_for_class(cls: type[Any]) -> TypeEngine[Any]:
    """Find the type of the values of a Python class; a subclass has the type of its base.

    Args:
        cls: a class such as ``int`` or an enum class.
    """
    if issubclass(cls, enum.Enum) and not issubclass(cls, str | int):
        # Few programs have enums for values, and these types are much code.
        from azoth.sql.types.enumeration import Enum  # noqa: PLC0415

        return Enum(cls)
    for base in cls.__mro__:
        known = _types_of_classes.get(base)
        if known is None:
            known = _types_of_named_classes.get((base.__module__, base.__qualname__))
            if known is not None:
                _types_of_classes[base] = known
        if known is not None:
            return known
    return NULLTYPE


install_value_types(type_for_value)
