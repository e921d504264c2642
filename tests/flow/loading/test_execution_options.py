"""populate_existing, yield_per, with_for_update."""

from __future__ import annotations

import azoth
from azoth import select
from azoth.orm import Session, selectinload
from tests.flow.library import Author, Book


def fill(session: Session, count: int = 10) -> None:
    session.add_all([Author(id=n, name=f"n{n}", books=[Book(title=f"b{n}")]) for n in range(1, count + 1)])
    session.commit()
    session.expunge_all()


def test_populate_existing_overwrites_values_and_changes(session: Session) -> None:
    fill(session)
    author = session.get(Author, 1)
    assert len(author.books) == 1
    with session.no_autoflush:
        author.name = "mine"
        session.connection().exec_driver_sql("UPDATE author SET name = 'theirs' WHERE id = 1")
        session.connection().exec_driver_sql("INSERT INTO book (title, author_id) VALUES ('new', 1)")
        found = session.scalars(select(Author).where(Author.id == 1).execution_options(populate_existing=True)).one()
    assert found is author
    assert author.name == "theirs"
    assert author not in session.dirty
    assert len(author.books) == 2


def test_populate_existing_of_a_query(session: Session) -> None:
    fill(session)
    author = session.get(Author, 1)
    session.connection().exec_driver_sql("UPDATE author SET name = 'theirs' WHERE id = 1")
    session.query(Author).populate_existing().filter_by(id=1).one()
    assert author.name == "theirs"


def test_populate_existing_as_argument_of_execute(session: Session) -> None:
    fill(session)
    author = session.get(Author, 1)
    session.connection().exec_driver_sql("UPDATE author SET name = 'theirs' WHERE id = 1")
    session.execute(select(Author), execution_options={"populate_existing": True}).all()
    assert author.name == "theirs"


def test_populate_existing_with_eager_loads(session: Session) -> None:
    fill(session)
    author = session.get(Author, 1)
    assert len(author.books) == 1
    session.connection().exec_driver_sql("INSERT INTO book (title, author_id) VALUES ('new', 1)")
    query = select(Author).options(selectinload(Author.books)).execution_options(populate_existing=True)
    session.scalars(query).all()
    assert len(author.books) == 2


def test_yield_per_loads_in_portions(session: Session) -> None:
    fill(session, 25)
    query = select(Author).order_by(Author.id).execution_options(yield_per=10)
    names = []
    for author in session.scalars(query):
        names.append(author.name)
        assert len(session.identity_map) <= 10
    assert names == [f"n{n}" for n in range(1, 26)]


def test_yield_per_with_selectin_loads_for_each_portion(session: Session, statements: list[str]) -> None:
    fill(session, 25)
    statements.clear()
    query = select(Author).options(selectinload(Author.books)).execution_options(yield_per=10)
    assert sum(len(author.books) for author in session.scalars(query)) == 25
    assert len(statements) == 1 + 3


def test_partitions(session: Session) -> None:
    fill(session, 25)
    query = select(Author).execution_options(yield_per=10)
    assert [len(part) for part in session.scalars(query).partitions()] == [10, 10, 5]


def test_yield_per_of_a_query(session: Session) -> None:
    fill(session, 25)
    assert len(list(session.query(Author).yield_per(10))) == 25


def test_with_for_update_means_nothing_to_sqlite(session: Session) -> None:
    fill(session)
    query = select(Author).where(Author.id == 1).with_for_update()
    assert session.scalars(query).one().name == "n1"
    assert session.query(Author).with_for_update(nowait=True).count() == 10
    author = session.get(Author, 2, with_for_update={"skip_locked": True})
    session.refresh(author, with_for_update=True)
    assert author.name == "n2"


def test_a_session_on_a_file_streams(file_engine: azoth.Engine) -> None:
    Author.metadata.create_all(file_engine)
    with Session(file_engine) as session:
        fill(session, 25)
        assert len(list(session.scalars(select(Author).execution_options(yield_per=7)))) == 25
