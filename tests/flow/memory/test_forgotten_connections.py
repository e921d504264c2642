"""What is forgotten without ``close()`` or ``dispose()`` ends in good order, whatever the collector finds first.

The driver's connections note whether a finalizer met them open. That must never happen: a driver may warn about it, and
it closes what the pool is about to roll back or hand out.
"""

from __future__ import annotations

import gc
import sqlite3
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from azoth import create_engine, select
from azoth.engine import Engine
from azoth.orm import Session
from azoth.pool import AssertionPool, NullPool, Pool, QueuePool, SingletonThreadPool, StaticPool
from tests.flow.library import Author, make_tables

pytestmark = pytest.mark.sqlite_only("watches connections of sqlite3")

POOLS = [QueuePool, NullPool, StaticPool, SingletonThreadPool, AssertionPool]


class Watched(sqlite3.Connection):
    """A connection that tells of its end."""

    opened = 0
    closed = 0
    found_open: list[str] = []

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        Watched.opened += 1
        self.is_open = True

    def close(self) -> None:
        Watched.closed += self.is_open
        self.is_open = False
        super().close()

    def __del__(self) -> None:
        if self.is_open:
            Watched.found_open.append(f"in transaction: {self.in_transaction}")
            self.close()


@pytest.fixture(autouse=True)
def watched() -> Iterator[None]:
    gc.collect()
    Watched.opened = Watched.closed = 0
    Watched.found_open = []
    yield
    gc.collect()
    assert Watched.found_open == []


@pytest.fixture(params=["file", "memory"])
def make_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[type[Pool]], Engine]:
    url = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'library.db'}"

    def make(pool_class: type[Pool]) -> Engine:
        engine = create_engine(url, poolclass=pool_class, connect_args={"factory": Watched})
        make_tables(engine)
        return engine

    return make


def in_a_cycle(*things: object) -> None:
    """Tie things together so that only the collector can find them, the later ones before the earlier ones."""
    ring: list[Any] = [*things]
    ring.append(ring)


def giving(connection: sqlite3.Connection) -> Callable[[], sqlite3.Connection]:
    return lambda: connection


def all_are_closed() -> bool:
    return Watched.opened == Watched.closed > 0


@pytest.mark.parametrize("pool_class", POOLS)
def test_a_forgotten_engine_closes_its_connections_at_once(
    make_engine: Callable[[type[Pool]], Engine], pool_class: type[Pool]
) -> None:
    engine = make_engine(pool_class)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1").all()
    gc.collect()
    gc.disable()
    try:
        del engine, connection
        assert all_are_closed()
    finally:
        gc.enable()


@pytest.mark.parametrize("pool_class", POOLS)
def test_an_engine_is_not_forgotten_while_one_made_from_it_is_in_use(
    make_engine: Callable[[type[Pool]], Engine], pool_class: type[Pool]
) -> None:
    other = make_engine(pool_class).execution_options(note=1)
    gc.collect()
    before = Watched.closed
    with Session(other) as session:
        session.add(Author(name="ann"))
        session.commit()
        assert session.scalars(select(Author.name)).all() == ["ann"]
    assert pool_class is NullPool or Watched.closed == before
    del other, session
    gc.collect()
    assert all_are_closed()


@pytest.mark.parametrize("pool_class", POOLS)
def test_an_engine_forgotten_together_with_what_uses_it_closes_everything(
    make_engine: Callable[[type[Pool]], Engine], pool_class: type[Pool]
) -> None:
    def session(engine: Engine) -> object:
        session = Session(engine)
        session.add(Author(name="ann"))
        session.flush()
        return session

    def connection(engine: Engine) -> object:
        connection = engine.connect()
        connection.exec_driver_sql("INSERT INTO author (name) VALUES ('ann')")
        return connection

    def cursor(engine: Engine) -> object:
        return engine.connect().execution_options(yield_per=1).exec_driver_sql("SELECT 1 UNION SELECT 2")

    for use in (session, connection, cursor, Engine.raw_connection):
        engine = make_engine(pool_class)
        in_a_cycle(engine, use(engine))
        del engine
        gc.collect()
        in_a_cycle(use(engine := make_engine(pool_class)), engine)
        del engine
        gc.collect()
        assert all_are_closed()


@pytest.mark.parametrize("pool_class", POOLS)
def test_the_connection_of_a_forgotten_session_goes_back_rolled_back(
    make_engine: Callable[[type[Pool]], Engine], pool_class: type[Pool]
) -> None:
    engine = make_engine(pool_class)
    for turn in range(3):
        session = Session(engine)
        session.add_all([Author(name=f"{turn}"), Author(name="pending")])
        assert len(session.scalars(select(Author)).all()) == 2
        in_a_cycle(session)
        del session
        gc.collect()
        with Session(engine) as session:
            assert session.scalars(select(Author)).all() == []
    engine.dispose()
    assert all_are_closed()


def test_a_forgotten_detached_connection_is_closed(make_engine: Callable[[type[Pool]], Engine]) -> None:
    engine = make_engine(QueuePool)
    connection = engine.connect()
    connection.detach()
    in_a_cycle(connection)
    del connection
    gc.collect()
    engine.dispose()
    assert all_are_closed()


def test_a_pool_that_was_given_outlives_its_engine(tmp_path: Path) -> None:
    pool = QueuePool(lambda: sqlite3.connect(tmp_path / "given.db", factory=Watched))
    engine = create_engine("sqlite://", pool=pool)
    engine.connect().close()
    del engine
    gc.collect()
    assert (pool.checkedin(), Watched.closed) == (1, 0)
    del pool
    gc.collect()
    assert all_are_closed()


@pytest.mark.parametrize("pool_class", POOLS)
@pytest.mark.parametrize("in_use", [True, False])
def test_what_a_creator_gives_is_left_open_as_the_program_may_use_it_too(
    tmp_path: Path, pool_class: type[Pool], in_use: bool
) -> None:
    shared = sqlite3.connect(tmp_path / "shared.db", factory=Watched, isolation_level=None)
    shared.execute("CREATE TABLE number (value INTEGER)")
    engine = create_engine("sqlite://", creator=giving(shared), poolclass=pool_class)
    connection = engine.connect()
    connection.exec_driver_sql("INSERT INTO number VALUES (1)")
    if not in_use:
        connection.rollback()
    in_a_cycle(engine, connection)
    del engine, connection
    gc.collect()
    assert pool_class is NullPool or shared.is_open
    if shared.is_open:
        assert (shared.in_transaction, shared.execute("SELECT count(*) FROM number").fetchone()) == (False, (0,))
    shared.close()
    gone = weakref.ref(shared)
    del shared
    gc.collect()
    assert gone() is None
