"""Connections whose statements go through methods of a dialect of a program's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from azoth.engine.connection import Connection
from azoth.engine.execution.execution_context import ExecutionContext, execute_in_context

if TYPE_CHECKING:
    from azoth.driver import DBAPICursor

__all__ = ["DialectConnection"]


class DialectConnection(Connection):
    """A connection of a dialect that sends statements by methods of its own, or has a context of its own."""

    _by_dialect = True

    def run(self, sql: str, parameters: object = (), *, stream: bool = False) -> object:
        """Give SQL to the dialect; see ``Connection.run()``."""
        self._prepare_for(sql)
        return self._run_observed(sql, parameters, many=False, stream=stream)

    def run_many(self, sql: str, parameters: Sequence[object]) -> object:
        """Give SQL to the dialect, to be executed for many sets of values; see ``Connection.run()``."""
        self._prepare_for(sql)
        return self._run_observed(sql, parameters, many=True)

    def _prepare_for(self, sql: str) -> None:
        ready = self._ready
        if ready is not True and (not ready or sql not in ready):
            self._make_ready(sql)

    def _send(
        self, cursor: DBAPICursor, sql: str, parameters: object, context: ExecutionContext, *, no_parameters: bool
    ) -> Any:

        def give(cursor: DBAPICursor, sql: str, parameters: object) -> DBAPICursor:
            return super(DialectConnection, self)._send(cursor, sql, parameters, context, no_parameters=no_parameters)

        if self.dialect.execution_ctx_cls is None:
            return give(cursor, sql, parameters)
        return execute_in_context(context, sql, parameters, give)

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
        def attempt() -> object:
            cursor = self._driver_cursor(stream=stream)
            try:
                again = self._new_context(cursor, sql, parameters, many=many)
                return self._send(cursor, sql, parameters, again, no_parameters=False)
            except BaseException as failure:
                self.discard(cursor, failure)
                raise

        return self._repeat(attempt, error, sql, parameters, context, many)
