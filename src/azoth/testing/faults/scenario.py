"""A scenario with its engines and databases, which can be run again and again from the same start."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from azoth.engine import Engine
from azoth.exc import ArgumentError
from azoth.orm import Session
from azoth.schema import MetaData
from azoth.sql import select
from azoth.testing.faults.calls import Call, CallLog, Injection
from azoth.testing.faults.database import Database, State
from azoth.testing.faults.driver import FaultyConnection, FaultyDriver
from azoth.testing.faults.kinds import is_injected

__all__ = ["Attempt", "Course", "Scenario", "attempted"]

Wrap = Callable[[Any], FaultyDriver]


@dataclass
class Attempt:
    """One run of a scenario: what it returned, or the error that came out of it."""

    result: Any = None
    error: BaseException | None = None


def attempted(work: Callable[[], object]) -> Attempt:
    """Call something, and keep the error that comes out, an injected interrupt too."""
    try:
        return Attempt(result=work())
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt) and not is_injected(error):
            raise
        return Attempt(error=error)


@dataclass(frozen=True)
class Course:
    """How a scenario goes without faults.

    Args:
        calls: its driver calls.
        states: what is committed from which call on: at first from call 0, the state before the scenario.
    """

    calls: tuple[Call, ...]
    states: tuple[tuple[int, tuple[State, ...]], ...]

    @property
    def first(self) -> tuple[State, ...]:
        """The state before the scenario."""
        return self.states[0][1]

    @property
    def last(self) -> tuple[State, ...]:
        """The state after the scenario."""
        return self.states[-1][1]

    def committed_before(self, call: Call) -> tuple[State, ...]:
        """Give the state before a call."""
        return [state for number, state in self.states if number < call.number][-1]

    def committed_after(self, call: Call) -> tuple[State, ...]:
        """Give the state after a call."""
        return [state for number, state in self.states if number <= call.number][-1]

    def only_cleans_up(self, call: Call) -> bool:
        """Tell whether all that happens between the last commit before a call and the call itself is cleaning up."""
        committed = max((number for number, _ in self.states if number < call.number), default=0)
        between = self.calls[committed : call.number]
        return committed > 0 and all(each.kind in {"close", "cursor.close", "rollback"} for each in between)


class Scenario:
    """A piece of work, with everything that it needs to begin from the same start each time.

    Args:
        work: the piece of work.
        make_engine: makes the engine, or several, with the wrapped driver.
        metadata: the tables.
        setup: writes the rows that are there at the start.
        given: makes what ``work`` and ``setup`` are called with of the engine, or of several.
        warm: begin with the connections of the setup rather than with an empty pool.
        name: what reports call it.
    """

    def __init__(
        self,
        work: Callable[[Any], object],
        make_engine: Callable[[Wrap], Engine | Sequence[Engine]],
        metadata: MetaData,
        setup: Callable[[Any], object] | None,
        given: Callable[..., Any],
        warm: bool,
        name: str,
    ) -> None:
        self.name = name
        self.log = CallLog()
        self._work = work
        self._make_engine = make_engine
        self._metadata = metadata
        self._setup = setup
        self._given = given
        self._warm = warm
        self._copies: list[Any] = []
        self.databases: list[Database] = []
        self._kept_open: list[set[FaultyConnection]] = []

    # --- the start ---------------------------------------------------------------------------------------------------

    def start(self) -> Any:
        """Put everything back to the start.

        Returns:
            what the work is to be called with.
        """
        if not (self.databases and self._was_put_back()):
            self._build()
        self.cool_down()
        self._kept_open = [database.open_connections() for database in self.databases]
        self.log.begin()
        return self._subject()

    def give_up(self) -> None:
        """Throw the engines away, so that a broken run leaves nothing to the next one."""
        for database in self.databases:
            database.driver.close_all()
            database.engine.dispose()
            # What the collector finds of it later is no call of another run.
            database.driver.log = CallLog()
        self.databases = []

    def close(self) -> None:
        """Let go of everything."""
        self.give_up()
        for copied in self._copies:
            copied.close()

    def cool_down(self) -> None:
        """Empty the pools, unless runs begin warm."""
        if not self._warm:
            for database in self.databases:
                database.engine.pool.dispose()

    def left_open(self) -> int:
        """Count the connections that are open although the pools are empty."""
        if self._warm:
            return 0
        pairs = zip(self.databases, self._kept_open, strict=True)
        return sum(len(database.unclosed_connections() - kept) for database, kept in pairs)

    def _build(self) -> None:
        made = self._make_engine(lambda module: FaultyDriver(module, self.log))
        engines = [made] if isinstance(made, Engine) else list(made)
        self.databases = [Database(engine, self._metadata) for engine in engines]
        if self._copies:
            self._put_back()
            return
        self._write_first_rows()
        copies = [database.copy() for database in self.databases]
        if None not in copies:
            self._copies = copies

    def _was_put_back(self) -> bool:
        """Put the rows back, unless what a failed run has left open stands against it."""
        try:
            self._put_back()
        except self.databases[0].driver.Error:
            self.give_up()
            return False
        return True

    def _put_back(self) -> None:
        if not self._copies:
            self._write_first_rows()
            return
        for database, copied in zip(self.databases, self._copies, strict=True):
            # A connection of its own tells the database where it is.
            database.engine.raw_connection().close()
            try:
                database.put_back(copied)
            except database.driver.Error:
                # Statements that the frames of an old error have kept open go with them.
                gc.collect()
                database.put_back(copied)

    def _write_first_rows(self) -> None:
        for database in self.databases:
            self._metadata.drop_all(database.engine)
            self._metadata.create_all(database.engine)
        if self._setup is None:
            return
        subject = self._subject()
        self._setup(subject)
        if isinstance(subject, Session):
            subject.commit()
            subject.close()

    def _subject(self) -> Any:
        return self._given(*[database.engine for database in self.databases])

    # --- running -----------------------------------------------------------------------------------------------------

    def attempt(self, subject: Any) -> Attempt:
        """Do the work once.

        Args:
            subject: what it is called with.

        Returns:
            how it ended.
        """
        return attempted(lambda: self._work(subject))

    def read(self, subject: Any) -> None:
        """Read a row, to see that what the work is called with still works.

        Args:
            subject: what that is; where it is no session, its engines are asked.
        """
        table = self._metadata.sorted_tables[0]
        if isinstance(subject, Session):
            subject.execute(select(table).limit(1), bind_arguments={"bind": self.databases[0].engine}).all()
            subject.rollback()
        for database in self.databases:
            with database.engine.connect() as connection:
                connection.execute(select(table).limit(1)).all()

    def rows(self) -> tuple[State, ...]:
        """Read what is committed in all databases."""
        return tuple([database.rows() for database in self.databases])

    def course(self) -> Course:
        """Run without faults, twice: to number the calls, and to see what is committed after each.

        Raises:
            ArgumentError: the work fails without faults, or calls no driver, or not the same calls each time.
        """
        calls = self._calls_without_faults()
        subject = self.start()
        states = [(0, self.rows())]

        def look(connection: FaultyConnection | None) -> None:
            if connection is not None and not self._is_in_transaction(connection):
                with self.log.silence():
                    rows = self.rows()
                if rows != states[-1][1]:
                    states.append((len(self.log.calls), rows))

        self.log.after_call = look
        try:
            with self.log.numbering():
                self.attempt(subject)
        finally:
            self.log.after_call = None
        self.check_calls(calls)
        self.finish(subject)
        return Course(calls, tuple(states))

    def _is_in_transaction(self, connection: FaultyConnection) -> bool:
        (database,) = [each for each in self.databases if each.driver is connection.driver]
        return connection.is_open and database.is_in_transaction(connection)

    def check_calls(self, expected: Sequence[Call], injections: tuple[Injection, ...] = ()) -> None:
        """Refuse a run whose calls are not the expected ones up to the first fault, or whose faults found no call.

        Raises:
            ArgumentError: they differ.
        """
        count = injections[0].call.number if injections else len(expected)
        pairs = [*zip(expected[:count], self.log.calls, strict=False)]
        pairs += [(each.call, self.log.calls[each.call.number - 1]) for each in injections[len(self.log.struck) :]]
        for before, now in pairs:
            if not now.is_like(before):
                raise ArgumentError(
                    f"the scenario {self.name} does not make the same driver calls each time",
                    why=f"{before} was {now} in another run.",
                    fix="take what differs from run to run (times, random values, sets) out of it.",
                    code="AZ-T02",
                )

    def _calls_without_faults(self) -> tuple[Call, ...]:
        subject = self.start()
        with self.log.numbering():
            attempt = self.attempt(subject)
        if attempt.error is not None:
            raise ArgumentError(
                f"the scenario {self.name} fails without any fault: {type(attempt.error).__name__}",
                fix="let it catch the errors that belong to it.",
                code="AZ-T03",
            ) from attempt.error
        if not self.log.calls:
            raise ArgumentError(
                f"the scenario {self.name} makes no driver call",
                fix="let it use what it is called with.",
                code="AZ-T04",
            )
        calls = tuple(self.log.calls)
        self.finish(subject)
        return calls

    @staticmethod
    def finish(subject: Any) -> None:
        """End what a run has left begun."""
        if isinstance(subject, Session):
            subject.close()
