"""merge() copies the state of an object onto the session's own object for the same row."""

from __future__ import annotations

import pickle

import pytest

import azoth
from azoth import inspect
from azoth.exc import InvalidRequestError
from azoth.orm import Session
from azoth.orm.exc import StaleDataError
from tests.flow.library import Author, Book, Chapter, Genre, Loan, Place, remove_authors


@pytest.fixture
def stored(session: Session) -> None:
    session.add(Author(id=1, name="Ada", books=[Book(id=1, title="Notes"), Book(id=2, title="More")]))
    session.commit()
    session.expunge_all()


def detached(library: azoth.Engine, *load: str) -> Author:
    """Load the author in another session and detach it."""
    with Session(library) as other:
        author = other.get_one(Author, 1)
        for key in load:
            getattr(author, key)
        other.expunge_all()
    return author


def test_an_object_without_key_becomes_a_new_one(session: Session) -> None:
    given = Author(name="Ada")
    merged = session.merge(given)
    assert merged is not given
    assert given not in session
    assert inspect(given).transient
    assert inspect(merged).pending
    session.commit()
    assert merged.name == "Ada"
    assert given.id is None


def test_a_key_without_row_becomes_a_new_object(session: Session) -> None:
    merged = session.merge(Author(id=5, name="Ada"))
    assert inspect(merged).pending
    session.commit()
    assert session.get(Author, 5).name == "Ada"


def test_a_transient_object_with_a_key_is_looked_up(session: Session, stored: None, statements: list[str]) -> None:
    statements.clear()
    merged = session.merge(Author(id=1, name="Grace"))
    assert len(statements) == 1
    assert inspect(merged).persistent
    assert merged in session.dirty
    session.commit()
    assert session.get(Author, 1).name == "Grace"


def test_a_present_object_takes_the_state_without_sql(session: Session, stored: None, statements: list[str]) -> None:
    present = session.get(Author, 1)
    statements.clear()
    assert session.merge(Author(id=1, name="Grace")) is present
    assert statements == []
    assert present.name == "Grace"


def test_values_that_were_never_set_are_left_alone(session: Session, stored: None) -> None:
    session.get(Author, 1).born = 1815
    session.commit()
    session.merge(Author(id=1, name="Grace"))
    session.commit()
    assert session.get(Author, 1).born == 1815


def test_none_is_a_value(session: Session, stored: None) -> None:
    session.get(Author, 1).born = 1815
    session.commit()
    session.merge(Author(id=1, born=None))
    session.commit()
    assert session.get(Author, 1).born is None
    assert session.get(Author, 1).name == "Ada"


def test_merging_an_object_of_the_session_gives_it_back(session: Session, stored: None) -> None:
    author = session.get(Author, 1)
    assert session.merge(author) is author


def test_merging_twice_gives_the_same_object(session: Session, stored: None) -> None:
    given = Author(id=7, name="x")
    assert session.merge(given) is session.merge(given)
    session.commit()
    assert session.query(Author).filter_by(id=7).count() == 1


def test_a_detached_object_brings_its_loaded_collections(session: Session, stored: None, library: azoth.Engine) -> None:
    given = detached(library, "books")
    given.books[0].title = "changed"
    given.books.pop()
    given.books.append(Book(title="new"))
    merged = session.merge(given)
    assert [book.title for book in merged.books] == ["changed", "new"]
    assert all(book in session for book in merged.books)
    assert all(book not in session for book in given.books)
    session.commit()
    assert [book.title for book in merged.books] == ["changed", "new"]
    assert session.get(Book, 2).author_id is None


def test_a_collection_that_is_not_loaded_is_left_alone(session: Session, stored: None, library: azoth.Engine) -> None:
    given = detached(library)
    given.name = "Grace"
    merged = session.merge(given)
    session.commit()
    assert merged.name == "Grace"
    assert len(merged.books) == 2


def test_orphans_of_a_merged_collection_are_deleted(session: Session) -> None:
    session.add(Book(id=1, title="x", chapters=[Chapter(id=1, number=1), Chapter(id=2, number=2)]))
    session.commit()
    session.expunge_all()
    session.merge(Book(id=1, chapters=[Chapter(id=2, number=2), Chapter(number=3)]))
    session.commit()
    assert [chapter.number for chapter in session.get(Book, 1).chapters] == [2, 3]
    assert session.query(Chapter).count() == 2


def test_a_many_to_one_is_merged(session: Session, stored: None) -> None:
    merged = session.merge(Book(id=1, title="Notes", author=Author(name="Grace")))
    session.commit()
    assert merged.author.name == "Grace"
    assert merged.author.id != 1


def test_many_to_many_and_sets(session: Session) -> None:
    genre = Genre(name="essay")
    given = Book(title="x", genres={genre})
    merged = session.merge(given)
    session.commit()
    assert {one.name for one in merged.genres} == {"essay"}
    [other] = merged.genres
    assert other is not genre
    assert other.books == [merged]


def test_a_graph_with_a_circle(session: Session) -> None:
    author = Author(name="Ada")
    book = Book(title="x", author=author)
    merged = session.merge(book)
    assert merged.author.books == [merged]
    session.commit()
    assert session.query(Author).count() == 1
    assert session.query(Book).count() == 1


def test_composite_keys(session: Session) -> None:
    session.add(Place(shelf="a", number=1, label="x"))
    session.commit()
    session.merge(Place(shelf="a", number=1, label="y"))
    session.commit()
    assert session.query(Place).one().label == "y"


def test_a_pickled_object_merges(session: Session, stored: None, library: azoth.Engine) -> None:
    given = pickle.loads(pickle.dumps(detached(library, "books")))
    assert inspect(given).detached
    given.name = "Grace"
    merged = session.merge(given)
    assert len(merged.books) == 2
    session.commit()
    assert session.get(Author, 1).name == "Grace"


def test_without_load_the_state_is_taken_as_the_databases(
    session: Session, stored: None, library: azoth.Engine, statements: list[str]
) -> None:
    given = detached(library, "books")
    statements.clear()
    merged = session.merge(given, load=False)
    assert (merged.name, [book.title for book in merged.books]) == ("Ada", ["Notes", "More"])
    assert merged is not given
    assert inspect(merged).persistent
    assert not session.dirty
    assert statements == []
    merged.name = "Grace"
    session.commit()
    assert session.get(Author, 1).name == "Grace"


def test_without_load_new_objects_are_refused(session: Session) -> None:
    with pytest.raises(InvalidRequestError, match="load=False"):
        session.merge(Author(name="Ada"), load=False)


def test_without_load_changed_objects_are_refused(session: Session, stored: None, library: azoth.Engine) -> None:
    given = detached(library)
    given.name = "Grace"
    with pytest.raises(InvalidRequestError, match="load=False"):
        session.merge(given, load=False)


def test_an_older_version_is_refused(session: Session) -> None:
    session.add(Loan(id=1, reader="r"))
    session.commit()
    old = session.get(Loan, 1)
    assert old.version == 1
    session.expunge(old)
    session.get(Loan, 1).reader = "s"
    session.flush()
    with pytest.raises(StaleDataError):
        session.merge(old)


def test_merge_flushes_first(session: Session) -> None:
    pending = Author(id=3, name="Ada")
    session.add(pending)
    assert session.merge(Author(id=3, name="Grace")) is pending
    session.commit()
    assert pending.name == "Grace"


def test_a_row_deleted_elsewhere_is_inserted_again(session: Session, stored: None, library: azoth.Engine) -> None:
    given = detached(library)
    remove_authors(session)
    merged = session.merge(given)
    assert inspect(merged).pending
    session.commit()
    assert session.get(Author, 1).name == "Ada"


def test_merging_a_collection_looks_its_members_up_together(session: Session, statements: list[str]) -> None:
    session.add(Author(id=1, name="Ada", books=[Book(title=str(number)) for number in range(50)]))
    session.commit()
    given = session.get(Author, 1)
    assert [book.title for book in given.books] == [str(number) for number in range(50)]
    session.expunge_all()
    statements.clear()
    merged = session.merge(given)
    assert len(merged.books) == 50
    assert len(statements) <= 3


def test_two_objects_with_one_key_in_a_graph_are_one(session: Session) -> None:
    books = [Book(title="x", genres={Genre(id=1, name="g")}), Book(title="y", genres={Genre(id=1, name="g")})]
    merged = session.merge(Author(name="Ada", books=books))
    session.commit()
    first, second = merged.books
    assert first.genres == second.genres
