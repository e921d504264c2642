"""WSGI middleware that ends the contextual session with the request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from azoth.ext.web.request_scope import RequestSessions
from azoth.orm import scoped_session

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["WSGISessionMiddleware"]


class WSGISessionMiddleware:
    """A WSGI application around another one, which removes contextual sessions at the end of each request.

    The end is when the server closes the response: after the last part of a streaming response, when the client
    disconnected, or when the application raised. What was not committed by then is rolled back.

    Args:
        app: the application, for example Flask's ``app.wsgi_app``.
        sessions: the scoped sessions that it uses; by thread, or with ``scopefunc=request_scope``.
    """

    def __init__(self, app: WSGIApplication, *sessions: scoped_session[Any]) -> None:
        self._app = app
        self._sessions = sessions

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve a request."""
        request = RequestSessions(self._sessions)
        try:
            with request.in_scope():
                parts = self._app(environ, start_response)
        except BaseException:
            request.remove()
            raise
        return Response(parts, request)


class Response:
    """The parts of a response, made within the scope of their request; closing it ends the request.

    Args:
        parts: what the application returned.
        request: the sessions of the request.
    """

    __slots__ = ("_iterator", "_parts", "_request")

    def __init__(self, parts: Iterable[bytes], request: RequestSessions) -> None:
        self._parts = parts
        self._request = request
        self._iterator: Iterator[bytes] | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        # The scope is entered for each part: between two of them, the thread belongs to the server.
        with self._request.in_scope():
            iterator = self._iterator
            if iterator is None:
                iterator = self._iterator = iter(self._parts)
            return next(iterator)

    def close(self) -> None:
        """Close what the application returned, then remove the sessions."""
        try:
            close = getattr(self._parts, "close", None)
            if close is not None:
                with self._request.in_scope():
                    close()
        finally:
            self._request.remove()
