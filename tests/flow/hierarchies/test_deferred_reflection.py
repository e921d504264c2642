"""Declared classes whose tables are read from the database are mapped when that is done."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

import azoth
from azoth.exc import ArgumentError
from azoth.ext.declarative import DeferredReflection
from azoth.orm import DeclarativeBase, Session, class_mapper, declared_attr, mapped_column, relationship
from azoth.orm.exc import UnmappedClassError
from tests.database import Database

TABLES = (
    "CREATE TABLE person (id {number} NOT NULL PRIMARY KEY, name VARCHAR(20), kind VARCHAR(10), salary INTEGER)",
    "CREATE TABLE author (id INTEGER NOT NULL PRIMARY KEY REFERENCES person (id), style VARCHAR(20))",
    "CREATE TABLE word (code {number} NOT NULL PRIMARY KEY, text VARCHAR(20))",
    "CREATE TABLE said (person_id INTEGER REFERENCES person (id), word_code INTEGER REFERENCES word (code))",
)


@pytest.fixture
def engine(database: Database) -> Any:
    """An engine on a database that has the tables."""
    engine = database.make_engine()
    number = "SERIAL" if engine.dialect.name == "postgresql" else "INTEGER"
    with engine.begin() as connection:
        for table in TABLES:
            connection.execute(azoth.text(table.format(number=number)))
    return engine


class Model:
    """A hierarchy whose tables are read: joined, and single-table below; and a many-to-many relationship."""

    def __init__(self) -> None:
        class Base(DeclarativeBase):
            pass

        class Reflected(DeferredReflection):
            __abstract__ = True

        class Person(Reflected, Base):
            __tablename__ = "person"
            nick = azoth.Column("name", azoth.String(20))
            words = relationship("Word", secondary="said")
            __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

        class Author(Person):
            __tablename__ = "author"
            __mapper_args__ = {"polymorphic_identity": "author"}

        class Clerk(Person):
            salary = mapped_column(azoth.Integer)
            __mapper_args__ = {"polymorphic_identity": "clerk"}

        class Word(Reflected, Base):
            @declared_attr.directive
            def __tablename__(cls) -> str:
                return cls.__name__.lower()

        self.Base, self.Reflected = Base, Reflected
        self.Person: Any = Person
        self.Author: Any = Author
        self.Clerk: Any = Clerk
        self.Word: Any = Word


@pytest.mark.parametrize("by", ["engine", "connection"])
def test_the_classes_have_the_columns_of_their_tables(engine: Any, by: str) -> None:
    m = Model()
    if by == "engine":
        m.Reflected.prepare(engine)
    else:
        with engine.connect() as connection:
            m.Reflected.prepare(connection)
    with Session(engine) as session:
        session.add_all([
            m.Person(nick="Pia", words=[m.Word(text="hi")]),
            m.Author(nick="Ada", style="dry"),
            m.Clerk(nick="Carl", salary=3),
        ])  # fmt: skip
        session.commit()
        people = session.scalars(azoth.select(m.Person).order_by(m.Person.nick)).all()
        assert [type(one).__name__ for one in people] == ["Author", "Clerk", "Person"]
        assert (people[0].style, people[1].salary, people[2].words[0].text) == ("dry", 3, "hi")
        assert [one.kind for one in people] == ["author", "clerk", "person"]
    assert azoth.inspect(m.Author).column_attrs.keys() == ["nick", "salary", "id", "kind", "style"]


def test_before_that_they_say_what_is_missing() -> None:
    m = Model()
    with pytest.raises(UnmappedClassError, match=r"Person is not mapped yet") as caught:
        class_mapper(m.Person)
    assert "prepare()" in str(caught.value)


def test_a_missing_table_is_an_error(engine: Any) -> None:
    class Base(DeclarativeBase):
        pass

    class Ghost(DeferredReflection, Base):
        __tablename__ = "ghost"

    with pytest.raises(azoth.exc.InvalidRequestError):
        Ghost.prepare(engine)


def test_tables_that_are_there_are_completed(engine: Any) -> None:
    class Base(DeclarativeBase):
        pass

    class Word(DeferredReflection, Base):
        __table__ = azoth.Table("word", Base.metadata, azoth.Column("code", azoth.BigInteger, primary_key=True))

    Word.prepare(engine)
    assert isinstance(Word.__table__.c.code.type, azoth.BigInteger)
    assert azoth.inspect(Word).column_attrs.keys() == ["code", "text"]


def test_something_that_is_no_database_is_refused() -> None:
    with pytest.raises(ArgumentError, match="an object of str"):
        DeferredReflection.prepare("a database")  # type: ignore[arg-type]


def test_a_class_that_is_never_prepared_is_not_kept() -> None:
    def forgotten() -> Any:
        class Base(DeclarativeBase):
            pass

        class Lost(DeferredReflection, Base):
            __tablename__ = "lost"

        return weakref.ref(Lost)

    gone = forgotten()
    gc.collect()
    assert gone() is None
