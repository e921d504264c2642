"""The faults that can be injected into a driver call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

__all__ = [
    "ALL",
    "Fault",
    "Moment",
    "driver_error",
    "interrupt",
    "is_injected",
    "lost_connection",
    "marked",
    "operational_error",
    "out_of_memory",
]

MESSAGE: Final = "injected by azoth.testing.faults"
_MARK: Final = "_injected_by_azoth"


class Moment(Enum):
    """When a call fails: before it has an effect, in the middle (half of the rows), or after it had its effect."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True)
class Fault:
    """A way in which a driver call fails.

    Args:
        name: what reports call it.
        strike: does the damage to the wrapped connection (None while connecting), and gives the error to raise; it is
            called with the driver's module and the connection.
        calls: the kinds of calls that can fail like this; empty for all.
        not_calls: the kinds of calls that cannot.
        moments: when they can.
    """

    name: str
    strike: Callable[[Any, Any], BaseException]
    calls: frozenset[str] = frozenset()
    not_calls: frozenset[str] = frozenset()
    moments: tuple[Moment, ...] = tuple(Moment)

    def can_hit(self, kind: str) -> bool:
        """Tell whether a call of this kind can fail like this."""
        return kind not in self.not_calls and (not self.calls or kind in self.calls)

    def __str__(self) -> str:
        return self.name


def driver_error(name: str, calls: frozenset[str] = frozenset(), moments: tuple[Moment, ...] = tuple(Moment)) -> Fault:
    """Make the fault in which the driver raises one of its errors.

    Args:
        name: the name of the error class in the driver's module, such as "OperationalError".
        calls: the kinds of calls that can fail like this; empty for all.
        moments: when they can.

    Returns:
        the fault.
    """

    def strike(module: Any, connection: Any) -> BaseException:
        error: BaseException = getattr(module, name)(MESSAGE)
        return error

    return Fault(name, strike, calls, moments=moments)


def marked(error: BaseException) -> BaseException:
    """Mark an error as an injected one: it looks like any other."""
    setattr(error, _MARK, True)
    return error


def is_injected(error: BaseException) -> bool:
    """Tell whether an error was injected."""
    return hasattr(error, _MARK)


def _interrupt(module: Any, connection: Any) -> BaseException:
    return KeyboardInterrupt(MESSAGE)


def _exhaust(module: Any, connection: Any) -> BaseException:
    return MemoryError(MESSAGE)


def _lose(module: Any, connection: Any) -> BaseException:
    """Close the connection behind azoth's back, as a server does; the driver's own words about it are the error."""
    connection.lose()
    try:
        connection.real.cursor()
    except module.Error as error:
        lost: BaseException = error
        return lost
    silent: BaseException = module.OperationalError(MESSAGE)
    return silent


_EXECUTING: Final = frozenset({"execute", "executemany", "commit"})

operational_error: Final = driver_error("OperationalError")
"""The database cannot do it."""

interrupt: Final = Fault("KeyboardInterrupt", _interrupt)
"""Somebody presses Ctrl-C, or a worker is told to stop."""

out_of_memory: Final = Fault("MemoryError", _exhaust)
"""An error that is not the driver's."""

lost_connection: Final = Fault("lost connection", _lose, not_calls=frozenset({"connect", "close"}))
"""The server is gone: it rolls back, and every further call on this connection fails."""

ALL: Final[tuple[Fault, ...]] = (
    operational_error,
    driver_error("InterfaceError", frozenset({"connect", "cursor", "execute", "executemany"})),
    # The database's refusal: what it refuses has no effect.
    driver_error("IntegrityError", _EXECUTING, (Moment.BEFORE, Moment.DURING)),
    interrupt,
    out_of_memory,
    lost_connection,
)
"""What ``check()`` injects by default."""
