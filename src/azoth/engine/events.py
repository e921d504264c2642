"""The events of engines and connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.event import Dispatch, Events, formerly, may_omit, replaces

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection, DBAPICursor
    from azoth.engine.ports import ConnectionPort, EnginePort

__all__ = ["ConnectionEvents", "DialectEvents", "ExceptionContext"]


class ExceptionContext:
    """What a ``handle_error`` listener is told about an error.

    A listener puts another error in the place of ``sqlalchemy_exception`` by returning it, or by raising it, after
    which no further listener is called. ``chained_exception`` is what the listeners before this one have put in its
    place, or None. ``is_disconnect`` and ``invalidate_pool_on_disconnect`` may be set. ``execution_context`` and
    ``cursor`` are None where no statement was executed, ``connection`` is None while connecting and in a pre-ping
    (``is_pre_ping``).
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
        engine: EnginePort | None,
        dialect: DefaultDialect,
        statement: str | None,
        parameters: Any,
        original_exception: BaseException,
        wrapped: Exception,
        is_disconnect: bool,
        execution_context: object = None,
        is_pre_ping: bool = False,
    ) -> None:

        self.connection: Any = connection
        self.engine: Any = engine
        self.dialect = dialect
        self.cursor: DBAPICursor | None = getattr(execution_context, "cursor", None)
        self.statement = statement
        self.parameters = parameters
        self.original_exception = original_exception
        self.sqlalchemy_exception = wrapped
        self.chained_exception: BaseException | None = None
        self.execution_context = execution_context
        self.is_disconnect = is_disconnect
        # One connection that does not answer says nothing of the others; the pool finds out by itself.
        self.invalidate_pool_on_disconnect = not is_pre_ping
        self.is_pre_ping = is_pre_ping


class DialectEvents(Events):
    """The events of dialects: what is done by a driver; listen to an engine, to a dialect, or to a class of either.

    A listener of the ``do_`` events about executing that returns True has done it itself: neither the listeners behind
    it are called nor the driver.
    """

    def do_connect(
        self, dialect: DefaultDialect, conn_rec: object, cargs: list[Any], cparams: dict[str, Any]
    ) -> DBAPIConnection | None:
        """A connection is about to be opened; change the arguments in place, or return a connection."""

    def do_execute(self, cursor: DBAPICursor, statement: str, parameters: object, context: object) -> bool | None:
        """A statement is about to be given to ``cursor.execute()``."""

    def do_executemany(self, cursor: DBAPICursor, statement: str, parameters: object, context: object) -> bool | None:
        """A statement with many sets of values is about to be given to ``cursor.executemany()``."""

    def do_execute_no_params(self, cursor: DBAPICursor, statement: str, context: object) -> bool | None:
        """A statement is about to be given to ``cursor.execute()`` without values (``no_parameters=True``)."""

    def do_setinputsizes(
        self, inputsizes: dict[Any, Any], cursor: DBAPICursor, statement: str, parameters: object, context: object
    ) -> None:
        """A driver is about to be told the types of values; change the dictionary in place."""

    def handle_error(self, exception_context: ExceptionContext) -> BaseException | None:
        """An error happened while a statement was executed, or a transaction begun or ended."""

    @classmethod
    def _of_engine(cls, engine: Any) -> Dispatch:
        """Find the listeners of an engine's dialect, which the engines made by its execution_options() share."""
        return cls._instance_dispatch(engine.dialect)


_OF_CURSORS: Final = (
    "before_cursor_execute",
    "after_cursor_execute",
    "do_execute",
    "do_executemany",
    "do_execute_no_params",
)


class ConnectionEvents(DialectEvents):
    """The events of engines and connections; listen to an engine, to the Engine class, or to one connection.

    The ``context`` of the cursor events is the connection's execution context: it has ``connection``, ``engine``,
    ``dialect``, ``compiled``, ``parameters`` (a list of sets of values), ``execution_options``, tells by ``isinsert``,
    ``is_crud`` and the like of which kind the statement is, and takes the listener's own attributes.
    """

    _groups = {
        "execute": ("before_execute", "after_execute"),
        "cursor_execute": _OF_CURSORS,
        "watched": ("before_execute", "after_execute", *_OF_CURSORS, "handle_error"),
        "knows_statement": (*_OF_CURSORS, "handle_error"),
    }

    @may_omit(1)
    @replaces("clauseelement", "multiparams", "params")
    def before_execute(
        self, conn: object, clauseelement: object, multiparams: object, params: object, execution_options: object
    ) -> None:
        """A statement is about to be compiled and executed."""

    @formerly(5, lambda values: (*values[:4], values[5]))
    def after_execute(
        self,
        conn: object,
        clauseelement: object,
        multiparams: object,
        params: object,
        execution_options: object,
        result: object,
    ) -> None:
        """A statement was executed."""

    @replaces("statement", "parameters")
    def before_cursor_execute(
        self, conn: object, cursor: DBAPICursor, statement: str, parameters: object, context: object, executemany: bool
    ) -> None:
        """A statement is about to be given to the driver."""

    def after_cursor_execute(
        self, conn: object, cursor: DBAPICursor, statement: str, parameters: object, context: object, executemany: bool
    ) -> None:
        """The driver has executed a statement."""

    @formerly(2, lambda values: (*values, False))
    def engine_connect(self, conn: object) -> None:
        """A Connection was made."""

    def engine_disposed(self, engine: EnginePort) -> None:
        """An engine was disposed of."""

    def set_connection_execution_options(self, conn: object, opts: dict[str, Any]) -> None:
        """The execution options of a connection are being changed."""

    def set_engine_execution_options(self, engine: EnginePort, opts: dict[str, Any]) -> None:
        """The execution options of an engine are being changed."""

    def begin(self, conn: object) -> None:
        """A transaction begins."""

    def rollback(self, conn: object) -> None:
        """A transaction is being rolled back."""

    def commit(self, conn: object) -> None:
        """A transaction is being committed."""

    def savepoint(self, conn: object, name: str) -> None:
        """A savepoint is being made."""

    def rollback_savepoint(self, conn: object, name: str, context: object) -> None:
        """A savepoint is being rolled back."""

    def release_savepoint(self, conn: object, name: str, context: object) -> None:
        """A savepoint is being released."""

    def begin_twophase(self, conn: object, xid: object) -> None:
        """A two-phase transaction begins."""

    def prepare_twophase(self, conn: object, xid: object) -> None:
        """A two-phase transaction is being prepared."""

    def rollback_twophase(self, conn: object, xid: object, is_prepared: bool) -> None:
        """A two-phase transaction is being rolled back."""

    def commit_twophase(self, conn: object, xid: object, is_prepared: bool) -> None:
        """A two-phase transaction is being committed."""

    @classmethod
    def _dispatch_for_event(cls, name: str, target: object) -> Dispatch | None:
        """Find the dispatcher; what concerns the dialect of an engine is told by the dialect."""
        if name in DialectEvents._specs:
            if isinstance(target, type) and issubclass(target, cls._targets):
                return DialectEvents._class_dispatch(DefaultDialect)
            if isinstance(target, cls._targets):
                return DialectEvents._of_engine(target)
        return cls._dispatch_for(target)


DialectEvents._accept(DefaultDialect)
