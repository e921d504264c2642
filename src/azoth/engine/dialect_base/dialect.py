"""The base of all dialects: what a database is like, and how its driver is called."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final

from azoth.driver import DBAPIConnection, DBAPICursor
from azoth.engine.dialect_base.begin_action import BeginAction
from azoth.engine.dialect_base.explanation import Explanation
from azoth.engine.dialect_base.reflection import NoReflection, ReflectingConnection
from azoth.engine.url import URL
from azoth.exc import ArgumentError, InvalidRequestError, NotSupportedError
from azoth.pool import Pool, QueuePool
from azoth.sql.compiler import GenericDialect, IdentifierPreparer, SQLCompiler
from azoth.sql.selectable import TableClause

__all__ = ["SERVER_ISOLATION_LEVELS", "DefaultDialect", "Dialect", "install_ping_failed"]

SERVER_ISOLATION_LEVELS: Final = (
    "AUTOCOMMIT",
    "READ UNCOMMITTED",
    "READ COMMITTED",
    "REPEATABLE READ",
    "SERIALIZABLE",
)
"""The levels of the SQL standard, which servers have, and what drivers call none."""

AUTOCOMMIT = "AUTOCOMMIT"

_EXECUTING = ("do_execute", "do_execute_no_params", "do_executemany", "execution_ctx_cls")


class _Slots:
    """What a higher layer provides."""

    ping_failed: Callable[[DefaultDialect, Exception, bool], bool]


_slots: Final = _Slots()


def install_ping_failed(function: Callable[[DefaultDialect, Exception, bool], bool]) -> None:
    """Say what tells listeners that a connection has not answered, and gives whether it is lost."""
    _slots.ping_failed = function


class DefaultDialect(NoReflection):
    """What a database is like, and how its driver is called; each dialect changes what differs.

    Args:
        dbapi: the driver's module; loaded by ``import_dbapi()`` where none is given.
        paramstyle: how placeholders are written; the driver's own style by default.
        isolation_level: the level of every new connection.
        json_serializer: turns a value into JSON text.
        json_deserializer: turns JSON text into a value.
    """

    name: str = "default"
    driver: str = "default"
    extra: ClassVar[str] = ""
    """The extra of the package that installs the driver."""

    paramstyle: str = "named"
    default_paramstyle: ClassVar[str] = "named"
    poolclass: ClassVar[type[Pool]] = QueuePool

    statement_compiler: type[Any] = SQLCompiler
    ddl_compiler: type[Any] = GenericDialect.ddl_compiler
    type_compiler: type[Any] = GenericDialect.type_compiler
    type_compiler_cls: ClassVar[type[Any] | None] = None
    """The compiler of types, as dialects of other packages name it; it becomes ``type_compiler``."""
    execution_ctx_cls: ClassVar[type[Any] | None] = None
    """A class derived from ``DefaultExecutionContext``, whose methods are called around each statement."""
    preparer: ClassVar[type[Any]] = IdentifierPreparer
    colspecs: Mapping[type[Any], type[Any]] = {}
    ischema_names: Mapping[str, type[Any]] = {}
    """From the name of a type in the database to the type that reflection makes of it."""

    supports_native_boolean: bool = False
    boolean_needs_check: bool = True
    """Whether what is stored for a truth value might be something else, so that a CHECK constraint has a meaning."""
    supports_native_decimal: bool = False
    supports_nan: bool = True
    supports_native_enum: bool = False
    supports_native_uuid: bool = False
    supports_returning: bool = False
    supports_multivalues_insert: bool = True
    numbers_rows_in_order: bool = False
    """Whether one INSERT of many rows gives them ascending keys in their order; not to be mixed up with the order in
    which RETURNING gives rows back."""

    returning_precedes_triggers: bool = False
    """Whether RETURNING gives rows back as they are before triggers have changed them."""

    supports_default_values: bool = True
    supports_sequences: bool = False
    supports_alter: bool = True
    supports_comments: bool = False
    supports_schemas: bool = True
    supports_twophase: bool = False
    supports_lastrowid: bool = False
    supports_sane_rowcount: bool = True
    supports_sane_multi_rowcount: bool = True
    max_identifier_length: int = 9999
    max_bind_variables: int | None = None
    insertmanyvalues_page_size: int | None = None
    """How many rows one INSERT of a flush takes at most; None where only the number of parameters limits them."""

    default_schema_name: str | None = None
    server_version_info: tuple[int, ...] | None = None
    supports_server_side_cursors: bool = False
    """Whether ``streaming_cursor()`` gives cursors that live in the server, and must be closed there."""
    fetches_at_once: bool = False
    """Whether rows are fetched as soon as their statement was executed, because open results would block others."""

    isolation_levels: ClassVar[tuple[str, ...]] = ()
    default_isolation_level: str | None = None

    engine_arguments: ClassVar[frozenset[str]] = frozenset()
    """Names of arguments of create_engine() that only this dialect understands; they go to its constructor."""

    connection_options: ClassVar[frozenset[str]] = frozenset()
    """Names of execution options of a connection that only this dialect understands."""

    json_serializer: Callable[[Any], str] | None = None
    json_deserializer: Callable[[str], Any] | None = None

    executes_by_itself: ClassVar[bool] = False
    """Whether statements are sent by methods of the dialect's own; set where a class defines one of these."""

    def __init_subclass__(cls, **arguments: object) -> None:
        super().__init_subclass__(**arguments)
        own = cls.__dict__
        if own.get("type_compiler_cls") is not None and "type_compiler" not in own:
            cls.type_compiler = own["type_compiler_cls"]
        if not cls.__module__.startswith("azoth.") and any(own.get(name) is not None for name in _EXECUTING):
            cls.executes_by_itself = True

    def __init__(
        self,
        dbapi: Any = None,
        paramstyle: str | None = None,
        isolation_level: str | None = None,
        json_serializer: Callable[[Any], str] | None = None,
        json_deserializer: Callable[[str], Any] | None = None,
        supports_native_boolean: bool | None = None,
    ) -> None:
        self.dbapi = dbapi
        self.paramstyle = paramstyle or self.default_paramstyle
        self.positional = self.paramstyle not in {"named", "pyformat"}
        self.isolation_level = self._checked_level(isolation_level) if isolation_level else None
        self.json_serializer = json_serializer
        self.json_deserializer = json_deserializer
        if supports_native_boolean is not None:
            self.supports_native_boolean = supports_native_boolean
        # Weakly, so that a dialect that is forgotten lets go of what it keeps open at once.
        self.identifier_preparer = self.preparer(weakref.proxy(self))

    @property
    def error_class(self) -> type[Exception]:
        """The class that all errors of the driver share."""
        error: type[Exception] = self.dbapi.Error
        return error

    def counts_inserted_rows(self, connection: ReflectingConnection, table: TableClause) -> bool:
        """Tell whether the driver counts the rows that are inserted into a table; asked where it has counted too few.

        Args:
            connection: where they were.
            table: the table, which may be a view of the database.
        """
        return True

    # --- connecting --------------------------------------------------------------------------------------------------

    @classmethod
    def import_dbapi(cls) -> Any:
        """Import the driver's module; ImportError where it is not installed."""
        raise ImportError(f"the dialect {cls.name!r} has no driver")

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """Choose the kind of pool that suits a URL."""
        return cls.poolclass

    def create_connect_args(self, url: URL) -> tuple[list[Any], dict[str, Any]]:
        """Turn a URL into the arguments of the driver's ``connect``."""
        arguments = url.translate_connect_args(username="user")
        arguments.update(url.query)
        return [], arguments

    def connect(self, *arguments: Any, **named: Any) -> Any:
        """Open a driver's connection."""
        return self.dbapi.connect(*arguments, **named)

    @classmethod
    def get_dialect_cls(cls, url: URL) -> type[DefaultDialect]:
        """Choose the class for a URL, where a dialect has several; this one."""
        return cls

    @classmethod
    def engine_created(cls, engine: Any) -> None:
        """Hear of an engine that was made with this dialect."""

    def on_connect(self) -> Callable[[Any], object] | None:
        """Give a function that sets up each new driver's connection; None where there is nothing to do."""
        return None

    def set_up(self, dbapi_connection: DBAPIConnection) -> None:
        """Give a new driver's connection the engine's isolation level."""
        if self.isolation_level is not None:
            self.set_isolation_level(dbapi_connection, self.isolation_level)

    def initialize(self, connection: ReflectingConnection) -> None:
        """Learn about the server from the engine's first connection.

        A dialect that defines ``_get_server_version_info(connection)`` or ``_get_default_schema_name(connection)`` has
        what they tell in ``server_version_info`` and ``default_schema_name``.

        Args:
            connection: takes ``exec_driver_sql()`` and ``execute()``; the driver's is ``connection.connection``.
        """
        for name in ("server_version_info", "default_schema_name"):
            ask = getattr(self, f"_get_{name}", None)
            if ask is not None:
                setattr(self, name, ask(connection))

    def dispose(self) -> None:
        """Let go of what the dialect itself keeps open; called when its engine is disposed of."""

    # --- executing ---------------------------------------------------------------------------------------------------

    # Called for a dialect that defines one of them, or has an execution context of its own; others pay nothing.

    def do_execute(self, cursor: DBAPICursor, statement: str, parameters: object, context: object = None) -> None:
        """Give a statement to the driver."""
        cursor.execute(statement, parameters)

    def do_executemany(self, cursor: DBAPICursor, statement: str, parameters: object, context: object = None) -> None:
        """Give a statement to the driver, for many sets of values."""
        cursor.executemany(statement, parameters)

    def do_execute_no_params(self, cursor: DBAPICursor, statement: str, context: object = None) -> None:
        """Give a statement to the driver as it is, for the execution option ``no_parameters``."""
        cursor.execute(statement)

    # --- transactions ------------------------------------------------------------------------------------------------

    def begin_action(self, options: Mapping[str, Any]) -> BeginAction | None:
        """Give what begins a transaction on a driver's connection.

        Args:
            options: the connection's execution options, with ``isolation_level`` among them.

        Returns:
            the action; None where the driver begins by itself, or nothing must be begun.
        """
        return None

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Roll back."""
        dbapi_connection.rollback()

    def do_commit(self, dbapi_connection: Any) -> None:
        """Commit."""
        dbapi_connection.commit()

    def do_close(self, dbapi_connection: Any) -> None:
        """Close."""
        dbapi_connection.close()

    def do_ping(self, dbapi_connection: Any) -> bool:
        """Tell whether a connection still answers."""
        cursor = None
        try:
            cursor = dbapi_connection.cursor()
            cursor.execute("SELECT 1")
            cursor.fetchall()
        except self.error_class as error:
            if _slots.ping_failed(self, error, self.is_disconnect(error, dbapi_connection, cursor)):
                return False
            raise
        finally:
            if cursor is not None:
                cursor.close()
        return True

    def savepoint_sql(self, name: str) -> str:
        """Write the statement that makes a savepoint."""
        return f"SAVEPOINT {name}"

    def rollback_to_savepoint_sql(self, name: str) -> str:
        """Write the statement that rolls back to a savepoint."""
        return f"ROLLBACK TO SAVEPOINT {name}"

    def release_savepoint_sql(self, name: str) -> str:
        """Write the statement that releases a savepoint."""
        return f"RELEASE SAVEPOINT {name}"

    def in_transaction(self, dbapi_connection: Any) -> bool | None:
        """Tell whether a driver's connection is inside a transaction, without asking the server.

        Returns:
            True or False where the driver knows it for certain; None where it does not, as in the middle of a
            statement, after a lost connection, or always.
        """
        return None

    def commit_was_refused(self, error: BaseException) -> bool:
        """Tell whether an error of COMMIT is the database's word that nothing was committed."""
        refusal: type[Exception] | None = getattr(self.dbapi, "IntegrityError", None)
        return refusal is not None and isinstance(error, refusal)

    def connection_id(self, dbapi_connection: Any) -> Any:
        """Give the server's name for a connection, without asking the server; None where the driver knows none."""
        return None

    def holds_the_database(self, dbapi_connection: Any) -> bool:
        """Tell whether the database would go with a driver's connection, as one in memory does."""
        return False

    def is_disconnect(self, error: BaseException, connection: DBAPIConnection | None, cursor: Any) -> bool:
        """Tell whether an error means that the connection is of no more use."""
        return False

    def explanation(self, error: Exception, dbapi_connection: Any) -> Explanation | None:
        """Find words for the cause and the cure of an error of the driver.

        Args:
            error: what was raised.
            dbapi_connection: the driver's connection, which may be asked what it knows; None while connecting.

        Returns:
            the words; None where the error's class says enough.
        """
        return None

    def retry_delay(self, error: Exception, seconds_so_far: float) -> float | None:
        """Tell how long to wait before a statement that found a lock is tried again; None to give up."""
        return None

    def streaming_cursor(self, dbapi_connection: Any) -> Any:
        """Make the cursor for a SELECT whose rows will be read in portions.

        It is asked for such statements alone: those with ``stream_results`` or ``yield_per`` among their execution
        options, and the ORM's loads with ``yield_per``. It is the driver's plain cursor, which SQLite reads row by row
        anyhow; where a driver would fetch all rows at once, the dialect gives a cursor of the server instead.

        Args:
            dbapi_connection: the driver's connection.

        Returns:
            the driver's cursor, on which nothing is executed yet.
        """
        return dbapi_connection.cursor()

    # --- isolation ---------------------------------------------------------------------------------------------------

    def get_isolation_level_values(self, dbapi_connection: Any) -> Sequence[str]:
        """List the isolation levels that the database knows."""
        return self.isolation_levels

    def set_isolation_level(self, dbapi_connection: Any, level: str) -> None:
        """Set the isolation level of a driver's connection."""
        raise NotSupportedError(
            orig=ArgumentError(
                f"the dialect {self.name!r} has no isolation levels",
                why="the database or its driver offers none",
                fix="leave isolation_level out",
            )
        )

    def get_isolation_level(self, dbapi_connection: Any) -> str:
        """Read the isolation level of a driver's connection."""
        raise NotSupportedError(
            orig=ArgumentError(
                f"the dialect {self.name!r} has no isolation levels",
                why="the database or its driver offers none",
                fix="leave isolation_level out",
            )
        )

    def reset_isolation_level(self, dbapi_connection: Any) -> None:
        """Set a driver's connection back to the engine's isolation level."""
        level = self.isolation_level or self.default_isolation_level
        if level is not None:
            self.set_isolation_level(dbapi_connection, level)

    def _checked_level(self, level: Any) -> str:
        wanted = str(level).replace("_", " ").upper()
        if wanted not in self.isolation_levels:
            raise ArgumentError(
                f"the dialect {self.name!r} has no isolation level {level!r}",
                why="a transaction cannot be isolated in a way that the database does not know.",
                fix=f"its levels are {', '.join(self.isolation_levels) or 'none'}.",
                code="AZ-E31",
            )
        return wanted

    # --- two phases --------------------------------------------------------------------------------------------------

    def create_xid(self) -> Any:
        """Make an identifier for a two-phase transaction."""
        raise self._no_twophase()

    def do_begin_twophase(self, connection: ReflectingConnection, xid: Any) -> None:
        """Begin a two-phase transaction."""
        raise self._no_twophase()

    def do_prepare_twophase(self, connection: ReflectingConnection, xid: Any) -> None:
        """Prepare a two-phase transaction."""
        raise self._no_twophase()

    def do_commit_twophase(
        self, connection: ReflectingConnection, xid: Any, is_prepared: bool = True, recover: bool = False
    ) -> None:
        """Commit a two-phase transaction."""
        raise self._no_twophase()

    def do_rollback_twophase(
        self, connection: ReflectingConnection, xid: Any, is_prepared: bool = True, recover: bool = False
    ) -> None:
        """Roll back a two-phase transaction."""
        raise self._no_twophase()

    def do_recover_twophase(self, connection: ReflectingConnection) -> list[Any]:
        """List the transactions that are prepared and wait for a decision."""
        raise self._no_twophase()

    def _no_twophase(self) -> InvalidRequestError:
        return InvalidRequestError(
            f"the dialect {self.name!r} has no two-phase transactions",
            why="the database or its driver does not offer PREPARE TRANSACTION or XA.",
            fix="use begin(); across several databases, PostgreSQL and MariaDB offer two-phase commit.",
            code="AZ-E32",
        )

    # --- schema ------------------------------------------------------------------------------------------------------

    def type_descriptor(self, type_: Any) -> Any:
        """Give the dialect's own version of a type."""
        return type_.dialect_impl(self)

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__}>"


Dialect = DefaultDialect
