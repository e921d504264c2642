"""The driver ``mysqlclient``, made to wait for answers where Ctrl-C reaches it.

Its C code waits on when a signal comes, so KeyboardInterrupt would arrive when the statement has ended. Only the main
thread gets signals, and only there it is waited for in Python.
"""

from __future__ import annotations

import importlib
import select
import threading
from functools import cache
from typing import Final, Protocol, cast

__all__ = ["make_interruptible"]

_CAN_POLL: Final = hasattr(select, "poll")


class WaitingConnection(Protocol):
    """What the driver's connection has for programs that wait by themselves."""

    def query(self, query: bytes | str) -> None: ...
    def send_query(self, query: bytes | str) -> None: ...
    def read_query_result(self) -> None: ...
    def fileno(self) -> int: ...


class InterruptibleConnection:
    """The part of a connection that sends statements."""

    def query(self, query: bytes | bytearray | str) -> None:
        """Send a statement and wait for its answer."""
        sent = bytes(query) if isinstance(query, bytearray) else query
        driver = cast("WaitingConnection", super())
        if threading.get_ident() != threading.main_thread().ident:
            driver.query(sent)
            return
        driver.send_query(sent)
        answered = select.poll()
        answered.register(driver.fileno(), select.POLLIN)
        answered.poll()
        driver.read_query_result()


@cache
def _interruptible(module: str) -> type[object]:
    # Of the same layout as the driver's class, so that its objects can become ones of this.
    return type("Connection", (InterruptibleConnection, importlib.import_module(module).Connection), {})


def make_interruptible(connection: object) -> object:
    """Let Ctrl-C reach who waits for a connection's answers.

    Args:
        connection: one of the driver; that of a program which has put something else in its place is left alone.

    Returns:
        the connection.
    """
    module = "MySQLdb.connections"
    if _CAN_POLL and type(connection) is importlib.import_module(module).Connection:
        # Not a class to connect with: whoever watches the driver's connect() goes on to do so.
        connection.__class__ = _interruptible(module)
    return connection
