"""Engines: a database, its dialect and its pool."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, MutableMapping, Sequence
from typing import Any, Final, Self

from azoth.engine.connection import Connection
from azoth.engine.dialect_base.begin_action import BeginAction
from azoth.engine.dialect_base.bind_typing import BindTyping
from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.engine.events import ConnectionEvents, DialectEvents
from azoth.engine.execution.given_options import check_compiled_cache, check_options
from azoth.engine.failure import translated_connect_failure
from azoth.engine.result_shape import ResultShape
from azoth.engine.statement_log import StatementLog
from azoth.engine.url import URL
from azoth.event import Dispatch
from azoth.pool import Pool, PoolEvents, PoolProxiedConnection
from azoth.sql.statement_cache import BoundedDict, PreparedStatement, StatementCache
from azoth.util.arguments import check_count
from azoth.util.echo import Identified

__all__ = ["Engine"]

MOST_SHAPES: Final = 1_000

MOST_TRANSLATIONS: Final = 100
"""For so many different ``schema_translate_map``s statements are kept at the same time."""


class _CurrentPool:
    """The place of the pool, which an engine shares with those made by its ``execution_options()``.

    The last of them that is forgotten closes the pool's connections, unless the pool was given by the program.
    """

    __slots__ = ("is_given", "pool")

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.is_given = True

    def __del__(self) -> None:
        if not self.is_given:
            self.pool._engine_was_forgotten()


class Engine(Identified):
    """A database: hands out connections, and keeps what is known about its statements. Safe with threads.

    Engines are made by ``create_engine()``.

    Args:
        pool: where connections come from.
        dialect: what the database is like.
        url: where it is.
        logging_name: the last part of the logger's name.
        echo: log statements whatever the logger's level is.
        query_cache_size: how many statements to keep compiled.
        execution_options: options of all executions.
        hide_parameters: keep values out of logs and errors.
        enable_from_linting: warn of a SELECT whose tables nothing joins, when it is first compiled.
    """

    dispatch: Dispatch
    is_threadlocal: bool = False
    """Whether the engine keeps a connection and a transaction for each thread; see ``ThreadLocalEngine``."""

    def __init__(
        self,
        pool: Pool,
        dialect: DefaultDialect,
        url: URL,
        logging_name: str | None = None,
        echo: bool | str | None = None,
        query_cache_size: int = 500,
        execution_options: Mapping[str, Any] | None = None,
        hide_parameters: bool = False,
        enable_from_linting: bool = True,
    ) -> None:
        # Its own from the start, so that connections that are open hear of those who listen later.
        self.dispatch = ConnectionEvents._dispatch_type(
            (ConnectionEvents._class_dispatch(type(self)), DialectEvents._instance_dispatch(dialect))
        )
        self.dispatch.adopt(self)
        pool._serve(dialect)
        self._current = _CurrentPool(pool)
        self.dialect = dialect
        tells_types = dialect.bind_typing is BindTyping.SETINPUTSIZES
        self._connection_class = Connection
        if dialect.executes_by_itself or tells_types:
            from azoth.engine.dialect_connection import DialectConnection  # noqa: PLC0415

            self._connection_class = DialectConnection
        self.url = url
        self.hide_parameters = hide_parameters
        self.logging_name = logging_name
        if query_cache_size.__class__ is int and query_cache_size < 0:
            check_count("create_engine(): query_cache_size", query_cache_size, 0, "0 keeps no statements")
        if not dialect.supports_statement_cache:
            query_cache_size = 0
        self._lints = bool(enable_from_linting)
        self.statement_cache = StatementCache(dialect, query_cache_size, lints=self._lints)
        self._query_cache_size = query_cache_size
        self._log = StatementLog(echo, logging_name, hide_parameters)
        self._translating_caches: dict[frozenset[Any], StatementCache] = BoundedDict(MOST_TRANSLATIONS)
        # Keyed by identity: the entry holds the prepared statement, so that its id stays its own.
        self._shapes: dict[Hashable, tuple[Any, ResultShape]] = {}
        self._execution_options: Mapping[str, Any] = {}
        self._begin_action: BeginAction | None = None
        self._sets_isolation = False
        self._take_options(dict(execution_options or {}))

    # --- connections -------------------------------------------------------------------------------------------------

    def connect(self) -> Connection:
        """Take a connection from the pool.

        Returns:
            the connection; its ``close()``, or the end of its ``with`` block, gives it back.

        Raises:
            DBAPIError: the database cannot be reached.
            TimeoutError: all connections of the pool stay in use.
        """
        return self._connection_class(self)

    def begin(self) -> _EngineTransaction:
        """Take a connection and begin a transaction, for a ``with`` block.

        Returns:
            a context manager that gives the connection, commits at the end, and rolls back after an error.
        """
        return _EngineTransaction(self)

    def raw_connection(self) -> PoolProxiedConnection:
        """Take a driver's connection from the pool."""
        proxy: PoolProxiedConnection = self._check_out()
        return proxy

    def _check_out(self) -> PoolProxiedConnection:
        try:
            return self._current.pool.connect()
        except Exception as error:
            failure = translated_connect_failure(self, error)
            if failure is error:
                raise
            raise failure from error

    def dispose(self, close: bool = True) -> None:
        """Close the pool's connections; the engine stays usable and opens others.

        Args:
            close: close them; False only forgets them, as a child process must after a fork.
        """
        if close:
            self.pool.dispose()
            self.dialect.dispose()
        else:
            self.pool._abandon()
        self._current.pool = self.pool.recreate()
        self._current.is_given = False
        for listener in self.dispatch.engine_disposed:
            listener(self)

    # --- options -----------------------------------------------------------------------------------------------------

    def execution_options(self, **options: Any) -> Engine:
        """Make an engine with further options, which shares the pool and all else with this one.

        Args:
            options: see ``Connection.execution_options()``.

        Returns:
            the other engine.
        """
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        # This engine gets listeners of its own, so that the other one hears those that come later too.
        other.dispatch = ConnectionEvents._dispatch_type((ConnectionEvents._instance_dispatch(self),))
        other.dispatch.adopt(other)
        for listener in self.dispatch.set_engine_execution_options:
            listener(other, options)
        other._take_options(options)
        return other

    def update_execution_options(self, **options: Any) -> None:
        """Set further options for all connections made from now on."""
        for listener in self.dispatch.set_engine_execution_options:
            listener(self, options)
        self._take_options(options)

    def get_execution_options(self) -> Mapping[str, Any]:
        """List the options that are set."""
        return self._execution_options

    def _take_options(self, options: Mapping[str, Any]) -> None:
        check_options(options)
        merged = {**self._execution_options, **options}
        level = merged.get("isolation_level")
        if level is not None:
            merged["isolation_level"] = level = self.dialect._checked_level(level)
        self._sets_isolation = False
        self._execution_options = merged
        if merged:
            self.dialect.set_engine_execution_options(self, merged)
        effective = {**merged, "isolation_level": level or self.dialect.isolation_level}
        self._begin_action = self.dialect.begin_action(effective)

    def set_isolation_level_of_connections(self, level: str) -> None:
        """Let each connection that is made from now on have an isolation level; see ``execution_options()``.

        Args:
            level: the level.
        """
        self._execution_options = {**self._execution_options, "isolation_level": level}
        self._sets_isolation = True

    # --- what is known about it --------------------------------------------------------------------------------------

    @property
    def pool(self) -> Pool:
        """The pool; ``dispose()`` puts another one in its place.

        One that is set serves the engines that were made by ``execution_options()``, too. What was checked out of the
        former one goes back there.
        """
        return self._current.pool

    @pool.setter
    def pool(self, pool: Pool) -> None:
        pool._serve(self.dialect)
        self._current.pool = pool
        self._current.is_given = True

    @property
    def name(self) -> str:
        """The name of the dialect."""
        return self.dialect.name

    @property
    def driver(self) -> str:
        """The name of the driver."""
        return self.dialect.driver

    @property
    def engine(self) -> Self:
        """This engine."""
        return self

    @property
    def echo(self) -> bool | str | None:
        """Whether statements are logged whatever the logger's level is."""
        return self._log.echo

    @echo.setter
    def echo(self, echo: bool | str | None) -> None:
        self._log.echo = echo

    # --- statements --------------------------------------------------------------------------------------------------

    def run_ddl(self, elements: Sequence[Any]) -> None:
        """Execute DDL elements in one transaction.

        Args:
            elements: the elements.

        Emits:
            BEGIN, each element, COMMIT.
        """
        with self.begin() as connection:
            connection.run_ddl(elements)

    def has_table(self, table_name: str, schema: str | None = None) -> bool:
        """Tell whether a table exists."""
        with self.connect() as connection:
            return connection.has_table(table_name, schema)

    def clear_compiled_cache(self) -> None:
        """Forget the compiled statements."""
        self.statement_cache.clear()
        self._shapes.clear()
        self._translating_caches.clear()

    def statement_cache_for(self, options: Mapping[str, Any]) -> StatementCache:
        """Give the cache of the statements that are executed with options.

        Args:
            options: execution options. ``schema_translate_map`` and ``compiled_cache`` matter: a dictionary in which
                what is compiled stays for as long as the program keeps it there, or None to keep nothing.

        Raises:
            ArgumentError: ``compiled_cache`` is something else.
        """
        names = options.get("schema_translate_map")
        if "compiled_cache" in options:
            check_compiled_cache(options["compiled_cache"])
            return self._cache_within(options["compiled_cache"], names)
        return self._translating_cache(names) if names else self.statement_cache

    def _cache_within(
        self, keeper: MutableMapping[Any, Any] | None, names: Mapping[str | None, str | None] | None
    ) -> StatementCache:
        key = (self.dialect, frozenset(names.items()) if names else None)
        cache: StatementCache | None = None if keeper is None else keeper.get(key)
        if cache is None:
            dialect = _translating_dialect(self.dialect, names) if names else self.dialect
            size = 0 if keeper is None else self._query_cache_size
            cache = StatementCache(dialect, size, lints=self._lints)
            if keeper is not None:
                keeper[key] = cache
        return cache

    def _translating_cache(self, names: Mapping[str | None, str | None]) -> StatementCache:
        key = frozenset(names.items())
        cache = self._translating_caches.get(key)
        if cache is None:
            dialect = _translating_dialect(self.dialect, names)
            cache = self._translating_caches[key] = StatementCache(dialect, self._query_cache_size, lints=self._lints)
        return cache

    def _result_shape(self, prepared: PreparedStatement) -> ResultShape:
        """Find or make the shape of a prepared statement's results."""
        known = self._shapes.get(id(prepared))
        if known is not None:
            return known[1]
        columns = prepared.columns
        shape = ResultShape(
            tuple([column.name for column in columns]),
            tuple([(*column.objects, column.key) for column in columns]),
            prepared.result_processors,
        )
        self._keep_shape(id(prepared), prepared, shape)
        return shape

    def _described_shape(self, prepared: PreparedStatement, description: Sequence[Any]) -> ResultShape:
        """Find or make the shape of a text's results, whose columns the driver describes."""
        from azoth.engine.execution.own_shape import described_shape  # noqa: PLC0415  # for texts only

        name = (id(prepared), *[column[0] for column in description])
        known = self._shapes.get(name)
        if known is not None:
            return known[1]
        shape = described_shape(prepared, description, self.dialect)
        self._keep_shape(name, prepared, shape)
        return shape

    def _keep_shape(self, name: Hashable, prepared: PreparedStatement, shape: ResultShape) -> None:
        if len(self._shapes) >= MOST_SHAPES:
            self._shapes.clear()
        # The prepared statement is kept too: its id stays its own that way.
        self._shapes[name] = (prepared, shape)

    def __repr__(self) -> str:
        return f"Engine({self.url!r})"


class _EngineTransaction:
    """A connection with a transaction, for one ``with`` block."""

    __slots__ = ("_connection", "_engine", "_transaction")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Connection:
        self._connection = self._engine.connect()
        try:
            self._transaction = self._connection.begin()
            self._transaction.__enter__()
        except BaseException:
            self._connection.close()
            raise
        return self._connection

    def __exit__(self, error_type: type[BaseException] | None, error: object, traceback: object) -> None:
        try:
            self._transaction.__exit__(error_type, error, traceback)
        finally:
            self._connection.close()


def _translating_dialect(dialect: DefaultDialect, names: Mapping[str | None, str | None]) -> DefaultDialect:
    # For programs that translate names of schemas.
    from azoth.sql.compiler.schema_translation import translating_dialect  # noqa: PLC0415

    return translating_dialect(dialect, names)


ConnectionEvents._accept(Engine)
PoolEvents._delegate(Engine, Pool, lambda engine: engine.pool)
