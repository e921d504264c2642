"""Does what a scenario said about its outcome agree with what is in the database?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from azoth.exc import AzothError, CommitUnknown
from azoth.testing.faults.calls import CallLog, Injection
from azoth.testing.faults.database import State
from azoth.testing.faults.kinds import is_injected, lost_connection
from azoth.testing.faults.scenario import Course

__all__ = ["dishonesties", "is_caused_by", "is_unknown", "named", "unclear_errors"]

COMMITTING: Final = frozenset({"commit", "tpc_commit"})


def causes_of(error: BaseException | None) -> list[BaseException]:
    """List an error with everything that it was raised from or while handling."""
    found: list[BaseException] = []
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and each not in found:
            found.append(each)
            waiting += [each.__cause__, each.__context__]
    return found


def is_unknown(error: BaseException | None) -> bool:
    """Tell whether an error says that the outcome of a commit is not known."""
    if isinstance(error, Exception):
        return isinstance(error, CommitUnknown)
    # An interrupt stays one, also where it comes while a CommitUnknown is being dealt with.
    return any(isinstance(each, CommitUnknown) for each in causes_of(error))


def is_caused_by(error: BaseException, log: CallLog) -> bool:
    """Tell whether an injected fault stands behind an error."""
    # Each further call on a lost connection has an error of its own.
    return lost_connection in log.struck or any(map(is_injected, causes_of(error)))


def unclear_errors(
    errors: list[BaseException | None], log: CallLog, driver_error: type[Exception]
) -> Iterator[tuple[str, str]]:
    """Find what is wrong with the error that came out.

    Args:
        errors: those that came out of the work and of leaving the session; None for each that went well.
        log: knows what was injected.
        driver_error: the class of all errors of the driver.

    Yields:
        what must hold, and what was found.
    """
    if log.was_interrupted and all(error is None or isinstance(error, Exception) for error in errors):
        yield "an interrupt stays an interrupt", ", ".join(map(named, errors))
    for error in errors:
        if isinstance(error, driver_error) and not isinstance(error, AzothError):
            yield "errors of the driver come out as azoth's", named(error)
        if error is not None and not is_caused_by(error, log):
            yield "an error names its cause", named(error)


def dishonesties(
    error: BaseException | None, injections: tuple[Injection, ...], course: Course, state: tuple[State, ...]
) -> Iterator[tuple[str, str]]:
    """Find where error and database disagree.

    Args:
        error: the error that came out; None where none did.
        injections: the faults.
        course: how the scenario goes without faults.
        state: what is committed now.

    Yields:
        what must hold, and what was found.
    """
    call = injections[0].call
    before, after = course.committed_before(call), course.committed_after(call)
    if state not in [each for _, each in course.states]:
        yield "a transaction is written as a whole or not at all", _difference(course.last, state)
    elif error is None:
        if state != course.last:
            yield "work that raises no error is written", _difference(course.last, state)
    elif len(injections) == 1 and state not in (before, after):
        yield "work that raises an error is not written", _difference(before, state)
    elif is_unknown(error):
        if len(injections) == 1 and call.kind not in COMMITTING and not course.only_cleans_up(call):
            yield "CommitUnknown is about a commit", named(error)
    elif call.kind in COMMITTING and state == after != before:
        # (A statement outside of transactions is its own commit, and its error says nothing about it.)
        yield "a failure after the commit was made says CommitUnknown", named(error)
    elif len(injections) == 1 and isinstance(error, Exception) and course.only_cleans_up(call):
        yield "cleaning up after a commit raises no ordinary error", named(error)


def named(error: BaseException | None) -> str:
    """Give the class of an error, and the first line of its text."""
    if error is None:
        return "no error"
    return f"{type(error).__module__}.{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"


def _difference(expected: tuple[State, ...], found: tuple[State, ...]) -> str:
    tables = [
        f"{name} has {len(now)} rows, not {len(then)}" if len(now) != len(then) else f"{name} has other values"
        for wanted, present in zip(expected, found, strict=True)
        for (name, then), (_, now) in zip(wanted, present, strict=True)
        if now != then
    ]
    return ", ".join(tables) or "nothing else"
