"""The events of engines and connections."""

from __future__ import annotations

from typing import Any

from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.engine.ports import ConnectionPort, EnginePort
from azoth.event import Events, replaces

__all__ = ["ConnectionEvents", "ExceptionContext"]


class ExceptionContext:
    """What a ``handle_error`` listener is told about an error.

    ``chained_exception`` is the error that will be raised; a listener replaces it by raising another one, or by
    returning one with ``retval=True``. ``is_disconnect`` and ``invalidate_pool_on_disconnect`` may be set.
    """

    __slots__ = (
        "chained_exception",
        "connection",
        "cursor",
        "dialect",
        "engine",
        "execution_context",
        "invalidate_pool_on_disconnect",
        "is_disconnect",
        "is_pre_ping",
        "original_exception",
        "parameters",
        "sqlalchemy_exception",
        "statement",
    )

    def __init__(
        self,
        connection: ConnectionPort | None,
        engine: EnginePort,
        dialect: DefaultDialect,
        statement: str | None,
        parameters: Any,
        original_exception: BaseException,
        wrapped: Exception,
        is_disconnect: bool,
    ) -> None:
        self.connection: Any = connection
        self.engine: Any = engine
        self.dialect = dialect
        self.cursor = None
        self.statement = statement
        self.parameters = parameters
        self.original_exception = original_exception
        self.sqlalchemy_exception = wrapped
        self.chained_exception: BaseException = wrapped
        self.execution_context = None
        self.is_disconnect = is_disconnect
        self.invalidate_pool_on_disconnect = True
        self.is_pre_ping = False


class ConnectionEvents(Events):
    """The events of engines and connections; listen to an engine, to the Engine class, or to one connection.

    The ``context`` of the cursor events is the connection's execution context: it has ``connection``, ``engine``,
    ``dialect``, ``compiled``, ``execution_options`` and takes the listener's own attributes.
    """

    _groups = {
        "execute": ("before_execute", "after_execute"),
        "cursor_execute": ("before_cursor_execute", "after_cursor_execute"),
    }

    @replaces("clauseelement", "multiparams", "params")
    def before_execute(
        self, conn: Any, clauseelement: Any, multiparams: Any, params: Any, execution_options: Any
    ) -> None:
        """A statement is about to be compiled and executed."""

    def after_execute(
        self, conn: Any, clauseelement: Any, multiparams: Any, params: Any, execution_options: Any, result: Any
    ) -> None:
        """A statement was executed."""

    @replaces("statement", "parameters")
    def before_cursor_execute(
        self, conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        """A statement is about to be given to the driver."""

    def after_cursor_execute(
        self, conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        """The driver has executed a statement."""

    def handle_error(self, exception_context: ExceptionContext) -> None:
        """An error happened while a statement was executed, or a transaction begun or ended."""

    def do_connect(self, dialect: DefaultDialect, conn_rec: Any, cargs: list[Any], cparams: dict[str, Any]) -> None:
        """A connection is about to be opened; change the arguments in place, or return a connection."""

    def engine_connect(self, conn: Any) -> None:
        """A Connection was made."""

    def engine_disposed(self, engine: EnginePort) -> None:
        """An engine was disposed of."""

    def set_connection_execution_options(self, conn: Any, opts: dict[str, Any]) -> None:
        """The execution options of a connection are being changed."""

    def set_engine_execution_options(self, engine: EnginePort, opts: dict[str, Any]) -> None:
        """The execution options of an engine are being changed."""

    def begin(self, conn: Any) -> None:
        """A transaction begins."""

    def rollback(self, conn: Any) -> None:
        """A transaction is being rolled back."""

    def commit(self, conn: Any) -> None:
        """A transaction is being committed."""

    def savepoint(self, conn: Any, name: str) -> None:
        """A savepoint is being made."""

    def rollback_savepoint(self, conn: Any, name: str, context: Any) -> None:
        """A savepoint is being rolled back."""

    def release_savepoint(self, conn: Any, name: str, context: Any) -> None:
        """A savepoint is being released."""

    def begin_twophase(self, conn: Any, xid: Any) -> None:
        """A two-phase transaction begins."""

    def prepare_twophase(self, conn: Any, xid: Any) -> None:
        """A two-phase transaction is being prepared."""

    def rollback_twophase(self, conn: Any, xid: Any, is_prepared: bool) -> None:
        """A two-phase transaction is being rolled back."""

    def commit_twophase(self, conn: Any, xid: Any, is_prepared: bool) -> None:
        """A two-phase transaction is being committed."""
