"""Shelves, books and tags whose relationships lead to aliases and subqueries, made with either library."""

from __future__ import annotations

from typing import Any

from tests.flow.differential.library import Library


class Model:
    """Classes of one scenario.

    Attributes:
        metadata: the tables.
        Shelf, Book, Chapter, Tag: the classes; shelves have columns that subqueries compute.
        book, new, tag, part: aliases of Book, of the numbered books, of Tag and of Shelf.
        numbered: the books with their places by year in their shelves.
    """

    def __init__(self, lib: Library) -> None:
        self.lib = lib
        self.base: Any = lib.declarative_base()
        self.metadata = self.base.metadata
        self._map(lib)
        self._map_counts(lib)
        self._map_aliases(lib)

    def _map(self, lib: Library) -> None:
        column, key, integer, text = lib.Column, lib.ForeignKey, lib.Integer, lib.String(50)
        shelf_tag = self.shelf_tag = lib.Table(
            "shelf_tag",
            self.metadata,
            column("shelf_id", key("shelf.id"), primary_key=True),
            column("tag_id", key("tag.id"), primary_key=True),
        )

        class Tag(self.base):  # type: ignore[name-defined,misc]
            __tablename__ = "tag"
            id = column(integer, primary_key=True)
            kind = column(integer)

        class Shelf(self.base):  # type: ignore[name-defined,misc]
            __tablename__ = "shelf"
            id = column(integer, primary_key=True)
            room = column(integer)
            over_id = column(key("shelf.id"))
            tags = lib.relationship(Tag, secondary=shelf_tag, order_by=Tag.id)
            all_books = lib.relationship("Book", order_by="Book.id", back_populates="shelf")

        class Book(self.base):  # type: ignore[name-defined,misc]
            __tablename__ = "book"
            id = column(integer, primary_key=True)
            title = column("book_title", text)
            year = column(integer)
            note = lib.deferred(column(text))
            shelf_id = column(key("shelf.id"))
            shelf = lib.relationship(Shelf, back_populates="all_books")
            chapters = lib.relationship("Chapter", order_by="Chapter.id")

        class Chapter(self.base):  # type: ignore[name-defined,misc]
            __tablename__ = "chapter"
            id = column(integer, primary_key=True)
            book_id = column(key("book.id"))

        self.Tag, self.Shelf, self.Book, self.Chapter = Tag, Shelf, Book, Chapter

    def _map_counts(self, lib: Library) -> None:
        # Of an alias, so that statements with shelves and books beside each other are not meant.
        shelf, book = self.Shelf, lib.aliased(self.Book)
        counted = lib.select(lib.func.count(book.id)).where(book.shelf_id == shelf.id)
        shelf.by_name = lib.column_property(counted.correlate(shelf).scalar_subquery())
        shelf.by_others = lib.column_property(counted.correlate_except(book).scalar_subquery())
        shelf.by_itself = lib.column_property(counted.scalar_subquery())
        shelf.last = lib.column_property(lib.select(lib.func.max(lib.aliased(shelf).id)).scalar_subquery())
        shelf.whole = lib.column_property(lib.select(lib.func.max(shelf.id)).correlate(None).scalar_subquery())
        chapters = lib.select(book.id).join(book.chapters).where(book.shelf_id == shelf.id)
        shelf.is_read = lib.column_property(lib.exists(chapters.correlate(shelf)))

    def _map_aliases(self, lib: Library) -> None:
        shelf, related, shelf_tag = self.Shelf, lib.relationship, self.shelf_tag
        book = self.book = lib.aliased(self.Book)
        shelf.books = related(book, primaryjoin=shelf.id == book.shelf_id, viewonly=True, order_by=book.id)
        number = lib.func.row_number().over(order_by=self.Book.year.desc(), partition_by=self.Book.shelf_id)
        numbered = lib.select(self.Book, number.label("place")).where(self.Book.id > 0).subquery()
        self.numbered = numbered
        new = self.new = lib.aliased(self.Book, numbered)
        of_shelf = new.shelf_id == shelf.id
        shelf.newest = related(
            new, primaryjoin=lib.and_(of_shelf, numbered.c.place < 3), viewonly=True, order_by=new.year.desc()
        )
        shelf.latest = related(new, primaryjoin=lib.and_(of_shelf, numbered.c.place == 1), viewonly=True, uselist=False)
        other = lib.aliased(self.Book)
        last_year = lib.select(lib.func.max(other.year)).where(other.shelf_id == shelf.id).correlate(shelf)
        shelf.of_last_year = related(
            self.Book,
            primaryjoin=lib.and_(self.Book.shelf_id == shelf.id, self.Book.year == last_year.scalar_subquery()),
            viewonly=True,
            uselist=False,
        )
        part = self.part = lib.aliased(shelf)
        shelf.parts = related(part, primaryjoin=part.over_id == shelf.id, viewonly=True, order_by=part.id)
        tag = self.tag = lib.aliased(self.Tag)
        shelf.other_tags = related(
            tag,
            secondary=shelf_tag,
            primaryjoin=shelf.id == shelf_tag.c.shelf_id,
            secondaryjoin=shelf_tag.c.tag_id == tag.id,
            viewonly=True,
            order_by=tag.id,
        )

    def fill(self, session: Any) -> None:
        """Add four shelves (two stand on the first, one on the second), seven books, four tags."""
        tags = [self.Tag(id=number, kind=number % 2) for number in range(1, 5)]
        placed: list[tuple[int, int | None, list[int]]] = [(1, None, [1, 2]), (2, 1, [2, 4]), (3, 1, []), (4, 2, [])]
        for number, over, own in placed:
            session.add(self.Shelf(id=number, room=number % 3 * 10, over_id=over, tags=[tags[tag - 1] for tag in own]))
            session.flush()
        session.add(tags[2])
        for number, shelf in enumerate([1, 1, 1, 2, 2, 3, None], 1):
            year = 2000 + number * 7 % 10
            session.add(self.Book(id=number, title=f"t{number}", year=year, note=f"n{number}", shelf_id=shelf))
        session.flush()
        session.add_all([self.Chapter(id=number, book_id=book) for number, book in ((1, 1), (2, 4), (3, 4))])
        session.commit()
        session.expunge_all()


def ids(value: Any) -> Any:
    """Give the ids of a relationship's value."""
    if value is None:
        return None
    return [one.id for one in value] if isinstance(value, list) else value.id
