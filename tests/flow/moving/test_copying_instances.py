"""copy.copy and copy.deepcopy of mapped instances: a copy is transient and has a state of its own."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import ForeignKey, inspect, select
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from tests.flow.library import Author, Book, Genre, make_tables


@pytest.fixture
def session(engine: azoth.Engine, statements: list[str]) -> Iterator[Session]:
    """A session on a library with one author of two books."""
    make_tables(engine)
    with Session(engine) as session:
        session.add(Author(id=1, name="Ada", books=[Book(id=1, title="Notes"), Book(id=2, title="More")]))
        session.commit()
        yield session


@pytest.fixture
def author(session: Session) -> Author:
    """The author, loaded with the books."""
    author = session.get_one(Author, 1)
    assert len(author.books) == 2
    return author


@pytest.mark.parametrize("copying", [copy.copy, copy.deepcopy])
def test_a_copy_is_transient_and_has_the_values(session: Session, author: Author, copying: Any) -> None:
    duplicate = copying(author)
    assert duplicate is not author
    assert inspect(duplicate) is not inspect(author)
    assert inspect(duplicate).transient
    assert duplicate not in session
    assert duplicate.name == "Ada"
    assert inspect(author).persistent


@pytest.mark.parametrize("copying", [copy.copy, copy.deepcopy])
@pytest.mark.parametrize("dirty", [False, True])
def test_changes_to_a_copy_are_not_noted_on_the_original(
    session: Session, author: Author, copying: Any, dirty: bool
) -> None:
    if dirty:
        author.born = 1815
    duplicate = copying(author)
    duplicate.name = "Eve"
    duplicate.born = 1900
    assert author.name == "Ada"
    assert set(session.dirty) == ({author} if dirty else set())
    assert not inspect(author).attrs.name.history.has_changes()
    author.name = "Ada L."
    assert duplicate.name == "Eve"
    session.commit()
    assert session.execute(select(Author.name, Author.born)).one() == ("Ada L.", 1815 if dirty else None)


def test_changes_to_the_original_are_still_noted_after_copying(session: Session, author: Author) -> None:
    copy.copy(author)
    author.name = "Eve"
    assert author in session.dirty


def test_a_shallow_copy_shares_related_objects_in_a_collection_of_its_own(session: Session, author: Author) -> None:
    duplicate = copy.copy(author)
    assert duplicate.books == author.books
    assert duplicate.books is not author.books
    duplicate.books.clear()
    assert len(author.books) == 2
    assert author not in session.dirty


def test_a_deep_copy_copies_related_objects_and_keeps_both_sides_in_step(session: Session, author: Author) -> None:
    assert all(book.author is author for book in author.books)
    duplicate = copy.deepcopy(author)
    first, second = duplicate.books
    assert first is not author.books[0]
    assert first.author is duplicate
    assert inspect(first).transient
    duplicate.books.remove(second)
    assert second.author is None
    assert len(author.books) == 2
    assert author.books[1].author is author


def test_a_deep_copy_can_be_inserted_under_new_keys(session: Session, author: Author) -> None:
    duplicate = copy.deepcopy(author)
    for each in (duplicate, *duplicate.books):
        each.id = None
    for book in duplicate.books:
        book.author_id = None
    session.add(duplicate)
    session.commit()
    assert session.scalars(select(Book.author_id).order_by(Book.id)).all() == [1, 1, 2, 2]


def test_sets_are_copied_too(session: Session) -> None:
    book = session.get_one(Book, 1)
    genre = Genre(name="g")
    book.genres.add(genre)
    session.commit()
    assert book.genres == {genre}
    assert copy.copy(book).genres == {genre}
    assert {each.name for each in copy.deepcopy(book).genres} == {"g"}


def test_copying_an_expired_object_loads_nothing(session: Session, author: Author, statements: list[str]) -> None:
    session.expire(author)
    statements.clear()
    duplicate = copy.copy(author)
    assert duplicate.name is None
    assert statements == []
    assert author.name == "Ada"


def test_copying_a_transient_object() -> None:
    author = Author(name="Ada")
    duplicate = copy.copy(author)
    duplicate.name = "Eve"
    assert author.name == "Ada"
    assert inspect(duplicate).transient


def test_a_copy_made_by_hand_is_told_from_the_original(session: Session, author: Author) -> None:
    duplicate = Author.__new__(Author)
    duplicate.__dict__.update(author.__dict__)
    assert duplicate not in session
    duplicate.name = "Eve"
    assert author not in session.dirty
    assert inspect(duplicate).transient
    assert author.name == "Ada"


def test_a_class_may_copy_itself_its_own_way() -> None:
    class Base(DeclarativeBase):
        pass

    class Own(Base):
        __tablename__ = "own"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

        def __copy__(self) -> Own:
            return Own(name=f"copy of {self.name}")

        def __getstate__(self) -> dict[str, Any]:
            return {key: value for key, value in self.__dict__.items() if key == "name"}

        def __setstate__(self, values: dict[str, Any]) -> None:
            self.name = values["name"] + "!"

    own = Own(id=1, name="x")
    assert copy.copy(own).name == "copy of x"
    assert copy.deepcopy(own).name == "x!"
    assert copy.deepcopy(own).id is None


def test_an_object_that_counts_by_its_values_is_copied_within_another_one() -> None:
    class Base(DeclarativeBase):
        pass

    class Crate(Base):
        __tablename__ = "crate"
        id: Mapped[int] = mapped_column(primary_key=True)
        jars: Mapped[list[Jar]] = relationship(back_populates="crate")

    class Jar(Base):
        __tablename__ = "jar"
        id: Mapped[int] = mapped_column(primary_key=True)
        crate_id: Mapped[int | None] = mapped_column(ForeignKey("crate.id"))
        crate: Mapped[Crate | None] = relationship(back_populates="jars")

        def __eq__(self, other: object) -> bool:
            return self is other

        def __hash__(self) -> int:
            return 5

    crate = Crate(jars=[Jar(), Jar()])
    duplicate = copy.deepcopy(crate)
    assert [jar.crate is duplicate for jar in duplicate.jars] == [True, True]
    assert duplicate.jars[0] is not crate.jars[0]
    duplicate.jars.append(Jar())
    assert (len(duplicate.jars), len(crate.jars)) == (3, 2)
