"""How sessions commit over several databases."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from azoth.exc import ArgumentError
from azoth.orm.session.transactions.two_phases.decision_file import FileDecisions
from azoth.orm.session.transactions.two_phases.decisions import Decisions, TableDecisions
from azoth.orm.session.transactions.two_phases.global_ids import check_owner
from azoth.util.arguments import wrong_value

if TYPE_CHECKING:
    from azoth.engine import Engine

__all__ = ["TwoPhase"]

LEASE: Final = 60.0
"""How long a commit may take, in seconds, before recovery may decide that it is to be rolled back."""


class TwoPhase:
    """How sessions commit over several databases, so that a crash at any point loses and tears nothing.

    ``sessionmaker(twophase=TwoPhase("orders", decisions=engine), binds=...)``. All databases are prepared, then the
    decision is recorded, then all commit. ``recover_twophase()`` finishes what a crash has left.

    Args:
        owner: the name of the application, of 1 to 16 letters, digits, ``-`` and ``_``. Recovery touches transactions
            of this owner only; all processes of an application have the same.
        decisions: where decisions are recorded: an engine, in whose database the table ``azoth_decisions`` is made, or
            the path of a file, which one machine's processes share. None records none: then recovery cannot decide by
            itself, unless there is a last resource.
        lease: how long a transaction may last from its first statement to its decision, in seconds; recovery leaves
            it alone as long. A commit that comes later is refused.
        last_resource: an engine that is not prepared, but committed by the decision: its database records it, in the
            same transaction. It may be one whose database has no two phases (SQLite, Galera); such an engine is the
            last resource also where it is not named.

    Raises:
        ArgumentError: an argument makes no sense, or the decisions of a last resource are to stand elsewhere.
    """

    def __init__(
        self,
        owner: str,
        decisions: Engine | str | os.PathLike[str] | None = None,
        *,
        lease: float = LEASE,
        last_resource: Engine | None = None,
    ) -> None:
        self.owner = check_owner(owner)
        if not isinstance(lease, int | float) or not math.isfinite(lease) or lease <= 0:
            raise wrong_value("TwoPhase(): lease", "a number of seconds above zero", lease)
        if last_resource is not None and not hasattr(last_resource, "dialect"):
            raise wrong_value("TwoPhase(): last_resource", "an engine", last_resource)
        self.lease = float(lease)
        self.last_resource = last_resource
        self._given = decisions
        self._tables: dict[Engine, TableDecisions] = {}
        self.decisions: Decisions | None = self._record(decisions)
        if last_resource is not None:
            self.decisions = self.of_last_resource(last_resource)
        self._ended: list[str] = []

    def is_last_resource(self, engine: Engine) -> bool:
        """Tell whether an engine's database is committed by the decision, without being prepared.

        Args:
            engine: the engine.
        """
        return engine is self.last_resource or not engine.dialect.supports_twophase

    def of_last_resource(self, engine: Engine) -> TableDecisions:
        """Give the record of decisions in the database of a last resource.

        Args:
            engine: the engine.

        Raises:
            ArgumentError: decisions are to be recorded elsewhere.
        """
        if self._given is not None and self._given is not engine:
            raise ArgumentError(
                f"TwoPhase(): decisions of transactions with a last resource ({engine.url}) stand in its database",
                why="its COMMIT is the decision; recorded elsewhere, there would be two that a crash could separate.",
                fix="leave decisions out, or name the engine of the last resource there.",
                code="AZ-S302",
            )
        return self._table(engine)

    def note_ended(self, transaction: str) -> None:
        """Note that all branches of a transaction have ended, so that its decision may go with a later one.

        Args:
            transaction: the transaction.
        """
        self._ended.append(transaction)

    def take_ended(self, least: int) -> list[str]:
        """Give the transactions that have ended since this was asked last; none where they are few.

        Args:
            least: how many are worth it.
        """
        if len(self._ended) < least:
            return []
        ended, self._ended = self._ended, []
        return ended

    def _record(self, decisions: object) -> Decisions | None:
        if decisions is None:
            return None
        if hasattr(decisions, "dialect"):
            return self._table(decisions)  # type: ignore[arg-type]  # it is an engine
        if isinstance(decisions, str | os.PathLike) and "://" not in str(decisions):
            return FileDecisions(Path(decisions))
        raise wrong_value(
            "TwoPhase(): decisions", "an engine, or the path of a file", decisions, "write create_engine(...) around it"
        )

    def _table(self, engine: Engine) -> TableDecisions:
        table = self._tables.get(engine)
        if table is None:
            table = self._tables[engine] = TableDecisions(engine)
        return table

    def __repr__(self) -> str:
        return f"TwoPhase({self.owner!r})"
