"""Objects that lead to a mapped one, as web frameworks hand them out, are taken for the one that they lead to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.local import LocalProxy

from azoth import ForeignKey, inspect, select
from azoth.engine import Engine
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    attribute_keyed_dict,
    attributes,
    make_transient,
    mapped_column,
    object_mapper,
    object_session,
    relationship,
    with_parent,
)
from azoth.orm.collections import collection, collection_adapter
from azoth.orm.exc import UnmappedInstanceError
from tests.flow.library import Author, Book, Genre


def leads_to(instance: Any) -> Any:
    return LocalProxy(lambda: instance)


@pytest.fixture
def author(session: Session) -> Author:
    author = Author(name="Ada")
    session.add(author)
    session.commit()
    return author


def test_a_relationship_holds_the_object_itself(session: Session, author: Author) -> None:
    book = Book(title="one", author=leads_to(author))
    assert book.author is author
    session.add(book)
    session.commit()
    assert book.author_id == author.id
    assert author.books == [book]


def test_a_collection_holds_the_object_itself(session: Session, author: Author) -> None:
    book, genre = Book(title="one"), Genre(name="old")
    leads_to(author).books.append(leads_to(book))
    leads_to(book).genres.add(leads_to(genre))
    assert author.books[0] is book
    assert next(iter(book.genres)) is genre
    session.commit()
    book.genres.remove(leads_to(genre))
    session.commit()
    assert session.scalars(select(Book)).one().genres == set()
    author.books = [leads_to(Book(title="two"))]
    assert type(author.books[0]) is Book


def test_sessions_take_the_object_itself(session: Session, author: Author) -> None:
    book = Book(title="one", author=author)
    proxy = leads_to(book)
    session.add(proxy)
    session.expunge(proxy)
    assert book not in session
    session.add_all([proxy])
    assert list(session.new) == [book]
    assert proxy in session
    session.flush([proxy])
    session.refresh(proxy)
    session.expire(proxy, ["title"])
    assert session.merge(proxy) is book
    assert not session.is_modified(proxy)
    assert object_session(proxy) is session
    assert object_mapper(proxy) is inspect(Book)
    assert inspect(proxy) is inspect(book)
    session.delete(proxy)
    assert list(session.deleted) == [book]
    session.flush()
    session.commit()
    make_transient(proxy)
    assert inspect(book).transient
    session.bulk_save_objects([leads_to(Book(title="bulk", author_id=author.id))])
    assert session.scalars(select(Book.title)).all() == ["bulk"]


def test_an_object_of_another_session_is_merged(session: Session, author: Author) -> None:
    with Session(session.get_bind()) as other:
        merged = other.merge(leads_to(author))
        assert merged is not author
        assert merged.name == "Ada"


def test_statements_compare_with_the_object_itself(session: Session, author: Author) -> None:
    book = Book(title="one", author=author)
    session.add_all([book, Book(title="other", author=Author(name="Bob"))])
    session.commit()
    assert session.scalars(select(Book).where(Book.author == leads_to(author))).all() == [book]
    assert session.scalars(select(Author).where(Author.books.contains(leads_to(book)))).all() == [author]
    assert session.scalars(select(Book).where(with_parent(leads_to(author), Author.books))).all() == [book]
    assert session.query(Book).filter_by(author=leads_to(author)).all() == [book]
    session.expire_all()
    assert session.scalars(select(Book).where(Book.author != leads_to(author))).one().title == "other"


def test_attributes_are_looked_at_by_name(session: Session, author: Author) -> None:
    author.name = "Adele"
    assert attributes.get_history(leads_to(author), "name").added == ["Adele"]
    attributes.set_committed_value(leads_to(author), "name", "Ada")
    assert author.name == "Ada"
    assert not session.is_modified(author)


def test_attributes_are_changed_by_name(session: Session, author: Author) -> None:
    proxy = leads_to(author)
    attributes.set_attribute(proxy, "name", "Adele")
    assert attributes.get_attribute(proxy, "name") == author.name == "Adele"
    session.commit()
    assert author.name == "Adele"
    attributes.flag_modified(proxy, "name")
    assert author in session.dirty
    session.commit()
    attributes.flag_dirty(proxy)
    assert author in session.dirty
    book = Book(title="one")
    attributes.init_collection(proxy, "books").append_without_event(book)
    assert author.books == [book]
    attributes.set_committed_value(leads_to(book), "author", leads_to(author))
    assert book.author is author
    assert book not in session
    attributes.del_attribute(leads_to(book), "author")
    assert book.author is None


@pytest.mark.parametrize("kind", ["dynamic", "write_only", "keyed", "own", "adapter"])
def test_every_collection_gives_up_the_object_itself(engine: Engine, kind: str) -> None:
    class Base(DeclarativeBase):
        pass

    class Own:
        def __init__(self) -> None:
            self.held: list[Any] = []

        @collection.appender
        def append(self, item: Any) -> None:
            self.held.append(item)

        @collection.remover
        def remove(self, item: Any) -> None:
            self.held = [one for one in self.held if one is not item]

        @collection.iterator
        def each(self) -> Iterator[Any]:
            return iter(self.held)

    class Owner(Base):
        __tablename__ = "owner"
        id: Mapped[int] = mapped_column(primary_key=True)
        items = {
            "dynamic": relationship("Item", lazy="dynamic", back_populates="owner"),
            "write_only": relationship("Item", lazy="write_only", back_populates="owner"),
            "keyed": relationship("Item", collection_class=attribute_keyed_dict("id"), back_populates="owner"),
            "own": relationship("Item", collection_class=Own, back_populates="owner"),
            "adapter": relationship("Item", back_populates="owner"),
        }[kind]

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        owner_id: Mapped[int | None] = mapped_column(ForeignKey("owner.id"))
        owner: Mapped[Owner | None] = relationship(back_populates="items")

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        owner, item = Owner(id=1), Item(id=1)
        item.owner = owner
        session.add_all([owner, item])
        session.commit()
        items = leads_to(owner).items
        if kind == "adapter":
            collection_adapter(items).remove_with_event(leads_to(item))
        else:
            items.remove(leads_to(item))
        assert item.owner is None
        session.commit()
        assert session.scalars(select(Item.owner_id)).all() == [None]


def test_what_leads_to_no_mapped_object_is_refused(session: Session, author: Author) -> None:
    with pytest.raises(UnmappedInstanceError):
        session.add(leads_to(object()))
    with pytest.raises(TypeError, match=r"Author\.books cannot hold"):
        author.books.append(leads_to("a text"))
