"""Connections: executing statements in transactions that the user sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Self, overload

from azoth.engine.events import ConnectionEvents
from azoth.engine.execution.announcing import announce, execute_announced, is_heard, is_watched
from azoth.engine.execution.cursor_result import CursorResult
from azoth.engine.execution.execution import (
    distilled_parameters,
    executable_statement,
    execute_each,
    reads_in_portions,
    result_of,
    split_parameters,
    text_statement,
)
from azoth.engine.execution.given_options import GivenOptions, check_driver_sql, check_options, merged_options
from azoth.engine.execution.observing import NO_OPTIONS, Observing
from azoth.engine.failure import translated_failure
from azoth.engine.result import ScalarResult, Value
from azoth.engine.transactions.transaction import RootTransaction, transaction_has_ended
from azoth.event import Dispatch
from azoth.exc import ResourceClosedError
from azoth.pool import PoolProxiedConnection
from azoth.sql.schema import ColumnDefault
from azoth.sql.selectable.executable import RowTypes, TypedReturnsRows
from azoth.sql.statement_cache import StatementCache

if TYPE_CHECKING:
    from azoth.engine.ports import EnginePort

__all__ = ["Connection"]


class Connection(Observing):
    """A connection on loan from the engine's pool; ``close()`` gives it back and rolls back what was not committed.

    A transaction begins with the first statement and lasts until ``commit()`` or ``rollback()``.

    Args:
        engine: the engine.
        connection: a connection that was checked out of its pool before, as by ``raw_connection()``.
    """

    dispatch: Dispatch

    # What few connections change has its default here, because a connection is made for every piece of work.
    _invalidated: bool = False
    _isolation_changed: bool = False
    _errors_are_private: bool = False
    _by_dialect: bool = False

    def __init__(self, engine: EnginePort, connection: PoolProxiedConnection | None = None) -> None:
        self.engine: Any = engine
        self.dialect = engine.dialect
        self.dispatch = dispatch = engine.dispatch
        self._execution_options = engine._execution_options
        self.statement_cache: StatementCache = engine.statement_cache
        self._begin_action = engine._begin_action
        self._logs = engine._log.is_on()
        self._proxy: PoolProxiedConnection | None = engine._check_out() if connection is None else connection
        self._dbapi: Any = self._proxy.dbapi_connection
        if self._execution_options or dispatch.engine_connect:
            self._set_up()

    def _set_up(self) -> None:
        try:
            if self._execution_options:
                self._apply_options(self._execution_options)
                self._tell_dialect(self._execution_options, isolation=self.engine._sets_isolation)
            for listener in self.dispatch.engine_connect:
                listener(self)
        except BaseException:
            # Nobody else can give back what is not handed out.
            self.close()
            raise

    # --- executing ---------------------------------------------------------------------------------------------------

    @overload
    def execute(
        self, statement: TypedReturnsRows[*RowTypes], parameters: Any = None, *, execution_options: GivenOptions = None
    ) -> CursorResult[*RowTypes]: ...
    @overload
    def execute(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> CursorResult[*tuple[Any, ...]]: ...
    def execute(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Execute a statement.

        Args:
            statement: an expression such as a ``select()``, DDL, or SQL text with ``:name`` parameters.
            parameters: a dictionary of values, or a list of them to execute the statement for each.
            execution_options: options of this execution.

        Returns:
            the result.

        Raises:
            ObjectNotExecutableError: this is no statement.
            StatementError: a value is missing or of the wrong type.
            DBAPIError: the database refused.

        Emits: BEGIN, where the statement needs a transaction and none is begun in the database; the statement.
        """
        if self.dispatch.before_execute:
            statement, parameters = announce(self, statement, parameters, execution_options)
        if isinstance(statement, str):
            statement = text_statement(statement)
        if not getattr(statement, "supports_execution", False):
            statement = executable_statement(statement)
        many = False
        if parameters is None:
            keys: tuple[str, ...] = ()
        elif type(parameters) is dict:
            keys = tuple(parameters)
        else:
            parameters, keys, many = distilled_parameters(parameters)
        options = getattr(statement, "_execution_options", NO_OPTIONS)
        if execution_options:
            options = merged_options(options, execution_options)
        options = {**self._execution_options, **options} if options else self._execution_options
        cache = self.engine.statement_cache_for(options) if options else self.statement_cache
        prepared = cache.prepare(statement, keys, many)
        if prepared.needs_values and not many:
            # The SQL itself depends on the values: a list for IN has as many placeholders as members.
            statement = statement.params(parameters)
            prepared = cache.prepare(statement, (), many)
        if many:
            result = execute_each(self, cache, prepared, statement, parameters)
        else:
            values = prepared.bind(statement, parameters, self)
            if self._logs or self._by_dialect or self.dispatch.knows_statement:
                self._executing, self._executing_statement = prepared.compiled, statement
                self._cursor_options = options
            stream = bool(options) and reads_in_portions(options, prepared.kind, prepared.sql)
            run = partial(self._run_with, options, stream) if options else self.run
            cursor = run(prepared.sql, values)
            result = result_of(self, cursor, prepared, statement, parameters, values, options if stream else None)
        if options:
            result.note_options(options)
        for listener in self.dispatch.after_execute:
            listener(self, statement, *split_parameters(parameters), execution_options or {}, result)
        return result

    is_heard, is_watched = property(is_heard), property(is_watched)
    execute_announced = execute_announced

    def driver_rows(self, statement: Any, execution_options: Mapping[str, Any] | None = None) -> list[Any]:
        """Execute a statement as ``execute()`` does and give all of its rows as the driver makes them."""
        return self.execute(statement, execution_options=execution_options).driver_rows()

    def _run_with(self, options: Mapping[str, Any], stream: bool, sql: str, values: Any) -> Any:
        if options.get("no_parameters") and not values:
            self._make_ready(sql)
            return self._run_observed(sql, values, many=False, stream=stream, no_parameters=True)
        if not options.get("skip_user_error_events"):
            return self.run(sql, values, stream=stream)
        with self.private_errors():
            return self.run(sql, values, stream=stream)

    @contextmanager
    def options_meanwhile(self, **options: Any) -> Iterator[None]:
        """Make a block with further options, other than those of the driver's connection."""
        before = self._execution_options, self.statement_cache, self.dialect
        self._execution_options = {**self._execution_options, **options}
        self._compile_as(self._execution_options)
        try:
            yield
        finally:
            self._execution_options, self.statement_cache, self.dialect = before

    @contextmanager
    def private_errors(self) -> Iterator[None]:
        """Make a block whose errors ``handle_error`` listeners do not hear of (``skip_user_error_events``)."""
        before, self._errors_are_private = self._errors_are_private, True
        try:
            yield
        finally:
            self._errors_are_private = before

    @overload
    def scalar(
        self,
        statement: TypedReturnsRows[Value, *tuple[Any, ...]],
        parameters: Any = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> Value | None: ...
    @overload
    def scalar(self, statement: Any, parameters: Any = None, *, execution_options: GivenOptions = None) -> Any: ...
    def scalar(self, statement: Any, parameters: Any = None, *, execution_options: GivenOptions = None) -> Any:
        """Execute a statement and give the first value of its first row, or None; of a column's default, its value."""
        if isinstance(statement, ColumnDefault):
            from azoth.engine.execution.default_values import default_value  # noqa: PLC0415  # for few programs

            return default_value(self, statement)
        return self.execute(statement, parameters, execution_options=execution_options).scalar()

    @overload
    def scalars(
        self,
        statement: TypedReturnsRows[Value, *tuple[Any, ...]],
        parameters: Any = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> ScalarResult[Value]: ...
    @overload
    def scalars(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> ScalarResult[Any]: ...
    def scalars(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> ScalarResult[Any]:
        """Execute a statement and give the values of its first column."""
        return self.execute(statement, parameters, execution_options=execution_options).scalars()

    def exec_driver_sql(
        self, statement: str, parameters: Any = None, execution_options: Mapping[str, Any] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Execute SQL as the driver understands it, with the driver's own placeholders.

        Args:
            statement: the SQL.
            parameters: a tuple or a dictionary; a list of them to execute the statement for each.
            execution_options: options of this execution.

        Returns:
            the result.

        Emits: BEGIN, where the statement needs a transaction and none is begun in the database; the statement.
        """
        check_driver_sql(statement, execution_options)
        self.note_execution(None, statement)
        self._cursor_options = execution_options or NO_OPTIONS
        options = {**self._execution_options, **execution_options} if execution_options else self._execution_options
        stream = False
        if isinstance(parameters, list) and parameters and isinstance(parameters[0], (tuple, list, dict)):
            cursor = self.run_many(statement, parameters)
        else:
            stream = bool(options) and reads_in_portions(options, "text", statement)
            values = () if parameters is None else parameters
            cursor = (partial(self._run_with, options, stream) if options else self.run)(statement, values)
        result = result_of(self, cursor, None, statement, parameters, parameters, options if stream else None)
        if options:
            result.note_options(options)
        return result

    def run(self, sql: str, parameters: Any = (), *, stream: bool = False) -> Any:
        """Give SQL to the driver: the shortest way to the database, for code that prepares and fetches by itself.

        Args:
            sql: the SQL, with the driver's placeholders.
            parameters: the values, as the driver takes them.
            stream: whether the statement is a SELECT whose rows are going to be read in portions; the dialect's
                ``streaming_cursor()`` gives the cursor then.

        Returns:
            the driver's cursor.

        Raises:
            DBAPIError: the database refused.

        Emits: BEGIN, where the statement needs a transaction and none is begun in the database; the statement.
        """
        ready = self._ready
        if ready is not True and (not ready or sql not in ready):
            self._make_ready(sql)
        if self._logs or self.dispatch.cursor_execute:
            return self._run_observed(sql, parameters, many=False, stream=stream, ready=ready)
        cursor = None
        try:
            dialect = self.dialect
            cursor = (dialect.streaming_cursor if stream else dialect.open_cursor)(self._dbapi)
            cursor.execute(sql, parameters)
        except BaseException as error:
            self.discard(cursor, error)
            if not isinstance(error, Exception):
                raise
            # Drivers raise more than their own errors.
            return self._try_again(error, sql, parameters, many=False, stream=stream, ready=ready)
        return cursor

    def driver_failure(self, error: Exception, sql: str, parameters: Any) -> Exception:
        """Give the error to raise for what was raised while the rows of a ``run()`` were read.

        Args:
            error: what was raised.
            sql: the statement.
            parameters: its values.

        Returns:
            the driver's error as azoth's; any other error as it is.
        """
        if not isinstance(error, self.dialect.error_class):
            return error
        return translated_failure(self, error, sql, parameters)

    def fetch_all(self, cursor: Any, sql: str, parameters: Any) -> list[Any]:
        """Read all rows of a ``run()``.

        Args:
            cursor: what ``run()`` gave.
            sql: the statement.
            parameters: its values.

        Returns:
            the rows, as the driver makes them.

        Raises:
            DBAPIError: the database has failed while it made the rows.
        """
        try:
            rows: list[Any] = cursor.fetchall()
        except BaseException as error:
            self.discard(cursor, error)
            if not isinstance(error, Exception):
                raise
            failure = self.driver_failure(error, sql, parameters)
            if failure is error:
                raise
            raise failure from error
        return rows

    def run_many(self, sql: str, parameters: Sequence[Any]) -> Any:
        """Give SQL to the driver, to be executed for many sets of values; see ``run()``."""
        ready = self._ready
        if ready is not True and (not ready or sql not in ready):
            self._make_ready(sql)
        if self._logs or self.dispatch.cursor_execute:
            return self._run_observed(sql, parameters, many=True, ready=ready)
        cursor = None
        try:
            cursor = self.dialect.open_cursor(self._dbapi)
            cursor.executemany(sql, parameters)
        except BaseException as error:
            self.discard(cursor, error)
            if not isinstance(error, Exception):
                raise
            # Drivers raise more than their own errors.
            return self._try_again(error, sql, parameters, many=True, ready=ready)
        return cursor

    def schema_for_object(self, obj: object) -> str | None:
        """Tell the schema in which a table or sequence is here, which ``schema_translate_map`` may change.

        Args:
            obj: the table or sequence.
        """
        schema: str | None = getattr(obj, "schema", None)
        names: Mapping[str | None, str | None] = self._execution_options.get("schema_translate_map") or {}
        return names.get(schema, schema)

    def has_table(self, table_name: str, schema: str | None = None) -> bool:
        """Tell whether a table exists, in the schema that ``schema_translate_map`` names for this one."""
        names = self._execution_options.get("schema_translate_map") or {}
        return self.dialect.has_table(self, table_name, names.get(schema, schema))

    def _make_ready(self, sql: str | None = None) -> None:
        """Begin in the database where the next statement needs it, or say what stands against that statement.

        Args:
            sql: the statement; None for one that needs a transaction in any case.
        """
        self._require_open()
        transaction = self._transaction
        if transaction is not None:
            transaction.check_open()
        context = self._context_transaction
        if context is not None and not context.is_active:
            raise transaction_has_ended()
        if self._dbapi is None:
            self._reconnect()
        if transaction is None:
            transaction = RootTransaction(self)
        self._begin_for(sql)

    # --- the driver's connection -------------------------------------------------------------------------------------

    @property
    def connection(self) -> PoolProxiedConnection:
        """The pooled driver's connection; work done there is not seen by this object."""
        self._require_open()
        if self._dbapi is None:
            self._reconnect()
        self._exposed = True
        self._ready = False
        assert self._proxy is not None
        return self._proxy

    @property
    def info(self) -> dict[Any, Any]:
        """A dictionary for the user's own notes, which lives as long as the driver's connection."""
        return self.connection.info

    @property
    def closed(self) -> bool:
        """Whether the connection was given back."""
        return self._proxy is None and not self.invalidated

    @property
    def invalidated(self) -> bool:
        """Whether the driver's connection was given up; the next transaction gets another one."""
        return self._invalidated

    def invalidate(self, exception: BaseException | None = None) -> None:
        """Give up the driver's connection; the transaction, where one has begun, is lost.

        Args:
            exception: the error that made it useless.
        """
        self._require_open()
        proxy = self._proxy
        if proxy is None:
            return
        if proxy.is_valid and not proxy.is_detached:
            self._part_with(partial(proxy.invalidate, exception))
        else:
            self._lose()

    def _give_up(self, error: BaseException) -> None:
        """Do as ``invalidate()`` does with a connection whose state is not known.

        The only connection to a database in memory is kept by its pool, which resets it before its next use.
        """
        proxy = self._proxy
        if proxy is None:
            return
        self._part_with(partial(proxy.distrust, error))

    def _part_with(self, let_go: Callable[[], None]) -> None:
        try:
            self._close_cursors()
        finally:
            try:
                let_go()
            finally:
                self._lose()

    def _lose(self) -> None:
        self._proxy = self._dbapi = None
        self._invalidated = True
        self._ready = self._begin_sent = False
        if self._transaction is not None:
            self._transaction._fail()

    def detach(self) -> None:
        """Take the driver's connection out of its pool for good; ``close()`` then really closes it."""
        self.connection.detach()

    def close(self) -> None:
        """Give the connection back; what was not committed is rolled back.

        Emits: ROLLBACK, where a transaction has begun.
        """
        proxy = self._proxy
        try:
            if self._transaction is not None:
                self._transaction.close()
            if self._isolation_changed and proxy is not None and proxy.is_valid:
                self._reset_isolation(proxy)
        finally:
            self._proxy = self._dbapi = None
            self._ready = self._invalidated = False
            if proxy is not None:
                if self._exposed or self._autocommit or proxy._record is None or self._begin_sent:
                    proxy.close()
                else:
                    proxy._give_back(clean=True)

    def _reset_isolation(self, proxy: PoolProxiedConnection) -> None:
        try:
            self.dialect.reset_isolation_level(proxy.dbapi_connection)
        except BaseException as error:
            # The next user would have a level that he did not ask for. The last one's work is done, perhaps committed.
            self._give_up(error)
            if not isinstance(error, Exception):
                raise

    def _reconnect(self) -> None:
        self._proxy = self.engine._check_out()
        self._dbapi = self._proxy.dbapi_connection
        self._invalidated = False
        self._apply_options(self._execution_options)
        self._tell_dialect(self._execution_options, isolation=self.engine._sets_isolation or self._isolation_changed)

    def _require_open(self) -> None:
        if self._proxy is None and not self.invalidated:
            raise ResourceClosedError(
                "this connection is closed", fix="ask the engine for another one: engine.connect()."
            )

    # --- options -----------------------------------------------------------------------------------------------------

    def execution_options(self, **options: Any) -> Self:
        """Set options for all further executions.

        Args:
            options: ``isolation_level``; ``stream_results=True`` (SELECTs are read in portions, from a cursor of the
                server where the dialect has such), ``yield_per`` (the same, so many rows at a time),
                ``max_row_buffer`` (the most rows that iteration reads ahead); ``compiled_cache``, ``logging_token``,
                ``schema_translate_map``, those of the dialect, and the user's own.

        Returns:
            this connection.

        Raises:
            InvalidRequestError: the isolation level cannot be changed within a transaction.
        """
        self._require_open()
        check_options(options)
        for listener in self.dispatch.set_connection_execution_options:
            listener(self, options)
        if "isolation_level" in options or self.dialect.connection_options & options.keys():
            if self._transaction is not None:
                raise self._transaction_exists("a change of isolation_level")
        self._tell_dialect(options, isolation=True)
        self._apply_options(options)
        self._execution_options = {**self._execution_options, **options}
        return self

    def get_execution_options(self) -> Mapping[str, Any]:
        """List the options that are set."""
        return self._execution_options

    def _tell_dialect(self, options: Mapping[str, Any], *, isolation: bool) -> None:
        if not isolation and "isolation_level" in options:
            options = {name: value for name, value in options.items() if name != "isolation_level"}
        self.dialect.set_connection_execution_options(self, options)

    def set_isolation_level(self, level: str) -> None:
        """Set the isolation level of the driver's connection until this one is closed; see ``execution_options()``.

        Args:
            level: the level.
        """
        if self._dbapi is not None:
            level = self.dialect._checked_level(level, self._dbapi)
            # Noted before it is done, so that an interrupt in between does not leave a level that nobody resets.
            self._isolation_changed = True
            self._translating(self.dialect.set_isolation_level, self._dbapi, level)

    def _apply_options(self, options: Mapping[str, Any]) -> None:
        merged = {**self._execution_options, **options}
        self._logging_token = merged.get("logging_token")
        self._compile_as(merged)
        level = merged.get("isolation_level")
        level = self.dialect.isolation_level if level is None else self.dialect._checked_level(level)
        self._begin_action = self.dialect.begin_action({**merged, "isolation_level": level})
        self._autocommit = level == "AUTOCOMMIT"

    def _compile_as(self, options: Mapping[str, Any]) -> None:
        self.statement_cache = cache = self.engine.statement_cache_for(options)
        # Whoever compiles by himself, as flushes and DDL do, writes the same schemas that way.
        self.dialect = cache.dialect

    def get_isolation_level(self) -> str:
        """Read the isolation level of the driver's connection."""
        self._require_open()
        if self._dbapi is None:
            self._reconnect()
        if self._autocommit:
            return "AUTOCOMMIT"
        level: str = self._translating(self.dialect.get_isolation_level, self._dbapi)
        return level

    @property
    def default_isolation_level(self) -> str | None:
        """The isolation level that the database gives to new connections."""
        return self.dialect.default_isolation_level

    # --- Python ------------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Connection of {self.engine!r}{' (closed)' if self.closed else ''}>"


ConnectionEvents._accept_instances(Connection)
