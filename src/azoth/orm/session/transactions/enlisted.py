"""The connections that take part in a session's transaction: ending all of them, and what is known of their commits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, Self

from azoth.exc import CommitUnknown

if TYPE_CHECKING:
    from azoth.engine.connection import Connection

Standing = Literal["ours", "joined", "foreign"]
OURS: Final = "ours"
"""The session opened the connection, and closes it at the end."""
JOINED: Final = "joined"
"""The session was given the connection, and ends the transaction that it found or began there."""
FOREIGN: Final = "foreign"
"""The session was given the connection with a transaction of somebody else, who ends it."""


if TYPE_CHECKING:

    class AroundSavepoint(Protocol):
        """The transaction around a savepoint, as what takes part in the savepoint sees it."""

        def connection_for(self, bind: Any, execution_options: dict[str, Any] | None = None) -> Any:
            """Give the connection to an engine within this transaction."""


class Enlisted:
    """A connection that takes part in a session's transaction.

    Attributes:
        connection: the connection.
        transaction: the savepoint or outer transaction object where there is one, else None: the connection's own.
        standing: whose the connection and its transaction are: ``OURS``, ``JOINED`` or ``FOREIGN``.
    """

    __slots__ = ("connection", "standing", "transaction")

    def __init__(self, connection: Connection, transaction: Any, standing: Standing = JOINED) -> None:
        self.connection = connection
        self.transaction = transaction
        self.standing = standing

    @property
    def is_foreign(self) -> bool:
        """Whether somebody else's transaction is running on it, which our commit must leave alone."""
        return self.standing is FOREIGN

    @classmethod
    def beside(
        cls,
        parent: AroundSavepoint | None,
        connections: Sequence[Connection],
        bind: Any,
        options: Mapping[str, Any],
        further_options: dict[str, Any] | None,
    ) -> Self | None:
        """Let an engine take part by the connection of another one of its pool, which is the one that commits.

        Args:
            parent: the transaction around this savepoint, or None.
            connections: those that take part here and have a driver's connection of their own.
            bind: the engine.
            options, further_options: options of the connection.

        Returns:
            what takes part; None where the engine needs a driver's connection of its own.
        """
        # Only where several engines have one database in memory.
        from azoth.engine.companion_connection import CompanionConnection, companion_of  # noqa: PLC0415

        if parent is not None:
            connection = parent.connection_for(bind, further_options)
            return cls(connection, None) if isinstance(connection, CompanionConnection) else None
        if not hasattr(bind, "connect") or bind.is_threadlocal:
            return None
        companion = companion_of(connections, bind)
        if companion is None:
            return None
        if options or further_options:
            companion.execution_options(**{**options, **(further_options or {})})
        return cls(companion, None)

    def commit(self) -> None:
        """Commit, or release the savepoint; a foreign transaction is left alone."""
        if self.transaction is None:
            self.connection.commit()
        elif not self.is_foreign:
            self.transaction.commit()

    def rollback(self) -> None:
        """Roll back, or roll back to the savepoint."""
        if self.transaction is None:
            self.connection.rollback()
        elif not self.transaction.has_ended:
            self.transaction.rollback()

    def close(self) -> None:
        """Give a connection back that the session opened."""
        if self.standing is OURS:
            self.connection.close()

    @property
    def may_have_committed(self) -> bool:
        """Whether COMMIT was sent and not refused."""
        return bool(self.connection._commit_sent_at) and not self.is_foreign

    @property
    def has_committed(self) -> bool:
        """Whether COMMIT was sent and answered."""
        return self.may_have_committed and self.connection._commit_unknown is None


def unknown_outcome(participants: Sequence[Enlisted], failed: Enlisted, error: BaseException) -> CommitUnknown | None:
    """Tell what a failed commit means for the transaction as a whole.

    Args:
        participants: all that take part.
        failed: the one whose commit failed.
        error: what it raised.

    Returns:
        the error that says that (or where) the transaction may have been committed; None where it certainly was not.
    """
    # Programs whose commits are answered need not import the words.
    from azoth.engine.transactions.commit_outcome import unknown_commit  # noqa: PLC0415

    unknown: CommitUnknown | None = failed.connection._commit_unknown
    committed = tuple(
        [
            one.connection.engine.url.render_as_string()
            for one in participants
            if one is not failed and one.has_committed
        ]
    )
    if unknown is None and failed.may_have_committed:
        # An interrupt right behind the driver's commit.
        unknown = unknown_commit(failed.connection, error)
    if unknown is not None:
        unknown.committed_on = committed
        return unknown
    if not committed:
        return None
    return unknown_commit(
        failed.connection,
        error,
        committed_on=committed,
        why=f"the transaction spans several databases: COMMIT succeeded on {', '.join(committed)} and failed here.",
    )


def all_in_turn(steps: Iterable[Callable[[], object]]) -> None:
    """Carry out steps to the last, whatever some of them raise; then raise the first error.

    Args:
        steps: what to do.

    Raises:
        BaseException: what the first step has raised that failed; an interrupt before an error.
    """
    first: BaseException | None = None
    for step in steps:
        try:
            step()
        except BaseException as error:  # noqa: BLE001 -- it is raised when the others are done
            if first is None or (isinstance(first, Exception) and not isinstance(error, Exception)):
                first = error
    if first is not None:
        raise first


__all__ = ["FOREIGN", "JOINED", "OURS", "Enlisted", "all_in_turn", "unknown_outcome"]
