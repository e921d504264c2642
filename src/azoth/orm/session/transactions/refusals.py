"""What a transaction is not asked to do any more."""

from __future__ import annotations

from azoth.exc import CommitUnknown, InvalidRequestError, PendingRollbackError


def ended_in_its_block() -> InvalidRequestError:
    """Give the error for work in a block whose transaction has ended before."""
    return InvalidRequestError(
        "Can't operate on closed transaction inside context manager",
        why="the transaction of this `with` block was committed or rolled back inside the block",
        fix="end the block before you go on; leave commit() and rollback() to the block",
        code="AZ-S16",
    )


def prepared() -> InvalidRequestError:
    """Give the error for work in a transaction that is prepared."""
    return InvalidRequestError(
        "this session is in 'prepared' state; no further SQL can be emitted within this transaction",
        why="prepare() was called, which completes the work of a two-phase transaction",
        fix="call commit() or rollback()",
        code="AZ-S110",
    )


def waits_for_rollback(cause: BaseException) -> PendingRollbackError:
    """Give the error for work in a transaction that waits for ``rollback()``.

    Args:
        cause: what has failed.
    """
    if isinstance(cause, PendingRollbackError):
        return PendingRollbackError(cause.summary, why=cause.why, fix=cause.fix, code=cause.code)
    if isinstance(cause, CommitUnknown):
        return PendingRollbackError(
            "the session waits for rollback(), because the outcome of its commit is not known",
            why=f"the original error was: {cause.summary}",
            fix="call session.rollback() (or close()); reading an object then tells whether its row is there",
            code="AZ-S200",
        )
    return PendingRollbackError(
        f"the transaction was rolled back because a flush failed: {type(cause).__name__}",
        why=f"the original error was: {str(cause).splitlines()[0] if str(cause) else type(cause).__name__}",
        fix="call session.rollback() (or close()) before using the session again",
        code="AZ-S10",
    )


def refuse_begin() -> None:
    """Refuse a second begin.

    Raises:
        InvalidRequestError: always.
    """
    raise InvalidRequestError(
        "a transaction is already begun on this session",
        why="a session begins its transaction by itself at the first use, and has one at a time",
        fix="leave out begin(), call it first, use begin_nested() for a savepoint, or commit() or rollback() before",
        code="AZ-S12",
    )


def no_connection(bind: object) -> InvalidRequestError:
    """Give the error for a connection that takes no part in the transaction."""
    return InvalidRequestError(
        f"no connection to {type(bind).__name__} takes part in this transaction",
        why="a connection takes part from the first statement on that is sent on it",
        fix="use session.connection(), which lets one take part; of a savepoint, ask session.get_transaction()",
        code="AZ-S995",
    )
