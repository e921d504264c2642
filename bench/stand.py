"""One library on the test stand: runs works on a database, and checks and times them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from bench.databases import Database
from bench.subject import Subject
from bench.works import Work


class Cost(NamedTuple):
    """What a work takes, in seconds: until it is done, and of this process' time on a processor."""

    wall: float
    cpu: float


class WrongResult(Exception):
    """A library did other work than the others."""


class Stand:
    """A subject, connected to a database for as long as its works allow."""

    def __init__(self, subject: Subject, database: Database) -> None:
        self.subject = subject
        self._database = database
        self._connected = False

    def time(self, work: Work, *, check: bool) -> Cost:
        """Run a work once and return its cost.

        Raises:
            WrongResult: it is to be checked, and its evidence is not what it must be.
        """
        if work.fresh:
            self.disconnect()
            with self._database.fresh() as database:
                self.subject.open(database)
                try:
                    return self._time(work, database, check=check)
                finally:
                    self.subject.close()
        if not self._connected:
            self.subject.open(self._database)
            self._connected = True
        return self._time(work, self._database, check=check)

    def disconnect(self) -> None:
        """Release the database."""
        if self._connected:
            self.subject.close()
            self._connected = False

    def _time(self, work: Work, database: Database, *, check: bool) -> Cost:
        prepared = work.prepare(self.subject)
        cost, result = _clocked(work.run, self.subject, prepared)
        if check and work.evidence(result, database) != work.expected():
            raise WrongResult(f"another result than expected: {work.title}")
        return cost


def _clocked(run: Callable[[Subject, Any], Any], subject: Subject, prepared: Any) -> tuple[Cost, Any]:
    # The garbage collector stays as it is, on like in a program unless it was asked for otherwise; it only starts from
    # the same point each time.
    gc.collect()
    start, cpu = time.perf_counter(), time.process_time()
    result = run(subject, prepared)
    return Cost(time.perf_counter() - start, time.process_time() - cpu), result
