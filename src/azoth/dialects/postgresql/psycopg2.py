"""PostgreSQL through the driver ``psycopg2``, for programs that still have it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from azoth import types
from azoth.dialects.postgresql.running.libpq import DEFERRABLE, READ_ONLY, LibpqDialect, flag_of
from azoth.dialects.postgresql.types.array import ARRAY
from azoth.driver.libpq import TransactionStatus, is_in_transaction
from azoth.engine.dialect_base.begin_action import BeginAction
from azoth.engine.dialect_base.dialect import AUTOCOMMIT
from azoth.util.serial_numbers import serial_numbers

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection, DBAPICursor
    from azoth.engine.dialect_base.driver_version import VersionInfo

__all__ = ["PGDialect_psycopg2", "dialect"]

IN_FAILED_TRANSACTION: Final = "25P02"

_LEVELS: Final = {1: "READ COMMITTED", 2: "REPEATABLE READ", 3: "SERIALIZABLE", 4: "READ UNCOMMITTED"}
"""The numbers that the driver has for isolation levels."""
_NUMBERS: Final = {level: number for number, level in _LEVELS.items()}


class PGDialect_psycopg2(LibpqDialect):
    """PostgreSQL through ``psycopg2``, which begins transactions by itself, with the first statement.

    The driver waits for an answer in C, where Ctrl-C does not reach it: KeyboardInterrupt arrives when the statement
    has ended. ``psycopg`` cancels the statement instead. Programs that must stay with this driver limit what may take
    long by the server's ``statement_timeout``, or let the driver wait in Python, for all of its connections:
    ``psycopg2.extensions.set_wait_callback(psycopg2.extras.wait_select)`` makes Ctrl-C cancel the statement, which
    then raises ``StatementTimeoutError``.

    Args:
        dbapi: the driver's module.
        arguments: those of ``LibpqDialect`` (``transaction_pooler``) and of ``DefaultDialect``.
    """

    driver = "psycopg2"
    # They are views of memory.
    returns_native_bytes = False
    supports_server_side_cursors = True

    def __init__(self, dbapi: Any = None, **arguments: Any) -> None:
        super().__init__(dbapi, **arguments)
        self._names_of_cursors = serial_numbers()

    @property
    def psycopg2_version(self) -> VersionInfo:
        """The version of the driver, the older name of ``dbapi_version``; (0, 0) where no driver is loaded."""
        return self._known_version()

    def on_connect(self) -> Callable[[Any], object] | None:
        """Give what lets a new connection read and write what the driver leaves to its users."""
        return self._set_adapters

    def _set_adapters(self, dbapi_connection: object) -> None:
        extras = importlib.import_module("psycopg2.extras")
        extras.register_uuid(None, dbapi_connection)
        if self.json_deserializer is not None:
            extras.register_default_json(dbapi_connection, loads=self.json_deserializer)
            extras.register_default_jsonb(dbapi_connection, loads=self.json_deserializer)

    def streaming_cursor(self, dbapi_connection: DBAPIConnection) -> DBAPICursor:
        """Make a cursor of the server, which gives its rows in portions."""
        name = f"azoth_{next(self._names_of_cursors)}"
        connection = _connection_of(dbapi_connection)
        if connection.autocommit and self.transaction_pooler:
            plain: DBAPICursor = dbapi_connection.cursor()
            return plain
        return connection.cursor(name, withhold=connection.autocommit, cursor_factory=_streaming_class())

    # --- transactions ------------------------------------------------------------------------------------------------

    def begin_action(self, options: Mapping[str, Any]) -> BeginAction | None:
        """Give what tells the driver in which mode it is to begin; it sends BEGIN itself."""
        if options.get("isolation_level") == AUTOCOMMIT:
            return None
        read_only, deferrable = flag_of(options, READ_ONLY), flag_of(options, DEFERRABLE)

        def set_modes(dbapi_connection: object) -> None:
            connection = _connection_of(dbapi_connection)
            if connection.readonly is not read_only:
                connection.readonly = read_only
            if connection.deferrable is not deferrable:
                connection.deferrable = deferrable

        return BeginAction(set_modes)

    def do_ping(self, dbapi_connection: DBAPIConnection) -> bool:
        """Tell whether a connection still answers."""
        return self._answers(dbapi_connection, lambda: _ping(_connection_of(dbapi_connection)))

    def in_transaction(self, dbapi_connection: DBAPIConnection) -> bool | None:
        """Tell whether a connection is inside a transaction."""
        return is_in_transaction(_connection_of(dbapi_connection).info.transaction_status)

    def has_failed_transaction(self, dbapi_connection: DBAPIConnection) -> bool:
        return _connection_of(dbapi_connection).info.transaction_status == TransactionStatus.IN_ERROR

    def has_ended_transaction(self, dbapi_connection: DBAPIConnection, error: Exception) -> bool:
        """Say no: PostgreSQL keeps a failed transaction until it is rolled back."""
        return False

    def set_isolation_level(self, dbapi_connection: DBAPIConnection, level: str) -> None:
        """Set the level of the next transactions."""
        connection = _connection_of(dbapi_connection)
        if level == AUTOCOMMIT:
            # Modes that are still set when the driver stops sending BEGIN, or that are set after that, it would SET for
            # the session.
            _forget_modes(connection)
            connection.autocommit = True
        else:
            connection.autocommit = False
            connection.isolation_level = _NUMBERS[level]

    def reset_isolation_level(self, dbapi_connection: DBAPIConnection) -> None:
        """Set a connection back to the engine's level; to that of the server where it has none."""
        if self.isolation_level is not None:
            self.set_isolation_level(dbapi_connection, self.isolation_level)
        else:
            connection = _connection_of(dbapi_connection)
            connection.autocommit = False
            connection.isolation_level = None

    def get_isolation_level(self, dbapi_connection: DBAPIConnection) -> str:
        """Read the level of the transaction, or of the next one.

        Emits: a SHOW; a ROLLBACK too, where no transaction has begun.
        """
        connection = _connection_of(dbapi_connection)
        if connection.autocommit:
            return AUTOCOMMIT
        return _LEVELS.get(connection.isolation_level or 0) or self._shown_level(dbapi_connection)

    def prepare(self, dbapi_connection: DBAPIConnection, sql: str) -> str:
        tag = _tag_of(dbapi_connection, sql)
        # The driver takes itself to be in a transaction still.
        dbapi_connection.rollback()
        return tag

    def send_apart(self, dbapi_connection: DBAPIConnection, sql: str) -> None:
        connection = _connection_of(dbapi_connection)
        before = connection.autocommit
        if not before:
            _forget_modes(connection)
            connection.autocommit = True
        try:
            _tag_of(dbapi_connection, sql)
        finally:
            if not before and not connection.closed:
                connection.autocommit = False

    # --- errors ------------------------------------------------------------------------------------------------------

    def sqlstate(self, error: BaseException) -> str | None:
        # Only errors that the server has sent have a code; the one of do_commit() is ours.
        return getattr(error, "pgcode", None) or (
            IN_FAILED_TRANSACTION if type(error).__name__ == "InFailedSqlTransaction" else None
        )

    # --- the types of placeholders -----------------------------------------------------------------------------------

    def bind_cast(self, type_: types.TypeEngine[Any]) -> str | None:
        """Name the type of arrays, which the server cannot guess where they are empty; the driver writes the rest."""
        stored = type_.dialect_impl(self)
        return str(self.type_compiler_instance.process(stored)) if isinstance(stored, ARRAY) else None


def _tag_of(dbapi_connection: DBAPIConnection, sql: str) -> str:
    """Execute a statement without rows, and give the server's word for what it has done."""
    with closing(dbapi_connection.cursor()) as cursor:
        cursor.execute(sql)
        return str(cursor.statusmessage)


class Info(Protocol):
    """What a connection tells.

    Attributes:
        transaction_status: what ``PQtransactionStatus()`` says.
    """

    transaction_status: int


class Psycopg2Connection(Protocol):
    """A connection of the driver."""

    autocommit: bool
    isolation_level: int | None
    readonly: bool | None
    deferrable: bool | None
    closed: int
    info: Info

    def cursor(
        self, name: str | None = None, *, withhold: bool = False, cursor_factory: type[DBAPICursor] | None = None
    ) -> DBAPICursor:
        """Make a cursor; one of the server where it has a name."""

    def rollback(self) -> None:
        """Roll back."""


class StreamingCursor:
    """The part of a cursor of the server that knows its columns before its first row is read, as others do."""

    def execute(self, query: object, values: object = None) -> object:
        """Execute a statement, and ask for none of its rows, which tells their columns."""
        driver = cast("DBAPICursor", super())
        done: object = driver.execute(query, values)
        driver.fetchmany(0)
        return done


@cache
def _streaming_class() -> type[DBAPICursor]:
    return type("Cursor", (StreamingCursor, importlib.import_module("psycopg2.extensions").cursor), {})


def _connection_of(dbapi_connection: object) -> Psycopg2Connection:
    return cast("Psycopg2Connection", dbapi_connection)


def _forget_modes(connection: Psycopg2Connection) -> None:
    connection.isolation_level = connection.readonly = connection.deferrable = None


def _ping(connection: Psycopg2Connection) -> None:
    # The driver would begin before any statement, and the pool wants the connection as it was.
    cursor = connection.cursor()
    try:
        cursor.execute("SELECT 1")
    finally:
        cursor.close()
        if not connection.closed and not connection.autocommit:
            connection.rollback()


dialect = PGDialect_psycopg2
"""The name under which programs make one to compile for: ``psycopg2.dialect()``."""
