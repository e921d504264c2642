"""Cursors of MySQL's drivers that read their rows from the connection one by one, and do not lose them.

While rows of one statement are still to come, the connection can execute no other one: PyMySQL would throw the rows
away, mysqlclient would refuse. So whoever executes the next statement first reads what is left of the former one.
"""

from __future__ import annotations

import importlib
import weakref
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    from azoth.driver.ports import DBAPICursor

__all__ = ["close_stream", "cursor_class", "streaming_cursor_class"]

_STREAM: Final = "_azoth_stream"
"""The attribute of a driver's connection that refers to the cursor whose rows are still to come."""


class Stream(Protocol):
    """A cursor whose rows are still to come."""

    def keep(self) -> None: ...
    def close(self) -> None: ...


def _stream_of(connection: object) -> Stream | None:
    reference: weakref.ref[Stream] | None = getattr(connection, _STREAM, None)
    return None if reference is None else reference()


def close_stream(connection: object) -> None:
    """Close the cursor of a connection whose rows are still to come, which nobody reads any more.

    Args:
        connection: the driver's connection.
    """
    stream = _stream_of(connection)
    if stream is not None:
        stream.close()


class PlainCursor:
    """The part of a driver's cursor that leaves the rows of others alone."""

    connection: object

    def execute(self, query: object, args: object = None) -> object:
        """Execute a statement; the rows of a former one that are still to come are read first."""
        stream = _stream_of(self.connection)
        if stream is not None:
            stream.keep()
        done: object = cast("DBAPICursor", super()).execute(query, args)
        return done


class StreamingCursor(PlainCursor):
    """The part of a driver's cursor that reads its rows one by one."""

    _kept: Iterator[object] | None = None

    def execute(self, query: object, args: object = None) -> object:
        """Execute a statement."""
        self._kept = None
        done = super().execute(query, args)
        setattr(self.connection, _STREAM, weakref.ref(self))
        return done

    def keep(self) -> None:
        """Read all rows that are left, and keep them."""
        setattr(self.connection, _STREAM, None)
        self._kept = iter(self._driver.fetchall())

    @property
    def _driver(self) -> DBAPICursor:
        return cast("DBAPICursor", super())

    def fetchone(self) -> object:
        """Give the next row, or None."""
        row: object = self._driver.fetchone() if self._kept is None else next(self._kept, None)
        return row

    def fetchmany(self, size: int | None = None) -> Sequence[object]:
        """Give the next rows."""
        wanted = self._driver.arraysize if size is None else size
        return self._driver.fetchmany(wanted) if self._kept is None else list(islice(self._kept, wanted))

    def fetchall(self) -> Sequence[object]:
        """Give all rows that are left."""
        return self._driver.fetchall() if self._kept is None else list(self._kept)

    def close(self) -> None:
        """Close the cursor; rows that are still to come are read and forgotten."""
        if self.connection is not None and _stream_of(self.connection) is self:
            setattr(self.connection, _STREAM, None)
        self._kept = None
        self._driver.close()


@cache
def cursor_class(module: str) -> type[DBAPICursor]:
    """Make the class of a driver's plain cursors.

    Args:
        module: the name of the driver's module.
    """
    return type("Cursor", (PlainCursor, importlib.import_module(f"{module}.cursors").Cursor), {})


@cache
def streaming_cursor_class(module: str) -> type[DBAPICursor]:
    """Make the class of a driver's cursors that read their rows one by one.

    Args:
        module: the name of the driver's module.
    """
    return type("StreamingCursor", (StreamingCursor, importlib.import_module(f"{module}.cursors").SSCursor), {})
