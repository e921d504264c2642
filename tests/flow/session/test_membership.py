"""What a session holds: adding, iterating, and the sets new, dirty and deleted."""

from __future__ import annotations

import pytest

from azoth.exc import AzothWarning, InvalidRequestError
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column
from tests.flow.library import Author, Book


def test_add_all_takes_any_iterable(session: Session) -> None:
    authors = [Author(name="Ada"), Author(name="Grace")]
    session.add_all(author for author in authors)
    assert set(session.new) == set(authors)


def test_new_dirty_and_deleted_name_objects_by_what_the_flush_will_do(session: Session) -> None:
    pending, changed, doomed = Author(name="a"), Author(name="b"), Author(name="c")
    session.add_all([changed, doomed])
    session.commit()
    session.add(pending)
    changed.name = "B"
    doomed.name = "C"
    session.delete(doomed)
    assert set(session.new) == {pending}
    assert set(session.dirty) == {changed}
    assert set(session.deleted) == {doomed}
    session.flush()
    assert not session.new
    assert not session.dirty
    assert not session.deleted


def test_membership_covers_pending_and_persistent_objects(session: Session) -> None:
    author = Author(name="Ada")
    assert author not in session
    session.add(author)
    assert author in session
    session.commit()
    assert author in session
    session.delete(author)
    session.flush()
    assert author not in session


def test_iterating_gives_pending_and_persistent_objects(session: Session) -> None:
    stored, pending = Author(name="a"), Author(name="b")
    session.add(stored)
    session.flush()
    session.add(pending)
    assert set(session) == {stored, pending}


def test_adding_twice_is_adding_once(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.add(author)
    session.commit()
    session.add(author)
    session.commit()
    assert session.query(Author).count() == 1


def test_the_sets_compare_by_identity(session: Session) -> None:
    class Base(DeclarativeBase):
        pass

    class Same(Base):
        __tablename__ = "same"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]

    first, second = Same(name="a"), Same(name="b")
    session.add(first)
    assert first in session.new
    assert second not in session.new
    assert second not in session


def test_setting_an_attribute_to_its_value_makes_no_update(session: Session, statements: list[str]) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.commit()
    author.name = str(author.name)
    assert author in session.dirty
    statements.clear()
    session.flush()
    assert statements == []
    assert author not in session.dirty


def test_an_object_of_another_session_is_refused(session: Session, library: object) -> None:
    author = Author(name="Ada")
    session.add(author)
    with Session(library) as other:
        with pytest.raises(InvalidRequestError, match=r"Author.*already attached to session"):
            other.add(author)
    assert author in session


def test_a_second_object_with_the_same_key_is_refused(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.commit()
    key = author.id
    session.expunge(author)
    present = session.get(Author, key)
    with pytest.raises(InvalidRequestError, match=r"another (object|instance) with .*key .*present"):
        session.add(author)
    assert author not in session
    assert session.get(Author, key) is present


def test_expunging_something_else_is_refused(session: Session) -> None:
    with pytest.raises(InvalidRequestError, match=r"Author.* is not present in this session"):
        session.expunge(Author(name="Ada"))


def test_attaching_to_an_object_in_a_session_adds_along_the_relationship(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    book = Book(title="Notes")
    author.books.append(book)
    assert book in session
    other = Book(title="More", author=author)
    # In the direction of the backref nothing cascades.
    assert other not in session


def test_a_backref_does_not_pull_an_object_into_the_session(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    assert author.books == []
    book = Book(title="Notes")
    book.author = author
    assert book in author.books
    assert book not in session
    with pytest.warns(AzothWarning, match=r"Book.*not in session.*Author.books"):
        session.flush()
    session.add(author)
    assert book in session
    session.commit()
    assert book.author_id == author.id


def test_removing_from_a_collection_before_the_flush_keeps_the_pending_object(session: Session) -> None:
    author, book = Author(name="Ada"), Book(title="Notes")
    author.books.append(book)
    session.add(author)
    author.books.remove(book)
    session.commit()
    assert book.author is None
    assert session.query(Book).count() == 1


def test_an_object_deleted_in_this_transaction_cannot_be_added(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.flush()
    session.delete(author)
    session.flush()
    with pytest.raises(InvalidRequestError, match="deleted"):
        session.add(author)


def test_an_object_whose_deletion_was_committed_cannot_be_added(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.flush()
    session.delete(author)
    session.commit()
    with pytest.raises(InvalidRequestError, match="deleted"):
        session.add(author)
    assert author not in session


def test_an_object_without_row_cannot_be_deleted(session: Session) -> None:
    author = Author(name="Ada")
    with pytest.raises(InvalidRequestError, match=r"Author.*is not persisted"):
        session.delete(author)
    session.add(author)
    with pytest.raises(InvalidRequestError, match=r"Author.*is not persisted"):
        session.delete(author)


def test_flushing_some_objects_leaves_the_others_pending(session: Session) -> None:
    first, second = Author(name="a"), Author(name="b")
    session.add_all([first, second])
    session.flush([first])
    assert first.id is not None
    assert second in session.new
    session.commit()
    assert session.query(Author).count() == 2
