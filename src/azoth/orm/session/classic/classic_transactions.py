"""How the transactions of classic sessions begin, and what they do while none is begun."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from azoth.exc import ArgumentError
from azoth.orm.session.classic.brief_connection import NoTransaction
from azoth.orm.session.transactions.begun_by import SessionTransactionOrigin
from azoth.orm.session.transactions.subtransaction import Subtransaction
from azoth.orm.session.transactions.transaction import SessionTransaction
from azoth.orm.session.unit_of_work import UnitOfWork

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")


class ClassicTransactions:
    """The strategy that the unit of work of a classic session asks (its ``TransactionRules``).

    A begin within a transaction begins a subtransaction. With ``autocommit`` no transaction begins by itself: reading
    takes a connection for each statement, and a flush, as whatever else changes rows, has a transaction of its own.

    Attributes:
        autocommit: whether that is so.
    """

    __slots__ = ("_reading", "autocommit")

    def __init__(self, *, autocommit: bool) -> None:
        self.autocommit = autocommit
        self._reading: NoTransaction | None = None

    def is_outside(self, unit: UnitOfWork) -> bool:
        """Tell whether the session is outside of any transaction, and stays so when it is used."""
        return self.autocommit and unit.transaction is None

    def begin(self, unit: UnitOfWork) -> SessionTransaction:
        """Make the transaction that ``begin()`` begins."""
        if self.is_outside(unit):
            return SessionTransaction(unit, SessionTransactionOrigin.BEGIN)
        parent = unit.begun()
        parent.check()
        return Subtransaction(unit, parent)

    def begun(self, unit: UnitOfWork) -> SessionTransaction:
        """Give what stands for the transaction outside of any."""
        return NoTransaction(unit)

    def reading(self, unit: UnitOfWork) -> SessionTransaction:
        """Give what stands for the transaction in which rows are read in portions: one for all, until ``end()``."""
        if self._reading is None:
            self._reading = NoTransaction(unit)
        return self._reading

    def end(self) -> None:
        """Let no rows be read on, because the session is closed."""
        if self._reading is not None:
            self._reading.end()
            self._reading = None

    def run(
        self,
        unit: UnitOfWork,
        work: Callable[Arguments, Returned],
        *arguments: Arguments.args,
        **keywords: Arguments.kwargs,
    ) -> Returned:
        """Do a piece of work in a transaction of its own.

        Emits: what the work emits, then COMMIT, or ROLLBACK if it raises.
        """
        transaction = unit.transaction = SessionTransaction(unit)
        try:
            result = work(*arguments, **keywords)
            transaction.commit_flushed()
        except BaseException:
            if unit.transaction is transaction:
                transaction.rollback()
            raise
        return result


def classic_transactions(autocommit: bool | None, transactional: bool | None) -> ClassicTransactions:
    """Read the two classic names of one setting: ``autocommit=True`` is ``transactional=False``.

    Raises:
        ArgumentError: they contradict each other.
    """
    if autocommit is not None and transactional is not None and autocommit == transactional:
        raise ArgumentError(
            f"autocommit={autocommit} contradicts transactional={transactional}",
            why="they are two names of one setting, with opposite meaning",
            fix="pass one of them only",
            code="AZ-S115",
        )
    return ClassicTransactions(autocommit=autocommit if autocommit is not None else transactional is False)


__all__ = ["ClassicTransactions", "classic_transactions"]
