"""The driver's connections that are open now, held so that no collector finds them before their pool does.

A session that is forgotten, or an engine, is garbage together with all that only it refers to. The collector calls the
finalizers of garbage in no useful order, and drivers close a connection in its finalizer, some of them with a warning:
a connection among the garbage could be closed before it is rolled back and given to its pool, or even after it. So a
connection is never among the garbage. It is held here until its pool closes it.
"""

from __future__ import annotations

from typing import Any, Final

__all__ = ["hold", "inherit", "inherited", "let_go"]

_open: Final[dict[int, Any]] = {}
inherited: Final[dict[int, Any]] = {}
"""Connections, by their ``id()``, that were open when this process was forked off: they are its parent's."""


def hold(dbapi_connection: Any) -> None:
    """Keep a connection that was opened alive, until ``let_go()``.

    Args:
        dbapi_connection: the driver's connection.
    """
    _open[id(dbapi_connection)] = dbapi_connection


def let_go(dbapi_connection: Any) -> None:
    """Leave a connection that was closed to whoever else refers to it.

    Args:
        dbapi_connection: the driver's connection; it need not be held.
    """
    _open.pop(id(dbapi_connection), None)


def inherit() -> None:
    """Note in a child process that all open connections belong to its parent: nobody may end their transactions here.

    SQLite would take the parent's journal away, servers would roll back what the parent is doing.
    """
    inherited.update(_open)
    _open.clear()
