"""A rollback puts objects back to how they were before the transaction."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from azoth import inspect, select
from azoth.orm import Session, make_transient_to_detached
from tests.flow.library import Author, Book, Chapter, Cover, Genre, Loan, Place


@pytest.fixture
def author(session: Session) -> Author:
    author = Author(id=1, name="Ada", books=[Book(id=1, title="Notes")])
    session.add(author)
    session.commit()
    return author


def test_an_inserted_object_is_transient_with_its_values_and_without_its_key(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.flush()
    assert author.id is not None
    session.rollback()
    assert inspect(author).transient
    assert author not in session
    assert author.name == "Ada"
    assert author.id is None
    session.add(author)
    session.commit()
    assert session.scalars(select(Author.name)).all() == ["Ada"]


def test_a_key_that_was_given_stays(session: Session) -> None:
    author = Author(id=7, name="Ada")
    session.add(author)
    session.flush()
    session.rollback()
    assert author.id == 7


def test_a_graph_of_inserted_objects_can_be_added_again(session: Session) -> None:
    author = Author(name="Ada", books=[Book(title="a"), Book(title="b", genres={Genre(name="g")})])
    session.add(author)
    session.flush()
    assert author.books[0].author_id == author.id
    session.rollback()
    assert [book.title for book in author.books] == ["a", "b"]
    assert author.books[0].author_id is None
    session.add(author)
    session.commit()
    assert session.query(Book).filter_by(author_id=author.id).count() == 2
    assert session.query(Genre).one().books == [author.books[1]]


def test_an_inserted_and_changed_object_keeps_its_latest_values(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.flush()
    author.name = "Grace"
    session.flush()
    session.rollback()
    assert author.name == "Grace"


def test_a_pending_object_is_transient(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.rollback()
    assert inspect(author).transient
    assert author.name == "Ada"


def test_a_deleted_object_is_persistent(session: Session, author: Author) -> None:
    book = author.books[0]
    session.delete(book)
    session.flush()
    assert inspect(book).deleted
    session.rollback()
    assert inspect(book).persistent
    assert session.get(Book, 1) is book
    assert book.title == "Notes"


def test_an_object_marked_for_deletion_is_unmarked(session: Session, author: Author) -> None:
    session.delete(author.books[0])
    session.rollback()
    assert not session.deleted
    session.commit()
    assert session.query(Book).count() == 1


def test_an_object_inserted_and_deleted_is_transient(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.flush()
    session.delete(author)
    session.flush()
    session.rollback()
    assert inspect(author).transient
    assert author not in session
    assert author.name == "Ada"
    assert author.id is None


def test_flushed_changes_are_expired(session: Session, author: Author) -> None:
    author.name = "Grace"
    session.flush()
    session.rollback()
    assert author.name == "Ada"


def test_unflushed_changes_are_gone(session: Session, author: Author) -> None:
    author.name = "Grace"
    session.rollback()
    assert author not in session.dirty
    assert author.name == "Ada"


def test_collections_are_loaded_anew(session: Session, author: Author) -> None:
    book = author.books[0]
    author.books.append(Book(title="More"))
    author.books.remove(book)
    session.flush()
    assert book.author is None
    session.rollback()
    assert author.books == [book]
    assert book.author is author


def test_orphans_come_back(session: Session) -> None:
    book = Book(title="Notes", chapters=[Chapter(number=1), Chapter(number=2)])
    session.add(book)
    session.commit()
    first = book.chapters.pop(0)
    session.flush()
    assert inspect(first).deleted
    session.rollback()
    assert book.chapters[0] is first
    assert inspect(first).persistent
    session.delete(book)
    session.flush()
    session.rollback()
    assert len(book.chapters) == 2


@pytest.mark.parametrize("flushed", [False, True])
@pytest.mark.parametrize("again", [False, True])
def test_who_was_never_stored_with_a_new_owner_stays_with_its_own(session: Session, flushed: bool, again: bool) -> None:
    chapter, cover = Chapter(number=1), Cover(colour="red")
    book = Book(title="Notes", chapters=[chapter], cover=cover)
    session.add(book)
    session.commit()
    other = Book(title="Other", chapters=[chapter], cover=cover)
    session.add(other)
    if flushed:
        session.flush()
    session.rollback()
    if again:
        session.add(other)
    other.chapters.remove(chapter)
    other.cover = None
    chapter.number, cover.colour = 7, "blue"
    session.commit()
    assert (book.chapters, book.cover) == ([chapter], cover)
    assert (chapter.number, cover.colour) == (7, "blue")


def test_who_is_put_there_again_and_leaves_is_an_orphan(session: Session, count_rows: Callable[[str], int]) -> None:
    chapter, cover = Chapter(number=1), Cover(colour="red")
    session.add(Book(title="Notes", chapters=[chapter], cover=cover))
    session.commit()
    other = Book(title="Other", chapters=[chapter], cover=cover)
    session.add(other)
    session.rollback()
    chapter.book = cover.book = other
    session.add(other)
    other.chapters.remove(chapter)
    other.cover = None
    session.commit()
    assert (count_rows("chapter"), count_rows("cover")) == (0, 0)


def test_versions_are_those_of_the_database_again(session: Session) -> None:
    loan = Loan(reader="r")
    session.add(loan)
    session.commit()
    loan.reader = "s"
    session.flush()
    assert loan.version == 2
    session.rollback()
    assert loan.version == 1
    loan.reader = "t"
    session.commit()
    assert loan.version == 2


def test_values_that_the_mapping_made_are_gone(session: Session) -> None:
    loan = Loan(reader="r")
    session.add(loan)
    session.flush()
    assert loan.version == 1
    session.rollback()
    session.add(loan)
    session.commit()
    assert loan.version == 1


def test_the_session_goes_on_after_a_rollback(session: Session, count_rows: Callable[[str], int]) -> None:
    session.add(Author(name="Ada"))
    session.rollback()
    session.add(Author(name="Grace"))
    session.commit()
    assert count_rows("author") == 1


def test_a_rollback_without_transaction_does_nothing(session: Session) -> None:
    session.rollback()
    session.rollback()
    assert not session.in_transaction()


def test_objects_loaded_in_the_transaction_are_expired(session: Session, author: Author) -> None:
    found = session.scalars(select(Book)).one()
    session.rollback()
    assert inspect(found).expired


def test_closing_rolls_back(session: Session, count_rows: Callable[[str], int]) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.flush()
    session.close()
    assert count_rows("author") == 0


def test_an_expunged_object_is_left_alone(session: Session, author: Author) -> None:
    author.name = "Grace"
    session.flush()
    session.expunge(author)
    session.rollback()
    assert inspect(author).detached
    assert author.name == "Grace"


def test_an_inserted_object_that_was_expunged_is_transient_again(session: Session) -> None:
    made, given = Author(name="Ada"), Author(id=9, name="Grace")
    session.add_all([made, given])
    session.flush()
    session.expunge_all()
    session.rollback()
    assert [(inspect(author).transient, author.id) for author in (made, given)] == [(True, None), (True, 9)]
    session.add_all([made, given])
    session.commit()
    assert session.scalars(select(Author.name).order_by(Author.name)).all() == ["Ada", "Grace"]


def test_an_inserted_object_that_was_expired_has_the_key_that_was_given(session: Session) -> None:
    given, place, made = Author(id=9, name="Grace"), Place(shelf="a", number=1), Author(name="Ada")
    session.add_all([given, place, made])
    session.flush()
    session.expire_all()
    session.rollback()
    assert (given.id, place.shelf, place.number, made.id) == (9, "a", 1, None)


@pytest.mark.parametrize("end", [Session.rollback, Session.close])
def test_a_foreign_key_that_a_later_flush_has_written_is_taken_back(
    session: Session, author: Author, end: Callable[[Session], None]
) -> None:
    book = Book(title="Poems")
    session.add(book)
    session.flush()
    book.author = author
    session.flush()
    assert book.author_id == 1
    end(session)
    assert inspect(book).transient
    assert book.author_id is None


@pytest.mark.filterwarnings("ignore:Object of type")
def test_a_rollback_takes_the_key_from_a_new_child_outside_of_the_session(session: Session) -> None:
    author, book = Author(name="Ada"), Book(title="Notes")
    with session.no_autoflush:
        session.add(author)
        author.books.append(book)
        session.expunge(book)
        session.flush()
        assert book.author_id == author.id
        session.rollback()
    assert book.author_id is None


def test_an_object_that_was_brought_for_a_deleted_row_is_detached(session: Session) -> None:
    session.add(Author(id=1, name="Ada"))
    session.commit()
    author = session.get_one(Author, 1)
    twin = Author(id=1, name="twin")
    make_transient_to_detached(twin)
    session.delete(author)
    session.flush()
    session.add(twin)
    session.rollback()
    assert session.get(Author, 1) is author
    assert (inspect(author).persistent, inspect(twin).detached, twin in session) == (True, True, False)
    author.name = "Eve"
    session.commit()
    assert session.scalars(select(Author.name)).all() == ["Eve"]
