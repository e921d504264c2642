"""The driver calls of one run: numbered, and some of them made to fail."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from azoth.testing.faults.kinds import Fault, Moment, marked

__all__ = ["Call", "CallLog", "Injection"]

LONGEST_STATEMENT: Final = 60


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the driver.

    Args:
        number: its number in the run, from 1.
        kind: what is called: "connect", "cursor", "execute", "next", "commit", "cursor.close" and so on.
        statement: the SQL, without its values; empty where there is none.
        is_divisible: whether it can fail in the middle.
    """

    number: int
    kind: str
    statement: str = ""
    is_divisible: bool = False

    def injections(self, faults: Iterable[Fault]) -> Iterator[Injection]:
        """Give every way in which the call can fail."""
        for fault in faults:
            if fault.can_hit(self.kind):
                for moment in fault.moments:
                    if moment is not Moment.DURING or self.is_divisible:
                        yield Injection(self, fault, moment)

    def is_like(self, other: Call) -> bool:
        """Tell whether the same was called in another run."""
        return (self.kind, self.statement) == (other.kind, other.statement)

    def __str__(self) -> str:
        text = " ".join(self.statement.split())
        if len(text) > LONGEST_STATEMENT:
            text = text[:LONGEST_STATEMENT] + "..."
        return f"call {self.number} ({self.kind}{': ' if text else ''}{text})"


@dataclass(frozen=True, slots=True)
class Injection:
    """One fault at one call."""

    call: Call
    fault: Fault
    moment: Moment

    def __str__(self) -> str:
        return f"{self.fault} {self.moment.value} {self.call}"


class CallLog:
    """What a run calls, and which of its calls fail.

    Attributes:
        is_on: whether calls are numbered now; while it is off they just happen.
        calls: the calls so far.
        plan: call number -> the fault to inject there.
        struck: the faults that were injected. (Not their errors: those hold the frames that they came through.)
        was_interrupted: whether one of them was an interrupt: an error that is no Exception.
        after_call: told about each call that went well, with the connection it was made on.
    """

    def __init__(self) -> None:
        self.is_on = False
        self.after_call: Callable[[Any], None] | None = None
        self.begin()

    def begin(self, *plan: Injection) -> None:
        """Forget the last run, and fail these calls of the next one."""
        self.calls: list[Call] = []
        self.plan = {injection.call.number: injection for injection in plan}
        self.struck: list[Fault] = []
        self.was_interrupted = False

    @contextlib.contextmanager
    def numbering(self) -> Iterator[None]:
        """Number the calls, and inject faults, in this block."""
        self.is_on = True
        try:
            yield
        finally:
            self.is_on = False

    @contextlib.contextmanager
    def silence(self) -> Iterator[None]:
        """Let calls in this block just happen."""
        was_on, self.is_on = self.is_on, False
        try:
            yield
        finally:
            self.is_on = was_on

    def make(
        self,
        kind: str,
        module: Any,
        connection: Any,
        perform: Callable[[], Any],
        statement: str = "",
        begin: Callable[[], Any] | None = None,
    ) -> Any:
        """Make a call of the driver, or fail it.

        Args:
            kind: what is called.
            module: the driver's module.
            connection: the wrapped connection; None while connecting.
            perform: makes the call.
            statement: the SQL.
            begin: makes one half of the call, where it has halves.

        Returns:
            what the driver returned.
        """
        if not self.is_on:
            return perform()
        call = Call(len(self.calls) + 1, kind, statement, begin is not None)
        self.calls.append(call)
        injection = self.plan.get(call.number)
        if injection is not None and injection.call.is_like(call):
            raise self._fault(injection, module, connection, perform, begin)
        result = perform()
        if self.after_call is not None:
            self.after_call(connection)
        return result

    def _fault(
        self,
        injection: Injection,
        module: Any,
        connection: Any,
        perform: Callable[[], Any],
        begin: Callable[[], Any] | None,
    ) -> BaseException:
        effect = {Moment.BEFORE: None, Moment.DURING: begin, Moment.AFTER: perform}[injection.moment]
        if effect is not None:
            # Where the call fails by itself, the injected error takes the place of its own.
            with contextlib.suppress(Exception):
                effect()
        error = marked(injection.fault.strike(module, connection))
        self.struck.append(injection.fault)
        self.was_interrupted |= not isinstance(error, Exception)
        return error
