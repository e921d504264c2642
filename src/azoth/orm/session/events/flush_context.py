"""What listeners get to know about a flush."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.orm import persistence

if TYPE_CHECKING:
    from azoth.orm.runtime.ports import SessionPort


class FlushContext:
    """A flush, as its listeners see it.

    Attributes:
        session: the session.
        transaction: the session's transaction.
        plan: what is done; None before it is planned.
        outcome: what was done; None before that.
        attributes: the listeners' own dictionary for this flush.
    """

    __slots__ = ("attributes", "outcome", "plan", "session", "transaction")

    def __init__(self, session: SessionPort, transaction: Any) -> None:
        self.session: Any = session
        self.transaction = transaction
        self.attributes: dict[Any, Any] = {}
        self.plan: persistence.FlushPlan | None = None
        self.outcome: persistence.FlushOutcome | None = None

    def announce_written(self, outcome: persistence.FlushOutcome) -> None:
        """Tell listeners that the statements were sent, while the session still shows what they wrote."""
        self.outcome = outcome
        for listener in self.session.dispatch.after_flush:
            listener(self.session, self)


UOWTransaction = FlushContext
"""The name under which programs know what listeners of flushes get."""

__all__ = ["FlushContext", "UOWTransaction"]
