"""Rows that the database refuses; nothing else is lost."""

from __future__ import annotations

import pickle

import pytest

from azoth import Engine, ForeignKey, inspect, select
from azoth.exc import IntegrityError, PendingRollbackError
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from azoth.orm.exc import FlushError, NullRefusedError, StaleDataError
from tests.flow.errors.message import SECRET, assert_tells
from tests.flow.library import Author, Book, Chapter, Genre, Loan, Place


def assert_names(error: BaseException | None, *words: str) -> None:
    """Check that the first line names the column or the constraint, in the words of one of the databases."""
    first = str(error).splitlines()[0]
    assert any(word in first for word in words), first


def test_null_where_a_value_is_required(session: Session) -> None:
    book = Book(pages=1)
    session.add(book)
    with pytest.raises(IntegrityError) as caught:
        session.commit()
    assert_tells(caught.value, "Book")
    assert_names(caught.value, "book.title", 'column "title" of relation "book"')
    session.rollback()
    book.title = "now"
    session.add(book)
    session.commit()
    assert session.scalars(select(Book.title)).one() == "now"


def test_a_duplicate_unique_value(session: Session) -> None:
    session.add(Genre(name=SECRET))
    session.commit()
    session.add(Genre(name=SECRET))
    with pytest.raises(IntegrityError) as caught:
        session.flush()
    assert_tells(caught.value, "Genre", code="AZ-E710")
    assert_names(caught.value, "genre.name", '"genre_name_key"')
    assert caught.value.orig is not None
    assert "INSERT" in caught.value.statement
    assert SECRET not in str(caught.value)
    session.rollback()
    assert session.query(Genre).count() == 1


def test_a_duplicate_key(session: Session) -> None:
    session.add(Author(id=1, name="Ada"))
    session.commit()
    session.expunge_all()
    session.add(Author(id=1, name=SECRET))
    with pytest.raises(IntegrityError) as caught:
        session.flush()
    assert_tells(caught.value, "Author", code="AZ-E710")
    assert_names(caught.value, "author.id", '"author_pkey"')
    session.rollback()
    assert session.get(Author, 1).name == "Ada"


@pytest.mark.filterwarnings("ignore:New instance")
def test_a_duplicate_key_of_an_object_that_is_present(session: Session) -> None:
    present = Author(id=1, name="Ada")
    session.add(present)
    session.commit()
    session.add(Author(id=1, name=SECRET))
    with pytest.raises((IntegrityError, FlushError)) as caught:
        session.flush()
    assert_tells(caught.value, "Author")
    session.rollback()
    assert present.name == "Ada"


def test_two_new_objects_with_the_same_key(session: Session) -> None:
    session.add_all([Author(id=1, name="Ada"), Author(id=1, name="Grace")])
    with pytest.raises((IntegrityError, FlushError)) as caught:
        session.flush()
    assert_tells(caught.value, "Author")
    session.rollback()
    assert session.query(Author).count() == 0


def test_a_failed_batch_inserts_nothing(session: Session) -> None:
    genres = [Genre(name=str(number)) for number in range(100)] + [Genre(name="50")]
    session.add_all(genres)
    with pytest.raises(IntegrityError):
        session.commit()
    session.rollback()
    assert session.query(Genre).count() == 0
    assert all(inspect(genre).transient and genre.id is None for genre in genres)
    session.add_all(genres[:100])
    session.commit()
    assert session.query(Genre).count() == 100


def test_the_error_after_a_failed_flush(session: Session) -> None:
    session.add_all([Genre(name=SECRET), Genre(name=SECRET)])
    with pytest.raises(IntegrityError):
        session.flush()
    with pytest.raises(PendingRollbackError) as caught:
        session.query(Genre).all()
    assert_tells(caught.value, "UniqueViolation")
    assert isinstance(caught.value.__cause__, IntegrityError)
    assert_names(caught.value.__cause__, "genre.name", '"genre_name_key"')
    assert SECRET not in str(caught.value)
    session.rollback()
    assert session.query(Genre).all() == []


def test_a_child_that_needs_its_parent(session: Session) -> None:
    session.add(Chapter(number=1))
    with pytest.raises(IntegrityError) as caught:
        session.flush()
    assert_tells(caught.value, "Chapter")
    assert_names(caught.value, "chapter.book_id", 'column "book_id" of relation "chapter"')
    session.rollback()


def test_a_key_without_value(session: Session) -> None:
    session.add(Place(shelf="a"))
    with pytest.raises(IntegrityError) as caught:
        session.flush()
    assert isinstance(caught.value, NullRefusedError)
    assert_tells(caught.value, "Place", "number")
    session.rollback()
    assert session.query(Place).count() == 0


def test_a_parent_that_is_needed(engine: Engine) -> None:
    class Base(DeclarativeBase):
        pass

    class Owner(Base):
        __tablename__ = "owner"
        id: Mapped[int] = mapped_column(primary_key=True)
        things: Mapped[list[Thing]] = relationship()

    class Thing(Base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"))

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Owner(id=1, things=[Thing(id=1)]))
        session.commit()
        session.delete(session.get(Owner, 1))
        with pytest.raises(IntegrityError) as caught:
            session.commit()
        assert isinstance(caught.value, FlushError)
        assert_tells(caught.value, "Thing", "Owner.things")
        assert (caught.value.statement, str(caught.value.orig)) == (None, str(caught.value))
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
        session.rollback()
        assert session.get(Owner, 1).things == [session.get(Thing, 1)]


def test_a_key_set_to_none(session: Session) -> None:
    author = Author(id=1, name="Ada")
    session.add(author)
    session.commit()
    author.id = None
    with pytest.raises(FlushError) as caught:
        session.flush()
    assert_tells(caught.value, "Author", "1", "id")
    session.rollback()
    assert author.id == 1


def test_a_stale_version(session: Session) -> None:
    loan = Loan(id=1, reader=SECRET)
    session.add(loan)
    session.commit()
    assert loan.version == 1
    session.connection().exec_driver_sql("UPDATE loan SET version = 9")
    loan.reader = "x"
    with pytest.raises(StaleDataError) as caught:
        session.flush()
    assert_tells(caught.value, "Loan", "1", "loan")
    session.rollback()


def test_a_value_that_the_driver_cannot_store(session: Session) -> None:
    session.add(Author(name=object()))
    with pytest.raises(Exception, match=r"author|Author") as caught:
        session.flush()
    assert_tells(caught.value, "Author")
    session.rollback()
    session.add(Author(name="Ada"))
    session.commit()
