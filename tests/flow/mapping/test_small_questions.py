"""What mappers, managers, collections, options and queries answer when they are asked about themselves."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, String, inspect, select
from azoth.exc import ArgumentError, InvalidRequestError
from azoth.ext.associationproxy import association_proxy
from azoth.orm import (
    Bundle,
    CascadeOptions,
    Query,
    Session,
    aliased,
    contains_alias,
    declarative_base,
    joinedload,
    relationship,
    with_expression,
)
from azoth.orm.attributes import HISTORY_BLANK, get_history, has_parent, init_collection
from azoth.orm.collections import bulk_replace, collection_adapter
from azoth.sql import ClauseElement, SyntaxExtension, text
from azoth.sql.visitors import Visitable
from tests.flow.library import Author, Book, Chapter, Cover, Place, Reader

Base: Any = declarative_base()


class Shape(Base):
    __tablename__ = "shape"
    id = Column(Integer, primary_key=True)
    kind = Column(String(10))
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "shape"}


class Circle(Shape):
    __mapper_args__ = {"polymorphic_identity": "circle"}


class Square(Shape):
    __mapper_args__ = {"polymorphic_identity": "square"}


class Owner(Base):
    __tablename__ = "owner"
    id = Column(Integer, primary_key=True)
    things = relationship("Thing")
    parts = association_proxy("things", "part")


class Part(Base):
    __tablename__ = "part"
    id = Column(Integer, primary_key=True)


class Thing(Base):
    __tablename__ = "thing"
    id = Column(Integer, primary_key=True)
    owner_id = Column(ForeignKey("owner.id"))
    part_id = Column(ForeignKey("part.id"))
    part = relationship(Part)


def texts(subject: Any, **options: Any) -> list[str]:
    children = list(subject.get_children(**options))
    assert all(isinstance(child, Visitable) for child in children)
    return [str(child) for child in children]


def test_siblings_have_one_base_and_neither_is_the_others() -> None:
    shape, circle, square = inspect(Shape), inspect(Circle), inspect(Square)
    assert circle.is_sibling(square)
    assert not circle.is_sibling(shape)
    assert not shape.is_sibling(circle)
    assert not circle.is_sibling(circle)


def test_a_cascade_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ArgumentError, match="has no cascade 'all'"):
        inspect(Author).cascade_iterator("all", inspect(Author()))


def test_the_key_of_a_row_of_an_alias(session: Session) -> None:
    session.add(Place(shelf="a", number=7))
    session.flush()
    table = Place.__table__.alias()
    row = session.execute(select(table.c.shelf, table.c.number)).one()

    class Adapter:
        columns = {column: table.corresponding_column(column) for column in inspect(Place).primary_key}

    key = inspect(Place).identity_key_from_row(row, adapter=Adapter())
    assert key == (Place, ("a", 7), None)


def test_cascades_are_parsed_from_a_text() -> None:
    assert CascadeOptions.from_string("save-update, delete").delete
    assert CascadeOptions.from_string(None) == frozenset()
    with pytest.raises(ArgumentError, match="from_string"):
        CascadeOptions.from_string(["delete"])  # type: ignore[arg-type]


def test_relationships_that_own_know_whether_an_object_is_held() -> None:
    book, cover = Book(title="b"), Cover(colour="red")
    assert not has_parent(Book, cover, "cover")
    assert has_parent(Book, cover, "cover", optimistic=True)
    book.cover = cover
    assert has_parent(Book, cover, "cover")
    assert inspect(Book).class_manager.has_parent(inspect(cover), "cover")
    book.cover = None
    assert not has_parent(Book, cover, "cover", optimistic=True)
    with pytest.raises(InvalidRequestError, match="does not note the owners"):
        has_parent(Author, book, "books")
    with pytest.raises(InvalidRequestError, match="does not note the owners"):
        has_parent(Book, book, "title")
    with pytest.raises(ArgumentError, match="key"):
        has_parent(Book, cover, "nothing_such")


def test_a_collection_takes_the_place_of_another(session: Session) -> None:
    book = Book(title="b", chapters=[Chapter(number=1), Chapter(number=2)])
    session.add(book)
    session.commit()
    first, second = book.chapters
    old = collection_adapter(book.chapters)
    third = Chapter(number=3)
    new = init_collection(book, "chapters")
    bulk_replace([second, third], old, new)
    assert book.chapters == [second, third]
    assert list(old) == [first, second]
    assert third.book is book
    assert first.book is None


def test_no_history_is_blank() -> None:
    assert get_history(Author(), "name") == HISTORY_BLANK
    assert not HISTORY_BLANK


def test_a_manager_leaves_its_class() -> None:
    base: Any = declarative_base()

    class Left(base):
        __tablename__ = "left"
        id = Column(Integer, primary_key=True)

    manager = inspect(Left).class_manager
    manager.unregister()
    assert "_azoth_manager" not in Left.__dict__
    assert "id" not in Left.__dict__
    manager.manage()
    assert Left.__dict__["_azoth_manager"] is manager


def test_programs_tell_mapped_classes_by_their_manager() -> None:
    manager = Author._sa_class_manager  # type: ignore[attr-defined]
    assert manager is inspect(Author).class_manager
    assert manager.mapper is inspect(Author)
    assert {"id", "name"} <= set(manager.keys())
    assert "name" in manager and manager["name"] is Author.name
    assert not hasattr(Base, "_sa_class_manager")


def test_what_lies_below_options_bundles_and_queries(session: Session) -> None:
    assert texts(Bundle("b", Author.id, Author.name)) == ["author.id", "author.name"]
    assert texts(Bundle("b", Author.id), omit_attrs=("exprs",)) == []
    assert texts(joinedload(Author.books.and_(Book.pages > 3))) == ["book.pages > :pages_1"]
    assert texts(with_expression(Reader.shout, Reader.name + "!")) == ["reader.name || :name_1"]
    assert texts(contains_alias(Author.__table__.alias("a"))) == ["author AS a"]
    query = session.query(Author).filter(Author.id == 3)
    assert isinstance(query, Query)
    assert "author.id = :id_1" in texts(query)
    with pytest.raises(TypeError, match="nothing_such"):
        joinedload(Author.books).get_children(nothing_such=1)


def test_a_query_takes_a_clause_of_ones_own(session: Session) -> None:
    class Comment(SyntaxExtension, ClauseElement):
        def apply_to_select(self, select_stmt: Any) -> None:
            select_stmt.apply_syntax_extension_point(lambda _: [text("LIMIT 1")], "post_body")

    session.add_all([Author(name="a"), Author(name="b")])
    session.flush()
    assert len(session.query(Author).ext(Comment()).all()) == 1


def test_a_proxy_of_objects_has_no_order() -> None:
    with pytest.raises(InvalidRequestError, match="has no operator"):
        _ = Owner.parts < 3
    with pytest.raises(InvalidRequestError, match="has no operator"):
        Owner.parts.in_([Part()])
    assert "EXISTS" in str(Owner.parts.contains(Part(id=1)))


def test_an_attribute_knows_its_alias() -> None:
    alias = aliased(Author)
    assert Author.name.adapter is None
    moved = alias.name.adapter(Author.__table__.c.name)
    assert moved.table is inspect(alias).selectable
