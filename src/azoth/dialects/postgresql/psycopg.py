"""PostgreSQL through the driver ``psycopg``, version 3."""

from __future__ import annotations

import importlib
import sys
import weakref
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from azoth import types
from azoth.dialects.postgresql.ranges import AbstractRange
from azoth.dialects.postgresql.running.libpq import DEFERRABLE, READ_ONLY, LibpqDialect, flag_of
from azoth.dialects.postgresql.types.array import ARRAY
from azoth.dialects.postgresql.types.bitstring import BIT
from azoth.dialects.postgresql.types.json import IntIndexType, StrIndexType
from azoth.dialects.postgresql.types.scalars import CITEXT, INTERVAL, REGCONFIG, NativeInterval
from azoth.driver import psycopg as driver
from azoth.driver.libpq import TransactionStatus
from azoth.engine.dialect_base.begin_action import BeginAction
from azoth.engine.dialect_base.dialect import AUTOCOMMIT
from azoth.util.serial_numbers import serial_numbers

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection, DBAPICursor
    from azoth.engine.dialect_base.driver_version import VersionInfo

__all__ = ["PGDialect_psycopg", "dialect"]

PREPARED_AFTER: Final = 1
"""How often a statement is executed on a connection before it is prepared, where ``prepare_threshold`` does not say."""


class PGDialect_psycopg(LibpqDialect):
    """PostgreSQL through ``psycopg``.

    The driver sends values whose type the server guesses from the place where they stand, which fails where nothing
    tells; so the placeholders of texts, whole numbers, dates, documents and arrays say their type.

    Args:
        dbapi: the driver's module.
        native_inet_types: whether INET and CIDR are read as objects of ``ipaddress``; False for text.
        arguments: those of ``LibpqDialect`` (``transaction_pooler``) and of ``DefaultDialect``.
    """

    driver = "psycopg"
    supports_server_side_cursors = True
    engine_arguments: ClassVar[frozenset[str]] = LibpqDialect.engine_arguments | {"native_inet_types"}

    def __init__(self, dbapi: Any = None, *, native_inet_types: bool = True, **arguments: Any) -> None:
        super().__init__(dbapi, **arguments)
        self._native_inet_types = native_inet_types
        self._bind_casts: weakref.WeakKeyDictionary[types.TypeEngine[Any], str | None] = weakref.WeakKeyDictionary()
        self._names_of_cursors = serial_numbers()

    @property
    def psycopg_version(self) -> VersionInfo:
        """The version of the driver, the older name of ``dbapi_version``; (0, 0) where no driver is loaded."""
        return self._known_version()

    def on_connect(self) -> Callable[[Any], object] | None:
        """Give what lets a new connection read documents and addresses, and prepare statements, as the engine is told.

        Emits: nothing.
        """
        is_plain = self.json_deserializer is None and self._native_inet_types and not self.transaction_pooler
        return None if is_plain else self._set_adapters

    def _set_adapters(self, dbapi_connection: object) -> None:
        if self.transaction_pooler:
            driver.connection_of(dbapi_connection).prepare_threshold = None
        if self.json_deserializer is not None:
            importlib.import_module("psycopg.types.json").set_json_loads(self.json_deserializer, dbapi_connection)
        if not self._native_inet_types:
            loader: type[object] = importlib.import_module("psycopg.types.string").TextLoader
            for name in ("inet", "cidr"):
                driver.connection_of(dbapi_connection).adapters.register_loader(name, loader)

    def connect(self, *arguments: str, **named: object) -> DBAPIConnection:
        """Open a connection, whose statements go to libpq directly."""
        module = sys.modules.get(driver.MODULE)
        # What stands for the driver, as a test's does, opens its own.
        if module is None or module is not self.loaded_dbapi or not module.Pipeline.is_supported():
            plain: DBAPIConnection = super().connect(*arguments, **named)
            return plain
        from azoth.driver.psycopg_direct import DirectConnection  # noqa: PLC0415  # the driver is there

        connect: Callable[..., DBAPIConnection] = DirectConnection.connect
        return connect(*arguments, **{"prepare_threshold": PREPARED_AFTER, **named})

    def open_cursor(self, dbapi_connection: DBAPIConnection) -> DBAPICursor:
        """Make a cursor; one that goes to libpq directly, where azoth has opened the connection and nobody wraps it."""
        return driver.open_cursor(dbapi_connection)

    def streaming_cursor(self, dbapi_connection: DBAPIConnection) -> DBAPICursor:
        """Make a cursor of the server, which gives its rows in portions."""
        name = f"azoth_{next(self._names_of_cursors)}"
        connection = driver.connection_of(dbapi_connection)
        if connection.autocommit and self.transaction_pooler:
            plain: DBAPICursor = dbapi_connection.cursor()
            return plain
        return connection.cursor(name, withhold=connection.autocommit)

    # --- transactions ------------------------------------------------------------------------------------------------

    def begin_action(self, options: Mapping[str, Any]) -> BeginAction | None:
        """Give what begins a transaction, with the modes that the options name."""
        if options.get("isolation_level") == AUTOCOMMIT:
            return None
        read_only, deferrable = flag_of(options, READ_ONLY), flag_of(options, DEFERRABLE)
        if read_only is None and deferrable is None:
            return BeginAction(self.do_begin)
        return BeginAction(partial(driver.begin, read_only=read_only, deferrable=deferrable))

    def do_begin(self, dbapi_connection: DBAPIConnection) -> None:
        """Do nothing: BEGIN travels with the first statement. It goes ahead where a pooler may make it wait."""
        if self.transaction_pooler:
            # An interrupt while the pooler has no connection free need not cancel what the server has not got yet.
            driver.begin(dbapi_connection)

    def do_ping(self, dbapi_connection: DBAPIConnection) -> bool:
        """Tell whether a connection still answers."""
        return self._answers(dbapi_connection, lambda: driver.ping(driver.connection_of(dbapi_connection)))

    def in_transaction(self, dbapi_connection: DBAPIConnection) -> bool | None:
        """Tell whether a connection is inside a transaction."""
        return driver.in_transaction(driver.connection_of(dbapi_connection))

    def has_failed_transaction(self, dbapi_connection: DBAPIConnection) -> bool:
        return driver.connection_of(dbapi_connection).pgconn.transaction_status == TransactionStatus.IN_ERROR

    def set_isolation_level(self, dbapi_connection: DBAPIConnection, level: str) -> None:
        """Set the level of the next transactions."""
        connection = driver.connection_of(dbapi_connection)
        connection.autocommit = level == AUTOCOMMIT
        driver.set_level(connection, None if level == AUTOCOMMIT else level)

    def reset_isolation_level(self, dbapi_connection: DBAPIConnection) -> None:
        """Set a connection back to the engine's level; to that of the server where it has none."""
        if self.isolation_level is not None:
            self.set_isolation_level(dbapi_connection, self.isolation_level)
        else:
            connection = driver.connection_of(dbapi_connection)
            connection.autocommit = False
            driver.set_level(connection, None)

    def get_isolation_level(self, dbapi_connection: DBAPIConnection) -> str:
        """Read the level of the transaction, or of the next one.

        Emits: a SHOW; a ROLLBACK too, where no transaction has begun.
        """
        connection = driver.connection_of(dbapi_connection)
        if connection.autocommit:
            return AUTOCOMMIT
        return driver.level_of(connection) or self._shown_level(dbapi_connection)

    def prepare(self, dbapi_connection: DBAPIConnection, sql: str) -> str:
        connection = driver.connection_of(dbapi_connection)
        if not driver.in_transaction(connection):
            driver.begin(dbapi_connection)
        return driver.send(connection, sql)

    def send_apart(self, dbapi_connection: DBAPIConnection, sql: str) -> None:
        driver.send(driver.connection_of(dbapi_connection), sql)

    def prepare_anew(self, dbapi_connection: DBAPIConnection) -> None:
        """Roll back, after which the driver prepares its statements anew.

        Emits: a ROLLBACK; DEALLOCATE ALL.
        """
        if driver.connection_of(dbapi_connection).autocommit:
            # There is no transaction, and the driver forgets what it has prepared when it sees this.
            with closing(dbapi_connection.cursor()) as cursor:
                cursor.execute("ROLLBACK")
        else:
            dbapi_connection.rollback()

    # --- errors ------------------------------------------------------------------------------------------------------

    def sqlstate(self, error: BaseException) -> str | None:
        return getattr(error, "sqlstate", None)

    # --- the types of placeholders -----------------------------------------------------------------------------------

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
