"""A small library, mapped: what the tests of sessions, loading and errors work on."""

from __future__ import annotations

from typing import Any

import azoth
from azoth import Column, ForeignKey, Integer, String, Table, func, text
from azoth.orm import DeclarativeBase, Mapped, column_property, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    born: Mapped[int | None]
    books: Mapped[list[Book]] = relationship(back_populates="author", order_by="Book.id")


book_genre = Table(
    "book_genre",
    Base.metadata,
    Column("book_id", ForeignKey("book.id"), primary_key=True),
    Column("genre_id", ForeignKey("genre.id"), primary_key=True),
)


class Book(Base):
    __tablename__ = "book"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    pages: Mapped[int | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Author | None] = relationship(back_populates="books")
    genres: Mapped[set[Genre]] = relationship(secondary=book_genre, back_populates="books")
    cover: Mapped[Cover | None] = relationship(back_populates="book", cascade="all, delete-orphan")
    chapters: Mapped[list[Chapter]] = relationship(
        back_populates="book", cascade="all, delete-orphan", order_by="Chapter.number"
    )


class Genre(Base):
    __tablename__ = "genre"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    books: Mapped[list[Book]] = relationship(secondary=book_genre, back_populates="genres", order_by="Book.id")


class Cover(Base):
    __tablename__ = "cover"

    id: Mapped[int] = mapped_column(primary_key=True)
    colour: Mapped[str]
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), unique=True)
    book: Mapped[Book] = relationship(back_populates="cover")


class Chapter(Base):
    __tablename__ = "chapter"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    book: Mapped[Book] = relationship(back_populates="chapters")


class Section(Base):
    """A tree."""

    __tablename__ = "section"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"))
    parts: Mapped[list[Section]] = relationship(back_populates="parent", order_by="Section.id")
    parent: Mapped[Section | None] = relationship(back_populates="parts", remote_side="Section.id")


class Place(Base):
    """A composite key, with things that refer to it."""

    __tablename__ = "place"

    shelf: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str | None]
    items: Mapped[list[Item]] = relationship(back_populates="place", order_by="Item.id")


class Item(Base):
    __tablename__ = "item"
    __table_args__ = (azoth.ForeignKeyConstraint(["shelf", "number"], ["place.shelf", "place.number"]),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf: Mapped[str | None]
    number: Mapped[int | None]
    place: Mapped[Place | None] = relationship(back_populates="items")


class Loan(Base):
    """A row with a version."""

    __tablename__ = "loan"

    id: Mapped[int] = mapped_column(primary_key=True)
    reader: Mapped[str]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Visit(Base):
    """Values that the server makes, and columns that are loaded on demand."""

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(server_default=text("7"))
    place: Mapped[str] = mapped_column(String, default="hall")
    note: Mapped[str | None] = mapped_column(deferred=True)
    plan: Mapped[str | None] = mapped_column(deferred=True, deferred_group="papers")
    protocol: Mapped[str | None] = mapped_column(deferred=True, deferred_group="papers")


class Reader(Base):
    """A relationship with a condition of its own, and an SQL expression as attribute."""

    __tablename__ = "reader"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String)
    shout: Mapped[str] = column_property(func.upper(name))
    fines: Mapped[list[Fine]] = relationship(back_populates="reader", order_by="Fine.amount.desc()")
    high_fines: Mapped[list[Fine]] = relationship(
        primaryjoin="and_(Reader.id == Fine.reader_id, Fine.amount > 10)", viewonly=True, order_by="Fine.id"
    )


class Fine(Base):
    __tablename__ = "fine"

    id: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[int]
    reader_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("reader.id"))
    reader: Mapped[Reader | None] = relationship(back_populates="fines")


def author_names(reader: Any) -> list[str]:
    """Read the names of all authors through a session or a connection."""
    return list(reader.scalars(azoth.select(Author.name).order_by(Author.id)))


def make_tables(engine: Any) -> None:
    """Make the tables of all classes."""
    Base.metadata.create_all(engine)


def remove_authors(connection: Any, condition: str = "") -> None:
    """Delete authors behind a session's back; their books, which nobody looks at, lose them first."""
    connection.execute(text(f"UPDATE book SET author_id = NULL {condition.replace('id', 'author_id')}"))
    connection.execute(text(f"DELETE FROM author {condition}"))
