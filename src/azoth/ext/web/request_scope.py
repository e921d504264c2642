"""The scope of contextual sessions that is one request, whatever threads and tasks serve it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any

from azoth.exc import InvalidRequestError
from azoth.orm import scoped_session

__all__ = ["Request", "RequestSessions", "request_scope"]


class Request:
    """One request: the scope of its sessions. It is told apart by identity.

    Attributes:
        is_over: whether its sessions were removed; what is still running in its context must not make new ones.
    """

    __slots__ = ("__weakref__", "is_over")

    def __init__(self) -> None:
        self.is_over = False

    def end(self) -> None:
        """Note that the request is over."""
        self.is_over = True


_current: ContextVar[Request] = ContextVar("azoth request")


def request_scope() -> Request:
    """Give the scope of the request that is being served: the ``scopefunc`` of a ``scoped_session()``.

    The scope is a context variable. So it is the same in the tasks and threads that a framework starts for the request
    with a copy of its context, and another one in the requests that are served at the same time.

    Raises:
        InvalidRequestError: no request is being served, or this one is over.
    """
    request = _current.get(None)
    if request is None:
        raise InvalidRequestError(
            "no request is being served in this context",
            why="the session's scope is the request, which azoth's middleware begins and ends",
            fix="install ASGISessionMiddleware or WSGISessionMiddleware; outside of requests use session_factory()",
            code="AZ-S26",
        )
    if request.is_over:
        raise InvalidRequestError(
            "the request of this context is over, and so is its session",
            why="a task or thread that the request started is still running after it",
            fix="give such a task a session of its own: with session_factory() as session: ...",
            code="AZ-S27",
        )
    return request


class RequestSessions:
    """The contextual sessions of one request: their scope begins with it, and they are removed at its end.

    Args:
        sessions: the scoped sessions of the program.
    """

    __slots__ = ("_request", "_sessions")

    def __init__(self, sessions: tuple[scoped_session[Any], ...]) -> None:
        self._sessions = sessions
        self._request = Request()

    @contextmanager
    def in_scope(self) -> Iterator[None]:
        """Make this the request of the present context, for the time of the block."""
        before = _current.set(self._request)
        try:
            yield
        finally:
            _current.reset(before)

    def remove(self) -> None:
        """Remove the sessions, all of them also where one fails to close; nothing where that was done before.

        Emits: ROLLBACK for each transaction that is begun.
        """
        if self._request.is_over:
            return
        with self.in_scope(), ExitStack() as removals:
            removals.callback(self._request.end)
            for session in self._sessions:
                removals.callback(session.remove)
