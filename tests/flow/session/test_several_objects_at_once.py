"""merge_all(), delete_all(), get_one() and identity_key() of sessions, contextual ones included."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import exc, select
from azoth.orm import Session, scoped_session, sessionmaker
from azoth.orm.util import object_state
from tests.flow.library import Author


@pytest.fixture
def stored(session: Session) -> list[int]:
    session.add_all([Author(name=name) for name in "abc"])
    session.commit()
    keys = list(session.scalars(select(Author.id)))
    session.expunge_all()
    return keys


def test_merge_all_gives_the_sessions_objects_in_order(session: Session, stored: list[int]) -> None:
    given = [Author(id=stored[1], name="B"), Author(name="new"), Author(id=stored[0], name="A")]
    merged = session.merge_all(given)
    assert [one.name for one in merged] == ["B", "new", "A"]
    assert [one in session for one in merged] == [True, True, True]
    assert [one in session for one in given] == [False, False, False]
    assert merged[1] in session.new
    session.commit()
    assert sorted(session.scalars(select(Author.name))) == ["A", "B", "c", "new"]


def test_merge_all_merges_one_object_once(session: Session, stored: list[int]) -> None:
    same = Author(id=stored[0], name="A")
    first, second = session.merge_all([same, same])
    assert first is second


def test_merge_all_without_loading_takes_the_states_as_the_databases(
    session: Session, stored: list[int], statements: list[str]
) -> None:
    with Session(session.bind) as other:
        authors = list(other.scalars(select(Author)))
    del statements[:]
    merged = session.merge_all(authors, load=False)
    assert sorted(one.name for one in merged) == ["a", "b", "c"]
    assert statements == []
    assert not session.dirty


def test_delete_all(session: Session, stored: list[int]) -> None:
    session.delete_all(session.scalars(select(Author).where(Author.name != "b")))
    session.commit()
    assert list(session.scalars(select(Author.name))) == ["b"]


def test_delete_all_refuses_what_is_not_persistent(session: Session) -> None:
    with pytest.raises(exc.InvalidRequestError):
        session.delete_all([Author(name="new")])


def test_get_one_takes_what_get_takes(session: Session, stored: list[int]) -> None:
    author = session.get_one(Author, stored[0])
    author.name = "changed"
    with session.no_autoflush:
        assert session.get_one(Author, stored[0], populate_existing=True).name == "a"
    with pytest.raises(exc.NoResultFound, match="Author 999"):
        session.get_one(Author, 999, execution_options={"yield_per": 1})


def test_identity_keys(session: Session, stored: list[int]) -> None:
    author = session.get_one(Author, stored[0])
    row = session.execute(select(Author.id, Author.name)).first()
    expected = (Author, (stored[0],), None)
    assert Session.identity_key(Author, stored[0]) == expected
    assert Session.identity_key(Author, ident=(stored[0],)) == expected
    assert Session.identity_key(instance=author) == expected
    assert Session.identity_key(Author, row=row) == expected
    assert Session.identity_key(Author, 5, identity_token="east") == (Author, (5,), "east")
    with pytest.raises(exc.ArgumentError, match="AZ-M89"):
        Session.identity_key()


def test_contextual_sessions_have_them_too(session: Session, stored: list[int]) -> None:
    scoped = scoped_session(sessionmaker(session.bind))
    try:
        assert [one.name for one in scoped.merge_all([Author(id=stored[0], name="A")])] == ["A"]
        scoped.delete_all([scoped.get_one(Author, stored[1])])
        assert len(scoped.deleted) == 1
        assert scoped.identity_key(Author, 1) == (Author, (1,), None)
    finally:
        scoped.remove()


def test_the_state_of_an_object(session: Session) -> None:
    author = Author(name="a")
    assert object_state(author).obj() is author
    unmapped: Any = object()
    with pytest.raises(exc.InvalidRequestError, match="AZ-M17"):
        object_state(unmapped)
