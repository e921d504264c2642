"""Single faults: the next driver call of some kind fails, before or after it was carried out.

What it fails with is an exception, an error that is one of the driver's (whichever that is), or a fault of the kit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from azoth.driver.libpq import TransactionStatus
from azoth.testing.faults import FaultyConnection, FaultyDriver
from azoth.testing.faults.calls import CallLog
from azoth.testing.faults.kinds import Fault


@dataclass(frozen=True)
class DriverError:
    """An error of a driver.

    Args:
        name: its class, such as "OperationalError"; an "IntegrityError" is the database's word, as servers have it.
        text: what it says.
    """

    name: str
    text: str

    def of(self, module: Any) -> BaseException:
        """Make it, for the driver with this module."""
        errors = getattr(module, "errors", None)
        refusal = getattr(errors, "ForeignKeyViolation", None) if self.name == "IntegrityError" else None
        kind: type[BaseException] = refusal or getattr(module, self.name)
        return kind(self.text)

    def made(self, error: BaseException | None) -> bool:
        """Tell whether an exception is this error."""
        return self.name in [cls.__name__ for cls in type(error).__mro__] and str(error) == self.text

    def __repr__(self) -> str:
        return f"{self.name}({self.text!r})"


DISK = DriverError("OperationalError", "disk I/O error")
LOST = DriverError("OperationalError", "the connection broke")
REFUSED = DriverError("IntegrityError", "FOREIGN KEY constraint failed")


Failure = BaseException | DriverError | Fault


class Faults(CallLog):
    """What is going to fail; each fault strikes once.

    Attributes:
        tells: whether the driver knows if it is in a transaction.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[tuple[str, Failure, bool]] = []
        self.tells = True

    def driver(self, module: Any) -> Any:
        """Wrap a driver's module, for ``create_engine(module=...)``."""
        return TacitDriver(module, self)

    def strike(self, call: str, error: Failure, *, after: bool = False) -> None:
        """Let the next call that begins so fail: "commit", "fetchmany", "cursor.close", or the words of a statement."""
        self._waiting.append((call, error, after))

    def end(self) -> None:
        """Let nothing fail any more."""
        self._waiting.clear()

    def make(
        self,
        kind: str,
        module: Any,
        connection: Any,
        perform: Callable[[], Any],
        statement: str = "",
        begin: Callable[[], Any] | None = None,
    ) -> Any:
        call = statement or kind
        found = next((fault for fault in self._waiting if call.startswith(fault[0])), None)
        if found is None:
            return perform()
        self._waiting.remove(found)
        if found[2]:
            perform()
        failure = found[1]
        if isinstance(failure, Fault):
            raise failure.strike(module, connection)
        raise failure.of(module) if isinstance(failure, DriverError) else failure


class TacitConnection(FaultyConnection):
    """A connection that does not always know whether it is in a transaction."""

    @property
    def in_transaction(self) -> Any:
        return self.real.in_transaction if self.driver.log.tells else None

    @property
    def pgconn(self) -> Any:
        return self.real.pgconn if self.driver.log.tells else TacitLibpq(self.real.pgconn)

    @property
    def info(self) -> Any:
        return self.real.info if self.driver.log.tells else TacitLibpq(self.real.info)


class TacitLibpq:
    """What libpq tells of a connection, but for the state of its transaction.

    Args:
        real: what tells it.
    """

    transaction_status = TransactionStatus.UNKNOWN

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class TacitDriver(FaultyDriver):
    """A driver with such connections."""

    connection_class = TacitConnection
