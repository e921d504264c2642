"""An object whose deletion was flushed takes no further part in flushes, and comes back with a rollback."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from azoth import delete, inspect
from azoth.exc import InvalidRequestError
from azoth.orm import Session, make_transient
from tests.flow.library import Author, Book, Chapter, Cover, Genre, Place, book_genre

Count = Callable[[str], int]


@pytest.fixture
def book(session: Session) -> Book:
    """A stored book with everything, all of it loaded."""
    book = Book(
        title="x",
        author=Author(name="Ada"),
        cover=Cover(colour="red"),
        chapters=[Chapter(number=1), Chapter(number=2)],
        genres={Genre(name="g"), Genre(name="h")},
    )
    session.add(book)
    session.commit()
    for genre in book.genres:
        assert genre.books == [book]
    for chapter in book.chapters:
        assert (chapter.number, chapter.book) == (chapter.id, book)
    assert book.author is not None
    assert (book.author.books, book.cover) == ([book], session.query(Cover).one())
    return book


def remove_from_collection(session: Session, book: Book) -> None:
    chapter = book.chapters[0]
    session.delete(chapter)
    session.flush()
    book.chapters.remove(chapter)


def empty_the_collection(session: Session, book: Book) -> None:
    session.delete(book.chapters[0])
    session.flush()
    book.chapters = []


def set_its_attribute(session: Session, book: Book) -> None:
    session.delete(book.chapters[0])
    session.flush()
    book.chapters[0].number = 5


def clear_its_parent(session: Session, book: Book) -> None:
    session.delete(book.chapters[0])
    session.flush()
    chapter: Any = book.chapters[0]
    chapter.book = None


def clear_the_one(session: Session, book: Book) -> None:
    session.delete(book.cover)
    session.flush()
    book.cover = None


def replace_the_one(session: Session, book: Book) -> None:
    session.delete(book.cover)
    session.flush()
    book.cover = Cover(colour="blue")


def take_from_the_many(session: Session, book: Book) -> None:
    genre = next(iter(book.genres))
    session.delete(genre)
    session.flush()
    book.genres.remove(genre)


def take_the_owner_from_the_many(session: Session, book: Book) -> None:
    genre = next(iter(book.genres))
    session.delete(genre)
    session.flush()
    genre.books.remove(book)


def empty_the_many(session: Session, book: Book) -> None:
    session.delete(next(iter(book.genres)))
    session.flush()
    book.genres = set()


def take_the_deleted_owner_of_the_many(session: Session, book: Book) -> None:
    session.delete(book)
    session.flush()
    for genre in list(book.genres):
        genre.books.remove(book)


def delete_it_again(session: Session, book: Book) -> None:
    session.delete(book.chapters[0])
    session.flush()
    session.delete(book.chapters[0])


def delete_its_parent(session: Session, book: Book) -> None:
    session.delete(book.chapters[0])
    session.flush()
    session.delete(book)


def clear_the_reference_to_it(session: Session, book: Book) -> None:
    session.delete(book.author)
    session.flush()
    book.author = None


def change_everything(session: Session, book: Book) -> None:
    session.delete(book)
    session.flush()
    book.title = "y"
    book.chapters = []
    book.genres.clear()
    book.cover = None
    book.author = None


AFTERWARDS = [
    remove_from_collection,
    empty_the_collection,
    set_its_attribute,
    clear_its_parent,
    clear_the_one,
    replace_the_one,
    take_from_the_many,
    take_the_owner_from_the_many,
    empty_the_many,
    take_the_deleted_owner_of_the_many,
    delete_it_again,
    delete_its_parent,
    clear_the_reference_to_it,
    change_everything,
]


@pytest.mark.parametrize("work", AFTERWARDS, ids=lambda work: work.__name__)
def test_changes_after_a_flushed_deletion_are_flushed_without_it(
    session: Session, book: Book, work: Callable[[Session, Book], None]
) -> None:
    work(session, book)
    session.plan()
    session.commit()
    assert session.is_active
    assert not session.plan()


@pytest.mark.parametrize("work", AFTERWARDS, ids=lambda work: work.__name__)
def test_a_rollback_brings_deleted_objects_and_their_values_back(
    session: Session, book: Book, work: Callable[[Session, Book], None]
) -> None:
    work(session, book)
    session.flush()
    session.rollback()
    assert book in session
    assert inspect(book).persistent
    assert (book.title, len(book.chapters), len(book.genres)) == ("x", 2, 2)
    assert [chapter.number for chapter in book.chapters] == [1, 2]
    assert book.cover is not None
    assert book.author is not None
    assert not session.dirty
    book.title = "z"
    session.commit()
    assert book.title == "z"


def test_a_savepoint_brings_a_deleted_object_back(session: Session, book: Book) -> None:
    with pytest.raises(ZeroDivisionError), session.begin_nested():
        chapter = book.chapters[0]
        session.delete(chapter)
        session.flush()
        chapter.number = 7
        book.chapters.remove(chapter)
        raise ZeroDivisionError
    assert inspect(chapter).persistent
    assert [one.number for one in book.chapters] == [1, 2]
    chapter.number = 9
    session.commit()
    assert chapter.number == 9


def test_a_deleted_object_is_not_dirty(session: Session, book: Book) -> None:
    session.delete(book)
    session.flush()
    book.title = "y"
    assert book not in session
    assert not session.dirty
    assert book.title == "y"


def test_a_deleted_object_cannot_be_expired_or_refreshed(session: Session, book: Book) -> None:
    session.delete(book)
    session.flush()
    for work in (session.expire, session.refresh):
        with pytest.raises(InvalidRequestError, match="not persistent"):
            work(book)
    book.title = "y"
    session.commit()


def test_a_deleted_object_is_refused_by_a_collection(session: Session, book: Book) -> None:
    other = Book(title="y")
    session.add(other)
    session.flush()
    chapter = book.chapters[0]
    session.delete(chapter)
    session.flush()
    with pytest.raises(InvalidRequestError, match="was deleted"):
        other.chapters.append(chapter)
    session.commit()


def test_a_deleted_object_becomes_a_new_one(session: Session, book: Book, count_rows: Count) -> None:
    chapter = book.chapters[0]
    session.delete(chapter)
    session.commit()
    make_transient(chapter)
    assert len(book.chapters) == 1
    book.chapters.append(chapter)
    chapter.number = 8
    session.commit()
    assert chapter.number == 8
    chapter.number = 9
    session.commit()
    assert chapter.number == 9
    assert count_rows("chapter") == 2


def test_merging_a_deleted_object_makes_a_new_one(session: Session, book: Book) -> None:
    chapter = book.chapters[0]
    session.delete(chapter)
    session.flush()
    merged = session.merge(chapter)
    assert merged is not chapter
    session.commit()
    assert (merged.id, merged.number) == (chapter.id, chapter.number)


def test_a_copy_of_a_deleted_object_is_a_free_one(session: Session, book: Book) -> None:
    genre = next(iter(book.genres))
    assert genre.name
    session.delete(genre)
    session.flush()
    for duplicate in (copy.copy(genre), pickle.loads(pickle.dumps(genre))):
        duplicate.name = "other"
        assert duplicate.name == "other"
    session.rollback()
    assert genre.name in {"g", "h"}


# -- rows that a statement deleted -------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["evaluate", "fetch", "auto"])
def test_pending_changes_of_objects_that_a_statement_deleted_are_left_out(
    session: Session, book: Book, count_rows: Count, how: str
) -> None:
    session.autoflush = False
    first, second = book.chapters
    other = Book(title="y")
    session.add(other)
    session.flush()
    first.book = other
    second.number = 5
    session.execute(delete(Chapter).execution_options(synchronize_session=how))
    assert inspect(first).deleted
    first.number = 6
    session.commit()
    assert count_rows("chapter") == 0
    assert inspect(first).detached


def test_members_that_a_statement_deleted_leave_their_collections(
    session: Session, book: Book, count_rows: Count
) -> None:
    session.autoflush = False
    chapters, genres = list(book.chapters), list(book.genres)
    session.query(Chapter).filter(Chapter.number == 1).delete("fetch")
    session.execute(delete(book_genre).where(book_genre.c.genre_id == genres[0].id))
    session.query(Genre).filter(Genre.id == genres[0].id).delete("evaluate")
    book.chapters.remove(chapters[0])
    book.genres.remove(genres[0])
    session.commit()
    assert book.chapters == chapters[1:]
    assert book.genres == {genres[1]}
    assert count_rows("chapter") == 1


def test_a_reference_to_a_parent_that_a_statement_deleted_is_warned_of(session: Session, book: Book) -> None:
    session.autoflush = False
    author = Author(name="Bob")
    session.add(author)
    session.flush()
    book.author = author
    session.execute(delete(Author).where(Author.name == "Bob"))
    with pytest.warns(match="Object of type <Author> not in session, the operation along 'Book.author'"):
        session.commit()
    assert book.author is not None
    assert book.author.name == "Ada"


def test_a_rollback_brings_back_what_a_statement_deleted(session: Session, book: Book) -> None:
    session.autoflush = False
    chapter = book.chapters[0]
    session.execute(delete(Chapter).where(Chapter.id == chapter.id))
    chapter.number = 5
    book.chapters.remove(chapter)
    session.flush()
    session.rollback()
    assert inspect(chapter).persistent
    assert [one.number for one in book.chapters] == [1, 2]


# -- what the delete and expunge cascades reach ------------------------------------------------------------------------


def test_the_delete_cascade_reaches_expunged_members(session: Session, book: Book, count_rows: Count) -> None:
    chapter = book.chapters[0]
    session.expunge(chapter)
    session.delete(book)
    session.commit()
    assert count_rows("chapter") == 0
    assert inspect(chapter).detached


def test_a_rollback_keeps_the_expunged_member_that_was_deleted(session: Session, book: Book) -> None:
    chapter = book.chapters[0]
    session.expunge(chapter)
    session.delete(book)
    session.flush()
    assert inspect(chapter).deleted
    session.rollback()
    assert chapter in session
    assert chapter.number == 1


def test_the_delete_cascade_refuses_a_member_of_another_session(session: Session, book: Book) -> None:
    chapter = book.chapters[0]
    session.expunge(chapter)
    with Session(session.bind) as other:
        chapter = other.get(Chapter, chapter.id) or chapter
        book.__dict__["chapters"] = [chapter]
        with pytest.raises(InvalidRequestError, match="already attached"):
            session.delete(book)
        assert not session.deleted


def test_cascades_reach_what_a_backref_put_into_a_collection_that_is_not_loaded(
    session: Session, count_rows: Count
) -> None:
    book = Book(title="x")
    session.add(book)
    session.commit()
    first = Chapter(number=1)
    session.add(first)
    first.book = book
    assert "chapters" not in book.__dict__
    assert first in session
    session.expunge(book)
    assert inspect(first).transient
    session.add(book)
    assert first in session
    session.delete(book)
    session.commit()
    assert count_rows("book") == count_rows("chapter") == 0


def test_an_object_that_was_expired_when_it_was_deleted_has_its_key(session: Session) -> None:
    genre, place = Genre(name="g"), Place(shelf="a", number=1)
    session.add_all([genre, place])
    session.commit()
    key = genre.id
    session.expire_all()
    session.delete(genre)
    session.delete(place)
    session.commit()
    assert (genre.id, place.shelf, place.number) == (key, "a", 1)
    again = session.merge(place)
    session.commit()
    assert session.get(Place, ("a", 1)) is again
