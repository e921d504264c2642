"""sessionmaker: sessions with a configuration."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

import azoth
from azoth import select
from azoth.exc import UnboundExecutionError
from azoth.orm import Session, sessionmaker
from azoth.orm.session.factory import SessionArguments
from tests.flow.library import Author


def test_it_makes_sessions_with_the_configured_arguments(library: azoth.Engine) -> None:
    make = sessionmaker(library, expire_on_commit=False, autoflush=False, info={"a": 1})
    with make() as session:
        assert isinstance(session, Session)
        assert session.bind is library
        assert not session.autoflush
        assert not session.expire_on_commit
        assert session.info == {"a": 1}


def test_arguments_of_the_call_come_first(library: azoth.Engine) -> None:
    make = sessionmaker(library, autoflush=False, info={"a": 1})
    with make(autoflush=True, info={"b": 2}) as session:
        assert session.autoflush
        assert session.info == {"a": 1, "b": 2}
    assert make().info == {"a": 1}


def test_the_engine_may_come_later(library: azoth.Engine) -> None:
    make = sessionmaker()
    with pytest.raises(UnboundExecutionError):
        make().execute(select(Author))
    make.configure(bind=library)
    with make() as session:
        assert session.scalars(select(Author)).all() == []


def test_begin_commits_and_closes(library: azoth.Engine, count_rows: Callable[[str], int]) -> None:
    make = sessionmaker(bind=library)
    with make.begin() as session:
        author = Author(name="Ada")
        session.add(author)
    assert author not in session
    assert count_rows("author") == 1
    with pytest.raises(LookupError):
        with make.begin() as session:
            session.add(Author(name="Grace"))
            raise LookupError
    assert count_rows("author") == 1


def test_sessions_begin_as_always(library: azoth.Engine) -> None:
    session = sessionmaker(library)()
    with session.begin():
        session.add(Author(name="Ada"))
    assert session.query(Author).count() == 1
    session.close()


def test_class_is_the_base(library: azoth.Engine) -> None:
    class Own(Session):
        def greet(self) -> str:
            return "hello"

    with sessionmaker(library, class_=Own)() as session:
        assert isinstance(session, Own)
        assert session.greet() == "hello"


def test_it_returns_a_class_as_in_classic_programs(library: azoth.Engine) -> None:
    Maker = sessionmaker(bind=library)
    assert issubclass(Maker, Session)
    with Maker() as session:
        assert isinstance(session, Maker)


def test_other_arguments_reach_the_session(library: azoth.Engine) -> None:
    with sessionmaker(library, autobegin=False)() as session:
        assert not session.autobegin


def test_what_it_makes_is_a_sessionmaker_from_which_classes_are_derived(library: azoth.Engine) -> None:
    make = sessionmaker[Session](library, expire_on_commit=False)
    assert isinstance(make, sessionmaker)
    assert not isinstance(Session, sessionmaker)

    class Derived(make):  # type: ignore[misc, valid-type]
        def greet(self) -> str:
            return "hello"

    assert isinstance(Derived, sessionmaker)
    with Derived() as session:
        assert session.greet() == "hello"
        assert not session.expire_on_commit
    with Derived.begin() as session:
        session.add(author := Author(name="Ada"))
        session.flush()
        assert make.object_session(author) is session
        assert make.identity_key(instance=author)[0] is Author


def test_functions_that_hand_arguments_on_take_those_of_sessions() -> None:
    keywords = {name for name, one in inspect.signature(Session).parameters.items() if one.kind is one.KEYWORD_ONLY}
    assert SessionArguments.__optional_keys__ == keywords
