"""A Starlette application with contextual sessions, asked by httpx, and left by clients that disconnect."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

import azoth
from azoth.ext.web import ASGISessionMiddleware
from azoth.orm import scoped_session
from tests.flow.library import Author

ENDLESS = 1_000_000


@pytest.fixture
def app(by_request: scoped_session) -> Starlette:
    Session = by_request

    async def add(request: Request) -> JSONResponse:
        author = Author(name=request.path_params["name"])
        Session.add(author)
        await asyncio.sleep(0)
        Session.commit()
        return JSONResponse({"id": author.id}, status_code=201)

    def add_in_a_thread(request: Request) -> JSONResponse:
        # Starlette runs functions that are not coroutines in a pool of threads.
        author = Author(name=request.path_params["name"])
        Session.add(author)
        Session.commit()
        return JSONResponse({"id": author.id}, status_code=201)

    async def broken(request: Request) -> JSONResponse:
        Session.add(Author(name=request.path_params["name"]))
        Session.flush()
        raise LookupError("after the flush")

    async def stream(request: Request) -> StreamingResponse:
        async def parts() -> AsyncIterator[str]:
            for number in range(request.path_params["count"]):
                yield f"{number} {Session().hash_key} {Session.query(Author).count()}\n"
                await asyncio.sleep(0)

        return StreamingResponse(parts())

    async def stream_in_threads(request: Request) -> StreamingResponse:
        def parts() -> Iterator[str]:
            for number in range(request.path_params["count"]):
                yield f"{number} {Session().hash_key} {Session.query(Author).count()}\n"

        return StreamingResponse(parts())

    async def with_background(request: Request) -> PlainTextResponse:
        Session()

        def afterwards() -> None:
            Session.add(Author(name="background"))
            Session.commit()

        return PlainTextResponse("accepted", background=BackgroundTask(afterwards))

    return Starlette(
        routes=[
            Route("/authors/{name}", add, methods=["POST"]),
            Route("/thread/{name}", add_in_a_thread, methods=["POST"]),
            Route("/broken/{name}", broken, methods=["POST"]),
            Route("/stream/{count:int}", stream),
            Route("/threads/{count:int}", stream_in_threads),
            Route("/background", with_background),
        ],
        middleware=[Middleware(ASGISessionMiddleware, by_request)],
    )


async def ask(app: Starlette, method: str, *paths: str) -> list[httpx.Response]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://library") as client:
        return await asyncio.gather(*(client.request(method, path) for path in paths))


@pytest.mark.parametrize("kind", ["authors", "thread"])
def test_requests_at_the_same_time_have_different_sessions(
    app: Starlette, library: azoth.Engine, made: list[Any], kind: str
) -> None:
    responses = asyncio.run(ask(app, "POST", *(f"/{kind}/{number}" for number in range(30))))
    assert {response.status_code for response in responses} == {201}
    assert len(made) == 30
    assert all(session.was_closed for session in made)
    assert library.pool.checkedout() == 0
    with library.connect() as connection:
        assert connection.scalar(azoth.text("SELECT count(*) FROM author")) == 30


def test_a_request_that_fails_leaves_nothing_behind(app: Starlette, library: azoth.Engine, made: list[Any]) -> None:
    (response,) = asyncio.run(ask(app, "POST", "/broken/Ada"))
    assert response.status_code == 500
    assert made[0].was_closed
    assert library.pool.checkedout() == 0
    with library.connect() as connection:
        assert connection.scalar(azoth.text("SELECT count(*) FROM author")) == 0


@pytest.mark.parametrize("kind", ["stream", "threads"])
def test_a_streaming_response_keeps_its_session_to_the_end(app: Starlette, made: list[Any], kind: str) -> None:
    (response,) = asyncio.run(ask(app, "GET", f"/{kind}/5"))
    lines = response.text.splitlines()
    assert len(lines) == 5
    assert len({line.split()[1] for line in lines}) == 1
    assert [session.was_closed for session in made] == [True]


def test_background_tasks_belong_to_the_request(app: Starlette, library: azoth.Engine, made: list[Any]) -> None:
    asyncio.run(ask(app, "GET", "/background"))
    assert [session.was_closed for session in made] == [True]
    with library.connect() as connection:
        assert connection.scalar(azoth.select(Author.name)) == "background"


@pytest.mark.parametrize("kind", ["stream", "threads"])
@pytest.mark.parametrize("told_by", ["receive", "send"])
def test_a_client_that_disconnects_ends_its_request(
    app: Starlette, library: azoth.Engine, made: list[Any], kind: str, told_by: str
) -> None:
    """Older servers tell it as a message, newer ones by an error when the next part is sent."""
    path = f"/{kind}/{ENDLESS}"
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3" if told_by == "receive" else "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
    }

    async def serve() -> int:
        parts_sent = 0
        is_gone = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await is_gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            nonlocal parts_sent
            parts_sent += message["type"] == "http.response.body"
            if parts_sent == 3:
                assert library.pool.checkedout() == 1
                is_gone.set()
                if told_by == "send":
                    raise OSError("connection lost")
            await asyncio.sleep(0)

        with contextlib.suppress(ClientDisconnect):
            await app(scope, receive, send)
        return parts_sent

    assert asyncio.run(asyncio.wait_for(serve(), 30)) < ENDLESS
    assert made[0].was_closed
    assert library.pool.checkedout() == 0
