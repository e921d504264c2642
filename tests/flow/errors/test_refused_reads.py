"""Reads that cannot give what was asked for."""

from __future__ import annotations

import pytest

import azoth
from azoth import select, text
from azoth.exc import (
    InvalidRequestError,
    MultipleResultsFound,
    NoResultFound,
    ResourceClosedError,
    StatementError,
    UnboundExecutionError,
)
from azoth.orm import Session, raiseload
from azoth.orm.exc import DetachedInstanceError, ObjectDeletedError
from tests.flow.errors.message import SECRET, assert_tells
from tests.flow.library import Author, Book, remove_authors


@pytest.fixture
def filled(session: Session) -> Session:
    session.add_all([Author(id=1, name="Ada", books=[Book(id=1, title=SECRET)]), Author(id=2, name="Grace")])
    session.commit()
    return session


@pytest.mark.parametrize(
    "read",
    [
        lambda session, criterion: session.query(Author).filter(criterion).one(),
        lambda session, criterion: session.scalars(select(Author).where(criterion)).one(),
        lambda session, criterion: session.execute(select(Author).where(criterion)).one(),
        lambda session, criterion: session.execute(select(Author).where(criterion)).scalar_one(),
    ],
)
def test_one_of_none_and_of_many(filled: Session, read: object) -> None:
    with pytest.raises(NoResultFound) as caught:
        read(filled, Author.name == SECRET)
    assert_tells(caught.value)
    with pytest.raises(MultipleResultsFound) as caught:
        read(filled, Author.name != SECRET)
    assert_tells(caught.value)
    assert filled.query(Author).count() == 2


def test_one_or_none_of_many(filled: Session) -> None:
    assert filled.query(Author).filter_by(name=SECRET).one_or_none() is None
    with pytest.raises(MultipleResultsFound) as caught:
        filled.query(Author).one_or_none()
    assert_tells(caught.value, "Author")
    with pytest.raises(MultipleResultsFound):
        filled.scalars(select(Author)).one_or_none()


def test_get_one(filled: Session) -> None:
    with pytest.raises(NoResultFound) as caught:
        filled.get_one(Author, 99)
    assert_tells(caught.value, "Author", "99")


def test_an_attribute_of_a_detached_object(filled: Session) -> None:
    author = filled.get(Author, 1)
    assert author.name == "Ada"
    filled.expunge(author)
    with pytest.raises(DetachedInstanceError) as caught:
        author.books
    assert_tells(caught.value, "Author.books", "1")
    filled.add(author)
    assert len(author.books) == 1


def test_a_column_of_a_detached_object(filled: Session) -> None:
    author = filled.get(Author, 1)
    filled.commit()
    filled.close()
    with pytest.raises(DetachedInstanceError) as caught:
        author.name
    assert_tells(caught.value, "Author.name", "1")
    filled.add(author)
    assert author.name == "Ada"


def test_an_object_whose_row_is_gone(filled: Session) -> None:
    author = filled.get(Author, 1)
    filled.commit()
    remove_authors(filled)
    with pytest.raises(ObjectDeletedError) as caught:
        author.name
    assert_tells(caught.value, "Author", "1")
    with pytest.raises(InvalidRequestError) as caught:
        filled.refresh(author)
    assert_tells(caught.value, "Author", "1")
    filled.rollback()
    assert author.name == "Ada"


def test_a_load_that_is_refused(filled: Session) -> None:
    filled.expunge_all()
    author = filled.scalars(select(Author).options(raiseload(Author.books))).first()
    with pytest.raises(InvalidRequestError) as caught:
        author.books
    assert_tells(caught.value, "Author.books")


def test_a_closed_connection(library: azoth.Engine) -> None:
    connection = library.connect()
    connection.close()
    for work in (lambda: connection.execute(text("SELECT 1")), connection.begin):
        with pytest.raises(ResourceClosedError) as caught:
            work()
        assert_tells(caught.value)
    with Session(bind=connection) as session:
        with pytest.raises(ResourceClosedError) as caught:
            session.query(Author).all()
        assert_tells(caught.value)


def test_a_closed_result(filled: Session) -> None:
    result = filled.execute(select(Author))
    result.close()
    with pytest.raises(ResourceClosedError) as caught:
        result.all()
    assert_tells(caught.value)


def test_a_result_without_rows(filled: Session) -> None:
    result = filled.execute(text("UPDATE author SET born = 1"))
    with pytest.raises(ResourceClosedError) as caught:
        result.all()
    assert_tells(caught.value)


def test_a_transaction_that_has_ended(filled: Session) -> None:
    filled.rollback()
    transaction = filled.begin()
    transaction.rollback()
    with pytest.raises(ResourceClosedError) as caught:
        transaction.commit()
    assert_tells(caught.value)


def test_a_second_begin(filled: Session) -> None:
    filled.query(Author).all()
    with pytest.raises(InvalidRequestError) as caught:
        filled.begin()
    assert_tells(caught.value)
    assert "begin_nested" in str(caught.value)


def test_no_engine() -> None:
    with pytest.raises(UnboundExecutionError) as caught:
        Session().query(Author).all()
    assert_tells(caught.value, "Author")


def test_a_parameter_that_is_missing(filled: Session) -> None:
    with pytest.raises(StatementError) as caught:
        filled.execute(text("SELECT * FROM author WHERE name = :wanted"))
    assert_tells(caught.value, "wanted")
    assert filled.query(Author).count() == 2


def test_sql_that_the_database_does_not_understand(filled: Session) -> None:
    with pytest.raises(azoth.exc.DatabaseError) as caught:
        filled.execute(text("SELEC 1"))
    assert "SELEC" in caught.value.statement
    filled.rollback()
    assert filled.query(Author).count() == 2
