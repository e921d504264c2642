"""Objects are loaded anew after a commit or rollback, and when they are expired or refreshed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, inspect, select
from azoth.exc import InvalidRequestError
from azoth.orm import Session, declarative_base, raiseload, relationship
from azoth.orm.exc import ObjectDeletedError
from tests.flow.library import Author, Book, Chapter, remove_authors


@pytest.fixture
def author(session: Session) -> Author:
    author = Author(id=1, name="Ada", books=[Book(id=1, title="Notes")])
    session.add(author)
    session.commit()
    return author


def change_outside(session: Session, name: str) -> None:
    session.connection().exec_driver_sql(f"UPDATE author SET name = '{name}'")


def test_a_commit_expires_all_objects(session: Session, author: Author, statements: list[str]) -> None:
    assert inspect(author).expired
    statements.clear()
    assert (author.name, author.id) == ("Ada", 1)
    assert len(statements) == 1
    assert not inspect(author).expired


def test_expire_on_commit_can_be_switched_off(library: azoth.Engine, statements: list[str]) -> None:
    with Session(library, expire_on_commit=False) as session:
        author = Author(name="Ada")
        session.add(author)
        session.commit()
        statements.clear()
        assert author.name == "Ada"
        assert author.id == 1
        assert statements == []
    assert author.name == "Ada"


def test_expire_drops_all_values_and_changes(session: Session, author: Author) -> None:
    author.name = "changed"
    session.expire(author)
    assert author not in session.dirty
    assert author.name == "Ada"
    session.commit()
    assert author.name == "Ada"


def test_expire_by_name_drops_that_attribute(session: Session, author: Author, statements: list[str]) -> None:
    assert author.name == "Ada"
    change_outside(session, "Grace")
    session.connection().exec_driver_sql("UPDATE author SET born = 1906")
    session.expire(author, ["name"])
    statements.clear()
    assert author.born is None
    assert author.name == "Grace"
    assert len(statements) == 1
    assert author.born is None


def test_expire_by_name_drops_the_change_of_that_attribute_only(session: Session, author: Author) -> None:
    author.name, author.born = "changed", 1815
    session.expire(author, ["name"])
    assert author in session.dirty
    session.commit()
    assert (author.name, author.born) == ("Ada", 1815)


def test_expire_a_collection(session: Session, author: Author) -> None:
    assert len(author.books) == 1
    session.connection().exec_driver_sql("INSERT INTO book (title, author_id) VALUES ('More', 1)")
    assert len(author.books) == 1
    session.expire(author, ["books"])
    assert len(author.books) == 2


def test_expire_all(session: Session, author: Author) -> None:
    book = author.books[0]
    assert book.title == "Notes"
    assert author.name == "Ada"
    change_outside(session, "Grace")
    session.connection().exec_driver_sql("UPDATE book SET title = 'x'")
    session.expire_all()
    assert (author.name, book.title) == ("Grace", "x")


def test_refresh_loads_at_once(session: Session, author: Author, statements: list[str]) -> None:
    assert author.name == "Ada"
    change_outside(session, "Grace")
    statements.clear()
    session.refresh(author)
    assert len(statements) == 1
    assert author.name == "Grace"
    assert len(statements) == 1


def test_refresh_discards_changes(session: Session, author: Author) -> None:
    author.name = "changed"
    session.refresh(author)
    assert author.name == "Ada"
    assert author not in session.dirty


def test_refresh_flushes_the_changes_of_others(session: Session, author: Author) -> None:
    assert len(author.books) == 1
    session.add(Book(title="More", author_id=1))
    session.refresh(author, ["books"])
    assert len(author.books) == 2


def test_refresh_by_name_discards_and_loads_that_attribute_only(session: Session, author: Author) -> None:
    author.name, author.born = "changed", 1815
    session.refresh(author, ["name"])
    assert (author.name, author.born) == ("Ada", 1815)
    session.commit()
    assert (author.name, author.born) == ("Ada", 1815)


def test_refresh_columns_by_name(session: Session, author: Author) -> None:
    author.born = 1815
    assert author.name == "Ada"
    session.flush()
    session.connection().exec_driver_sql("UPDATE author SET name = 'Grace', born = 1906")
    session.refresh(author, ["name"])
    assert (author.name, author.born) == ("Grace", 1815)


@pytest.mark.parametrize("names", [["books"], ["books", "name"], ["name"], None])
def test_refresh_finds_out_that_the_row_is_gone(session: Session, author: Author, names: list[str] | None) -> None:
    session.connection().exec_driver_sql("DELETE FROM book")
    remove_authors(session)
    with pytest.raises(InvalidRequestError, match="could not refresh Author"):
        session.refresh(author, names)


def test_refresh_relationships_by_name(session: Session, author: Author, statements: list[str]) -> None:
    assert len(author.books) == 1
    session.connection().exec_driver_sql("INSERT INTO book (title, author_id) VALUES ('More', 1)")
    session.refresh(author, ["books"])
    statements.clear()
    assert [book.title for book in author.books] == ["Notes", "More"]
    assert statements == []


def test_refresh_of_a_deferred_or_relationship_free_object_keeps_identity(session: Session, author: Author) -> None:
    session.refresh(author)
    assert session.get(Author, 1) is author


def test_refresh_cascades_expire_along_refresh_expire(session: Session) -> None:
    book = Book(title="Notes", chapters=[Chapter(number=1)])
    session.add(book)
    session.commit()
    chapter = book.chapters[0]
    assert chapter.number == 1
    session.connection().exec_driver_sql("UPDATE chapter SET number = 9")
    session.refresh(book)
    assert chapter.number == 9


@pytest.mark.parametrize("forget", [Session.expire, Session.refresh])
def test_pending_members_along_refresh_expire_leave_the_session(session: Session, forget: Callable[..., None]) -> None:
    book = Book(title="x")
    session.add(book)
    session.commit()
    chapter = Chapter(number=1)
    book.chapters.append(chapter)
    assert inspect(chapter).pending
    forget(session, book)
    assert inspect(chapter).transient
    session.commit()
    assert book.chapters == []


def test_refresh_of_a_row_that_is_gone_is_an_error(session: Session, author: Author) -> None:
    remove_authors(session)
    with pytest.raises(InvalidRequestError, match=r"[Cc]ould not refresh"):
        session.refresh(author)


@pytest.mark.parametrize("names", [None, ["id"], ["name"], ["id", "books"], ["books"]])
def test_refresh_of_what_its_own_flush_deletes_is_an_error(
    session: Session, author: Author, names: list[str] | None
) -> None:
    author.books.clear()
    session.delete(author)
    with pytest.raises(InvalidRequestError, match=r"[Cc]ould not refresh"):
        session.refresh(author, names)
    assert inspect(author).deleted


@pytest.mark.parametrize("names", [["id"], ["name"], ["id", "books"]])
def test_refresh_by_name_of_a_row_that_is_gone_is_an_error(session: Session, author: Author, names: list[str]) -> None:
    remove_authors(session)
    with pytest.raises(InvalidRequestError, match=r"[Cc]ould not refresh"):
        session.refresh(author, names)


def test_reading_an_expired_object_whose_row_is_gone_is_an_error(session: Session, author: Author) -> None:
    remove_authors(session)
    with pytest.raises(ObjectDeletedError, match="Author"):
        author.name
    session.rollback()
    assert author.name == "Ada"


@pytest.mark.parametrize("operation", ["expire", "refresh"])
def test_objects_outside_the_session_are_refused(session: Session, operation: str) -> None:
    with pytest.raises(InvalidRequestError, match="is not persistent within this"):
        getattr(session, operation)(Author(name="Ada"))


def test_pending_objects_cannot_be_expired(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    with pytest.raises(InvalidRequestError, match="is not persistent within this"):
        session.expire(author)


def test_unmapped_attributes_survive_expiry(session: Session, author: Author) -> None:
    author.remark = "mine"
    session.expire(author)
    session.commit()
    assert author.remark == "mine"
    assert author.name == "Ada"


def test_an_attribute_set_on_an_expired_object_is_kept(session: Session, author: Author) -> None:
    author.name = "Grace"
    assert author.born is None
    assert author.name == "Grace"
    session.commit()
    assert author.name == "Grace"


def test_an_update_of_an_expired_attribute_is_written_even_if_it_is_the_same(
    session: Session, author: Author, statements: list[str]
) -> None:
    statements.clear()
    author.name = "Ada"
    session.flush()
    assert len(statements) == 1
    assert statements[0].startswith("UPDATE")


@pytest.mark.parametrize("forget", [Session.expire, Session.refresh])
def test_pending_members_that_need_no_owner_stay(session: Session, forget: Callable[..., None]) -> None:
    Base = declarative_base()

    class Parent(Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)
        children = relationship("Child", back_populates="parent", cascade="all")

    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)
        parent_id = Column(ForeignKey("parent.id"))
        parent = relationship("Parent", back_populates="children")

    Base.metadata.create_all(session.get_bind())
    with session.no_autoflush:
        parent = Parent()
        session.add(parent)
        session.commit()
        assert parent.children == []
        child = Child(parent=parent)
        session.add(child)
        forget(session, parent)
        assert inspect(child).pending
        session.commit()
    assert parent.children == [child]


@pytest.mark.parametrize("by_option", [False, True])
def test_a_relationship_is_refreshed_by_name_whatever_reading_it_is_refused_by(
    session: Session, by_option: bool
) -> None:
    Base = declarative_base()

    class Parent(Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)
        children = relationship("Child", lazy="select" if by_option else "raise")

    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)
        parent_id = Column(ForeignKey("parent.id"))

    Base.metadata.create_all(session.get_bind())
    session.add(Parent(id=1, children=[Child(id=2)]))
    session.commit()
    session.expunge_all()
    parent = session.scalars(select(Parent).options(*([raiseload(Parent.children)] if by_option else []))).one()
    with pytest.raises(InvalidRequestError):
        parent.children
    session.refresh(parent, ["children"])
    assert [child.id for child in parent.children] == [2]


@pytest.mark.parametrize("forget", [Session.expire, Session.refresh])
def test_changes_of_a_member_stay_that_the_owner_does_not_know_yet(
    session: Session, forget: Callable[..., None]
) -> None:
    Base = declarative_base()

    class Parent(Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)
        children = relationship("Child", back_populates="parent", cascade="all")

    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)
        rank = Column(Integer)
        parent_id = Column(ForeignKey("parent.id"))
        parent = relationship("Parent", back_populates="children")

    Base.metadata.create_all(session.get_bind())
    first, second, child = Parent(id=1), Parent(id=2), Child(id=3)
    child.parent = first
    session.add_all([first, second, child])
    session.commit()
    with session.no_autoflush:
        child.parent, child.rank = second, 5
        forget(session, second)
    session.commit()
    assert session.execute(select(Child.parent_id, Child.rank)).all() == [(2, 5)]


def test_a_reference_to_an_expired_object_loads_it_and_finds_that_its_row_is_gone(
    session: Session, statements: list[str]
) -> None:
    ada, bob = Author(name="Ada"), Author(name="Bob")
    books = [Book(title="one", author=ada), Book(title="two", author=bob)]
    session.add_all(books)
    session.commit()
    assert [book.author_id for book in books] == [1, 2]
    statements.clear()
    assert books[0].author is ada
    assert ada.__dict__["name"] == "Ada"
    assert bob.__dict__["name"] == "Bob"
    assert len(statements) == 1
    session.commit()
    remove_authors(session, "WHERE id = 1")
    assert books[0].author is None
    assert books[1].author is bob


def test_a_reference_that_may_not_load_gives_an_expired_object_as_it_is(session: Session) -> None:
    book = Book(title="one", author=Author(name="Ada"))
    session.add(book)
    session.commit()
    author = book.author
    session.expire_all()
    session.scalars(select(Book).options(raiseload(Book.author, sql_only=True))).one()
    assert book.author is author
