"""The WSGI middleware, by the protocol alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth.exc import InvalidRequestError
from azoth.ext.web import WSGISessionMiddleware, request_scope
from azoth.orm import scoped_session, sessionmaker
from tests.flow.library import Author


def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
    return None


def test_the_session_lives_until_the_response_is_closed(Session: scoped_session, made: list[Any]) -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        first = Session()
        for name in ("Ada", "Grace"):
            Session.add(Author(name=name))
            Session.flush()
            assert Session() is first
            yield name.encode()

    response = WSGISessionMiddleware(app, Session)({}, start_response)
    parts = iter(response)
    assert next(parts) == b"Ada"
    assert not made[0].was_closed
    assert list(parts) == [b"Grace"]
    assert not made[0].was_closed
    response.close()
    assert made[0].was_closed
    assert len(made) == 1


def test_what_was_not_committed_is_rolled_back(Session: scoped_session, library: azoth.Engine) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        Session.add(Author(name="kept"))
        Session.commit()
        Session.add(Author(name="lost"))
        Session.flush()
        return [b"done"]

    WSGISessionMiddleware(app, Session)({}, start_response).close()
    with library.connect() as connection:
        assert connection.execute(azoth.select(Author.name)).all() == [("kept",)]
    assert library.pool.checkedout() == 0


def test_an_application_that_raises_ends_the_request(Session: scoped_session, made: list[Any]) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        Session.connection()
        raise LookupError("no such page")

    with pytest.raises(LookupError, match="no such page"):
        WSGISessionMiddleware(app, Session)({}, start_response)
    assert made[0].was_closed


def test_a_response_that_raises_is_closed_by_the_server(Session: scoped_session, made: list[Any]) -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        Session.connection()
        yield b"so far"
        raise LookupError("broken")

    response = WSGISessionMiddleware(app, Session)({}, start_response)
    with pytest.raises(LookupError, match="broken"):
        list(response)
    assert not made[0].was_closed
    response.close()
    assert made[0].was_closed


def test_the_response_of_the_application_is_closed_first(Session: scoped_session, made: list[Any]) -> None:
    closings: list[bool] = []

    class Parts(list):
        def close(self) -> None:
            closings.append(made[0].was_closed)
            Session.scalar(azoth.select(azoth.literal(1)))
            raise LookupError("closing failed")

    def app(environ: Any, start_response: Any) -> Any:
        Session.connection()
        return Parts([b"part"])

    response = WSGISessionMiddleware(app, Session)({}, start_response)
    with pytest.raises(LookupError, match="closing failed"):
        response.close()
    assert closings == [False]
    assert [session.was_closed for session in made] == [True]


def test_closing_twice_is_closing_once(Session: scoped_session, made: list[Any]) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        Session()
        return []

    response = WSGISessionMiddleware(app, Session)({}, start_response)
    response.close()
    response.close()
    assert len(made) == 1


def test_several_scoped_sessions_end_together(library: azoth.Engine) -> None:
    reading, writing = (scoped_session(sessionmaker(library), request_scope) for _ in range(2))

    def app(environ: Any, start_response: Any) -> list[bytes]:
        reading.connection()
        writing.connection()
        return []

    response = WSGISessionMiddleware(app, reading, writing)({}, start_response)
    assert library.pool.checkedout() == 2
    response.close()
    assert library.pool.checkedout() == 0
    assert reading.registry.registry == writing.registry.registry == {}


def test_one_session_that_fails_to_close_does_not_keep_the_others(library: azoth.Engine, made: list[Any]) -> None:
    class Stubborn(azoth.orm.Session):
        def close(self) -> None:
            super().close()
            raise OSError("cannot close")

    first = scoped_session(sessionmaker(library), request_scope)
    second = scoped_session(sessionmaker(library, class_=Stubborn), request_scope)

    def app(environ: Any, start_response: Any) -> list[bytes]:
        first.connection()
        second.connection()
        return []

    response = WSGISessionMiddleware(app, first, second)({}, start_response)
    with pytest.raises(OSError, match="cannot close"):
        response.close()
    assert first.registry.registry == second.registry.registry == {}


def test_outside_of_requests_there_is_no_session_by_request(by_request: scoped_session) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        by_request.query(Author)
    assert "no request is being served" in str(caught.value)
    assert "middleware" in str(caught.value)


def test_between_two_parts_the_thread_is_in_no_request(by_request: scoped_session) -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        by_request()
        yield b"1"
        yield b"2"

    middleware = WSGISessionMiddleware(app, by_request)
    one, other = middleware({}, start_response), middleware({}, start_response)
    next(iter(one))
    next(iter(other))
    assert len(by_request.registry.registry) == 2
    with pytest.raises(InvalidRequestError):
        request_scope()
    one.close()
    other.close()
    assert by_request.registry.registry == {}
