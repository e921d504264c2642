"""Statements that somebody watches: listeners of cursor events, or the engine's log."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from azoth.engine.dialect_base.bind_typing import BindTyping
from azoth.engine.failure import translated_failure
from azoth.engine.transactions.lazy_begin import LazyBegin
from azoth.sql.compiler import Compiled, compile_statement

if TYPE_CHECKING:
    from azoth.driver import DBAPICursor
    from azoth.engine.execution.execution_context import ExecutionContext

__all__ = ["NO_OPTIONS", "Observing"]

NO_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType({})


class Observing(LazyBegin):
    """The part of a connection that lets others hear of what is sent to the driver."""

    is_heard: ClassVar[property]

    _executing: Compiled | None = None
    _executing_statement: object = None
    _execution_options: Mapping[str, Any]
    _cursor_options: Mapping[str, Any] = NO_OPTIONS

    @abstractmethod
    def run(self, sql: str, parameters: Any = ()) -> Any: ...

    def run_ddl(self, elements: Sequence[Any]) -> None:
        """Execute DDL elements, one after the other."""
        for element in elements:
            if self.is_heard or self.dispatch.knows_statement:
                self.execute(element)
            else:
                self.run(compile_statement(element, self.dialect).string)

    def note_execution(self, compiled: Compiled | None, statement: object) -> None:
        """Know what the next text is that is run, for those who watch.

        Args:
            compiled: what was compiled; None for SQL that is the driver's own.
            statement: from what; that SQL.
        """
        self._executing, self._executing_statement = compiled, statement

    def _run_observed(
        self,
        sql: str,
        parameters: Any,
        *,
        many: bool,
        stream: bool = False,
        no_parameters: bool = False,
        ready: object = True,
    ) -> Any:
        dispatch = self.dispatch
        cursor = self._driver_cursor(stream=stream)
        context = self._new_context(cursor, sql, parameters, many=many)
        if no_parameters:
            context.no_parameters = True
        given = sql
        for listener in dispatch.before_cursor_execute:
            sql, parameters = listener(self, cursor, sql, parameters, context, many)
        if sql is not given and self._ready is not True:
            # What was a read may be a write now.
            self._make_ready(sql)
        if self._logs:
            self.engine._log.statement(sql, parameters, many, self._logging_token)
        try:
            cursor = self._send(cursor, sql, parameters, context, no_parameters=no_parameters)
        except BaseException as error:
            self.discard(cursor, error)
            if not isinstance(error, Exception):
                raise
            cursor = self._try_again(error, sql, parameters, many=many, stream=stream, context=context, ready=ready)
        for listener in dispatch.after_cursor_execute:
            listener(self, cursor, sql, parameters, context, many)
        return cursor

    def _new_context(self, cursor: DBAPICursor | None, sql: str, parameters: object, *, many: bool) -> ExecutionContext:
        options = {**self._execution_options, **self._cursor_options}
        context_class: type[ExecutionContext] = self.dialect.execution_ctx_cls or _plain_context_class()
        context = context_class(self, cursor, sql, parameters, many, options)  # type: ignore[arg-type]  # a part of it
        self._executing = self._executing_statement = None
        self._cursor_options = NO_OPTIONS
        return context

    def _send(
        self, cursor: DBAPICursor, sql: str, parameters: object, context: ExecutionContext, *, no_parameters: bool
    ) -> DBAPICursor:
        """Let the dialect give a statement to the driver, unless a listener has done it; give the cursor."""
        dispatch, dialect = self.dispatch, self.dialect
        wanted = dialect.execute_sequence_format
        if wanted is not tuple:
            parameters = (
                [_as(wanted, each) for each in cast("Sequence[object]", parameters)]
                if context.executemany
                else _as(wanted, parameters)
            )
        if dialect.bind_typing is BindTyping.SETINPUTSIZES:
            # For drivers that want it.
            from azoth.engine.execution.input_sizes import set_input_sizes  # noqa: PLC0415

            set_input_sizes(dialect, dispatch.do_setinputsizes, cursor, sql, parameters, context)
        if context.executemany:
            if not any(listener(cursor, sql, parameters, context) for listener in dispatch.do_executemany):
                dialect.do_executemany(cursor, sql, parameters, context)
        elif no_parameters and not parameters:
            if not any(listener(cursor, sql, context) for listener in dispatch.do_execute_no_params):
                dialect.do_execute_no_params(cursor, sql, context)
        elif not any(listener(cursor, sql, parameters, context) for listener in dispatch.do_execute):
            dialect.do_execute(cursor, sql, parameters, context)
        return cursor

    def _driver_cursor(self, *, stream: bool) -> Any:
        try:
            return (self.dialect.streaming_cursor if stream else self.dialect.open_cursor)(self._dbapi)
        except Exception as error:
            raise translated_failure(self, error, None, None) from error

    def _try_again(
        self,
        error: Exception,
        sql: str,
        parameters: Any,
        *,
        many: bool,
        stream: bool = False,
        context: ExecutionContext | None = None,
        ready: object = True,
    ) -> Any:
        """Repeat a statement that found a lock, as long as the dialect advises; raise everything else.

        Such locks are met before the first set of values has any effect, so repeating all of them repeats nothing.
        """

        def attempt() -> Any:
            cursor = None
            try:
                cursor = (self.dialect.streaming_cursor if stream else self.dialect.open_cursor)(self._dbapi)
                (cursor.executemany if many else cursor.execute)(sql, parameters)
            except BaseException as failure:
                self.discard(cursor, failure)
                raise
            return cursor

        if context is None and self.dispatch.handle_error and self._dbapi is not None:
            context = self._new_context(None, sql, parameters, many=many)
        is_alone = self._is_alone(ready, many=many)
        return self._repeat(attempt, error, sql, parameters, context, many, is_alone=is_alone)


def _as(wanted: type[Any], parameters: Any) -> Any:
    """Give values by position as a driver takes them; those by name are as they are."""
    return wanted(parameters) if isinstance(parameters, tuple) else parameters


def _plain_context_class() -> type[ExecutionContext]:
    # Connections that nobody watches make no contexts.
    from azoth.engine.execution.execution_context import ExecutionContext  # noqa: PLC0415

    return ExecutionContext
