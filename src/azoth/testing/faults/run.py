"""One run of a scenario with a fault, and everything that must hold afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from azoth.orm import Session
from azoth.testing.faults.calls import Call, Injection
from azoth.testing.faults.database import State
from azoth.testing.faults.honesty import dishonesties, is_caused_by, is_unknown, named, unclear_errors
from azoth.testing.faults.leftovers import leftovers
from azoth.testing.faults.objects import disagreements
from azoth.testing.faults.report import BrokenInvariant
from azoth.testing.faults.scenario import Attempt, Course, Scenario, attempted

__all__ = ["Plan", "Run"]

DEEPEST: Final = 20
"""Subtransactions that a classic session may have begun within each other."""

LEAVING_WORKS: Final = "rollback() and close() work after a failure"
WORKS_AGAIN: Final = "afterwards the session and the engine work"
REPEATABLE: Final = "work that was rolled back succeeds when it is repeated"


@dataclass(frozen=True)
class Plan:
    """What fails in a run.

    Args:
        injections: the fault, and perhaps a second one while azoth deals with the first.
        by_close: leave the session by ``close()`` rather than by ``rollback()``.
    """

    injections: tuple[Injection, ...]
    by_close: bool

    @property
    def first(self) -> Injection:
        """The fault that comes first."""
        return self.injections[0]

    def followed_by(self, second: Injection) -> Plan:
        """Add a second fault."""
        return Plan((*self.injections, second), self.by_close)


class Run:
    """A run in which a call fails.

    Args:
        scenario: the scenario.
        course: how it goes without faults.
        plan: what fails.
    """

    def __init__(self, scenario: Scenario, course: Course, plan: Plan) -> None:
        self._scenario = scenario
        self._course = course
        self._plan = plan
        self._subject: Any = None
        self._attempt = Attempt()
        self._leaving = Attempt()

    def broken(self) -> list[BrokenInvariant]:
        """Run, and list the invariants that did not hold."""
        self._work(until_left=len(self._plan.injections) > 1)
        found = [
            BrokenInvariant(self._scenario.name, self._plan.injections, invariant, detail)
            for invariant, detail in self._violations()
        ]
        self._forget_errors()
        self._subject = None
        return found

    def calls_afterwards(self) -> tuple[Call, ...]:
        """Run, and list the calls that follow upon the fault, those of ``rollback()`` or ``close()`` included."""
        self._work(until_left=True)
        calls = tuple(self._scenario.log.calls[self._plan.first.call.number :])
        attempted(lambda: self._scenario.finish(self._subject))
        # What is left over now is reported by the run for this fault alone.
        if any(leftovers(self._scenario.databases)):
            self._scenario.give_up()
        self._forget_errors()
        self._subject = None
        return calls

    def _work(self, *, until_left: bool) -> None:
        scenario = self._scenario
        self._subject = scenario.start()
        scenario.log.begin(*self._plan.injections)
        with scenario.log.numbering():
            self._attempt = scenario.attempt(self._subject)
            if until_left:
                self._leave()
        scenario.check_calls(self._course.calls, self._plan.injections)
        if not until_left:
            self._leave()

    def _leave(self) -> None:
        if self._is_session:
            self._leaving = attempted(self._subject.close if self._plan.by_close else self._roll_back)

    def _roll_back(self) -> None:
        # A classic session rolls back its innermost begin only.
        for _ in range(DEEPEST):
            self._subject.rollback()
            if not self._subject.in_transaction():
                return

    def _forget_errors(self) -> None:
        self._attempt = self._leaving = Attempt()

    @property
    def _is_session(self) -> bool:
        return isinstance(self._subject, Session)

    # --- what must hold ----------------------------------------------------------------------------------------------

    def _violations(self) -> Iterator[tuple[str, str]]:
        try:
            yield from self._violations_of_leaving()
            yield from self._violations_of_outcome()
        except Exception as error:  # noqa: BLE001 -- whatever does not work now is what is looked for
            yield WORKS_AGAIN, named(error)

    def _violations_of_leaving(self) -> Iterator[tuple[str, str]]:
        error = self._leaving.error
        if error is None:
            return
        if not is_caused_by(error, self._scenario.log):
            yield LEAVING_WORKS, named(error)
        again = attempted(self._subject.close)
        if again.error is not None:
            yield LEAVING_WORKS, named(again.error)

    def _violations_of_outcome(self) -> Iterator[tuple[str, str]]:
        scenario, course = self._scenario, self._course
        error = self._attempt.error
        driver_error = scenario.databases[0].driver.Error
        yield from unclear_errors([error, self._leaving.error], scenario.log, driver_error)
        left = list(leftovers(scenario.databases))
        if left:
            # What is left over now makes everything else wait or fail too.
            yield from left
            return
        state = scenario.rows()
        yield from dishonesties(error, self._plan.injections, course, state)
        unknown, failed = is_unknown(error), error is not None
        if self._is_session and not self._plan.by_close and self._leaving.error is None:
            yield from disagreements(self._subject, rows_may_be_missing=unknown and state != course.last)
        # The error's frames hold what the work had in hands; from here on only a leak does.
        error = None
        self._forget_errors()
        if unknown:
            scenario.finish(self._subject)
        yield from self._violations_of_further_work(state, failed=failed)
        scenario.finish(self._subject)
        yield from leftovers(scenario.databases)
        scenario.cool_down()
        left_open = scenario.left_open()
        if left_open:
            yield "connections are closed with their pool", f"{left_open} open"

    def _violations_of_further_work(self, state: tuple[State, ...], *, failed: bool) -> Iterator[tuple[str, str]]:
        scenario, course = self._scenario, self._course
        if not failed or state != course.first:
            scenario.read(self._subject)
            return
        repeated = scenario.attempt(self._subject)
        if repeated.error is not None:
            yield REPEATABLE, named(repeated.error)
        elif scenario.rows() != course.last:
            yield REPEATABLE, "other rows than without a fault"
