"""Pending changes are flushed before queries."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import event, select, text
from azoth.exc import IntegrityError
from azoth.orm import Session
from tests.flow.library import Author, Book, Section


def test_a_query_sees_pending_objects_and_changes(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    assert session.scalars(select(Author.name)).all() == ["Ada"]
    author.name = "Grace"
    assert session.query(Author).filter_by(name="Grace").one() is author
    session.delete(author)
    assert session.scalars(select(Author)).all() == []


def test_core_statements_and_text_flush_too(session: Session) -> None:
    session.add(Author(name="Ada"))
    assert session.execute(select(Author.__table__.c.name)).scalar_one() == "Ada"
    session.add(Author(name="Grace"))
    assert session.execute(text("SELECT count(*) FROM author")).scalar_one() == 2


def test_a_lazy_load_flushes(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.commit()
    session.add(Book(title="Notes", author_id=author.id))
    assert [book.title for book in author.books] == ["Notes"]


def test_a_reference_that_is_known_flushes_nothing(session: Session, statements: list[str]) -> None:
    author = Author(name="Ada")
    session.add_all([author, Book(id=1, title="Notes", author=author), Book(id=2, title="Alone")])
    session.commit()
    known, null = session.scalars(select(Book).order_by(Book.id)).all()
    assert known.author_id == author.id
    waiting = Author(name="Grace")
    session.add(waiting)
    statements.clear()
    assert known.author is author
    assert null.author is None
    assert list(session.new) == [waiting]
    assert statements == []


def test_a_reference_that_is_known_is_read_while_something_cannot_be_flushed(session: Session) -> None:
    written = session.merge(Section(name="a"))
    session.flush()
    session.add_all([Section(id=77, name="b"), Section(id=77, name="c")])
    assert written.parent is None
    with pytest.raises(IntegrityError):
        session.flush()


def test_no_autoflush_is_a_block(session: Session) -> None:
    session.add(Author(name="Ada"))
    with session.no_autoflush as same:
        assert same is session
        assert session.scalars(select(Author)).all() == []
    assert len(session.scalars(select(Author)).all()) == 1


def test_the_block_ends_when_it_raises(session: Session) -> None:
    try:
        with session.no_autoflush:
            raise LookupError
    except LookupError:
        pass
    assert session.autoflush


def test_a_session_without_autoflush_waits_for_the_commit(library: azoth.Engine) -> None:
    with Session(library, autoflush=False) as session:
        session.add(Author(name="Ada"))
        assert session.query(Author).all() == []
        session.commit()
        assert session.query(Author).count() == 1


def test_a_query_may_decline(session: Session) -> None:
    session.add(Author(name="Ada"))
    assert session.query(Author).autoflush(False).all() == []
    assert session.execute(select(Author), execution_options={"autoflush": False}).all() == []
    assert len(session.new) == 1


def test_nothing_pending_nothing_sent(session: Session, statements: list[str]) -> None:
    session.scalars(select(Author)).all()
    session.flush()
    assert len(statements) == 1


@pytest.mark.parametrize("read", [lambda s: s.scalars(select(Author)).all(), lambda s: s.query(Author).all()])
def test_an_error_of_an_autoflush_says_that_it_comes_from_one(session: Session, read: Any) -> None:
    session.add_all([Author(id=77, name="a"), Author(id=77, name="b")])
    with pytest.raises(IntegrityError, match=r"autoflush.*session\.no_autoflush") as raised:
        read(session)
    session.rollback()
    assert raised.value.why.count("autoflush)") == 1


def test_an_error_of_a_flush_does_not_speak_of_autoflush(session: Session) -> None:
    session.add_all([Author(id=77, name="a"), Author(id=77, name="b")])
    with pytest.raises(IntegrityError) as raised:
        session.flush()
    assert "autoflush" not in str(raised.value)


def test_what_a_listener_raises_in_an_autoflush_has_a_note(session: Session) -> None:
    def refuse(*_arguments: Any) -> None:
        raise KeyError

    event.listen(session, "before_flush", refuse)
    session.add(Author(name="a"))
    with pytest.raises(KeyError) as raised:
        session.scalars(select(Author)).all()
    assert "autoflush" in raised.value.__notes__[0]
