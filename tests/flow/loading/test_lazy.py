"""Lazy loading: on the first read, in the order of the mapping, from memory where possible."""

from __future__ import annotations

import pytest

import azoth
from azoth import select
from azoth.exc import InvalidRequestError
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from azoth.orm.exc import DetachedInstanceError
from tests.flow.library import Author, Book, Chapter, Cover, Fine, Genre, Reader, Section


@pytest.fixture
def filled(session: Session) -> Session:
    book = Book(
        id=1,
        title="Notes",
        author=Author(id=1, name="Ada"),
        genres={Genre(id=1, name="essay"), Genre(id=2, name="maths")},
        chapters=[Chapter(number=2), Chapter(number=1)],
        cover=Cover(colour="red"),
    )
    session.add_all([book, Book(id=2, title="Alone")])
    session.commit()
    session.expunge_all()
    return session


def test_each_kind_of_relationship(filled: Session) -> None:
    book = filled.get(Book, 1)
    assert book.author.name == "Ada"
    assert {genre.name for genre in book.genres} == {"essay", "maths"}
    assert [chapter.number for chapter in book.chapters] == [1, 2]
    assert book.cover.colour == "red"
    assert book.cover.book is book
    assert book.author.books == [book]


def test_nothing_related(filled: Session, statements: list[str]) -> None:
    book = filled.get(Book, 2)
    statements.clear()
    assert book.author is None
    assert statements == []
    assert book.genres == set()
    assert book.chapters == []
    assert book.cover is None
    assert len(statements) == 3
    assert book.cover is None
    assert len(statements) == 3


def test_a_reference_that_is_present_costs_no_sql(filled: Session, statements: list[str]) -> None:
    author = filled.get(Author, 1)
    book = filled.get(Book, 1)
    statements.clear()
    assert book.author is author
    assert statements == []


def test_a_reference_follows_a_foreign_key_set_by_hand_after_the_flush(filled: Session) -> None:
    other = Author(id=5, name="Grace")
    filled.add(other)
    book = filled.get(Book, 2)
    book.author_id = 5
    filled.flush()
    filled.expire(book, ["author"])
    assert book.author is other


def test_on_a_pending_object_collections_are_empty(session: Session, statements: list[str]) -> None:
    author = Author(name="Ada")
    session.add(author)
    statements.clear()
    with session.no_autoflush:
        assert author.books == []
    assert statements == []
    assert Book(title="x").author is None


def test_collections_come_in_the_order_of_the_mapping(session: Session) -> None:
    session.add(Reader(id=1, name="r", fines=[Fine(amount=5), Fine(amount=50), Fine(amount=20)]))
    session.commit()
    assert [fine.amount for fine in session.get(Reader, 1).fines] == [50, 20, 5]


def test_a_condition_of_its_own(session: Session) -> None:
    session.add(Reader(id=1, name="r", fines=[Fine(amount=5), Fine(amount=50), Fine(amount=20)]))
    session.add(Reader(id=2, name="s", fines=[Fine(amount=5)]))
    session.commit()
    session.expunge_all()
    readers = session.scalars(select(Reader).order_by(Reader.id)).all()
    assert [[fine.amount for fine in reader.high_fines] for reader in readers] == [[50, 20], []]


def test_a_tree_in_both_directions(session: Session) -> None:
    session.add(Section(id=1, name="root", parts=[Section(id=2, name="a"), Section(id=3, name="b")]))
    session.commit()
    session.expunge_all()
    root = session.get(Section, 1)
    assert [part.name for part in root.parts] == ["a", "b"]
    assert root.parts[0].parent is root
    assert root.parent is None


def test_a_detached_object_cannot_load(filled: Session) -> None:
    book = filled.get(Book, 1)
    filled.expunge(book)
    assert book.title == "Notes"
    for key in ("author", "chapters", "genres"):
        with pytest.raises(DetachedInstanceError, match=f"Book.{key}"):
            getattr(book, key)


def test_an_expired_detached_object_cannot_load(filled: Session) -> None:
    book = filled.get(Book, 1)
    filled.commit()
    filled.close()
    with pytest.raises(DetachedInstanceError, match=r"Book.title"):
        book.title


def test_changes_of_a_collection_that_is_not_loaded_are_kept(filled: Session, statements: list[str]) -> None:
    author = filled.get(Author, 1)
    statements.clear()
    book = Book(title="New", author=author)
    filled.add(book)
    assert statements == []
    assert [one.title for one in author.books] == ["Notes", "New"]


class Strict(DeclarativeBase):
    pass


class Parent(Strict):
    __tablename__ = "parent"

    id: Mapped[int] = mapped_column(primary_key=True)
    refused: Mapped[list[Child]] = relationship(lazy="raise", viewonly=True)
    empty: Mapped[list[Child]] = relationship(lazy="noload", viewonly=True)
    joined: Mapped[list[Child]] = relationship(lazy="joined", viewonly=True)
    selectin: Mapped[list[Child]] = relationship(lazy="selectin", viewonly=True)
    subquery: Mapped[list[Child]] = relationship(lazy="subquery", viewonly=True)
    immediate: Mapped[list[Child]] = relationship(lazy="immediate", back_populates="parent")


class Child(Strict):
    __tablename__ = "child"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(azoth.ForeignKey("parent.id"))
    parent: Mapped[Parent | None] = relationship(lazy="raise_on_sql", back_populates="immediate")


@pytest.fixture
def strict(engine: azoth.Engine) -> Session:
    Strict.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Parent(id=1, immediate=[Child(id=1), Child(id=2)]), Parent(id=2)])
        session.commit()
        session.expunge_all()
        yield session


def test_strategies_of_the_mapping(strict: Session, statements: list[str]) -> None:
    statements.clear()
    first, second = strict.scalars(select(Parent).order_by(Parent.id)).unique().all()
    loaded = len(statements)
    for key in ("joined", "selectin", "subquery", "immediate"):
        assert [child.id for child in getattr(first, key)] == [1, 2], key
        assert getattr(second, key) == [], key
    assert first.empty == []
    assert len(statements) == loaded
    assert loaded <= 4


def test_raise(strict: Session) -> None:
    parent = strict.get(Parent, 1)
    with pytest.raises(InvalidRequestError, match=r"Parent.refused"):
        parent.refused


def test_raise_on_sql_allows_what_is_in_memory(strict: Session) -> None:
    child = strict.get(Child, 1)
    with pytest.raises(InvalidRequestError, match=r"Child.parent"):
        child.parent
    parent = strict.get(Parent, 1)
    assert child.parent is parent
    assert Child().parent is None
    strict.add(Child(id=3))
    strict.flush()
    strict.expire(strict.get(Child, 3), ["parent"])
    assert strict.get(Child, 3).parent is None
