"""The names of ``sqlalchemy.ext.asyncio``, so that libraries with a part for asyncio can be imported.

azoth has no asyncio part yet: nothing is an instance of these classes, and making one is an error.
"""

from __future__ import annotations

from typing import ClassVar, NoReturn

from azoth.exc import InvalidRequestError

__all__ = [
    "AsyncAttrs",
    "AsyncConnection",
    "AsyncContextNotStarted",
    "AsyncEngine",
    "AsyncResult",
    "AsyncSession",
    "AsyncSessionTransaction",
    "async_engine_from_config",
    "async_scoped_session",
    "async_sessionmaker",
    "await_only",
    "create_async_engine",
    "greenlet_spawn",
]


def _refuse(name: str) -> NoReturn:
    raise InvalidRequestError(
        f"{name} is not there: azoth has no asyncio part yet",
        why="only what programs without asyncio need is there",
        fix="use the synchronous form, in a thread where the program is asynchronous (asyncio.to_thread)",
        code="AZ-X93",
    )


class _Absent:
    """A class of which there are no instances."""

    sync_session_class: ClassVar[object] = None

    def __init__(self, *arguments: object, **keywords: object) -> None:
        _refuse(type(self).__name__)

    def __class_getitem__(cls, parameters: object) -> type:
        return cls


class AsyncAttrs(_Absent):
    """Stand for what lets attributes be awaited."""


class AsyncConnection(_Absent):
    """Stand for a connection."""


class AsyncEngine(_Absent):
    """Stand for an engine."""


class AsyncResult(_Absent):
    """Stand for a result."""


class AsyncSession(_Absent):
    """Stand for a session."""


class AsyncSessionTransaction(_Absent):
    """Stand for a session's transaction."""


class async_sessionmaker(_Absent):  # the name that libraries know
    """Stand for what makes sessions."""


class async_scoped_session(_Absent):  # as above
    """Stand for the sessions of tasks."""


class AsyncContextNotStarted(InvalidRequestError):  # as above
    """Stand for an error of contexts."""


def create_async_engine(*arguments: object, **keywords: object) -> NoReturn:
    """Refuse."""
    _refuse("create_async_engine()")


def async_engine_from_config(*arguments: object, **keywords: object) -> NoReturn:
    """Refuse."""
    _refuse("async_engine_from_config()")


def greenlet_spawn(*arguments: object, **keywords: object) -> NoReturn:
    """Refuse."""
    _refuse("greenlet_spawn()")


def await_only(*arguments: object, **keywords: object) -> NoReturn:
    """Refuse."""
    _refuse("await_only()")
