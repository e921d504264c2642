"""One session over several databases."""

from __future__ import annotations

import pytest

import azoth
from azoth import inspect, select
from azoth.exc import UnboundExecutionError
from azoth.orm import Session
from tests.database import Database
from tests.flow.library import Author, Base, Book, Genre, make_tables


@pytest.fixture
def other(database: Database) -> azoth.Engine:
    engine = database.make_engine()
    make_tables(engine)
    return engine


def count(engine: azoth.Engine, table: str) -> int:
    with engine.connect() as connection:
        return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()


@pytest.mark.parametrize("key", [Genre, inspect(Genre), Genre.__table__], ids=["class", "mapper", "table"])
def test_binds_name_classes_mappers_or_tables(library: azoth.Engine, other: azoth.Engine, key: object) -> None:
    with Session(library, binds={key: other}) as session:
        session.add_all([Author(name="Ada"), Genre(name="essay")])
        session.commit()
        assert session.query(Genre).one().name == "essay"
        assert session.scalars(select(Author.name)).one() == "Ada"
        assert session.get(Genre, 1) is not None
        assert session.get_bind(Genre) is other
        assert session.get_bind(Author) is library
    assert (count(library, "author"), count(library, "genre")) == (1, 0)
    assert (count(other, "author"), count(other, "genre")) == (0, 1)


def test_a_base_class_stands_for_all_its_classes(other: azoth.Engine) -> None:
    with Session(binds={Base: other}) as session:
        session.add_all([Author(name="Ada"), Genre(name="essay")])
        session.commit()
        assert session.query(Book).all() == []
    assert (count(other, "author"), count(other, "genre")) == (1, 1)


def test_core_statements_find_their_engine_by_table(library: azoth.Engine, other: azoth.Engine) -> None:
    with Session(library, binds={Genre: other}) as session:
        session.execute(Genre.__table__.insert().values(name="essay"))
        session.commit()
    assert (count(library, "genre"), count(other, "genre")) == (0, 1)


def test_a_rollback_covers_all_engines(library: azoth.Engine, other: azoth.Engine) -> None:
    with Session(library, binds={Genre: other}) as session:
        session.add_all([Author(name="Ada"), Genre(name="essay")])
        session.flush()
        session.rollback()
        assert session.query(Author).count() == 0
        assert session.query(Genre).count() == 0


def test_savepoints_cover_all_engines(library: azoth.Engine, other: azoth.Engine) -> None:
    with Session(library, binds={Genre: other}) as session:
        session.add_all([Author(name="Ada"), Genre(name="essay")])
        with session.begin_nested() as savepoint:
            session.add_all([Author(name="Grace"), Genre(name="novel")])
            session.flush()
            savepoint.rollback()
        session.commit()
    assert (count(library, "author"), count(other, "genre")) == (1, 1)


def test_bind_mapper_and_bind_table(library: azoth.Engine, other: azoth.Engine) -> None:
    with Session(library) as session:
        session.bind_mapper(Genre, other)
        session.bind_table(Author.__table__, other)
        assert session.get_bind(Genre) is other
        assert session.get_bind(Author) is other
        assert session.get_bind(Book) is library


def test_bind_arguments(library: azoth.Engine, other: azoth.Engine) -> None:
    with Session(library, binds={Genre: other}) as session:
        assert session.connection(bind_arguments={"mapper": Genre}).engine is other
        assert session.connection().engine is library
        result = session.execute(azoth.text("SELECT count(*) FROM genre"), bind_arguments={"mapper": Genre})
        assert result.scalar_one() == 0


def test_without_engine_the_error_names_the_class() -> None:
    with pytest.raises(UnboundExecutionError, match="Author"):
        Session().query(Author).all()
    with pytest.raises(UnboundExecutionError):
        Session().execute(azoth.text("SELECT 1"))
