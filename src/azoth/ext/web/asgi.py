"""ASGI middleware that gives each request a contextual session of its own and ends it with the request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from azoth.exc import ArgumentError
from azoth.ext.web.request_scope import RequestSessions
from azoth.orm import scoped_session
from azoth.util import ThreadLocalRegistry

__all__ = ["ASGISessionMiddleware"]

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]

SERVED = frozenset({"http", "websocket"})
"""The kinds of ASGI scopes that are requests; the remaining one is the life of the server."""


class ASGISessionMiddleware:
    """An ASGI application around another one, which removes contextual sessions at the end of each request.

    The end is when the application returns: after the last part of a streaming response and the framework's background
    tasks, when the client disconnected, or when the application raised or was cancelled. What was not committed by then
    is rolled back.

    Args:
        app: the application; ``Middleware(ASGISessionMiddleware, Session)`` is the form of Starlette and FastAPI.
        sessions: the scoped sessions that it uses, made with ``scopefunc=request_scope``.

    Raises:
        ArgumentError: a scoped session has threads as its scopes; the requests that one thread serves would share it.
    """

    def __init__(self, app: Application, *sessions: scoped_session[Any]) -> None:
        for session in sessions:
            if isinstance(session.registry, ThreadLocalRegistry):
                raise ArgumentError(
                    "this scoped session has threads as its scopes, but an ASGI server has many requests in one thread",
                    why="requests served at the same time would use one session, and end it for each other",
                    fix="make it with scoped_session(factory, scopefunc=azoth.ext.web.request_scope)",
                    code="AZ-S28",
                )
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] not in SERVED:
            await self._app(scope, receive, send)
            return
        request = RequestSessions(self._sessions)
        try:
            with request.in_scope():
                await self._app(scope, receive, send)
        finally:
            request.remove()
