"""Frozen results, as a cache keeps them, become objects of a session again."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import azoth
from azoth import event, inspect, select
from azoth.orm import Session, loading, selectinload
from tests.flow.library import Author, Book, make_tables


@pytest.fixture
def engine(engine: azoth.Engine) -> azoth.Engine:
    """Two authors with two books each."""
    make_tables(engine)
    with Session(engine) as session, session.begin():
        for number in (1, 2):
            books = [Book(id=10 * number + one, title=f"b{one}") for one in (1, 2)]
            session.add(Author(id=number, name=f"a{number}", books=books))
    return engine


def frozen(engine: azoth.Engine, statement: Any) -> Any:
    """Execute and freeze, in a session that is gone then."""
    with Session(engine) as session:
        return session.execute(statement).freeze()


def test_objects_of_a_frozen_result_are_merged(engine: azoth.Engine, statements: list[str]) -> None:
    query = select(Author).order_by(Author.id).options(selectinload(Author.books))
    kept = pickle.loads(pickle.dumps(frozen(engine, query)))
    with Session(engine) as session:
        present = session.get(Author, 2)
        statements.clear()
        result = loading.merge_frozen_result(session, query, kept, load=False)()
        authors = result.scalars().all()
        assert [author.id for author in authors] == [1, 2]
        assert authors[1] is present
        assert [len(author.books) for author in authors] == [2, 2]
        assert all(inspect(author).persistent for author in authors)
        assert not session.dirty
        assert statements == []


def test_rows_keep_what_is_no_object(engine: azoth.Engine) -> None:
    query = select(Book.title, Author, Book.id).join(Author).where(Book.id == 11)
    kept = frozen(engine, query)
    with Session(engine) as session:
        merged = loading.merge_frozen_result(session, query, kept, load=False)
        for _ in range(2):
            row = merged().one()
            assert (row.title, row.id) == ("b1", 11)
            assert row.Author is session.get(Author, 1)
    outer = select(Author, Book).outerjoin(Book, Book.id == 99).where(Author.id == 1)
    with Session(engine) as session:
        row = loading.merge_frozen_result(session, outer, frozen(engine, outer), load=False)().one()
        assert row.Author in session
        assert row.Book is None


def test_merging_may_look_rows_up(engine: azoth.Engine, statements: list[str]) -> None:
    query = select(Author).where(Author.id == 1)
    kept = frozen(engine, query)
    with Session(engine) as session:
        session.add(Author(id=7, name="pending"))
        statements.clear()
        loading.merge_frozen_result(session, query, kept)
        assert [one.split()[0] for one in statements if not one.startswith("BEGIN")] == ["SELECT"]
        assert session.new


def test_a_cache_answers_in_place_of_the_database(engine: azoth.Engine, statements: list[str]) -> None:
    cache: dict[str, Any] = {}

    def answer(state: Any) -> Any:
        key = state.execution_options.get("cache")
        if key is None:
            return None
        if key not in cache:
            cache[key] = state.invoke_statement().freeze()
        return loading.merge_frozen_result(state.session, state.statement, cache[key], load=False)()

    for times in (1, 0, 0):
        with Session(engine) as session:
            event.listen(session, "do_orm_execute", answer)
            statements.clear()
            query = select(Author).order_by(Author.id).execution_options(cache="authors")
            assert [author.name for author in session.scalars(query)] == ["a1", "a2"]
            assert len([one for one in statements if one.startswith("SELECT")]) == times


def test_queries_merge_frozen_results_too(engine: azoth.Engine) -> None:
    kept = frozen(engine, select(Author).order_by(Author.id))
    with Session(engine) as session:
        merged = session.query(Author).merge_result(kept, load=False)
        assert all(author in session for author in merged().scalars())
