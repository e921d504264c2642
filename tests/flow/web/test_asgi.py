"""The ASGI middleware, by the protocol alone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import azoth
from azoth.exc import ArgumentError, InvalidRequestError
from azoth.ext.web import ASGISessionMiddleware, request_scope
from azoth.orm import scoped_session, sessionmaker
from tests.flow.library import Author

HTTP = {"type": "http"}


async def receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b""}


async def send(message: Any) -> None:
    await asyncio.sleep(0)


def test_a_session_by_thread_is_refused(library: azoth.Engine) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None: ...

    with pytest.raises(ArgumentError) as caught:
        ASGISessionMiddleware(app, scoped_session(sessionmaker(library)))
    assert "many requests in one thread" in str(caught.value)
    assert "scopefunc=azoth.ext.web.request_scope" in str(caught.value)


def test_the_session_lives_until_the_application_returns(by_request: scoped_session, made: list[Any]) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        first = by_request()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        assert by_request() is first
        assert await asyncio.to_thread(by_request) is first
        assert await asyncio.create_task(in_a_task()) is first
        assert not first.was_closed

    async def in_a_task() -> Any:
        return by_request()

    asyncio.run(ASGISessionMiddleware(app, by_request)(HTTP, receive, send))
    assert [session.was_closed for session in made] == [True]
    assert by_request.registry.registry == {}


def test_requests_served_at_the_same_time_have_different_sessions(by_request: scoped_session, made: list[Any]) -> None:
    async def serve_all() -> None:
        all_there = asyncio.Barrier(20)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            session = by_request()
            await all_there.wait()
            assert by_request() is session

        middleware = ASGISessionMiddleware(app, by_request)
        await asyncio.gather(*(middleware(HTTP, receive, send) for _ in range(20)))

    asyncio.run(serve_all())
    assert len({id(session) for session in made}) == 20
    assert all(session.was_closed for session in made)


def test_an_application_that_raises_ends_the_request(by_request: scoped_session, library: azoth.Engine) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        by_request.add(Author(name="lost"))
        by_request.flush()
        raise LookupError("broken")

    with pytest.raises(LookupError, match="broken"):
        asyncio.run(ASGISessionMiddleware(app, by_request)(HTTP, receive, send))
    assert library.pool.checkedout() == 0
    assert by_request.registry.registry == {}


def test_a_cancelled_request_ends(by_request: scoped_session, library: azoth.Engine, made: list[Any]) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        by_request.connection()
        await asyncio.sleep(60)

    async def cancel() -> None:
        request = asyncio.create_task(ASGISessionMiddleware(app, by_request)(HTTP, receive, send))
        while not made:
            await asyncio.sleep(0)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request

    asyncio.run(cancel())
    assert made[0].was_closed
    assert library.pool.checkedout() == 0


def test_a_websocket_is_a_request_and_the_life_of_the_server_is_none(by_request: scoped_session) -> None:
    scopes: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(request_scope())

    middleware = ASGISessionMiddleware(app, by_request)
    asyncio.run(middleware({"type": "websocket"}, receive, send))
    assert len(scopes) == 1
    with pytest.raises(InvalidRequestError, match="no request is being served"):
        asyncio.run(middleware({"type": "lifespan"}, receive, send))


def test_a_task_that_outlives_its_request_gets_no_session_of_it(by_request: scoped_session) -> None:
    async def serve() -> None:
        started: list[asyncio.Task[Any]] = []
        request_is_over = asyncio.Event()

        async def later() -> None:
            await request_is_over.wait()
            with pytest.raises(InvalidRequestError) as caught:
                by_request()
            assert "the request of this context is over" in str(caught.value)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            by_request()
            started.append(asyncio.create_task(later()))

        await ASGISessionMiddleware(app, by_request)(HTTP, receive, send)
        request_is_over.set()
        await started[0]

    asyncio.run(serve())
    assert by_request.registry.registry == {}
