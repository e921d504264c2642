"""What happens when a driver fails: wrapping, telling the listeners, giving up a lost connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.engine.dialect_base.dialect import DefaultDialect, install_ping_failed
from azoth.engine.events import ExceptionContext
from azoth.exc import AzothError, DBAPIError, DontWrapMixin, StatementError

if TYPE_CHECKING:
    from azoth.engine.ports import ConnectionPort, EnginePort

__all__ = [
    "driver_state",
    "told",
    "translated_connect_failure",
    "translated_failure",
]


def translated_failure(
    connection: ConnectionPort,
    error: Exception,
    statement: str | None,
    parameters: Any,
    execution_context: object = None,
    many: bool | None = None,
) -> Exception:
    """Turn what a driver raised into the error that the user sees.

    Args:
        connection: the Connection on which it happened.
        error: what was raised.
        statement: the SQL.
        parameters: its values.
        execution_context: what is known of its execution.
        many: whether it was executed for many sets of values.

    Returns:
        the error to raise, from the original one.

    State:
        a lost connection is invalidated; a transaction that the database ended by itself is marked as failed.
    """
    if isinstance(error, (AzothError, DontWrapMixin)):
        return error
    dialect = connection.dialect
    is_driver_error = isinstance(error, dialect.error_class)
    is_disconnect = is_driver_error and dialect.is_disconnect(error, connection._dbapi, None)
    context = ExceptionContext(
        connection,
        connection.engine,
        dialect,
        statement,
        parameters,
        error,
        _wrapped(error, statement, parameters, connection, is_driver_error, is_disconnect, many),
        is_disconnect,
        execution_context,
    )
    failure = _told(() if connection._errors_are_private else connection.dispatch.handle_error, context)
    if context.is_disconnect:
        if isinstance(failure, DBAPIError):
            failure.connection_invalidated = True
        if not connection.invalidated and not connection.closed:
            connection.invalidate(error)
        if context.invalidate_pool_on_disconnect:
            connection.engine.pool.invalidate_older()
    elif connection._begin_sent and _has_ended_transaction(connection, error):
        # The database ended the transaction by itself. The next statement would run outside of any.
        connection._begin_sent = False
        if connection._transaction is not None:
            connection._transaction._fail()
    return failure


def driver_state(connection: ConnectionPort) -> bool | None:
    """Ask a driver whether its connection is inside a transaction.

    Args:
        connection: the Connection.

    Returns:
        True or False where it is certain, None where the driver cannot tell.
    """
    if connection._dbapi is None:
        return None
    try:
        state: bool | None = connection.dialect.in_transaction(connection._dbapi)
    except Exception:  # noqa: BLE001 -- a driver that cannot be asked does not tell
        return None
    return state


def _has_ended_transaction(connection: ConnectionPort, error: Exception) -> bool:
    if connection._dbapi is None:
        return False
    try:
        ended: bool = connection.dialect.has_ended_transaction(connection._dbapi, error)
    except Exception:  # noqa: BLE001 -- as above
        return False
    return ended


def told(connection: ConnectionPort, failure: StatementError, error: BaseException, statement: str | None) -> Exception:
    """Tell the listeners of a failure after which the connection is given up.

    Args:
        connection: the Connection.
        failure: the error that the user is going to see.
        error: what was raised.
        statement: the SQL.

    Returns:
        the error to raise: the failure, or what a listener puts in its place.

    State:
        where the connection was lost, the older ones of the pool are replaced.
    """
    if not isinstance(error, Exception):
        return failure
    dialect = connection.dialect
    is_disconnect = isinstance(error, dialect.error_class) and dialect.is_disconnect(error, connection._dbapi, None)
    context = ExceptionContext(connection, connection.engine, dialect, statement, None, error, failure, is_disconnect)
    seen = _told(connection.dispatch.handle_error, context)
    if context.is_disconnect and context.invalidate_pool_on_disconnect:
        connection.engine.pool.invalidate_older()
    return seen


def translated_connect_failure(engine: EnginePort, error: Exception) -> Exception:
    """Turn what a driver raised while connecting into the error that the user sees."""
    dialect = engine.dialect
    if not isinstance(error, dialect.error_class):
        return error
    is_disconnect = dialect.is_disconnect(error, None, None)
    wrapped = _of_driver(dialect, None, error, None, None, engine.hide_parameters, is_disconnect)
    context = ExceptionContext(None, engine, dialect, None, None, error, wrapped, is_disconnect)
    return _told(engine.dispatch.handle_error, context)


def _ping_failed(dialect: DefaultDialect, error: Exception, is_disconnect: bool) -> bool:
    """Tell listeners that a connection has not answered its pool; what they raise takes the place of the error."""
    listeners = dialect.dispatch.handle_error  # type: ignore[attr-defined]  # the events are a layer above
    if not listeners:
        return is_disconnect
    wrapped = _of_driver(dialect, None, error, None, None, False, is_disconnect)
    context = ExceptionContext(None, None, dialect, None, None, error, wrapped, is_disconnect, is_pre_ping=True)
    failure = _told(listeners, context)
    if failure is not wrapped:
        raise failure from error
    return context.is_disconnect


install_ping_failed(_ping_failed)


def _told(listeners: tuple[Any, ...], context: ExceptionContext) -> Exception:
    seen: Exception = context.sqlalchemy_exception
    for listener in listeners:
        try:
            replacement = listener(context)
        except Exception as raised:  # noqa: BLE001 -- what a listener raises takes the place of the error
            return raised
        if isinstance(replacement, Exception):
            context.chained_exception = seen = replacement
    return seen


def _wrapped(
    error: Exception,
    statement: str | None,
    parameters: Any,
    connection: ConnectionPort,
    is_driver_error: bool,
    is_disconnect: bool,
    many: bool | None,
) -> StatementError:
    hide = connection.engine.hide_parameters
    if not is_driver_error:
        return StatementError(
            f"({type(error).__name__}) {error}",
            statement,
            parameters,
            error,
            hide,
            ismulti=many,
            why="an object of the program's own raised it while the statement ran",
            fix="see .orig of this error",
        )
    return _of_driver(connection.dialect, connection._dbapi, error, statement, parameters, hide, is_disconnect, many)


def _of_driver(
    dialect: DefaultDialect,
    dbapi_connection: object,
    error: Exception,
    statement: str | None,
    parameters: object,
    hide: bool,
    is_disconnect: bool,
    many: bool | None = None,
) -> DBAPIError:
    names = dialect.dbapi_exception_translation_map
    refusal = dialect.refusal(error)
    kind = refusal.error if refusal is not None else None
    wrapped = DBAPIError.of_driver(statement, parameters, error, hide, is_disconnect, many, names, kind)
    if refusal is not None:
        refusal.give_to(wrapped)
    explanation = dialect.explanation(error, dbapi_connection, statement)
    if explanation is not None:
        explanation.give_to(wrapped)
    return wrapped
