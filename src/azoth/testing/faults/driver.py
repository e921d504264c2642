"""A DB-API driver around another one, whose calls are numbered and can be made to fail."""

from __future__ import annotations

import contextlib
import weakref
from typing import Any, ClassVar, Final, Self

from azoth.testing.faults.calls import CallLog

__all__ = ["FaultyConnection", "FaultyCursor", "FaultyDriver", "is_sqlite"]

ENDING: Final = ("commit", "rollback", "ping", "tpc_begin", "tpc_prepare", "tpc_commit", "tpc_rollback", "tpc_recover")
"""Methods of connections that are calls of their own, besides those that make or use cursors."""


def is_sqlite(connection: Any) -> bool:
    """Tell whether a driver's connection is one of ``sqlite3``, or of a driver like it."""
    return hasattr(connection, "backup")


class FaultyDriver:
    """A driver's module, whose connections and cursors are wrapped; everything else is the module's own.

    Args:
        module: the driver's module, such as ``sqlite3``.
        log: numbers the calls and makes some fail.

    Attributes:
        module: the driver's module.
        connections: the wrapped connections that are still there.
        real_connections: the driver's own connections that are open. Held here, because the collector would else end
            one that was forgotten before its wrapper can close it, and the driver would warn.
        arguments: those of the last ``connect()``.
        dropped: how many connections were forgotten without ``close()``.
    """

    connection_class: ClassVar[type[FaultyConnection]]
    """What connections are wrapped in; a subclass of the driver may have its own."""

    def __init__(self, module: Any, log: CallLog) -> None:
        self.module = module
        self.log = log
        self.connections: weakref.WeakSet[FaultyConnection] = weakref.WeakSet()
        self.real_connections: set[Any] = set()
        self.dropped = 0
        self.arguments: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})

    def connect(self, *arguments: Any, **named: Any) -> Any:
        """Open a wrapped connection of the driver."""
        self.arguments = (arguments, named)
        opened: list[FaultyConnection] = []

        def perform() -> FaultyConnection:
            connection = self.connection_class(self, self._real_connection(*arguments, **named))
            opened.append(connection)
            return connection

        try:
            return self.log.make("connect", self.module, None, perform)
        except BaseException:
            # A driver whose connect() fails leaves nothing open.
            for connection in opened:
                connection.lose()
            raise

    def connect_beside(self) -> Any:
        """Open a connection of the driver's own, to the database that was connected to last; it is not wrapped."""
        arguments, named = self.arguments
        return self._real_connection(*arguments, **named)

    def _real_connection(self, *arguments: Any, **named: Any) -> Any:
        real = self.module.connect(*arguments, **named)
        if is_sqlite(real):
            # No run is to survive a power failure, and waiting for the disk would be most of its time.
            real.execute("PRAGMA synchronous=OFF")
        return real

    def close_all(self) -> None:
        """Close whatever is still open."""
        for connection in list(self.connections):
            connection.lose()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.module, name)


class FaultyConnection:
    """A wrapped connection.

    Args:
        driver: the wrapped driver.
        real: the driver's connection.

    Attributes:
        real: the driver's connection.
        cursors: the wrapped cursors that are still there.
        is_open: whether neither ``close()`` nor ``lose()`` has closed it.
    """

    _own: Final = frozenset({"cursors", "driver", "is_open", "real", "was_asked_to_close"})

    def __init__(self, driver: FaultyDriver, real: Any) -> None:
        self.driver = driver
        self.real = real
        self.is_open = True
        self.was_asked_to_close = False
        self.cursors: weakref.WeakSet[FaultyCursor] = weakref.WeakSet()
        driver.connections.add(self)
        driver.real_connections.add(real)

    @property  # type: ignore[misc]  # nobody sets the class of a wrapper
    def __class__(self) -> Any:
        # Listeners that look for connections of their driver find one.
        return type(self.real)

    def cursor(self, *arguments: Any, **named: Any) -> Any:
        """Make a wrapped cursor."""
        return self._call("cursor", lambda: FaultyCursor(self, self.real.cursor(*arguments, **named)))

    def execute(self, statement: Any, *arguments: Any, **named: Any) -> Any:
        """Execute a statement on a new cursor, where the driver can."""
        return self._call(
            "execute",
            lambda: FaultyCursor(self, self.real.execute(statement, *arguments, **named)),
            statement,
        )

    def executemany(self, statement: Any, parameters: Any, *arguments: Any) -> Any:
        """Execute a statement for many sets of values on a new cursor, where the driver can."""
        sets = list(parameters)
        half = sets[: len(sets) // 2]
        return self._call(
            "executemany",
            lambda: FaultyCursor(self, self.real.executemany(statement, sets, *arguments)),
            statement,
            (lambda: self.real.executemany(statement, half, *arguments)) if half else None,
        )

    def executescript(self, script: str) -> Any:
        """Execute several statements, where the driver can."""
        return self._call("executescript", lambda: FaultyCursor(self, self.real.executescript(script)), script)

    def close(self) -> None:
        """Close the connection."""
        self.was_asked_to_close = True
        self._call("close", self._close)

    def _close(self) -> None:
        self.real.close()
        self.is_open = False
        self.driver.real_connections.discard(self.real)

    def lose(self) -> None:
        """Close the driver's connection without a numbered call: what it had begun is rolled back."""
        self.is_open = False
        self.was_asked_to_close = True
        # Statements that are still being read would keep the driver from giving up its locks.
        for end in (*[cursor.real.close for cursor in self.cursors], self.real.rollback, self.real.close):
            with contextlib.suppress(Exception):
                end()
        self.driver.real_connections.discard(self.real)

    def _call(self, kind: str, perform: Any, statement: Any = "", begin: Any = None) -> Any:
        return self.driver.log.make(kind, self.driver.module, self, perform, str(statement), begin)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.real, name)
        if name not in ENDING:
            return value
        return lambda *arguments, **named: self._call(name, lambda: value(*arguments, **named))

    def __setattr__(self, name: str, value: Any) -> None:
        if name in FaultyConnection._own:
            object.__setattr__(self, name, value)
        else:
            setattr(self.real, name, value)

    def __enter__(self) -> Self:
        self.real.__enter__()
        return self

    def __exit__(self, *error: object) -> Any:
        return self._call("exit", lambda: self.real.__exit__(*error))

    def __del__(self) -> None:
        if self.__dict__.get("is_open", False):
            if not self.was_asked_to_close:
                self.driver.dropped += 1
            self.lose()


FaultyDriver.connection_class = FaultyConnection


class FaultyCursor:
    """A wrapped cursor.

    Args:
        connection: the wrapped connection.
        real: the driver's cursor.
    """

    _own: Final = frozenset({"connection", "real"})

    def __init__(self, connection: FaultyConnection, real: Any) -> None:
        self.connection = connection
        self.real = real
        connection.cursors.add(self)

    @property  # type: ignore[misc]  # as above
    def __class__(self) -> Any:
        return type(self.real)

    def execute(self, statement: Any, *arguments: Any, **named: Any) -> Any:
        """Execute a statement."""
        return self._call("execute", lambda: self._given(self.real.execute(statement, *arguments, **named)), statement)

    def executemany(self, statement: Any, parameters: Any, *arguments: Any, **named: Any) -> Any:
        """Execute a statement for many sets of values; half of them, where it fails in the middle."""
        sets = list(parameters)
        half = sets[: len(sets) // 2]
        return self._call(
            "executemany",
            lambda: self._given(self.real.executemany(statement, sets, *arguments, **named)),
            statement,
            (lambda: self.real.executemany(statement, half, *arguments, **named)) if half else None,
        )

    def executescript(self, script: str) -> Any:
        """Execute several statements, where the driver can."""
        return self._call("executescript", lambda: self._given(self.real.executescript(script)), script)

    def callproc(self, *arguments: Any) -> Any:
        """Call a stored procedure."""
        return self._call("callproc", lambda: self.real.callproc(*arguments), str(arguments[0]))

    def fetchone(self) -> Any:
        """Fetch a row."""
        return self._call("fetchone", self.real.fetchone)

    def fetchmany(self, *arguments: Any, **named: Any) -> Any:
        """Fetch some rows; one of them is lost, where it fails in the middle."""
        return self._call("fetchmany", lambda: self.real.fetchmany(*arguments, **named), "", self.real.fetchone)

    def fetchall(self) -> Any:
        """Fetch all rows; one of them is lost, where it fails in the middle."""
        return self._call("fetchall", self.real.fetchall, "", self.real.fetchone)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        return self._call("next", lambda: next(self.real))

    def nextset(self) -> Any:
        """Go to the next result."""
        return self._call("nextset", self.real.nextset)

    def close(self) -> None:
        """Close the cursor."""
        self._call("cursor.close", self.real.close)

    def _given(self, result: Any) -> Any:
        return self if result is self.real else result

    def _call(self, kind: str, perform: Any, statement: Any = "", begin: Any = None) -> Any:
        connection = self.connection
        return connection.driver.log.make(kind, connection.driver.module, connection, perform, str(statement), begin)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in FaultyCursor._own:
            object.__setattr__(self, name, value)
        else:
            setattr(self.real, name, value)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
