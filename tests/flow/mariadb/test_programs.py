"""Programs on MariaDB: flushes in few statements, keys of all kinds, rows in portions, MySQL's own statements."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from azoth import (
    Computed,
    Engine,
    FetchedValue,
    ForeignKey,
    MetaData,
    Sequence,
    String,
    Table,
    delete,
    event,
    exc,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from azoth.dialects import mysql
from azoth.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    """The base of the classes."""


class Author(Base):
    __tablename__ = "author"
    __mapper_args__ = {"eager_defaults": True}
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    rank: Mapped[int] = mapped_column(server_default=text("7"))
    size: Mapped[int | None] = mapped_column(Computed("char_length(name)", persisted=True))
    books: Mapped[list[Book]] = relationship(back_populates="author", cascade="all, delete-orphan")


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(50))
    version: Mapped[int] = mapped_column()
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Author] = relationship(back_populates="books")
    __mapper_args__ = {"version_id_col": version}


class Animal(Base):
    __tablename__ = "animal"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}


class Dog(Animal):
    __tablename__ = "dog"
    id: Mapped[int] = mapped_column(ForeignKey("animal.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    __mapper_args__ = {"polymorphic_identity": "dog"}


class Ticket(Base):
    __tablename__ = "ticket"
    id: Mapped[int] = mapped_column(Sequence("ticket_number", start=100), primary_key=True)
    word: Mapped[str] = mapped_column(String(20))


class Token(Base):
    __tablename__ = "token"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, server_default=text("uuid()"))
    changed: Mapped[Any] = mapped_column(
        mysql.TIMESTAMP, server_default=text("current_timestamp()"), server_onupdate=FetchedValue()
    )
    word: Mapped[str] = mapped_column(String(20))


@pytest.fixture
def tables(engine: Engine) -> Iterator[Engine]:
    Base.metadata.create_all(engine)
    yield engine
    Base.metadata.drop_all(engine)


def recorded(engine: Engine) -> list[str]:
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    return statements


@pytest.mark.parametrize("backend", ["mysql", "mariadb"])
def test_ten_thousand_rows_go_in_few_statements(
    tables: Engine, make_engine: Callable[..., Engine], backend: str
) -> None:
    engine = make_engine(backend)
    sent = recorded(engine)
    dogs = [Dog(name=f"dog {number}") for number in range(10_000)]
    with Session(engine, expire_on_commit=False) as session:
        session.add_all(dogs)
        session.commit()
        assert len([one for one in sent if one.startswith("INSERT INTO animal")]) < 30
        assert len([one for one in sent if one.startswith("INSERT")]) < 60
        names = dict(session.execute(select(Dog.id, Dog.name)).tuples().all())
    assert names == {dog.id: dog.name for dog in dogs}


def test_what_the_database_makes_comes_back_with_the_row(tables: Engine) -> None:
    with Session(tables) as session:
        sent = recorded(tables)
        author = Author(name="Anna")
        session.add_all([author, Token(word="a"), Ticket(word="t"), Ticket(word="u")])
        session.flush()
        assert (author.rank, author.size) == (7, 4)
        assert all(not statement.startswith("SELECT author") for statement in sent)
        assert [ticket.id for ticket in session.scalars(select(Ticket).order_by(Ticket.id))] == [100, 101]
        token = session.scalars(select(Token)).one()
        assert len(token.id) == 36
        author.name = "Annabel"
        token.word = "b"
        session.flush()
        assert author.size == 7


def test_relationships_versions_and_cascades(tables: Engine) -> None:
    with Session(tables) as session:
        session.add(Author(name="Anna", books=[Book(title="one"), Book(title="two")]))
        session.commit()
        author = session.scalars(select(Author).options(selectinload(Author.books))).one()
        first, second = author.books
        first.title = "three"
        author.books.remove(second)
        session.commit()
        assert session.scalars(select(Book.title)).all() == ["three"]
        assert first.version == 2
        with Session(tables) as other:
            other.scalars(select(Book)).one().title = "four"
            other.commit()
        first.title = "five"
        with pytest.raises(exc.SQLAlchemyError, match="Book"):
            session.flush()
        session.rollback()
        session.delete(session.scalars(select(Author)).one())
        session.commit()
        assert session.scalar(select(func.count()).select_from(Book)) == 0


def test_an_update_that_changes_nothing_has_found_its_row(tables: Engine) -> None:
    with Session(tables) as session:
        session.add(Author(name="Anna", books=[Book(title="one")]))
        session.commit()
        assert session.execute(update(Author).values(name="Anna")).rowcount == 1  # type: ignore[attr-defined]


def test_rows_come_back_from_inserts_and_deletes(tables: Engine) -> None:
    with Session(tables) as session:
        made = session.scalars(insert(Author).returning(Author), [{"name": "a"}, {"name": "b"}]).all()
        assert [author.name for author in made] == ["a", "b"]
        gone = session.scalars(delete(Author).where(Author.name == "a").returning(Author.name)).all()
        assert gone == ["a"]
        assert not tables.dialect.update_returning


def test_rows_that_are_there_are_changed(tables: Engine) -> None:
    with Session(tables) as session:
        added = mysql.insert(Author).values([{"name": "a", "rank": 1}, {"name": "b", "rank": 1}])
        session.execute(added.on_duplicate_key_update(rank=added.inserted.rank + Author.rank))
        session.execute(added.on_duplicate_key_update(rank=added.inserted.rank + Author.rank))
        assert session.scalars(select(Author.rank)).all() == [2, 2]


def test_sql_expressions_in_flushes(tables: Engine) -> None:
    with Session(tables) as session:
        author = Author(name=func.concat("a", "b"))
        session.add(author)
        session.flush()
        assert author.name == "ab"
        author.name = func.upper(Author.name)
        session.flush()
        assert author.name == "AB"


def test_many_rows_are_changed_and_deleted(tables: Engine) -> None:
    with Session(tables) as session:
        session.add_all([Author(name=f"a{number:03}") for number in range(100)])
        session.commit()
        for author in session.scalars(select(Author)):
            author.rank += 1
        session.commit()
        assert session.scalars(select(Author.rank).distinct()).all() == [8]
        for author in session.scalars(select(Author).order_by(Author.name).limit(50).offset(25)):
            session.delete(author)
        session.commit()
        assert session.scalar(select(func.count()).select_from(Author)) == 50
        other = aliased(Author)
        assert session.scalars(select(Author.name).join(other, other.id == Author.id - 1).limit(1)).one() == "a001"


def test_rows_are_read_in_portions_while_others_are_loaded(tables: Engine) -> None:
    with Session(tables) as session, warnings.catch_warnings(action="error"):
        session.add_all([Author(name=f"a{number}", books=[Book(title="b")]) for number in range(60)])
        session.commit()
        seen = 0
        for author in session.scalars(select(Author).order_by(Author.id).execution_options(yield_per=7)):
            assert [book.title for book in author.books] == ["b"]
            author.rank = seen = seen + 1
        session.commit()
        assert seen == 60
        assert session.scalar(select(func.max(Author.rank))) == 60


def test_portions_come_from_the_connection_one_by_one(tables: Engine) -> None:
    rows = select(Author.id).execution_options(stream_results=True)
    with tables.connect() as connection, warnings.catch_warnings(action="error"):
        connection.execute(insert(Author), [{"name": f"a{number}"} for number in range(50)])
        connection.commit()
        result = connection.execute(rows)
        assert "Streaming" in type(result.cursor).__name__
        assert len(result.fetchmany(10)) == 10
        # A statement meanwhile; what is left was kept.
        assert connection.scalar(text("SELECT 5")) == 5
        assert len(result.all()) == 40
        result = connection.execute(rows)
        result.fetchone()
        connection.commit()
        assert connection.scalar(text("SELECT 6")) == 6
        result = connection.execute(rows)
        result.fetchone()
        del result
        connection.rollback()
        assert connection.scalar(text("SELECT 7")) == 7
        connection.execute(rows).fetchone()
    with tables.connect() as connection:
        assert connection.scalar(text("SELECT 8")) == 8


def test_temporary_tables_are_there(engine: Engine) -> None:
    with engine.connect() as connection:
        inspector = inspect(connection)
        assert not inspector.has_table("passing")
        connection.exec_driver_sql(
            "CREATE TEMPORARY TABLE passing (id INT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(9) NOT NULL DEFAULT 'x', "
            "n INT DEFAULT 5, UNIQUE KEY uq_word (word))"
        )
        assert inspect(connection).has_table("passing")
        passing = Table("passing", MetaData(), autoload_with=connection)
        assert [(column.name, type(column.type).__name__, column.nullable) for column in passing.columns] == [
            ("id", "INTEGER", False),
            ("word", "VARCHAR", False),
            ("n", "INTEGER", True),
        ]
        assert [str(column.server_default.arg) for column in passing.columns if column.server_default] == ["'x'", "5"]
        assert [column.name for column in passing.primary_key] == ["id"]
        assert [index.name for index in passing.indexes] == ["uq_word"]
