"""The dialect of ``str(expression)``: no database in particular."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from azoth.sql.compiler.preparer import IdentifierPreparer

__all__ = ["GenericDialect"]


class GenericDialect:
    """SQL as a reader wants to see it, with named placeholders."""

    name: str = "default"
    paramstyle: str = "named"
    statement_compiler: type[Any]
    ddl_compiler: type[Any]
    type_compiler: type[Any]
    colspecs: Mapping[type[Any], type[Any]] = {}
    supports_native_boolean: bool = True
    supports_native_decimal: bool = True
    supports_nan: bool = True
    supports_native_enum: bool = False
    supports_native_uuid: bool = False
    supports_returning: bool = True
    max_identifier_length: int = 9999
    max_bind_variables: int | None = None
    json_serializer: ClassVar[Callable[[Any], str] | None] = None
    json_deserializer: ClassVar[Callable[[str], Any] | None] = None

    def __init__(self) -> None:
        self.identifier_preparer = IdentifierPreparer(self)
