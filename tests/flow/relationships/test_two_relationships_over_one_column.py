"""Two relationships whose foreign keys are one column, as where a kind says to which table it refers."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy
import sqlalchemy.orm

import azoth
import azoth.orm
from tests.database import Database


def build(core: Any, orm: Any) -> SimpleNamespace:
    """Map notes that refer to a book or to a film, by one column without a foreign key."""
    base = orm.declarative_base()

    class Book(base):
        __tablename__ = "noted_books"
        id = core.Column(core.Integer, primary_key=True)
        notes = orm.relationship(
            "Note", primaryjoin="foreign(Note.about_id) == Book.id", back_populates="book", overlaps="film, notes"
        )

    class Film(base):
        __tablename__ = "noted_films"
        id = core.Column(core.Integer, primary_key=True)
        notes = orm.relationship(
            "Note", primaryjoin="foreign(Note.about_id) == Film.id", back_populates="film", overlaps="book, notes"
        )

    class Note(base):
        __tablename__ = "notes_about"
        id = core.Column(core.Integer, primary_key=True)
        about_id = core.Column(core.Integer)
        book = orm.relationship(
            "Book", primaryjoin="foreign(Note.about_id) == Book.id", back_populates="notes", overlaps="film, notes"
        )
        film = orm.relationship(
            "Film", primaryjoin="foreign(Note.about_id) == Film.id", back_populates="notes", overlaps="book, notes"
        )

    return SimpleNamespace(core=core, orm=orm, Book=Book, Film=Film, Note=Note, metadata=base.metadata)


STEPS = ("book", "film", "no book", "no film", "append to book", "append to film")


def step(name: str, note: Any, book: Any, film: Any) -> None:
    if name.startswith("append"):
        (book if name.endswith("book") else film).notes.append(note)
    else:
        key = name.removeprefix("no ")
        setattr(note, key, None if name.startswith("no ") else {"book": book, "film": film}[key])


def outcomes(database: Database, library: SimpleNamespace) -> list[Any]:
    """Take two steps in one flush and a third one in another, in all combinations; say what is stored."""
    engine = database.make_engine(library=library.core)
    library.metadata.create_all(engine)
    found = []
    for steps in itertools.product(STEPS, STEPS, STEPS):
        with library.orm.Session(engine) as session:
            note, book, film = library.Note(id=1), library.Book(id=1), library.Film(id=2)
            session.add_all([note, book, film])
            session.flush()
            session.refresh(note)
            stored = []
            for names in (steps[:2], steps[2:]):
                for name in names:
                    step(name, note, book, film)
                session.flush()
                stored.append(session.scalar(library.core.select(library.Note.about_id)))
            found.append((steps, *stored))
            session.rollback()
    return found


@pytest.mark.filterwarnings("ignore")
def test_the_same_is_stored_as_by_sqlalchemy(database: Database) -> None:
    ours = outcomes(database, build(azoth, azoth.orm))
    assert ours == outcomes(database, build(sqlalchemy, sqlalchemy.orm))
    assert (("book", "book", "film"), 1, 2) in ours


def test_a_new_note_refers_to_what_it_was_given(database: Database) -> None:
    library = build(azoth, azoth.orm)
    engine = database.make_engine()
    library.metadata.create_all(engine)
    with azoth.orm.Session(engine) as session:
        book, film = library.Book(id=1), library.Film(id=2)
        session.add_all([library.Note(id=1, book=book), library.Note(id=2, film=film)])
        session.commit()
        stored = session.scalars(azoth.select(library.Note.about_id).order_by(library.Note.id)).all()
        assert stored == [1, 2]


@pytest.mark.parametrize("last", ["book", "film"])
def test_a_new_note_waits_for_the_key_of_what_it_refers_to(database: Database, last: str) -> None:
    library = build(azoth, azoth.orm)
    engine = database.make_engine()
    library.metadata.create_all(engine)
    with azoth.orm.Session(engine) as session:
        session.add_all([library.Film(), library.Film()])
        session.flush()
        book, film = library.Book(), library.Film()
        notes = [library.Note(book=book), library.Note(film=film)]
        session.add_all(notes if last == "film" else notes[::-1])
        session.commit()
        assert (notes[0].about_id, notes[1].about_id) == (book.id, film.id) == (1, 3)


def test_a_new_row_waits_for_another_table_than_that_of_its_foreign_key(database: Database) -> None:
    """The column refers to orders for the database, and takes its value from where a relationship says."""
    base = azoth.orm.declarative_base()

    class Order(base):  # type: ignore[misc, valid-type]
        __tablename__ = "orders"
        id = azoth.Column(azoth.Integer, primary_key=True)

    class Invoice(base):  # type: ignore[misc, valid-type]
        __tablename__ = "invoices"
        id = azoth.Column(azoth.Integer, primary_key=True)
        entries = azoth.orm.relationship("Entry", primaryjoin="Invoice.id == foreign(Entry.about_id)")

    class Entry(base):  # type: ignore[misc, valid-type]
        __tablename__ = "entries"
        id = azoth.Column(azoth.Integer, primary_key=True)
        about_id = azoth.Column(azoth.ForeignKey("orders.id"))

    engine = database.make_engine()
    base.metadata.create_all(engine)
    with azoth.orm.Session(engine) as session:
        entry = Entry()
        session.add_all([Order(), entry, Invoice(entries=[entry])])
        session.commit()
        assert session.scalars(azoth.select(Entry.about_id)).all() == [1]
