"""Errors of transactions over several databases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azoth.exc.errors import InvalidRequestError
from azoth.exc.statement_errors import CommitUnknown

__all__ = ["PartialCommit", "TwoPhaseError"]


class PartialCommit(CommitUnknown):
    """Report a transaction over several databases that was not committed on all of them.

    Attributes:
        outcomes: engine -> "committed", "rolled back", "unknown", or "prepared" (recovery will commit it).
    """

    default_code = "AZ-E210"
    default_why = (
        "COMMIT succeeded on one database and failed on another one; without two phases nothing prevents that."
    )
    default_fix = (
        "look at .outcomes and put right by hand what is missing, after session.rollback(); for the next time, let the "
        "session commit in two phases: sessionmaker(twophase=TwoPhase(...))."
    )

    outcomes: Mapping[Any, str] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        factory, arguments, state = super().__reduce__()
        outcomes = {str(getattr(engine, "url", engine)): outcome for engine, outcome in self.outcomes.items()}
        return factory, arguments, {**state, "outcomes": outcomes}

    def _lines(self) -> list[str]:
        told = [f"{getattr(engine, 'url', engine)}: {outcome}" for engine, outcome in self.outcomes.items()]
        return [*super()._lines(), *[f"  {line}" for line in told]]


class TwoPhaseError(InvalidRequestError):
    """Report a transaction over several databases that cannot be committed; it is rolled back on all of them."""


class LeaseOver(TwoPhaseError):
    """Report a commit that comes too late.

    Args:
        lease: the seconds that it had.
    """

    def __init__(self, lease: float) -> None:
        super().__init__(
            f"the transaction has lasted longer than its lease of {lease:g} seconds, so it is not committed",
            why="recovery may take it for abandoned by now, and roll it back.",
            fix="repeat the work, or give transactions more time: TwoPhase(lease=...).",
            code="AZ-S303",
        )


class DecisionTaken(TwoPhaseError):
    """Report a transaction that recovery has decided to roll back.

    Args:
        transaction: the transaction.
    """

    def __init__(self, transaction: str) -> None:
        super().__init__(
            f"the transaction {transaction} was given up by recovery, so it is not committed",
            why="recovery ran after its lease, or found no answer to its decision, and has recorded that it is to be "
            "rolled back; what was decided first holds.",
            fix="repeat the work.",
            code="AZ-S304",
        )


class NotPrepared(TwoPhaseError):
    """Report a transaction in one phase among those that are to agree.

    Args:
        url: its database.
    """

    def __init__(self, url: object) -> None:
        super().__init__(
            f"the transaction on {url} cannot be prepared, because it was begun in one phase",
            why="the session was given a connection on which somebody had begun before.",
            fix="give it engines, or connections with begin_twophase(), or none on which a transaction has begun.",
            code="AZ-S305",
        )


class SeveralLastResources(TwoPhaseError):
    """Report a second database that cannot be prepared.

    Args:
        first: the first one.
        second: the second one.
    """

    def __init__(self, first: object, second: object) -> None:
        super().__init__(
            f"two databases of the transaction cannot be prepared: {first} and {second}",
            why="one may be committed by the decision itself; of two, the second COMMIT could fail after the first.",
            fix="use databases with two phases (PostgreSQL, MariaDB without Galera), or one transaction for each.",
            code="AZ-S306",
        )


class DecisionUnknown(TwoPhaseError):
    """Report a decision of which it is not known whether it was recorded."""

    def __init__(self) -> None:
        super().__init__(
            "it is not known whether the decision to commit was recorded",
            why="its record gave no answer.",
            fix="let recovery find out: azoth.orm.recover_twophase() or python -m azoth recover.",
            code="AZ-S311",
        )


class PreparedInUse(TwoPhaseError):
    """Report a prepared transaction whose connection is still there, so that nobody else can end it."""

    def __init__(self) -> None:
        super().__init__(
            "the prepared transaction belongs to a connection that is still there",
            why="the server lets nobody else end it as long as the connection lives that has prepared it.",
            fix="end the program that has prepared it, or KILL its connection, and recover again.",
            code="AZ-D250",
        )
