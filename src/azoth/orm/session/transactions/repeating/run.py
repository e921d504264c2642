"""run(): a unit of work in a session of its own, repeated where it is known to have had no effect."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Concatenate, Final, NamedTuple, ParamSpec, Protocol, TypeVar, cast

from azoth.exc import ArgumentError, CommitUnknown, DBAPIError
from azoth.exc.refusals import DeadlockError, LockTimeoutError, SerializationError
from azoth.orm.session.transactions.repeating.marks import Mark, make_ready, mark_of, prune
from azoth.util.arguments import check_count, check_function, wrong_value

if TYPE_CHECKING:
    from types import TracebackType

    from azoth.engine import Connection, Engine

__all__ = ["Rules", "repeat"]

if TYPE_CHECKING:

    class RepeatedTransaction(Protocol):
        """A session's transaction, as far as it is looked after."""

        @property
        def connections(self) -> list[Connection]:
            """The connections that take part."""

    class RepeatedSession(Protocol):
        """A session, as a unit of work is committed by it."""

        @property
        def bind(self) -> Engine | Connection | None:
            """What it is bound to."""

        @property
        def binds(self) -> dict[Any, Engine | Connection]:
            """What it is bound to by classes and tables."""

        def connection(self, *, execution_options: dict[str, object]) -> Connection:
            """Give its connection."""

        def flush(self) -> None:
            """Send what is pending."""

        def commit(self) -> None:
            """Commit."""

        def get_transaction(self) -> RepeatedTransaction | None:
            """Give its transaction."""

        def __enter__(self) -> RepeatedSession: ...
        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
        ) -> None: ...


Result = TypeVar("Result")
Given = ParamSpec("Given")
OnRetry = Callable[[BaseException, int, float], object]

DEADLINE: Final = 30.0
FIRST_DELAY: Final = 0.01
LONGEST_DELAY: Final = 1.0

HARMLESS: Final = (SerializationError, DeadlockError, LockTimeoutError)
"""Refusals after which a transaction has had no effect, and may succeed the next time."""


class Rules(NamedTuple):
    """When a unit is repeated, and how long.

    Attributes:
        deadline: seconds after which it is not begun again.
        attempts: how often it is begun at most; None for as often as the deadline allows.
        first_delay, longest_delay: seconds between two attempts: at random, up to the first one doubled each time.
        retry: further classes of errors after which it is repeated.
        isolation_level: that of its transactions; None for the engine's.
        on_retry: called with the error, the number of the attempt and the delay before the next one.
        resolve: whether a COMMIT without an answer is looked after.
    """

    deadline: float = DEADLINE
    attempts: int | None = None
    first_delay: float = FIRST_DELAY
    longest_delay: float = LONGEST_DELAY
    retry: tuple[type[Exception], ...] = ()
    isolation_level: str | None = None
    on_retry: OnRetry | None = None
    resolve: bool = True

    def check(self) -> None:
        """Refuse rules that make no sense.

        Raises:
            ArgumentError: one of them makes none.
        """
        for name in ("deadline", "first_delay", "longest_delay"):
            value = getattr(self, name)
            if not isinstance(value, int | float) or value < 0:
                raise wrong_value(f"run(): {name}", "a number of seconds", value)
        if self.attempts is not None:
            check_count("run(): attempts", self.attempts)
        if not isinstance(self.retry, tuple) or not all(
            isinstance(kind, type) and issubclass(kind, Exception) for kind in self.retry
        ):
            raise wrong_value("run(): retry", "a tuple of classes of errors", self.retry)
        if self.on_retry is not None:
            check_function("run(): on_retry", self.on_retry, "pass a function of error, attempt and delay")


def repeat(make_session: Callable[[], RepeatedSession], fn: object, rules: Rules) -> object:
    """Run a function, or give what makes one that is run.

    Args:
        make_session: makes a session for each attempt.
        fn: the function; None for a decorator.
        rules: when it is repeated.
    """
    rules.check()
    if fn is None:
        return functools.partial(_decorated, make_session, rules)
    if not callable(fn):
        raise ArgumentError(
            f"run() takes a function of a session, not {type(fn).__name__}",
            why="it is called again for each attempt.",
            fix="pass the function itself, as in run(transfer), or use @Session.run() above it.",
            code="AZ-S320",
        )
    return _Unit(make_session, fn, rules).run()


def _decorated(
    make_session: Callable[[], RepeatedSession],
    rules: Rules,
    function: Callable[Concatenate[RepeatedSession, Given], Result],
) -> Callable[Given, Result]:
    @functools.wraps(function)
    def repeated(*arguments: Given.args, **named: Given.kwargs) -> Result:
        def unit(session: RepeatedSession) -> Result:
            return function(session, *arguments, **named)

        return cast("Result", _Unit(make_session, unit, rules).run())

    return repeated


class _NotCommitted(Exception):
    """Says that a COMMIT without an answer is known to have had no effect."""


class _Unit:
    """One unit of work, and its attempts."""

    def __init__(
        self, make_session: Callable[[], RepeatedSession], fn: Callable[[RepeatedSession], object], rules: Rules
    ) -> None:
        self._make_session = make_session
        self._fn = fn
        self._rules = rules
        self._until = time.monotonic() + rules.deadline
        self._told: list[str] = []

    def run(self) -> object:
        """Attempt it until it is done, or is not to be repeated."""
        delays = self._delays()
        for attempt, longest in enumerate(delays, 1):
            try:
                return self._attempt()
            except Exception as error:
                cause = error.__cause__ if isinstance(error, _NotCommitted) else error
                assert isinstance(cause, Exception), "it was raised from one"
                self._told.append(f"attempt {attempt}: {_in_a_line(cause)}")
                delay = random.uniform(0, longest)  # noqa: S311 -- no secret
                is_last = attempt == self._rules.attempts or time.monotonic() + delay >= self._until
                if is_last or not (isinstance(error, _NotCommitted) or self._is_harmless(cause)):
                    self._tell(cause)
                    if cause is error:
                        raise
                    raise cause from None
                if self._rules.on_retry is not None:
                    self._rules.on_retry(cause, attempt, delay)
                time.sleep(delay)
        raise AssertionError("delays do not end")

    def _attempt(self) -> object:
        with self._make_session() as session:
            rules = self._rules
            if rules.resolve:
                for engine in _engines(session):
                    make_ready(engine)
            if rules.isolation_level is not None:
                session.connection(execution_options={"isolation_level": rules.isolation_level})
            result = self._fn(session)
            session.flush()
            marks = self._marks(session)
            try:
                session.commit()
            except CommitUnknown as error:
                if not self._was_committed(error, marks):
                    raise _NotCommitted from error
            for connection_engine in {mark_engine for mark_engine, _ in marks}:
                _prune(connection_engine)
            return result

    def _marks(self, session: RepeatedSession) -> list[tuple[Engine, Mark | None]]:
        transaction = session.get_transaction()
        if transaction is None or not self._rules.resolve:
            return []
        connections = transaction.connections
        # Several databases without two phases cannot be told by one mark, and with them the decision is recorded.
        return [(each.engine, mark_of(each)) for each in connections] if len(connections) == 1 else []

    def _was_committed(self, error: CommitUnknown, marks: list[tuple[Engine, Mark | None]]) -> bool:
        """Find out what has become of a commit; raise the error where nobody knows."""
        if error.committed_on or len(marks) != 1:
            raise error
        _, mark = marks[0]
        # What has written nothing is as good as committed.
        found = True if mark is None else mark.find_out(self._until)
        if found is None:
            raise error
        return found

    def _is_harmless(self, error: Exception) -> bool:
        if isinstance(error, (*HARMLESS, *self._rules.retry)):
            return True
        return isinstance(error, DBAPIError) and error.connection_invalidated and not isinstance(error, CommitUnknown)

    def _delays(self) -> Iterator[float]:
        longest = self._rules.first_delay
        while True:
            yield min(longest, self._rules.longest_delay)
            longest = min(2 * longest, self._rules.longest_delay)

    def _tell(self, error: Exception) -> None:
        """Note the attempts on the error that the caller sees."""
        if len(self._told) > 1:
            for line in self._told:
                error.add_note(line)


def _engines(session: RepeatedSession) -> list[Engine]:
    binds = [session.bind, *session.binds.values()]
    return list(dict.fromkeys([bind.engine for bind in binds if bind is not None]))


def _prune(engine: Engine) -> None:
    try:
        prune(engine)
    except DBAPIError:
        # The unit is done; the next one will see to it.
        return


def _in_a_line(error: BaseException) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text.splitlines()[0] if text else ''}"
