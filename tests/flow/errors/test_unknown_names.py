"""Names that do not exist."""

from __future__ import annotations

import pytest

import azoth
from azoth import select
from azoth.exc import ArgumentError, InvalidRequestError, NoSuchModuleError
from azoth.orm import Session, load_only, selectinload
from tests.database import Database
from tests.flow.errors.message import SECRET, assert_tells
from tests.flow.library import Author, Book


def test_filter_by_of_a_query(session: Session) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        session.query(Author).filter_by(nmae=SECRET).all()
    assert_tells(caught.value, "Author", "nmae")
    assert "name" in str(caught.value)


def test_filter_by_of_a_select() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        select(Author).filter_by(nmae=SECRET)
    assert_tells(caught.value, "Author", "nmae")


def test_an_attribute_in_the_constructor(session: Session) -> None:
    with pytest.raises(TypeError) as caught:
        Author(nmae=SECRET)
    assert_tells(caught.value, "Author", "nmae")
    assert "name" in str(caught.value)
    session.add(Author(name="Ada"))
    session.commit()


def test_positional_arguments_of_the_constructor() -> None:
    with pytest.raises(TypeError):
        Author(SECRET)


def test_attributes_of_a_class() -> None:
    with pytest.raises(AttributeError, match="nmae"):
        Author.nmae


@pytest.mark.parametrize("operation", ["expire", "refresh"])
def test_attribute_names_of_expire_and_refresh(session: Session, operation: str) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.commit()
    with pytest.raises(InvalidRequestError) as caught:
        getattr(session, operation)(author, ["nmae"])
    assert_tells(caught.value, "Author", "nmae")
    assert author.name == "Ada"


def test_attributes_of_options(session: Session) -> None:
    with pytest.raises(ArgumentError) as caught:
        session.scalars(select(Author).options(selectinload(Author.name))).all()
    assert_tells(caught.value, "Author.name")
    with pytest.raises(ArgumentError) as caught:
        session.scalars(select(Author).options(load_only(Author.books))).all()
    assert_tells(caught.value, "Author.books")
    with pytest.raises(ArgumentError) as caught:
        session.query(Author).options(selectinload(Author.books).joinedload(Author.books)).all()
    assert_tells(caught.value, "Author.books", "Book")


def test_options_for_another_entity(session: Session) -> None:
    with pytest.raises(ArgumentError) as caught:
        session.scalars(select(Book).options(selectinload(Author.books))).all()
    assert_tells(caught.value, "Author.books")


@pytest.mark.parametrize("url", ["nosuch://host/db", "nosuch+driver://host/db"])
def test_unknown_databases(url: str) -> None:
    with pytest.raises(NoSuchModuleError) as caught:
        azoth.create_engine(url)
    assert_tells(caught.value, "nosuch")


@pytest.mark.sqlite_only("its URL names a driver of SQLite")
def test_unknown_drivers() -> None:
    with pytest.raises(NoSuchModuleError) as caught:
        azoth.create_engine("sqlite+nosuch://")
    assert_tells(caught.value, "nosuch")


@pytest.mark.parametrize("url", ["", "sqlite", "sqlite:/x", "//host", "://"])
def test_text_that_is_no_url(url: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        azoth.create_engine(url)
    assert_tells(caught.value)


def test_something_that_is_no_url() -> None:
    with pytest.raises(ArgumentError) as caught:
        azoth.create_engine(3)
    assert_tells(caught.value)


def test_unknown_arguments_of_create_engine(database: Database) -> None:
    with pytest.raises((ArgumentError, TypeError)) as caught:
        database.make_engine(nosuch=1)
    assert "nosuch" in str(caught.value).splitlines()[0]


def test_a_password_is_in_no_message() -> None:
    with pytest.raises(NoSuchModuleError) as caught:
        azoth.create_engine(f"nosuch://user:{SECRET}@host/db")
    assert SECRET not in str(caught.value)


@pytest.mark.sqlite_only("other databases are no files")
def test_a_database_file_that_cannot_be_opened(tmp_path: object) -> None:
    engine = azoth.create_engine(f"sqlite:///{tmp_path}/no/such/directory/x.db")
    with pytest.raises(azoth.exc.OperationalError) as caught:
        engine.connect()
    assert "unable to open" in str(caught.value)


def test_tables_that_do_not_exist(engine: azoth.Engine) -> None:
    with Session(engine) as session:
        with pytest.raises(azoth.exc.DatabaseError) as caught:
            session.query(Author).all()
        assert "author" in str(caught.value)
        session.rollback()
        Author.metadata.create_all(engine)
        assert session.query(Author).all() == []
