"""One library on the test stand: runs works on a database, and checks and times them."""

from __future__ import annotations

import gc
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.subject import Subject
from bench.works import Work


class WrongResult(Exception):
    """A library did other work than the others."""


class Stand:
    """A subject, connected to a database for as long as its works allow."""

    def __init__(self, subject: Subject, database: Path) -> None:
        self.subject = subject
        self._database = database
        self._connected = False

    def time(self, work: Work, *, check: bool) -> float:
        """Run a work once and return its seconds.

        Raises:
            WrongResult: it is to be checked, and its evidence is not what it must be.
        """
        if work.fresh:
            self.disconnect()
            with self._connected_to_copy() as database:
                return self._time(work, database, check=check)
        if not self._connected:
            self.subject.open(self._database)
            self._connected = True
        return self._time(work, self._database, check=check)

    def disconnect(self) -> None:
        """Release the database."""
        if self._connected:
            self.subject.close()
            self._connected = False

    def _time(self, work: Work, database: Path, *, check: bool) -> float:
        prepared = work.prepare(self.subject)
        elapsed, result = _clocked(work.run, self.subject, prepared)
        if check and work.evidence(result, database) != work.expected():
            raise WrongResult(f"another result than expected: {work.title}")
        return elapsed

    @contextmanager
    def _connected_to_copy(self) -> Iterator[Path]:
        copy = self._database.with_suffix(".copy")
        shutil.copy(self._database, copy)
        self.subject.open(copy)
        try:
            yield copy
        finally:
            self.subject.close()
            copy.unlink()


def _clocked(run: Callable[[Subject, Any], Any], subject: Subject, prepared: Any) -> tuple[float, Any]:
    # The garbage collector stays as it is, on like in a program unless it was asked for otherwise; it only starts from
    # the same point each time.
    gc.collect()
    start = time.perf_counter()
    result = run(subject, prepared)
    return time.perf_counter() - start, result
