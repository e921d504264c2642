"""How many statements common work sends."""

from __future__ import annotations

import azoth
from azoth import select
from azoth.orm import Session, joinedload, selectinload
from tests.flow.library import Author, Book, Chapter, Genre


def verbs(statements: list[str]) -> list[str]:
    """Name the statements by their first words; a run of the same is named once."""
    words = [statement.split()[0] for statement in statements]
    return [word for place, word in enumerate(words) if place == 0 or words[place - 1] != word]


def test_get(session: Session, statements: list[str]) -> None:
    statements.clear()
    author = session.get(Author, 1)
    assert session.get(Author, 1) is author
    assert len(statements) == 1


def test_reading_sends_neither_begin_nor_rollback(library: azoth.Engine) -> None:
    sent: list[str] = []
    azoth.event.listen(library, "checkout", lambda raw, record, proxy: raw.set_trace_callback(sent.append))
    with Session(library) as session:
        session.get(Author, 1)
        session.scalars(select(Genre)).all()
        session.commit()
        session.get(Author, 1)
    assert verbs(sent) == ["SELECT"]
    assert len(sent) == 3


def test_1000_inserts_with_keys_of_the_server(session: Session, statements: list[str]) -> None:
    session.add_all([Genre(name=str(number)) for number in range(1000)])
    statements.clear()
    session.flush()
    assert len(statements) <= 1000
    assert verbs(statements) == ["INSERT"]


def test_1000_inserts_with_given_keys_are_one_call(session: Session, statements: list[str]) -> None:
    session.add_all([Genre(id=number, name=str(number)) for number in range(1000)])
    statements.clear()
    session.flush()
    assert len(statements) == 1


def test_1000_updates_are_one_call(session: Session, statements: list[str]) -> None:
    for book in session.scalars(select(Book)).all():
        book.pages += 1
    statements.clear()
    session.flush()
    assert len(statements) == 1


def test_100_deletes_are_one_call(session: Session, statements: list[str]) -> None:
    session.add_all([Genre(id=number, name=str(number)) for number in range(100)])
    session.commit()
    for genre in session.scalars(select(Genre)).all():
        session.delete(genre)
    statements.clear()
    session.flush()
    # Their books must be known, because the rows that link them go too.
    assert verbs(statements) == ["SELECT", "DELETE"]
    assert len(statements) == 2


def test_a_graph_goes_table_by_table(session: Session, statements: list[str]) -> None:
    for number in range(20):
        chapters = [Chapter(id=number * 2 + n, number=n) for n in range(2)]
        book = Book(id=5000 + number, title="x", chapters=chapters, genres={Genre(id=number, name=str(number))})
        session.add(Author(id=1000 + number, name="x", books=[book]))
    statements.clear()
    session.flush()
    assert len(statements) == 5


def test_eager_loading(session: Session, statements: list[str]) -> None:
    statements.clear()
    session.scalars(select(Author).options(selectinload(Author.books))).all()
    assert len(statements) == 2
    session.expunge_all()
    statements.clear()
    session.scalars(select(Author).options(joinedload(Author.books))).unique().all()
    assert len(statements) == 1


def test_lazy_loading_in_a_loop(session: Session, statements: list[str]) -> None:
    statements.clear()
    for author in session.scalars(select(Author)).all():
        for book in author.books:
            assert book.author is author
            assert not book.chapters
    assert len(statements) == 1 + 1 + 2


def test_reading_after_a_commit(session: Session, statements: list[str]) -> None:
    books = session.scalars(select(Book)).all()
    session.commit()
    statements.clear()
    assert all(book.title for book in books)
    assert len(statements) == 2


def test_a_session_without_work_sends_nothing(library: azoth.Engine, statements: list[str]) -> None:
    statements.clear()
    with Session(library) as session:
        session.add(Author(name="x"))
        session.expunge_all()
        session.commit()
    assert statements == []
