"""What a listener can ask of a flush, and leave out of it."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import event, inspect
from azoth.exc import InvalidRequestError
from azoth.orm import Session, UOWTransaction
from tests.flow.library import Author, Book, Chapter


def test_a_listener_leaves_an_object_out_of_a_flush(session: Session) -> None:
    first, second = Author(name="first"), Author(name="second")
    session.add_all([first, second])

    def leave_out(_session: Any, context: UOWTransaction, _objects: Any) -> None:
        context.remove_state_actions(inspect(second))

    event.listen(session, "before_flush", leave_out)
    session.flush()
    assert inspect(first).persistent
    assert inspect(second).pending

    event.remove(session, "before_flush", leave_out)
    session.flush()
    assert inspect(second).persistent


def test_a_change_that_was_left_out_is_kept(session: Session, statements: list[str]) -> None:
    author = Author(name="before")
    session.add(author)
    session.commit()
    author.name = "after"

    def leave_out(_session: Any, context: UOWTransaction, _objects: Any) -> None:
        context.remove_state_actions(inspect(author))

    event.listen(session, "before_flush", leave_out)
    session.flush()
    assert not any(statement.startswith("UPDATE") for statement in statements)
    event.remove(session, "before_flush", leave_out)
    session.commit()
    assert author.name == "after"


def test_what_is_planned_is_not_left_out_any_more(session: Session) -> None:
    author = Author(name="a")
    session.add(author)

    def leave_out(_session: Any, context: UOWTransaction) -> None:
        context.remove_state_actions(inspect(author))

    event.listen(session, "after_flush", leave_out)
    with pytest.raises(InvalidRequestError, match="the flush is planned already"):
        session.flush()


def test_states_are_told_apart_by_their_relationships(session: Session) -> None:
    author, book, chapter = Author(name="a"), Book(title="b"), Chapter(number=1)
    book.chapters.append(chapter)
    session.add_all([author, book])
    found: list[Any] = []

    def look(_session: Any, context: UOWTransaction, _objects: Any) -> None:
        states = [inspect(one) for one in (author, book, chapter)]
        found.extend(context.filter_states_for_dep(inspect(Book).relationships.chapters, states))

    event.listen(session, "before_flush", look)
    session.flush()
    assert found == [inspect(book)]
