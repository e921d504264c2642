"""Subtransactions: what is begun within a transaction and has nothing of its own in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.exc import PendingRollbackError
from azoth.orm.session.transactions.begun_by import SessionTransactionOrigin
from azoth.orm.session.transactions.enlisted import all_in_turn
from azoth.orm.session.transactions.exclusive_use import exclusive_use
from azoth.orm.session.transactions.transaction import SessionTransaction

if TYPE_CHECKING:
    from azoth.orm.session.transactions.transaction import TransactionUnit


class Subtransaction(SessionTransaction):
    """A begin inside a begin of a classic session, with nothing of its own in the database.

    Committing it flushes and returns to the transaction around it. Rolling it back returns there too, and rolls back
    the innermost savepoint around it, or else the whole transaction; everything in between waits for its own rollback
    then.
    """

    __slots__ = ()

    parent: SessionTransaction

    def __init__(self, unit: TransactionUnit, parent: SessionTransaction) -> None:
        super().__init__(unit, SessionTransactionOrigin.SUBTRANSACTION, parent)
        self.restoration = parent.restoration
        self._enlisted = parent._enlisted

    def connection_for(self, bind: Any, execution_options: dict[str, Any] | None = None) -> Any:
        """Give the connection of the transaction around this one."""
        if self.failure is not None:
            self.check()
        return self.parent.connection_for(bind, execution_options)

    @exclusive_use
    def commit(self) -> None:
        """Flush, and return to the transaction around this one.

        Emits: what the flush needs.
        """
        self._check_open()
        self.check()
        self._commit_inner_savepoints()
        self._flush_all()
        self._was_released = True
        self._close()

    @exclusive_use
    def rollback(self) -> None:
        """Roll back to the innermost savepoint, or everything, and return to the transaction around this one.

        Emits: ROLLBACK TO SAVEPOINT or ROLLBACK, unless a failed flush has done that already.
        State: as for the savepoint or transaction that is rolled back. The transactions around this one, up to that
        one, refuse work until they are rolled back too.
        """
        self._check_open()
        all_in_turn([*[inner._end_inside for inner in self._inner_transactions()], self._end_rolled_back])
        self._tell_rolled_back()

    def _end_rolled_back(self) -> None:
        try:
            if self.failure is None:
                self.parent.fail(_rolled_back_inside())
        finally:
            self._close()

    def fail(self, cause: BaseException) -> None:
        """Roll back what is around this one after a failed flush, and refuse work until the user rolled back too."""
        self.failure = cause
        self.parent.fail(cause)

    @property
    def _is_kept_by_others(self) -> bool:
        return self.parent._is_kept_by_others

    def _rollback_work(self) -> None:
        """Roll back nothing: it is all in the transaction around."""

    def _close(self) -> None:
        # What is enlisted belongs to the transaction around this one.
        self._enlisted = {}
        super()._close()


class FlushTransaction(Subtransaction):
    """What listeners of transactions hear of a flush: it begins and ends within the session's transaction.

    The session does not work in it, so that savepoints which listeners begin meanwhile are of the session's own.
    """

    __slots__ = ()

    def _announce_created(self, unit: TransactionUnit) -> None:
        for listener in unit.dispatch.after_transaction_create:
            listener(unit.session, self)

    def fail(self, cause: BaseException) -> None:
        """Roll back the session's transaction after a failed flush, as it does without listeners."""
        around = self.parent
        while isinstance(around, Subtransaction):
            around.failure = cause
            around = around.parent
        try:
            around._roll_back_failed(cause)
        finally:
            self.end()
        self._tell_rolled_back()

    def end(self) -> None:
        """Tell listeners that the flush is over, whichever way it ended."""
        if self.is_closed:
            return
        self.is_closed = True
        self._enlisted = {}
        unit = self._unit()
        for listener in unit.dispatch.after_transaction_end:
            listener(unit.session, self)


def _rolled_back_inside() -> PendingRollbackError:
    return PendingRollbackError(
        "the transaction was rolled back by the rollback() of a subtransaction",
        why="a subtransaction has no savepoint of its own, so all work around it was rolled back with it",
        fix="call session.rollback() for each begin() that is still open, or close()",
        code="AZ-S111",
    )
