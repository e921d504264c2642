"""Texts of a program's own that end the transaction which a session believes in, or cut into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from weakref import ref

from azoth.orm.session.objects.restoration import Restoration
from azoth.orm.session.transactions.transaction import SessionTransaction
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.engine.connection import Connection


class UnitWithTransaction(Protocol):
    """The unit of work, as far as this module knows it.

    Attributes:
        transaction: the innermost transaction that is begun, or None.
    """

    transaction: SessionTransaction | None


ADVICE = {
    "COMMIT": "session.commit(), which flushes, expires the objects and tells listeners",
    "ROLLBACK": "session.rollback()",
    "SAVEPOINT": "session.begin_nested(): what is rolled back to a savepoint of the text's is not put back in objects",
    "ROLLBACK TO": "session.begin_nested() and the rollback() of what it gives",
}


def heed_texts(unit: UnitWithTransaction, connection: Connection) -> None:
    """Let the session hear of texts that end the transaction of a connection, or make savepoints in it.

    Args:
        unit: the unit of work.
        connection: where the program is going to execute texts.
    """
    told = connection._told_of_text
    if not isinstance(told, OwnEndings) or told.unit() is not unit:
        connection._told_of_text = OwnEndings(unit)


class OwnEndings:
    """What a session does when it hears that a text has ended its transaction.

    Args:
        unit: the unit of work; held weakly, so that a forgotten session is not kept by its connection.
    """

    def __init__(self, unit: UnitWithTransaction) -> None:
        self.unit = ref(unit)

    def __call__(self, connection: Connection, word: str) -> None:
        """Warn, and put the objects into the state that their rows have now.

        Args:
            connection: where the text was executed.
            word: what it has done.

        State: after ROLLBACK as after that of the session; after COMMIT a rollback undoes nothing of what was before;
        after ROLLBACK TO all objects are expired.
        """
        unit = self.unit()
        transaction = None if unit is None else unit.transaction
        if unit is None or transaction is None or connection not in transaction.root.connections:
            return
        if word == "ROLLBACK TO":
            transaction.expire_all()
        elif word != "SAVEPOINT":
            _end(transaction, is_committed=word == "COMMIT")
        warn(
            f"{word} was executed as a text within the transaction of a session",
            why="the session learns of it afterwards only: its objects follow, and what was pending may be elsewhere",
            fix=f"use {ADVICE[word]}",
            code="AZ-S330",
        )


def _end(innermost: SessionTransaction, *, is_committed: bool) -> None:
    chain = [innermost]
    while chain[-1].parent is not None:
        chain.append(chain[-1].parent)
    for transaction in chain:
        if _has_its_own_objects(transaction):
            if is_committed:
                transaction.restoration.release_deleted()
                transaction.restoration = Restoration()
            else:
                transaction.restore_objects()
    for transaction in reversed(chain):
        if transaction.parent is not None and not _has_its_own_objects(transaction):
            transaction.restoration = transaction.parent.restoration


def _has_its_own_objects(transaction: SessionTransaction) -> bool:
    """Tell whether it is no subtransaction, whose objects are those of the transaction around it."""
    return transaction.nested or transaction.parent is None


__all__ = ["OwnEndings", "heed_texts"]
