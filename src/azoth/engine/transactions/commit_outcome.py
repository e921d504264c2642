"""What is known after COMMIT has failed: nothing was committed, or nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from azoth.engine.failure import driver_state, told, translated_failure
from azoth.exc import AzothError, CommitUnknown, DBAPIError, StatementError

if TYPE_CHECKING:
    from azoth.engine.ports import ConnectionPort

__all__ = ["failed_commit", "unknown_commit"]


def failed_commit(
    connection: ConnectionPort, error: BaseException, *, xid: Any = None, is_prepared: bool = False
) -> BaseException:
    """Turn what was raised while COMMIT was sent into what the user sees.

    Args:
        connection: the Connection.
        error: what was raised.
        xid: the identifier of a two-phase transaction.
        is_prepared: whether that one was prepared before.

    Returns:
        the error to raise from the original one; an interrupt as it is, with its ``__cause__`` set.

    State:
        where the outcome is not known, the driver's connection is given up; the transaction waits for ``rollback()``.
    """
    raised = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if _nothing_was_committed(connection, error, raised, is_prepared=is_prepared):
        connection._commit_sent_at = 0.0
        return translated_failure(connection, error, "COMMIT", None) if isinstance(error, Exception) else error
    unknown = connection._commit_unknown = unknown_commit(connection, raised, xid=xid)
    try:
        failure = told(connection, unknown, raised, "COMMIT")
    finally:
        _give_up(connection, raised, unknown)
    if isinstance(error, Exception):
        return failure
    error.__cause__ = unknown
    return error


def _give_up(connection: ConnectionPort, raised: BaseException, unknown: CommitUnknown) -> None:
    """Give up the connection; nothing that goes wrong with that hides the news."""
    try:
        connection._give_up(raised)
    except Exception as second:  # noqa: BLE001 -- as it says
        unknown.add_note(f"giving up the connection failed, too: {type(second).__name__}: {second}")
    except BaseException as interrupt:
        interrupt.__cause__ = unknown
        raise


def unknown_commit(
    connection: ConnectionPort,
    raised: BaseException,
    *,
    xid: Any = None,
    committed_on: tuple[str, ...] = (),
    why: str = "",
    fix: str = "",
    kind: type[CommitUnknown] = CommitUnknown,
) -> CommitUnknown:
    """Make the error that says that the outcome of a connection's COMMIT is not known."""
    transaction = connection._transaction
    sent_at = connection._commit_sent_at
    unknown = kind(
        "COMMIT",
        None,
        raised,
        connection_invalidated=True,
        url=connection.engine.url.render_as_string(),
        why=why,
        fix=fix or ("" if xid is None else _TWO_PHASES),
    )
    unknown.began_at = None if transaction is None else _moment(transaction.began_at)
    unknown.sent_at = _moment(sent_at) if sent_at else None
    unknown.connection_id = _connection_id(connection)
    unknown.xid = xid
    unknown.committed_on = committed_on
    return unknown


_TWO_PHASES = (
    "look for .xid in connection.recover_twophase(): where it is listed, decide by commit_prepared(xid) or "
    "rollback_prepared(xid); where it is not, it has ended, and the rows (.written) tell how."
)


def _nothing_was_committed(
    connection: ConnectionPort, error: BaseException, raised: BaseException, *, is_prepared: bool
) -> bool:
    if isinstance(error, AzothError) and not isinstance(error, StatementError):
        # Ours, as from a dialect without two-phase transactions: nothing was sent.
        return True
    if is_prepared:
        return False
    return driver_state(connection) is True or connection.dialect.commit_was_refused(raised)


def _connection_id(connection: ConnectionPort) -> Any:
    try:
        return None if connection._dbapi is None else connection.dialect.connection_id(connection._dbapi)
    except Exception:  # noqa: BLE001 -- a broken driver must not hide the error that is being reported
        return None


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
