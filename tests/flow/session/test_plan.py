"""session.plan() shows the flush and runs nothing."""

from __future__ import annotations

from azoth import inspect
from azoth.orm import Session
from tests.flow.library import Author, Book, Genre


def test_a_plan_names_tables_rows_and_reasons(session: Session, statements: list[str]) -> None:
    session.add(Book(title="x", author=Author(name="Ada"), genres={Genre(name="g")}))
    statements.clear()
    text = str(session.plan())
    assert statements == []
    for word in ("author", "book", "genre", "book_genre", "foreign key"):
        assert word in text


def test_planning_changes_nothing(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.plan()
    session.plan()
    assert inspect(author).pending
    assert author.id is None
    session.commit()
    assert session.query(Author).count() == 1


def test_planning_does_not_flush_even_where_deletions_need_loads(session: Session, statements: list[str]) -> None:
    author = Author(id=1, name="Ada", books=[Book(title="x")])
    session.add(author)
    session.commit()
    session.delete(author)
    session.add(Genre(name="g"))
    statements.clear()
    text = str(session.plan())
    assert all(statement.startswith("SELECT") for statement in statements)
    assert len(session.new) == len(session.deleted) == 1
    assert "DELETE" in text
    session.commit()
    assert session.query(Author).count() == 0


def test_a_plan_of_some_objects(session: Session) -> None:
    author, genre = Author(name="Ada"), Genre(name="g")
    session.add_all([author, genre])
    assert "genre" not in str(session.plan([author]))


def test_an_empty_plan(session: Session) -> None:
    assert not session.plan().steps
