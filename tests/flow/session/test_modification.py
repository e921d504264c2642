"""Which changes a session knows of: is_modified, histories, dirty."""

from __future__ import annotations

import pytest

from azoth import inspect
from azoth.orm import Session
from azoth.orm.attributes import flag_modified, get_history
from tests.conftest import Statements
from tests.flow.library import Author, Book


@pytest.fixture
def author(session: Session) -> Author:
    author = Author(id=1, name="Ada", books=[Book(title="x")])
    session.add(author)
    session.commit()
    return author


def test_a_loaded_object_is_not_modified(session: Session, author: Author) -> None:
    assert author.name == "Ada"
    assert not session.is_modified(author)


def test_a_net_change_counts(session: Session, author: Author) -> None:
    assert author.name == "Ada"
    author.name = "Grace"
    assert session.is_modified(author)
    author.name = "Ada"
    assert not session.is_modified(author)
    assert author in session.dirty


def test_collections_count_unless_they_are_excluded(session: Session, author: Author) -> None:
    author.books.append(Book(title="y"))
    assert session.is_modified(author)
    assert not session.is_modified(author, include_collections=False)


def test_histories(session: Session, author: Author) -> None:
    assert author.name == "Ada"
    author.name = "Grace"
    assert inspect(author).attrs.name.history == (["Grace"], (), ["Ada"])
    assert get_history(author, "name").deleted == ["Ada"]
    [old] = author.books
    new = Book(title="y")
    author.books.append(new)
    assert get_history(author, "books") == ([new], [old], [])
    session.flush()
    assert inspect(author).attrs.name.history == ((), ["Grace"], ())


def test_a_flushed_object_is_clean(session: Session, author: Author) -> None:
    author.name = "Grace"
    session.flush()
    assert author not in session.dirty
    assert not session.is_modified(author)


def test_changes_made_while_detached_are_written(session: Session, author: Author) -> None:
    assert author.name == "Ada"
    session.expunge(author)
    author.name = "Grace"
    session.add(author)
    assert author in session.dirty
    session.commit()
    assert author.name == "Grace"


def test_deleting_an_attribute_sets_null(session: Session, author: Author) -> None:
    author.born = 1815
    session.commit()
    assert author.born == 1815
    del author.born
    session.commit()
    assert author.born is None


def test_an_update_names_the_changed_columns_only(session: Session, author: Author, statements: list[str]) -> None:
    assert author.name == "Ada"
    author.born = 1815
    statements.clear()
    session.flush()
    [update] = statements
    assert "born" in update
    assert "name" not in update


def test_a_foreign_key_set_by_hand_wins_nothing_over_the_relationship(session: Session, author: Author) -> None:
    other = Author(name="Grace")
    session.add(other)
    session.flush()
    book = author.books[0]
    book.author_id = other.id
    session.flush()
    # The flush changes no collections or references in memory.
    assert book in author.books
    session.expire(book)
    assert book.author is other


def test_flagging_holds_for_a_value_that_was_set_to_what_it_was(
    session: Session, author: Author, statements: Statements
) -> None:
    for name in (author.name, "Ada", "Grace", "Grace"):
        author.name = name
        flag_modified(author, "name")
        statements.clear()
        session.flush()
        assert len(statements) == 1


def test_an_object_that_is_not_there_can_be_deleted(session: Session) -> None:
    book = Book(title="one")
    session.add(book)
    session.commit()
    del book.author
    assert book.author is None
    del book.author
    session.commit()
    assert book.author is None
    with pytest.raises(AttributeError, match="has no value to delete"):
        del Book().author
