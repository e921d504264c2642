"""Finishing the transactions over several databases that a crash has left prepared."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from azoth.exc import ArgumentError, AzothError
from azoth.exc.two_phases import PreparedInUse
from azoth.orm.session.transactions.two_phases.decisions import COMMIT, ROLLBACK, Decisions, Outcome
from azoth.orm.session.transactions.two_phases.global_ids import GlobalId, UnknownFormat, read_id
from azoth.orm.session.transactions.two_phases.settings import TwoPhase
from azoth.util.arguments import wrong_value

if TYPE_CHECKING:
    from azoth.engine import Engine
    from azoth.engine.dialect_base.transactions import PreparedTransaction

__all__ = ["Branch", "Recovery", "recover_twophase"]

PRUNED_AFTER: Final = 86_400
"""Seconds after which a decision that nothing prepared waits for is deleted."""

_DONE: Final = {COMMIT: "committed", ROLLBACK: "rolled back"}
_WOULD: Final = {COMMIT: "would be committed", ROLLBACK: "would be rolled back"}


class Branch(NamedTuple):
    """What recovery has found, and what it did.

    Attributes:
        engine: where it is prepared.
        xid: its identifier in the database.
        owner: whose it is; None where that is not known.
        age: seconds since it began; None where that is not known.
        outcome: "committed", "rolled back"; "would be committed", "would be rolled back" (``dry_run``); "ended by
            others"; "live" (its coordinator may still decide); "of others"; "undecided" (no record says what to do);
            "unknown format"; "in use" (the server says that its connection is still there); "failed".
        reason: why, where there is more to say.
        transaction: the transaction that it is a branch of; None where it is not the owner's.
    """

    engine: Engine
    xid: str
    owner: str | None
    age: float | None
    outcome: str
    reason: str = ""
    transaction: str | None = None

    def __str__(self) -> str:
        age = "" if self.age is None else f", {self.age:.0f} s old"
        whose = "" if self.owner is None else f" of {self.owner}"
        return f"{self.outcome}: {self.xid}{whose} on {self.engine.url}{age}" + (
            f" ({self.reason})" if self.reason else ""
        )


class Recovery(NamedTuple):
    """What a recovery did.

    Attributes:
        branches: what was prepared, on all engines.
        unreachable: engines that could not be asked, each with the error.
        pruned: how many old decisions were deleted.
    """

    branches: list[Branch]
    unreachable: list[tuple[Engine, Exception]]
    pruned: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing of the owner's is left that should have been finished."""
        left = {"undecided", "in use", "failed", "unknown format"}
        return not self.unreachable and not any(branch.outcome in left for branch in self.branches)


def recover_twophase(
    engines: Iterable[Engine] | Any,
    settings: TwoPhase | None = None,
    *,
    dry_run: bool = False,
    decide: Mapping[str, Outcome] | None = None,
) -> Recovery:
    """Commit or roll back what a crash has left prepared, as it was decided.

    It touches transactions of the owner only whose lease is over, may run at any time, any number of times and beside
    itself, and says what it did.

    Args:
        engines: the databases that take part; or a ``sessionmaker`` that has them as ``bind`` and ``binds``, and
            ``twophase``.
        settings: the same as the sessions have; taken from the ``sessionmaker`` where that is given.
        dry_run: only say what would be done.
        decide: transaction -> "commit" or "rollback", for those of which no record says what to do.

    Returns:
        what it has found and done.

    Raises:
        ArgumentError: there are no settings, or an argument makes no sense.

    Emits: on each engine a SELECT or XA RECOVER; for each transaction what its record needs to say, or make, the
        decision; COMMIT or ROLLBACK of each branch; a DELETE of old decisions.
    """
    found, settings = _taken_apart(engines, settings)
    return _Recovering(found, settings, dry_run=dry_run, decide=decide or {}).run()


def now() -> float:
    """Give the time by which leases are over, in seconds since 1970."""
    return time.time()


class _Recovering:
    """One recovery."""

    def __init__(
        self, engines: Sequence[Engine], settings: TwoPhase, *, dry_run: bool, decide: Mapping[str, Outcome]
    ) -> None:
        self._engines = engines
        self._settings = settings
        self._dry_run = dry_run
        self._decide = decide
        self._record = _record_of(engines, settings)
        self._now = now()
        self._unreachable: list[tuple[Engine, Exception]] = []

    def run(self) -> Recovery:
        """Look, finish, and prune."""
        branches: list[Branch] = []
        ours: dict[str, list[tuple[Engine, str, GlobalId, float | None]]] = {}
        for engine, prepared in self._prepared():
            read = read_id(prepared.xid)
            age = _age(prepared.prepared_at, self._now)
            if isinstance(read, GlobalId) and read.owner == self._settings.owner:
                age = max(0.0, self._now - read.began)
                if read.lease_until >= self._now:
                    left = read.lease_until - self._now
                    reason = f"for {left:.0f} s"
                    branches.append(Branch(engine, prepared.xid, read.owner, age, "live", reason, read.transaction))
                else:
                    ours.setdefault(read.transaction, []).append((engine, prepared.xid, read, age))
            elif isinstance(read, UnknownFormat):
                reason = f"format {read.version} is that of another release"
                branches.append(Branch(engine, prepared.xid, None, age, "unknown format", reason))
            else:
                owner = read.owner if isinstance(read, GlobalId) else prepared.user
                branches.append(Branch(engine, prepared.xid, owner, age, "of others"))
        for transaction, found in ours.items():
            branches.extend(self._finish(transaction, found))
        return Recovery(branches, self._unreachable, self._prune(set(ours)))

    def _prepared(self) -> Iterator[tuple[Engine, PreparedTransaction]]:
        for engine in self._engines:
            if not engine.dialect.supports_twophase:
                continue
            try:
                with engine.connect() as connection:
                    found = connection.prepared_transactions()
            except AzothError as error:
                self._unreachable.append((engine, error))
            else:
                yield from ((engine, prepared) for prepared in found)

    def _finish(
        self, transaction: str, found: Sequence[tuple[Engine, str, GlobalId, float | None]]
    ) -> Iterator[Branch]:
        try:
            outcome = self._outcome_of(transaction)
        except AzothError as error:
            for engine, xid, read, age in found:
                reason = f"its record could not be read: {error.summary}"
                yield Branch(engine, xid, read.owner, age, "failed", reason, transaction)
            return
        for engine, xid, read, age in found:
            if outcome is None:
                told = "undecided", "no record of decisions says what to do"
            elif self._dry_run:
                told = _WOULD[outcome], ""
            else:
                told = _finished(engine, xid, outcome)
            yield Branch(engine, xid, read.owner, age, *told, transaction)

    def _outcome_of(self, transaction: str) -> Outcome | None:
        if self._record is None:
            return self._decide.get(transaction)
        if self._dry_run:
            return self._record.look(transaction) or ROLLBACK
        return self._record.settle(transaction, self._settings.owner)

    def _prune(self, needed: set[str]) -> int:
        if self._record is None or self._dry_run or self._unreachable:
            return 0
        return self._record.prune(self._settings.owner, int(self._now) - PRUNED_AFTER, needed)


def _finished(engine: Engine, xid: str, outcome: Outcome) -> tuple[str, str]:
    """Finish a branch; give what became of it, and why."""
    try:
        with engine.connect() as connection:
            is_done = connection.finish_prepared(xid, commit=outcome == COMMIT)
    except AzothError as error:
        return ("in use" if isinstance(error, PreparedInUse) else "failed"), error.summary
    return (_DONE[outcome], "") if is_done else ("ended by others", "")


def _record_of(engines: Sequence[Engine], settings: TwoPhase) -> Decisions | None:
    """Find where the decisions of these databases stand."""
    if settings.decisions is not None:
        return settings.decisions
    last = [engine for engine in engines if settings.is_last_resource(engine)]
    if len(last) > 1:
        raise ArgumentError(
            f"recover_twophase(): two of the engines have no two phases: {last[0].url} and {last[1].url}",
            why="the decisions stand in the database of the last resource, of which a transaction has one.",
            fix="leave the other one out, or name it: TwoPhase(..., last_resource=engine).",
            code="AZ-S307",
        )
    return settings.of_last_resource(last[0]) if last else None


def _taken_apart(engines: Any, settings: TwoPhase | None) -> tuple[list[Engine], TwoPhase]:
    arguments = getattr(engines, "kw", None)
    if isinstance(arguments, Mapping):
        settings = settings or arguments.get("twophase")
        binds = dict(arguments.get("binds") or {})
        engines = [*binds.values(), *([arguments["bind"]] if arguments.get("bind") is not None else [])]
    if not isinstance(settings, TwoPhase):
        raise wrong_value(
            "recover_twophase(): settings",
            "a TwoPhase",
            settings,
            "pass the same one that the sessions have, or the sessionmaker",
        )
    if isinstance(engines, str) or not isinstance(engines, Iterable):
        raise wrong_value("recover_twophase(): engines", "a list of engines, or a sessionmaker", engines)
    found: dict[Engine, None] = {}
    for bind in engines:
        if not hasattr(bind, "dialect"):
            raise wrong_value("recover_twophase(): engines", "a list of engines, or a sessionmaker", bind)
        found[bind.engine] = None
    return list(found), settings


def _age(prepared_at: datetime | None, now: float) -> float | None:
    return None if prepared_at is None else (datetime.fromtimestamp(now, UTC) - prepared_at).total_seconds()
