"""Running a scenario once for each way in which each of its driver calls can fail."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from azoth.engine import Engine
from azoth.exc import ArgumentError
from azoth.orm import Session
from azoth.schema import MetaData
from azoth.testing.faults.calls import Injection
from azoth.testing.faults.database import Database
from azoth.testing.faults.kinds import ALL, Fault, Moment, interrupt, lost_connection, operational_error
from azoth.testing.faults.report import Report, SampledWarning
from azoth.testing.faults.run import Plan, Run
from azoth.testing.faults.scenario import Course, Scenario, Wrap

__all__ = ["check"]

SECOND: Final = (
    (operational_error, Moment.BEFORE),
    (interrupt, Moment.BEFORE),
    (interrupt, Moment.AFTER),
    (lost_connection, Moment.BEFORE),
)
"""The faults that disturb the handling of a first one."""


def check(
    scenario: Callable[[Any], object],
    *,
    make_engine: Callable[[Wrap], Engine | Sequence[Engine]],
    metadata: MetaData,
    setup: Callable[[Any], object] | None = None,
    given: Callable[..., Any] = Session,
    faults: Sequence[Fault] = ALL,
    in_recovery: bool = True,
    sample: int | None = None,
    warm: bool = False,
    name: str | None = None,
) -> Report:
    """Fail every driver call of a piece of work in every way, and look whether everything is in order afterwards.

    The database must be one for tests: all tables of the metadata are dropped.

    Args:
        scenario: the piece of work. It must make the same driver calls each time.
        make_engine: makes the engine; it is called with a function that wraps the driver's module, as in
            ``lambda wrap: create_engine("sqlite://", module=wrap(sqlite3))``. It may give several engines.
        metadata: the tables, whose rows are compared.
        setup: writes the rows that are there at the start; called as ``scenario`` is, and committed.
        given: makes what the scenario is called with of the engine (or engines): a session by default.
        faults: what is injected.
        in_recovery: whether a second call fails too, while the failure of the first is being dealt with.
        sample: how many of the possible faults to run; all by default.
        warm: begin each run with the connections of the setup rather than with an empty pool; necessary where a
            database lives in its connection.
        name: what the report calls the scenario; the function's name by default.

    Returns:
        the report; ``report.raise_if_broken()`` is the assertion for a test.

    Raises:
        ArgumentError: the scenario fails without faults, makes no driver calls or not the same ones each time, or the
            engine does not use the wrapped driver.

    Emits:
        the scenario's statements, once for each fault and again where the work must be repeatable; DROP and CREATE of
        all tables at the start.
    """
    subject = Scenario(
        scenario, make_engine, metadata, setup, given, warm, name or str(getattr(scenario, "__name__", scenario))
    )
    with _quiet_log():
        return _checked(subject, faults, in_recovery, sample)


def _checked(subject: Scenario, faults: Sequence[Fault], in_recovery: bool, sample: int | None) -> Report:
    try:
        course = subject.course()
        if lost_connection in faults:
            for database in subject.databases:
                _require_that_loss_is_seen(database)
            subject.give_up()
        plans = list(_first_faults(course, faults))
        if in_recovery:
            plans += _second_faults(subject, course, faults)
        return _run_all(subject, course, plans, sample)
    finally:
        subject.close()


def _run_all(scenario: Scenario, course: Course, plans: list[Plan], sample: int | None) -> Report:
    report = Report(scenario.name, course.calls, possible=len(plans))
    if sample is not None and sample < len(plans):
        plans = [plans[number * len(plans) // sample] for number in range(sample)]
        warnings.warn(
            f"the scenario {scenario.name} runs with {sample} of {report.possible} possible faults only",
            SampledWarning,
            stacklevel=4,
        )
    for plan in plans:
        found = Run(scenario, course, plan).broken()
        report.injected += 1
        report.hit.add(plan.first.call.number)
        if found:
            report.broken += found
            scenario.give_up()
    return report


def _first_faults(course: Course, faults: Sequence[Fault]) -> Iterator[Plan]:
    """Fail each call in each way; one fault is left by ``rollback()``, the next by ``close()``."""
    moments = list(Moment)
    for call in course.calls:
        for place, fault in enumerate(faults):
            for injection in call.injections([fault]):
                turn = call.number + place + moments.index(injection.moment)
                yield Plan((injection,), by_close=turn % 2 == 1)


def _second_faults(scenario: Scenario, course: Course, faults: Sequence[Fault]) -> Iterator[Plan]:
    """Find the calls by which azoth deals with a failure, and fail each of them."""
    for call in course.calls:
        for first in list(call.injections(faults[:1]))[-1:]:
            plan = Plan((first,), by_close=call.number % 2 == 1)
            for later in Run(scenario, course, plan).calls_afterwards():
                for fault, moment in SECOND:
                    if fault in faults and fault.can_hit(later.kind):
                        yield plan.followed_by(Injection(later, fault, moment))


@contextlib.contextmanager
def _quiet_log() -> Iterator[None]:
    """Keep what pools log about failures to themselves: it is expected, and records of it hold the frames of errors."""
    logger = logging.getLogger("azoth")
    handler, propagates = logging.NullHandler(), logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        logger.propagate = propagates
        logger.removeHandler(handler)


def _require_that_loss_is_seen(database: Database) -> None:
    engine = database.engine
    connection = engine.raw_connection()
    error = lost_connection.strike(database.driver.module, connection.dbapi_connection)
    connection.invalidate()
    if not engine.dialect.is_disconnect(error, None, None):
        raise ArgumentError(
            f"the dialect {engine.dialect.name!r} does not see that a connection is lost",
            why=f"{type(error).__name__}: {error}.",
            fix="teach its is_disconnect(), or pass faults= without lost_connection.",
            code="AZ-T05",
        )
