"""Transactions and savepoints of a connection."""

from __future__ import annotations

import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Protocol, Self

from azoth.exc import InvalidRequestError, PendingRollbackError, ResourceClosedError
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.engine.transactions.visit import Visit, Visitors

__all__ = [
    "NestedTransaction",
    "RootTransaction",
    "Transaction",
    "TransactionOwner",
    "TwoPhaseTransaction",
    "result_is_over",
    "waits_for_rollback",
]


if TYPE_CHECKING:

    class TransactionOwner(Protocol):
        """A connection, as its transactions see it."""

        _transaction: RootTransaction | None
        _nested_transaction: NestedTransaction | None
        _context_transaction: Transaction | None
        _ready: bool | AbstractSet[str]
        _readers: list[Any] | None
        _visit: Visit | None
        _visitors: Visitors | None
        _is_controlling: bool

        def _close_cursors(self) -> None: ...
        def _begin_root(self) -> None: ...
        def _commit_root(self) -> None: ...
        def _rollback_root(self) -> None: ...
        def _savepoint(self, name: str | None) -> str: ...
        def _release_savepoint(self, name: str) -> None: ...
        def _rollback_to_savepoint(self, name: str) -> None: ...
        def _begin_twophase(self, xid: Any) -> None: ...
        def _prepare_twophase(self, xid: Any) -> None: ...
        def _commit_twophase(self, xid: Any, is_prepared: bool) -> None: ...
        def _rollback_twophase(self, xid: Any, is_prepared: bool) -> None: ...


class Transaction(ABC):
    """A transaction in progress; as a context manager it commits at the end, and rolls back after an error.

    Args:
        connection: the connection that it belongs to.
    """

    __slots__ = ("_outer_context", "is_active")

    def __init__(self, connection: TransactionOwner) -> None:
        self._belong_to(connection)
        self.is_active = True
        self._outer_context: Transaction | None = None

    @property
    @abstractmethod
    def connection(self) -> TransactionOwner:
        """The connection that the transaction belongs to."""

    @abstractmethod
    def _belong_to(self, connection: TransactionOwner) -> None:
        """Note the connection."""

    @abstractmethod
    def commit(self) -> None:
        """Commit."""

    @abstractmethod
    def rollback(self) -> None:
        """Roll back."""

    @property
    @abstractmethod
    def is_valid(self) -> bool:
        """Whether the transaction's connection is still usable."""

    @property
    @abstractmethod
    def has_ended(self) -> bool:
        """Whether the connection has let go of it."""

    @property
    def is_over(self) -> bool:
        """Whether what its statements have found must not be read on."""
        return not self.is_active

    def close(self) -> None:
        """End the transaction; roll back unless it has ended before."""
        if not self.has_ended:
            self.rollback()

    def __enter__(self) -> Self:
        self._outer_context = self.connection._context_transaction
        self.connection._context_transaction = self
        return self

    def __exit__(self, error_type: type[BaseException] | None, error: object, traceback: object) -> None:
        connection = self.connection
        try:
            if error_type is not None or not self.is_active:
                self.close()
            else:
                try:
                    self.commit()
                except BaseException:
                    self.close()
                    raise
        finally:
            connection._context_transaction = self._outer_context

    def _require_active(self) -> None:
        if not self.is_active:
            raise InvalidRequestError(
                "this transaction is inactive",
                why="it was committed or rolled back already.",
                fix="begin another one.",
                code="AZ-E30",
            )


class RootTransaction(Transaction):
    """The transaction of a connection.

    Attributes:
        began_at: when it began, in seconds as ``time.time()`` counts them.
        is_failed: whether only ``rollback()`` is left: the connection was lost, the database ended the transaction by
            itself, or nobody knows where it stands.
    """

    __slots__ = ("_held", "_reference", "began_at", "is_failed")

    is_prepared = False
    """Whether it waits, prepared, for ``commit()`` or ``rollback()``."""

    def __init__(self, connection: TransactionOwner) -> None:
        super().__init__(connection)
        self.is_failed = False
        self.began_at = time.time()
        connection._transaction = self
        try:
            self._begin()
        except BaseException:
            connection._transaction = None
            raise

    def _belong_to(self, connection: TransactionOwner) -> None:
        # Weakly, unless somebody got the transaction: a forgotten connection then goes back to its pool at once, and
        # not when the collector finds the two.
        self._reference = weakref.ref(connection)
        self._held: TransactionOwner | None = None

    @property
    def connection(self) -> TransactionOwner:
        """The connection that the transaction belongs to."""
        held = self._held
        if held is None:
            connection: TransactionOwner | None = self._reference()
            assert connection is not None, "whoever uses a transaction that began by itself has its connection"
            return connection
        return held

    def _held_by_its_user(self) -> Self:
        """Keep the connection alive, because somebody outside gets this transaction."""
        self._held = self.connection
        return self

    def _begin(self) -> None:
        self.connection._begin_root()

    def check_open(self) -> None:
        """Refuse statements where the transaction takes none.

        Raises:
            PendingRollbackError: it has failed.
            InvalidRequestError: it is prepared.
        """
        if not self.is_active:
            raise waits_for_rollback()
        if self.is_prepared and not self.connection._is_controlling:
            raise takes_no_more()

    @property
    def is_valid(self) -> bool:
        return not self.is_failed and self.connection._transaction is self

    @property
    def has_ended(self) -> bool:
        return self.connection._transaction is not self

    def commit(self) -> None:
        """Commit everything.

        Raises:
            DBAPIError: the database refused; the transaction then is still there and waits for ``rollback()``.
            CommitUnknown: nobody knows whether it was committed; the driver's connection is given up.
        """
        if self.is_failed and self.connection._transaction is self:
            raise waits_for_rollback()
        self._require_active()
        self._do_commit()
        self._end()

    def rollback(self) -> None:
        """Roll everything back, savepoints included.

        Warns:
            AzothWarning: the transaction has ended before; nothing is done.
        """
        if self.connection._transaction is not self:
            self.is_active = False
            warn_of_ended("transaction")
            return
        try:
            self._do_rollback()
        finally:
            self._end()

    def _do_commit(self) -> None:
        self.connection._commit_root()

    def _do_rollback(self) -> None:
        self.connection._rollback_root()

    def _fail(self) -> None:
        """Note that only ``rollback()`` is left; see ``is_failed``."""
        self.is_active = False
        self.is_failed = True
        connection = self.connection
        connection._ready = False
        if connection._visitors:
            connection._visitors.lose()
        if connection._visit is not None:
            connection._visit.heed_failure()

    def _end(self) -> None:
        connection = self.connection
        self.is_active = False
        nested = connection._nested_transaction
        while nested is not None:
            nested.is_active = False
            nested = nested._previous
        connection._nested_transaction = None
        connection._transaction = None
        connection._ready = False
        if connection._visitors:
            connection._visitors.lose()
        if connection._readers is not None:
            connection._close_cursors()


class TwoPhaseTransaction(RootTransaction):
    """A transaction that is prepared first and committed later."""

    __slots__ = ("is_prepared", "xid")

    def __init__(self, connection: TransactionOwner, xid: Any) -> None:
        self.xid = xid
        self.is_prepared = False
        super().__init__(connection)

    def _begin(self) -> None:
        self.connection._begin_twophase(self.xid)

    def prepare(self) -> None:
        """Make the transaction durable, so that it can be committed even after a crash."""
        self._require_active()
        connection = self.connection
        connection._prepare_twophase(self.xid)
        self.is_prepared = True
        # Statements would belong to no transaction, or to another one.
        connection._ready = False

    def _do_commit(self) -> None:
        self.connection._commit_twophase(self.xid, self.is_prepared)

    def _do_rollback(self) -> None:
        self.connection._rollback_twophase(self.xid, self.is_prepared)


class NestedTransaction(Transaction):
    """A savepoint."""

    __slots__ = ("_previous", "_release_failed", "_root", "_savepoint", "_was_released", "connection")

    connection: TransactionOwner

    def __init__(self, connection: TransactionOwner, name: str | None = None) -> None:
        super().__init__(connection)
        self._release_failed = self._was_released = False
        self._savepoint = connection._savepoint(name)
        root = connection._transaction
        assert root is not None, "a savepoint is made within a transaction"
        self._root = root
        self._previous: NestedTransaction | None = connection._nested_transaction
        connection._nested_transaction = self

    def _belong_to(self, connection: TransactionOwner) -> None:
        self.connection = connection

    @property
    def is_valid(self) -> bool:
        root = self.connection._transaction
        return self.is_active and root is not None and root.is_valid

    @property
    def has_ended(self) -> bool:
        return not self.is_active

    @property
    def is_over(self) -> bool:
        """Whether what its statements have found must not be read on; once released, that is up to what is around."""
        if self._was_released:
            return (self._previous or self._root).is_over
        return self._root.is_over or not self.is_active

    def commit(self) -> None:
        """Release the savepoint; its changes become part of the transaction around it."""
        self._require_active()
        if self._root.is_failed:
            raise waits_for_rollback()
        try:
            self.connection._release_savepoint(self._savepoint)
        except BaseException:
            self._release_failed = True
            raise
        self._was_released = True
        self._end()

    def rollback(self) -> None:
        """Roll back to the savepoint.

        State:
            where the database cannot do that, nobody knows what the transaction around it contains, so that one waits
            for ``rollback()``.

        Warns:
            AzothWarning: the savepoint has ended before; nothing is done.
        """
        if self.has_ended:
            warn_of_ended("savepoint")
            return
        root = self.connection._transaction
        try:
            if root is not None and root.is_active:
                self._roll_back_within(root)
        finally:
            self._end()

    def _roll_back_within(self, root: RootTransaction) -> None:
        try:
            self.connection._rollback_to_savepoint(self._savepoint)
        except BaseException as error:
            root._fail()
            if self._release_failed and isinstance(error, Exception):
                # The RELEASE whose failure the user has seen was carried out after all: there is no savepoint left.
                return
            raise

    def _end(self) -> None:
        connection = self.connection
        nested = connection._nested_transaction
        # Savepoints inside this one end with it.
        while nested is not None and nested is not self:
            nested.is_active = False
            nested = nested._previous
        self.is_active = False
        connection._nested_transaction = self._previous
        if connection._context_transaction is not None:
            # The next statement must look whether it stands in the block of a finished savepoint.
            connection._ready = False


def warn_of_ended(kind: str) -> None:
    """Warn of a rollback that does nothing.

    Args:
        kind: what has ended: "transaction" or "savepoint".
    """
    warn(
        f"rollback(): this {kind} has ended before, so nothing is rolled back",
        why="it was committed, rolled back or closed, or what is around it was.",
        fix="leave the second rollback() out; close() says nothing where nothing is left to end.",
        code="AZ-E720",
    )


def waits_for_rollback() -> PendingRollbackError:
    """Make the error for work in a transaction that has failed."""
    return PendingRollbackError(
        "the transaction has failed and waits for rollback()",
        why="the connection was lost, the database ended the transaction by itself, the outcome of a COMMIT or of a "
        "savepoint's statement is not known, or (in a database in memory) another connection of this thread, which "
        "shares the transaction, has rolled back what this one had done since.",
        fix="call rollback() on the connection, then repeat the whole piece of work (after a CommitUnknown: where "
        "it was not done).",
    )


def takes_no_more() -> InvalidRequestError:
    """Make the error for work in a transaction that is prepared."""
    return InvalidRequestError(
        "the transaction is prepared, and takes no further statements",
        why="prepare() has completed its work; all that is left is to commit it or to roll it back.",
        fix="call commit() or rollback() of the transaction first.",
        code="AZ-E38",
    )


def result_is_over() -> ResourceClosedError:
    """Make the error for reading on in a result after the end of its transaction."""
    return ResourceClosedError(
        "this result belongs to a transaction that has ended, so no further rows are read",
        why="it was being read in portions, and commit(), rollback() or close() came before its end: its connection "
        "may be in use elsewhere by now.",
        fix="read it to the end before the transaction ends, or read all of it at once: .all(), no yield_per.",
        code="AZ-E201",
    )


def transaction_has_ended() -> InvalidRequestError:
    """Make the error for a statement in a ``with`` block whose transaction has ended."""
    return InvalidRequestError(
        "can't operate on a closed transaction inside its context manager",
        why="the transaction of this `with` block was committed or rolled back.",
        fix="leave the block before executing further statements.",
        code="AZ-E34",
    )
