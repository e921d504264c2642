"""The base of all dialects: what a database is like, and how its driver is called."""

from __future__ import annotations

import operator
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import Flag
from typing import TYPE_CHECKING, Any, ClassVar, Final
from weakref import WeakValueDictionary

from azoth.engine.dialect_base.bind_typing import BindTyping
from azoth.engine.dialect_base.driver_module import DialectDriver
from azoth.engine.dialect_base.isolation import AUTOCOMMIT, SERVER_ISOLATION_LEVELS
from azoth.engine.dialect_base.many_tables import ManyTables
from azoth.engine.dialect_base.names import DialectNames
from azoth.engine.dialect_base.transactions import DialectTransactions
from azoth.engine.url import URL
from azoth.pool import Pool, QueuePool
from azoth.sql.compiler import Compiled, GenericDialect, IdentifierPreparer, SQLCompiler, TypesAndReturning
from azoth.sql.compiler.generic import TypeCompilerSlot
from azoth.sql.schema import declare_options
from azoth.sql.selectable import TableClause
from azoth.sql.statement_cache import BoundedDict

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection, DBAPICursor
    from azoth.engine.dialect_base.explanation import Explanation, Refusal
    from azoth.engine.dialect_base.reflected import ReflectedIndex
    from azoth.engine.dialect_base.reflection import ReflectingConnection
    from azoth.sql.dml.rows_as_table import RowsAsTable
    from azoth.sql.schema import Column, Constraint

__all__ = ["AUTOCOMMIT", "SERVER_ISOLATION_LEVELS", "DefaultDialect", "Dialect", "install_ping_failed", "ping_failed"]

MOST_COMPILED: Final = 1_000
"""So many statements are kept for a dialect that tells its driver the types of values."""

_EXECUTING = (
    "do_execute", "do_execute_no_params", "do_executemany", "execution_ctx_cls", "execute_sequence_format",
)  # fmt: skip


class _Slots:
    """What a higher layer provides."""

    ping_failed: Callable[[DefaultDialect, Exception, bool], bool]


_slots: Final = _Slots()


def install_ping_failed(function: Callable[[DefaultDialect, Exception, bool], bool]) -> None:
    """Say what tells listeners that a connection has not answered, and gives whether it is lost."""
    _slots.ping_failed = function


def ping_failed(dialect: DefaultDialect, error: Exception, is_disconnect: bool) -> bool:
    """Tell listeners that a connection has not answered, and give whether it is lost.

    Args:
        dialect: the dialect.
        error: what the driver raised.
        is_disconnect: whether the dialect takes it for lost.
    """
    return _slots.ping_failed(dialect, error, is_disconnect)


class InsertmanyvaluesSentinelOpts(Flag):
    """By what the rows that an INSERT of many gives back are told apart."""

    NOT_SUPPORTED = 1
    AUTOINCREMENT = 2
    IDENTITY = 4
    SEQUENCE = 8
    MONOTONIC_FUNCTION = 16
    ANY_AUTOINCREMENT = AUTOINCREMENT | IDENTITY | SEQUENCE | MONOTONIC_FUNCTION
    USE_INSERT_FROM_SELECT = 32
    RENDER_SELECT_COL_CASTS = 64


class DefaultDialect(ManyTables, DialectTransactions, DialectDriver, DialectNames, TypesAndReturning):
    """What a database is like, and how its driver is called; each dialect changes what differs.

    Args:
        dbapi: the driver's module; loaded by ``import_dbapi()`` where none is given.
        paramstyle: how placeholders are written; the driver's own style by default.
        isolation_level: the level of every new connection.
        json_serializer: turns a value into JSON text.
        json_deserializer: turns JSON text into a value.
        supports_native_boolean: whether the database has a type of its own for truth.
        skip_autocommit_rollback: do not roll back connections that commit each statement by themselves.
    """

    name: str = "default"
    driver: str = "default"
    extra: ClassVar[str] = ""
    """The extra of the package that installs the driver."""
    distribution: ClassVar[str] = ""
    """The package that the driver comes in, where no extra installs it."""

    paramstyle: str = "named"
    default_paramstyle: ClassVar[str] = "named"
    poolclass: ClassVar[type[Pool]] = QueuePool

    statement_compiler: type[Any] = SQLCompiler
    ddl_compiler: type[Any] = GenericDialect.ddl_compiler
    type_compiler = TypeCompilerSlot(GenericDialect.type_compiler)
    type_compiler_cls: ClassVar[type[Any] | None] = None
    """The compiler of types, as dialects of other packages name it; it becomes ``type_compiler``."""
    execution_ctx_cls: ClassVar[type[Any] | None] = None
    """A class derived from ``DefaultExecutionContext``, whose methods are called around each statement."""
    preparer: ClassVar[type[Any]] = IdentifierPreparer
    colspecs: Mapping[type[Any], type[Any]] = {}
    ischema_names: Mapping[str, type[Any]] = {}
    """From the name of a type in the database to the type that reflection makes of it."""
    reads_many_tables_at_once: bool = False
    """Whether the methods ``get_multi_*`` ask one question for all tables."""
    reflection_options: Sequence[str] = ()
    """Names of options of ``Table``, such as "oracle_resolve_synonyms", that are passed on when the table is read."""

    supports_native_boolean: bool = False
    non_native_boolean_check_constraint: bool = True
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
    insertmanyvalues_implicit_sentinel: InsertmanyvaluesSentinelOpts = InsertmanyvaluesSentinelOpts.NOT_SUPPORTED
    """By what the keys of many rows tell which row is whose; a class that sets it sets ``numbers_rows_in_order``."""
    insertmanyvalues_max_parameters: int = 32_700
    """How many values one INSERT of many rows has at most, where ``max_bind_variables`` does not allow less."""
    use_insertmanyvalues: bool = True
    """Whether a flush inserts many rows in one statement, where it wants something back of them."""
    use_insertmanyvalues_wo_returning: bool = False
    """Whether it does so too where it wants nothing back; otherwise the driver executes one row many times."""
    favor_returning_over_lastrowid: bool = False
    """Whether a flush learns the keys of new rows by RETURNING where the driver reports them, too: many rows go in one
    statement then, and not in one each."""
    preexecute_autoincrement_sequences: bool = False
    """Whether keys are numbered by sequences of their own, which can be asked before an INSERT without RETURNING."""

    execute_sequence_format: type[Any] = tuple
    """What the driver takes values by position in: ``tuple`` or ``list``."""
    include_set_input_sizes: ClassVar[set[Any] | None] = None
    """The driver's types of which ``do_set_input_sizes()`` is told; None for all."""
    exclude_set_input_sizes: ClassVar[set[Any] | None] = None
    """The driver's types of which it is not told."""
    engine_config_types: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}
    """What turns texts of ``engine_from_config()`` into arguments, besides those that every engine has."""

    returning_precedes_triggers: bool = False
    """Whether RETURNING gives rows back as they are before triggers have changed them."""

    supports_sequences: bool = False
    supports_alter: bool = True
    supports_comments: bool = False
    supports_constraint_comments: bool = False
    inline_comments: bool = False
    """Whether comments stand in CREATE TABLE; otherwise statements of their own follow it."""
    supports_schemas: bool = True
    supports_twophase: bool = False
    supports_lastrowid: bool = False
    supports_sane_rowcount: bool = True
    supports_sane_multi_rowcount: bool = True
    max_bind_variables: int | None = None
    insertmanyvalues_page_size: int | None = None
    """How many rows one INSERT of a flush takes at most; None where only the number of parameters limits them."""

    rows_as_table: RowsAsTable | None = None
    """How many rows of values go into one statement as a table; None where each row has placeholders of its own."""

    default_schema_name: str | None = None
    server_version_info: tuple[int, ...] | None = None
    supports_server_side_cursors: bool = False
    """Whether ``streaming_cursor()`` gives cursors that live in the server, and must be closed there."""
    fetches_at_once: bool = False
    """Whether rows are fetched as soon as their statement was executed, because open results would block others."""
    shares_in_session: bool = False
    """Whether engines of one pool, which differ by their options, work on one driver's connection in a session."""
    has_one_writer: bool = False
    """Whether one connection of the engine can write at a time, and holds a lock for that until it ends."""
    begun: Sequence[tuple[int, weakref.ref[Any]]] = ()
    """The threads and connections that have begun, the latest last, where there is one writer."""

    engine_arguments: ClassVar[frozenset[str]] = frozenset()
    """Names of arguments of create_engine() that only this dialect understands; they go to its constructor."""

    connection_options: ClassVar[frozenset[str]] = frozenset()
    """Names of execution options of a connection that only this dialect understands."""

    json_serializer: Callable[[Any], str] | None = None
    json_deserializer: Callable[[str], Any] | None = None

    supports_statement_cache: bool = True
    """Whether compiled statements are kept; False for a dialect whose compilers look at values."""

    construct_arguments: ClassVar[Sequence[tuple[type[Any], Mapping[str, object]]] | None] = None
    """Classes of statements and parts of schemas, and the options that they take by the dialect's name, with what
    these are where they are not given. Of a dialect of another package without it, any option is taken."""

    bind_typing: BindTyping = BindTyping.NONE
    """How the driver or the database is told the types of bound values."""

    executes_by_itself: ClassVar[bool] = False
    """Whether statements are sent by methods of the dialect's own; set where a class defines one of these."""

    def __init_subclass__(cls, **arguments: object) -> None:
        super().__init_subclass__(**arguments)
        own = cls.__dict__
        compiler = own.get("type_compiler", own.get("type_compiler_cls"))
        if compiler is not None:
            cls.type_compiler = TypeCompilerSlot(compiler)
        sentinel = own.get("insertmanyvalues_implicit_sentinel")
        if sentinel is not None and "numbers_rows_in_order" not in own:
            cls.numbers_rows_in_order = bool(sentinel & InsertmanyvaluesSentinelOpts.ANY_AUTOINCREMENT)
        if own.get("construct_arguments") is not None:
            declare_options(cls.name, own["construct_arguments"])
        if not cls.__module__.startswith("azoth.") and any(own.get(name) is not None for name in _EXECUTING):
            cls.executes_by_itself = True

    @property
    def inspector(self) -> type[Any] | None:
        """A class derived from ``Inspector``, whose inspectors answer more questions; None for ``Inspector`` itself."""
        return None

    def constraint_of_index(self, index: ReflectedIndex, columns: Mapping[str, Column[Any]]) -> Constraint | None:
        """Make the constraint that an index stands behind, of a kind that only this dialect has; None for others.

        Args:
            index: what reflection has read.
            columns: the columns of the table, by their names.
        """
        return None

    def __init__(
        self,
        dbapi: Any = None,
        paramstyle: str | None = None,
        isolation_level: str | None = None,
        json_serializer: Callable[[Any], str] | None = None,
        json_deserializer: Callable[[str], Any] | None = None,
        supports_native_boolean: bool | None = None,
        skip_autocommit_rollback: bool = False,
    ) -> None:
        self.dbapi = dbapi
        self._compiled: dict[str, Compiled] = BoundedDict(MOST_COMPILED)
        self._in_use: WeakValueDictionary[str, Compiled] = WeakValueDictionary()
        self._check_driver_version()
        self.paramstyle = paramstyle or self.default_paramstyle
        self.positional = self.paramstyle not in {"named", "pyformat"}
        self.isolation_level = self._checked_level(isolation_level) if isolation_level else None
        self.json_serializer = json_serializer
        self.json_deserializer = json_deserializer
        if skip_autocommit_rollback:
            self.skip_autocommit_rollback = True
        if supports_native_boolean is not None:
            self.supports_native_boolean = supports_native_boolean
        # Weakly, so that a dialect that is forgotten lets go of what it keeps open at once.
        self.identifier_preparer = self.preparer(weakref.proxy(self))

    @property
    def supports_sane_rowcount_returning(self) -> bool:
        """Whether the driver counts the rows that a statement has met also where RETURNING gives them."""
        return self.supports_sane_rowcount

    def counts_inserted_rows(self, connection: ReflectingConnection, table: TableClause) -> bool:
        """Tell whether the driver counts the rows that are inserted into a table; asked where it has counted too few.

        Args:
            connection: where they were.
            table: the table, which may be a view of the database.
        """
        return True

    # --- connecting --------------------------------------------------------------------------------------------------

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

    def get_dialect_pool_class(self, url: URL) -> type[Pool]:
        """Choose the kind of pool that suits a URL, where it depends on how the dialect was made.

        Args:
            url: the URL.
        """
        return self.get_pool_class(url)

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

    def on_connect_url(self, url: URL) -> Callable[[Any], object] | None:
        """Give a function that sets up each new driver's connection, where it depends on the URL.

        Args:
            url: the URL, as plugins have left it.

        Returns:
            what ``on_connect()`` gives, unless a dialect has a method of its own; None for nothing to do.
        """
        return self.on_connect()

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
        if self.default_isolation_level is None:
            with suppress(NotImplementedError):
                self.default_isolation_level = self.get_default_isolation_level(connection.connection.dbapi_connection)

    def dispose(self) -> None:
        """Let go of what the dialect itself keeps open; called when its engine is disposed of."""

    def do_ping(self, dbapi_connection: Any) -> bool:
        """Tell whether a connection still answers."""
        cursor = None
        try:
            cursor = dbapi_connection.cursor()
            cursor.execute("SELECT 1")
            cursor.fetchall()
        except self.error_class as error:
            if ping_failed(self, error, self.is_disconnect(error, dbapi_connection, cursor)):
                return False
            raise
        finally:
            if cursor is not None:
                cursor.close()
        return True

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

    def note_compiled(self, compiled: Compiled) -> None:
        """Hear of each statement that is compiled; kept for ``do_set_input_sizes()``, where the dialect has that.

        Args:
            compiled: the compiled form.
        """
        if self.bind_typing is BindTyping.SETINPUTSIZES:
            self.keep_compiled(compiled)
        else:
            self._in_use[compiled.string] = compiled

    def keep_compiled(self, compiled: Compiled) -> None:
        """Keep a compiled form, to be found by its text.

        Args:
            compiled: the compiled form.
        """
        self._compiled[compiled.string] = compiled

    def known_compiled(self, sql: str) -> Compiled | None:
        """Find the compiled form of a statement by its text, for code that sends the text alone, as flushes do.

        Args:
            sql: the text.
        """
        return self._compiled.get(sql) or self._in_use.get(sql)

    def do_set_input_sizes(
        self, cursor: DBAPICursor, list_of_tuples: Sequence[tuple[str, Any, Any]], context: object
    ) -> None:
        """Tell the driver the types of the values that come next; where ``bind_typing`` is SETINPUTSIZES.

        Args:
            cursor: the driver's cursor.
            list_of_tuples: for each placeholder its name, the driver's type or None, and the type.
            context: of the execution.
        """
        cursor.setinputsizes([size for _, size, _ in list_of_tuples])  # type: ignore[attr-defined]  # PEP 249

    def explanation(self, error: Exception, dbapi_connection: Any, statement: str | None = None) -> Explanation | None:
        """Find words for the cause and the cure of an error of the driver.

        Args:
            error: what was raised.
            dbapi_connection: the driver's connection, which may be asked what it knows; None while connecting.
            statement: the SQL that failed, where it was some.

        Returns:
            the words; None where the error's class says enough.
        """
        return None

    def refusal(self, error: Exception) -> Refusal | None:
        """Tell what the database has refused, and which constraint, table and column it names.

        Args:
            error: what the driver raised.

        Returns:
            what is known; None where the class of the driver's error says all.
        """
        return None

    def is_lock(self, error: Exception) -> bool:
        """Tell whether a driver's error says that another connection holds a lock; asked where there is one writer."""
        return False

    def retry_delay(self, error: Exception, seconds_so_far: float) -> float | None:
        """Tell how long to wait before a statement that found a lock is tried again; None to give up."""
        return None

    def needs_preparing_anew(self, error: Exception) -> bool:
        """Tell whether a statement failed only because of how the driver or the server has prepared it before.

        Where it was the first one of its transaction, the connection calls ``prepare_anew()``, begins again and
        executes it once more.
        """
        return False

    def prepare_anew(self, dbapi_connection: DBAPIConnection) -> None:
        """Roll back, and let the driver prepare its statements anew; see ``needs_preparing_anew()``."""
        dbapi_connection.rollback()

    def stop_statement(self, dbapi_connection: DBAPIConnection, connect: Callable[[], object]) -> bool:
        """Stop what a connection may be executing still, after an interrupt such as Ctrl-C.

        Args:
            dbapi_connection: the driver's connection.
            connect: opens another one to the same database.

        Returns:
            whether the connection can be used on; otherwise it is given up.
        """
        return True

    open_cursor: Callable[[Any], Any] = operator.methodcaller("cursor")
    """Makes the cursor of a driver's connection that a statement is executed with; most take the driver's own."""

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

    # --- schema ------------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__}>"


Dialect = DefaultDialect
