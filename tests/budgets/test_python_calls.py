"""How many Python functions common work calls.

Time cannot be tested, but calls can, and where calls per row appear, time follows. Bounds stand a little above what
was measured when they were written; raising one wants a reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import azoth
from azoth import select
from azoth.orm import Session, joinedload, selectinload
from azoth.orm.persistence import FlushPlan
from tests.budgets.conftest import ROWS
from tests.flow.library import Author, Book, Genre, Section

Counter = Callable[[Callable[[], Any]], int]

BOUNDS = {
    "get": 33,
    "get in a new session": 83,
    "select": 65,
    "query": 45,
    "expire and reload 1,000": 1300,
    "selectin 100 x 10": 1600,
    "joined 100 x 10": 1550,
    "insert 1,000": 6700,
    "update 1,000": 5650,
    "insert and delete 100": 5600,
}
"""Measured plus about a tenth."""


def test_get_of_a_present_object(session: Session, count_calls: Counter) -> None:
    author = session.get(Author, 1)
    assert author is not None
    assert count_calls(lambda: session.get(Author, 1)) <= 3


def test_get_from_the_database(session: Session, count_calls: Counter) -> None:
    def get() -> None:
        session.expunge_all()
        session.get(Author, 1)

    assert count_calls(get) <= BOUNDS["get"]


def test_get_in_a_new_session(library: azoth.Engine, count_calls: Counter) -> None:
    def get() -> None:
        with Session(library) as session:
            session.get(Author, 1)

    assert count_calls(get) <= BOUNDS["get in a new session"]


def test_select_of_one_row(session: Session, count_calls: Counter) -> None:
    assert count_calls(lambda: session.scalars(select(Author).where(Author.id == 5)).one()) <= BOUNDS["select"]


def test_query_of_one_row(session: Session, count_calls: Counter) -> None:
    assert count_calls(lambda: session.query(Author).filter_by(id=5).first()) <= BOUNDS["query"]


def test_reading_in_a_transaction_that_has_read(library: azoth.Engine, count_calls: Counter) -> None:
    with library.connect() as connection:
        assert count_calls(lambda: connection.run("SELECT 1").fetchall()) == 1


def test_reading_a_loaded_attribute(session: Session, count_calls: Counter) -> None:
    author = session.get(Author, 1)
    assert count_calls(lambda: author.name) == 0


def test_writing_an_attribute(session: Session, count_calls: Counter) -> None:
    author = session.get(Author, 1)

    def write() -> None:
        author.name = "x"

    # The generated __setattr__ itself.
    assert count_calls(write) == 1


def test_loading_costs_no_call_per_row(session: Session, count_calls: Counter) -> None:
    # Kept, because each object that dies calls the function that takes it out of the identity map.
    kept = []

    def load(limit: int) -> Callable[[], None]:
        def work() -> None:
            session.expunge_all()
            kept.append(session.scalars(select(Book).limit(limit)).all())
            assert len(kept[-1]) == limit

        return work

    few, many = count_calls(load(10)), count_calls(load(ROWS))
    assert many - few <= 5


def test_loading_rows_costs_no_call_per_row(session: Session, count_calls: Counter) -> None:
    def load(limit: int) -> Callable[[], object]:
        return lambda: session.execute(select(Book.id, Book.title).limit(limit)).all()

    few, many = count_calls(load(10)), count_calls(load(ROWS))
    assert many - few <= 5


def test_expiring_and_reloading(session: Session, count_calls: Counter) -> None:
    books = session.scalars(select(Book)).all()

    def reload() -> None:
        session.commit()
        for book in books:
            book.title

    assert count_calls(reload) <= BOUNDS["expire and reload 1,000"]


def test_selectin_of_a_collection(session: Session, count_calls: Counter) -> None:
    def load() -> None:
        session.expunge_all()
        session.scalars(select(Author).options(selectinload(Author.books))).all()

    assert count_calls(load) <= BOUNDS["selectin 100 x 10"]


def test_joined_collection(session: Session, count_calls: Counter) -> None:
    def load() -> None:
        session.expunge_all()
        session.scalars(select(Author).options(joinedload(Author.books))).unique().all()

    assert count_calls(load) <= BOUNDS["joined 100 x 10"]


def test_inserting(session: Session, count_calls: Counter) -> None:
    numbers = iter(range(100_000))

    def insert() -> None:
        session.add_all([Genre(name=str(next(numbers))) for _ in range(ROWS)])
        session.flush()
        session.expunge_all()

    assert count_calls(insert) <= BOUNDS["insert 1,000"]


def test_updating(session: Session, count_calls: Counter) -> None:
    books = session.scalars(select(Book)).all()
    values = iter(range(100_000))

    def update() -> None:
        for book in books:
            book.pages = next(values)
        session.flush()

    assert count_calls(update) <= BOUNDS["update 1,000"]


def test_flushing_changes_costs_no_call_per_object(session: Session, count_calls: Counter) -> None:
    books = session.scalars(select(Book)).all()
    values = iter(range(100_000))

    def flush(limit: int) -> int:
        def change() -> None:
            for book in books[:limit]:
                book.pages = next(values)

        def work() -> None:
            change()
            session.flush()

        return count_calls(work) - count_calls(change)

    assert flush(ROWS) - flush(10) <= 20


@pytest.mark.parametrize("view", [str, FlushPlan.as_dict, FlushPlan.as_dot, FlushPlan.describe])
def test_a_plan_of_a_chain_grows_with_its_rows(
    session: Session, count_calls: Counter, view: Callable[[FlushPlan], Any]
) -> None:
    def plan(length: int) -> FlushPlan:
        parent = None
        for number in range(length):
            parent = Section(name=str(number), parent=parent)
            session.add(parent)
        made = session.plan()
        session.expunge_all()
        return made

    few, many = plan(200), plan(400)
    assert len(few.steps) == 200
    # Twice as many rows, and a little because numbers are longer.
    assert len(str(view(many))) <= 2.2 * len(str(view(few)))
    assert count_calls(lambda: view(many)) <= 2.1 * count_calls(lambda: view(few)) + 10


def test_planning_a_chain_is_linear(session: Session, count_calls: Counter) -> None:
    def work(length: int) -> Callable[[], None]:
        def plan() -> None:
            parent = None
            for number in range(length):
                parent = Section(name=str(number), parent=parent)
                session.add(parent)
            session.plan()
            session.expunge_all()

        return plan

    assert count_calls(work(400)) <= 2.1 * count_calls(work(200))


def test_deleting(session: Session, count_calls: Counter) -> None:
    numbers = iter(range(100_000))

    def delete() -> None:
        genres = [Genre(name=str(next(numbers))) for _ in range(100)]
        session.add_all(genres)
        session.flush()
        for genre in genres:
            session.delete(genre)
        session.flush()

    assert count_calls(delete) <= BOUNDS["insert and delete 100"]


def test_adding_a_connected_graph_piece_by_piece_is_linear(session: Session, count_calls: Counter) -> None:
    def add(count: int) -> Callable[[], None]:
        def work() -> None:
            genre = Genre(name="shared")
            for _ in range(count):
                session.add(Author(name="x", books=[Book(title="y", genres={genre})]))
            session.expunge_all()

        return work

    few, many = count_calls(add(10)), count_calls(add(100))
    assert many <= 11 * few
