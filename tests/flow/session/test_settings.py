"""What a session was made with can be read on it, and set anew."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import exc, select
from azoth.orm import Session, sessionmaker
from tests.flow.library import Author, Book, make_tables


@pytest.fixture
def library(engine: azoth.Engine) -> azoth.Engine:
    make_tables(engine)
    with Session(engine) as session:
        session.add_all([Author(id=number, name=str(number), books=[Book(title="one")]) for number in range(1, 4)])
        session.commit()
    return engine


@pytest.mark.parametrize(
    "name, value",
    [
        ("autoflush", False),
        ("autobegin", False),
        ("expire_on_commit", False),
        ("twophase", True),
        ("join_transaction_mode", "rollback_only"),
        ("load_on_peers", False),
    ],
)
def test_a_setting_can_be_read(name: str, value: Any) -> None:
    assert getattr(Session(**{name: value}), name) == value
    assert getattr(sessionmaker(**{name: value})(), name) == value
    assert getattr(Session(), name) != value


def test_a_bind_may_come_later(library: azoth.Engine) -> None:
    with Session() as session:
        assert session.bind is None
        session.bind = library
        assert session.get_one(Author, 1).name == "1"
        assert session.get_bind() is library


def test_autoflush_may_be_turned_off(library: azoth.Engine) -> None:
    with Session(library) as session:
        session.add(Author(id=9, name="new"))
        session.autoflush = False
        assert len(session.scalars(select(Author)).all()) == 3
        session.autoflush = True
        assert len(session.scalars(select(Author)).all()) == 4


def test_the_block_without_autoflush_gives_the_session_and_ends(library: azoth.Engine) -> None:
    with Session(library) as session:
        with session.no_autoflush as inside:
            assert inside is session
            assert not session.autoflush
        assert session.autoflush


def test_expiring_on_commit_may_be_turned_off(library: azoth.Engine) -> None:
    with Session(library) as session:
        author = session.get_one(Author, 1)
        session.expire_on_commit = False
        session.commit()
        assert "name" in author.__dict__
        session.expire_on_commit = True
        session.commit()
        assert "name" not in author.__dict__


def test_beginning_by_itself_may_be_turned_off(library: azoth.Engine) -> None:
    with Session(library) as session:
        session.autobegin = False
        with pytest.raises(exc.InvalidRequestError, match="no transaction is begun"):
            session.get(Author, 1)


def test_loading_for_peers_may_be_turned_off(library: azoth.Engine) -> None:
    with Session(library) as session:
        first, second, third = session.scalars(select(Author).order_by(Author.id)).all()
        session.load_on_peers = False
        assert len(first.books) == 1
        assert "books" not in second.__dict__
        session.load_on_peers = True
        assert len(second.books) == 1
        assert "books" in third.__dict__
