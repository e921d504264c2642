"""Decisions in a file: one line each, synced to the disk before it counts."""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from azoth.exc import InvalidRequestError
from azoth.exc.two_phases import DecisionTaken, DecisionUnknown
from azoth.orm.session.transactions.two_phases.decisions import COMMIT, ROLLBACK, Outcome
from azoth.orm.session.transactions.two_phases.global_ids import FORMAT

__all__ = ["FileDecisions"]

_FIELDS: Final = 6


class Line(NamedTuple):
    """What a line says."""

    transaction: str
    outcome: Outcome
    owner: str
    decided_at: int

    def __str__(self) -> str:
        text = f"{FORMAT} {self.transaction} {self.outcome} {self.owner} {self.decided_at}"
        return f"{text} {zlib.crc32(text.encode()):08x}\n"


class FileDecisions:
    """Decisions in a file of this machine, which all processes share that decide or recover.

    A lock on the file and a look into it take the place of a table's primary key. A line that was not written to its
    end, in a crash, was not decided.

    Args:
        path: the file.
    """

    forgets = 100

    def __init__(self, path: Path) -> None:
        self.path = path

    def make_ready(self) -> None:
        """Make the file where it is missing, and its place in the folder durable."""
        if not self.path.exists():
            with self.path.open("ab"):
                pass
            _sync_folder(self.path.parent)

    def decide(self, transaction: str, owner: str, ended: Collection[str] = ()) -> None:
        """Write "commit"."""
        if ended:
            self._keep(lambda line: line.transaction not in ended)
        if self._first(transaction, COMMIT, owner) != COMMIT:
            raise DecisionTaken(transaction)

    def settle(self, transaction: str, owner: str) -> Outcome:
        """Write "rollback", unless there is a line."""
        return self._first(transaction, ROLLBACK, owner)

    def look(self, transaction: str) -> Outcome | None:
        """Read the file."""
        if not self.path.exists():
            return None
        with self._locked():
            return self._outcome_of(transaction)

    def prune(self, owner: str, before: int, needed: Collection[str]) -> int:
        """Write the file anew, without old lines."""
        return self._keep(lambda line: line.owner != owner or line.decided_at >= before or line.transaction in needed)

    def _first(self, transaction: str, outcome: Outcome, owner: str) -> Outcome:
        """Write an outcome unless the transaction has one; give the one that holds."""
        self.make_ready()
        with self._locked():
            known = self._outcome_of(transaction)
            if known is not None:
                return known
            line = Line(transaction, outcome, owner, int(time.time()))
            self._append(line)
        return outcome

    def _append(self, line: Line) -> None:
        # Behind the last whole line: what a crash has left of another one is overwritten.
        length = self._whole_length()
        with self.path.open("r+b", buffering=0) as file:
            try:
                file.truncate(length)
                file.seek(length)
                file.write(str(line).encode())
                os.fsync(file.fileno())
            except BaseException as error:
                try:
                    file.truncate(length)
                    os.fsync(file.fileno())
                except OSError:
                    raise DecisionUnknown from error
                raise

    def _outcome_of(self, transaction: str) -> Outcome | None:
        return next((line.outcome for line in self._lines() if line.transaction == transaction), None)

    def _lines(self) -> Iterator[Line]:
        for written in self.path.read_bytes().splitlines(keepends=True):
            line = _read(written)
            if line is not None:
                yield line

    def _whole_length(self) -> int:
        return self.path.read_bytes().rfind(b"\n") + 1

    def _keep(self, is_kept: Callable[[Line], bool]) -> int:
        """Write the file anew with some of its lines; give how many went."""
        if not self.path.exists():
            return 0
        with self._locked():
            lines = list(self._lines())
            kept = [line for line in lines if is_kept(line)]
            if len(kept) < len(lines):
                beside = self.path.with_name(f"{self.path.name}.new")
                with beside.open("wb") as file:
                    file.writelines([str(line).encode() for line in kept])
                    file.flush()
                    os.fsync(file.fileno())
                beside.replace(self.path)
                _sync_folder(self.path.parent)
        return len(lines) - len(kept)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other processes out; the lock has a file of its own, because this one may be written anew."""
        try:
            import fcntl  # noqa: PLC0415  # not everywhere
        except ImportError:
            raise InvalidRequestError(
                "decisions cannot be kept in a file on this system",
                why="processes keep each other out by a lock of POSIX, which it does not have.",
                fix="keep them in a database: TwoPhase(owner, decisions=engine).",
                code="AZ-S301",
            ) from None
        with self.path.with_name(f"{self.path.name}.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _read(written: bytes) -> Line | None:
    """Read a line; None for one that was not written to its end, or that another release has written."""
    fields = written.decode("ascii", "replace").split()
    if not written.endswith(b"\n") or len(fields) != _FIELDS or fields[0] != str(FORMAT):
        return None
    _, transaction, outcome, owner, decided_at, _ = fields
    if outcome not in (COMMIT, ROLLBACK) or not decided_at.isdigit():
        return None
    line = Line(transaction, COMMIT if outcome == COMMIT else ROLLBACK, owner, int(decided_at))
    return line if str(line).encode() == written else None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
