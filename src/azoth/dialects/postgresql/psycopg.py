"""PostgreSQL through the driver ``psycopg``: what its placeholders need. Running on it comes with the driver layer."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, ClassVar, Final

from azoth import types
from azoth.dialects.postgresql.array import ARRAY
from azoth.dialects.postgresql.base import PGDialect
from azoth.dialects.postgresql.bitstring import BIT
from azoth.dialects.postgresql.json import IntIndexType, StrIndexType
from azoth.dialects.postgresql.ranges import AbstractRange
from azoth.dialects.postgresql.types import CITEXT, INTERVAL, REGCONFIG, NativeInterval
from azoth.engine.dialect_base.driver_version import VersionInfo, parse_version_string

__all__ = ["PGDialect_psycopg", "dialect"]


class PGDialect_psycopg(PGDialect):
    """PostgreSQL through ``psycopg``.

    The driver sends values whose type the server guesses from the place where they stand, which fails where nothing
    tells; so the placeholders of texts, whole numbers, dates, documents and arrays say their type.

    Args:
        dbapi: the driver's module.
        arguments: those of ``DefaultDialect``.
    """

    driver = "psycopg"
    extra: ClassVar[str] = "postgresql"

    def __init__(self, dbapi: Any = None, **arguments: Any) -> None:
        super().__init__(dbapi, **arguments)
        self._bind_casts: weakref.WeakKeyDictionary[types.TypeEngine[Any], str | None] = weakref.WeakKeyDictionary()

    @classmethod
    def import_dbapi(cls) -> Any:
        """Import the driver."""
        import psycopg  # noqa: PLC0415  # only where something is to run

        return psycopg

    def retrieve_dbapi_version(self, dbapi: Any) -> VersionInfo:
        return parse_version_string(getattr(dbapi, "__version__", None))

    def bind_cast(self, type_: types.TypeEngine[Any]) -> str | None:
        try:
            return self._bind_casts[type_]
        except KeyError:
            found = self._bind_casts[type_] = self._find_cast(type_)
            return found

    def _find_cast(self, type_: types.TypeEngine[Any]) -> str | None:
        stored: Any = type_.dialect_impl(self)
        while isinstance(stored, types.TypeDecorator):
            stored = stored.type_engine(self)
        for cls in type(stored).__mro__:
            if cls in _CASTS:
                find = _CASTS[cls]
                return find(self, stored) if find is not None else None
        return None


_Finder = Callable[[PGDialect_psycopg, Any], str]


def _by_name(dialect: PGDialect_psycopg, type_: types.TypeEngine[Any]) -> str:
    written: str = dialect.type_compiler_instance.process(type_)
    return written


def _always(name: str) -> _Finder:
    return lambda _dialect, _type: name


def _in_time(name: str) -> _Finder:
    return lambda _dialect, type_: f"{name} {'WITH' if type_.timezone else 'WITHOUT'} TIME ZONE"


_CASTS: Final[dict[type[Any], _Finder | None]] = {
    types.Enum: None,
    CITEXT: None,
    types.String: _always("VARCHAR"),
    types.SmallInteger: _always("SMALLINT"),
    types.BigInteger: _always("BIGINT"),
    types.Integer: _always("INTEGER"),
    types.Date: _always("DATE"),
    types.DateTime: _in_time("TIMESTAMP"),
    types.Time: _in_time("TIME"),
    types.JSON: _by_name,
    types.Uuid: None,
    types.UUID: _always("UUID"),
    ARRAY: _by_name,
    BIT: _by_name,
    REGCONFIG: _by_name,
    NativeInterval: None,
    INTERVAL: _by_name,
    types.Interval: _always("TIMESTAMP WITHOUT TIME ZONE"),
    AbstractRange: _by_name,
    IntIndexType: _always("INT"),
    StrIndexType: _always("TEXT"),
}
"""From classes of types to what names the type that their placeholders are cast to."""

dialect = PGDialect_psycopg
"""The name under which programs make one to compile for: ``postgresql.dialect()``."""
