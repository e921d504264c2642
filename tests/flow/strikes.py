"""Single faults: the next driver call of some kind fails, before or after it was carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azoth.testing.faults import FaultyConnection, FaultyDriver
from azoth.testing.faults.calls import CallLog


class Faults(CallLog):
    """What is going to fail; each fault strikes once.

    Attributes:
        tells: whether the driver knows if it is in a transaction.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[tuple[str, BaseException, bool]] = []
        self.tells = True

    def driver(self, module: Any) -> Any:
        """Wrap a driver's module, for ``create_engine(module=...)``."""
        return TacitDriver(module, self)

    def strike(self, call: str, error: BaseException, *, after: bool = False) -> None:
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
        raise found[1]


class TacitConnection(FaultyConnection):
    """A connection that does not always know whether it is in a transaction."""

    @property
    def in_transaction(self) -> Any:
        return self.real.in_transaction if self.driver.log.tells else None


class TacitDriver(FaultyDriver):
    """A driver with such connections."""

    connection_class = TacitConnection
