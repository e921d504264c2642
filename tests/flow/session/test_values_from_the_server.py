"""SQL expressions as values, and values that the database makes."""

from __future__ import annotations

from azoth import func, inspect, select
from azoth.orm import Session
from tests.flow.library import Author, Book, Reader, Visit


def test_an_expression_is_computed_by_the_update_and_loaded_on_the_next_read(
    session: Session, statements: list[str]
) -> None:
    author = Author(name="Ada", born=1815)
    session.add(author)
    session.commit()
    author.born = Author.__table__.c.born + 1
    statements.clear()
    session.flush()
    assert len(statements) == 1
    assert author.born == 1816
    assert len(statements) == 2


def test_a_mapped_attribute_is_an_expression_too(session: Session) -> None:
    author = Author(name="Ada", born=1815)
    session.add(author)
    session.commit()
    author.born = Author.born + 10
    session.commit()
    assert author.born == 1825


def test_an_expression_is_computed_by_the_insert(session: Session) -> None:
    author = Author(name=func.upper("ada"), born=select(func.count() + 41).select_from(Book).scalar_subquery())
    session.add(author)
    session.flush()
    assert (author.name, author.born) == ("ADA", 41)


def test_server_defaults_are_loaded_on_the_next_read(session: Session, statements: list[str]) -> None:
    visit = Visit()
    session.add(visit)
    statements.clear()
    session.flush()
    assert len(statements) == 1
    assert visit.place == "hall"
    assert len(statements) == 1
    assert visit.count == 7
    assert len(statements) <= 2


def test_a_value_comes_before_the_server_default(session: Session, statements: list[str]) -> None:
    visit = Visit(count=1)
    session.add(visit)
    session.flush()
    statements.clear()
    assert visit.count == 1
    assert statements == []


def test_column_properties_are_loaded_after_the_insert(session: Session) -> None:
    reader = Reader(name="ada")
    session.add(reader)
    session.flush()
    assert reader.shout == "ADA"
    reader.name = "grace"
    session.commit()
    assert reader.shout == "GRACE"


def test_python_defaults_are_set_by_the_flush(session: Session) -> None:
    visit = Visit()
    assert visit.place is None
    session.add(visit)
    session.flush()
    assert inspect(visit).dict["place"] == "hall"
