"""A Flask application with contextual sessions, by its test client and behind a real server."""

from __future__ import annotations

import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import flask
import pytest
from werkzeug.serving import make_server

import azoth
from azoth.ext.web import WSGISessionMiddleware
from azoth.orm import scoped_session
from tests.flow.library import Author

ENDLESS = 1_000_000


@pytest.fixture
def app(Session: scoped_session) -> flask.Flask:
    app = flask.Flask(__name__)
    app.wsgi_app = WSGISessionMiddleware(app.wsgi_app, Session)

    @app.post("/authors/<name>")
    def add(name: str) -> tuple[dict[str, Any], int]:
        author = Author(name=name)
        Session.add(author)
        Session.commit()
        return {"id": author.id}, 201

    @app.get("/authors/<int:number>")
    def show(number: int) -> dict[str, Any]:
        author = Session.get(Author, number)
        return {"name": author.name} if author else flask.abort(404)

    @app.post("/broken/<name>")
    def broken(name: str) -> str:
        Session.add(Author(name=name))
        Session.flush()
        raise LookupError("after the flush")

    @app.get("/same")
    def same() -> dict[str, Any]:
        return {"same": Session() is Session(), "session": Session().hash_key}

    @app.get("/stream/<int:count>")
    def stream(count: int) -> flask.Response:
        def parts() -> Iterator[str]:
            for number in range(count):
                yield f"{number} {Session().hash_key} {Session.query(Author).count()}\n" + " " * 1000

        return flask.Response(parts(), mimetype="text/plain")

    return app


@pytest.fixture
def address(app: flask.Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def answer(url: str, method: str = "GET") -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def eventually(condition: Any) -> bool:
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_each_request_has_one_session_of_its_own(app: flask.Flask, made: list[Any]) -> None:
    client = app.test_client()
    with client.get("/same") as response:
        first = response.json
        assert not made[0].was_closed
    with client.get("/same") as response:
        second = response.json
    assert first["same"]
    assert first["session"] != second["session"]
    assert [session.was_closed for session in made] == [True, True]


def test_requests_see_what_earlier_ones_committed(app: flask.Flask, library: azoth.Engine) -> None:
    client = app.test_client()
    with client.post("/authors/Ada") as added, client.get(f"/authors/{added.json['id']}") as shown:
        assert shown.json == {"name": "Ada"}
    with client.get("/authors/99") as missing:
        assert missing.status_code == 404
    assert library.pool.checkedout() == 0


@pytest.mark.parametrize("propagates", [True, False])
def test_a_request_that_fails_leaves_nothing_behind(
    app: flask.Flask, library: azoth.Engine, made: list[Any], propagates: bool
) -> None:
    app.testing = propagates
    client = app.test_client()
    if propagates:
        with pytest.raises(LookupError, match="after the flush"):
            client.post("/broken/Ada")
    else:
        with client.post("/broken/Ada") as response:
            assert response.status_code == 500
    assert made[0].was_closed
    assert library.pool.checkedout() == 0
    with client.get("/stream/1") as response:
        assert response.text.split()[2] == "0"


def test_a_streaming_response_keeps_its_session_to_the_end(app: flask.Flask, made: list[Any]) -> None:
    with app.test_client().get("/stream/3", buffered=False) as response:
        lines = response.text.split("\n")
        assert not made[0].was_closed
    assert made[0].was_closed
    assert len(made) == 1
    assert len({line.split()[1] for line in lines if line.strip()}) == 1


def test_behind_a_server_requests_at_the_same_time_have_different_sessions(
    address: str, library: azoth.Engine, made: list[Any]
) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: answer(f"{address}/authors/{number}", "POST"), range(40)))
    assert [status for status, _ in answers] == [201] * 40
    assert eventually(lambda: library.pool.checkedout() == 0 and all(session.was_closed for session in made))
    assert len(made) == 40
    with library.connect() as connection:
        assert connection.scalar(azoth.text("SELECT count(*) FROM author")) == 40


def test_behind_a_server_failures_leave_nothing_behind(address: str, library: azoth.Engine, made: list[Any]) -> None:
    assert answer(f"{address}/broken/Ada", "POST")[0] == 500
    assert eventually(lambda: made[0].was_closed)
    assert library.pool.checkedout() == 0


def test_a_client_that_disconnects_ends_its_request(address: str, library: azoth.Engine, made: list[Any]) -> None:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as client:
        client.sendall(f"GET /stream/{ENDLESS} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        assert client.recv(1000).startswith(b"HTTP/1.1 200")
        assert library.pool.checkedout() == 1
    assert eventually(lambda: made[0].was_closed)
    assert library.pool.checkedout() == 0
