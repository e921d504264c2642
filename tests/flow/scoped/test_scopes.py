"""Which session a scoped session stands for: by thread, by context variable, by any function."""

from __future__ import annotations

import contextvars
import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import azoth
from azoth.exc import AzothWarning, InvalidRequestError
from azoth.orm import Session as PlainSession
from azoth.orm import close_all_sessions, scoped_session, sessionmaker
from tests.flow.library import Author


def test_calling_it_gives_one_session_within_a_thread(Session: scoped_session) -> None:
    first, second = Session(), Session()
    assert first is second
    assert isinstance(first, PlainSession)
    assert isinstance(first, Session.session_factory)


def test_each_thread_has_a_session_of_its_own(Session: scoped_session) -> None:
    together = threading.Barrier(4, timeout=10)

    def ask() -> Any:
        session = Session()
        together.wait()
        assert Session() is session
        return session

    with ThreadPoolExecutor(4) as pool:
        sessions = [asked.result() for asked in [pool.submit(ask) for _ in range(4)]]
    assert len({id(session) for session in [*sessions, Session()]}) == 5


def test_the_session_of_a_thread_goes_with_the_thread(Session: scoped_session) -> None:
    kept: list[weakref.ref[Any]] = []
    thread = threading.Thread(target=lambda: kept.append(weakref.ref(Session())))
    thread.start()
    thread.join()
    gc.collect()
    assert kept[0]() is None


def test_a_function_may_tell_the_scope(library: azoth.Engine) -> None:
    scope = "request 1"
    Session = scoped_session(sessionmaker(library), scopefunc=lambda: scope)
    first = Session()
    scope = "request 2"
    second = Session()
    assert second is not first
    Session.remove()
    assert not Session.registry.has()
    scope = "request 1"
    assert Session() is first
    Session.remove()
    assert Session.registry.registry == {}


def test_a_context_variable_may_tell_the_scope(library: azoth.Engine) -> None:
    request: contextvars.ContextVar[int] = contextvars.ContextVar("request")
    Session = scoped_session(sessionmaker(library), request.get)

    def serve(number: int) -> tuple[Any, Any]:
        request.set(number)
        found = Session(), contextvars.copy_context().run(Session)
        Session.remove()
        return found

    (first, same), (second, _) = (contextvars.copy_context().run(serve, number) for number in (1, 2))
    assert first is same
    assert first is not second
    with pytest.raises(LookupError):
        Session()


def test_the_factory_gives_sessions_that_belong_to_no_scope(Session: scoped_session) -> None:
    other = Session.session_factory()
    assert other is not Session()
    assert Session.session_factory() is not other
    other.close()


def test_arguments_are_for_a_session_that_is_not_there_yet(Session: scoped_session) -> None:
    session = Session(autoflush=False, info={"user": 7})
    assert not session.autoflush
    assert session.info == {"user": 7}
    assert Session() is session
    with pytest.raises(InvalidRequestError) as caught:
        Session(autoflush=True)
    assert "already present" in str(caught.value)
    assert "fix: call remove() first" in str(caught.value)
    Session.remove()
    assert Session(autoflush=True).autoflush


def test_any_callable_makes_sessions(library: azoth.Engine) -> None:
    Session = scoped_session(lambda: PlainSession(library, expire_on_commit=False))
    assert type(Session()) is PlainSession
    assert not Session.expire_on_commit
    Session.remove()


def test_a_session_may_be_put_into_the_registry(Session: scoped_session, library: azoth.Engine) -> None:
    mine = PlainSession(library)
    Session.registry.set(mine)
    assert Session() is mine


def test_close_leaves_the_same_session_empty(Session: scoped_session) -> None:
    session = Session()
    author = Author(name="Ada")
    Session.add(author)
    Session.flush()
    Session.close()
    assert Session() is session
    assert author not in Session
    assert not session.in_transaction()
    assert Session.query(Author).count() == 0


def test_remove_closes_the_session_and_the_next_use_makes_a_new_one(
    Session: scoped_session, library: azoth.Engine
) -> None:
    session = Session()
    Session.add(Author(name="Ada"))
    Session.flush()
    assert library.pool.checkedout() == 1
    Session.remove()
    assert library.pool.checkedout() == 0
    assert not session.in_transaction()
    assert Session() is not session


def test_remove_without_a_session_makes_none(library: azoth.Engine) -> None:
    made: list[Any] = []

    def make() -> PlainSession:
        made.append(PlainSession(library))
        return made[-1]

    scoped_session(make).remove()
    assert made == []


def test_remove_forgets_a_session_that_fails_to_close(library: azoth.Engine) -> None:
    class Stubborn(PlainSession):
        def close(self) -> None:
            super().close()
            raise OSError("cannot close")

    Session = scoped_session(sessionmaker(library, class_=Stubborn))
    Session()
    with pytest.raises(OSError, match="cannot close"):
        Session.remove()
    assert not Session.registry.has()


def test_configure_acts_on_sessions_made_later(library: azoth.Engine) -> None:
    Session = scoped_session(sessionmaker())
    Session.configure(bind=library, autoflush=False)
    assert Session.bind is library
    assert not Session().autoflush
    Session.remove()


def test_configure_warns_where_a_session_is_there_already(Session: scoped_session) -> None:
    session = Session()
    with pytest.warns(AzothWarning, match="no effect"):
        Session.configure(autoflush=False)
    assert session.autoflush
    Session.remove()
    assert not Session().autoflush


def test_all_sessions_can_be_closed_at_once(Session: scoped_session, library: azoth.Engine) -> None:
    Session.connection()
    other = PlainSession(library)
    author = Author(name="Ada")
    other.add(author)
    other.connection()
    opened, proceed = threading.Event(), threading.Event()

    def elsewhere() -> None:
        Session.connection()
        opened.set()
        proceed.wait(10)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    assert opened.wait(10)
    assert library.pool.checkedout() == 3
    close_all_sessions()
    assert library.pool.checkedout() == 0
    assert author not in other
    proceed.set()
    thread.join()
