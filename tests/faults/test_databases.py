"""Pools, databases in memory, and several databases at once."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

import azoth
from azoth import select
from azoth.orm import Session
from azoth.pool import AssertionPool, NullPool, QueuePool, SingletonThreadPool, StaticPool
from azoth.testing import faults
from tests.faults.shop import Customer, Order, Tag, engine_in_memory, engine_on_file


def exchange(session: Session) -> None:
    """Read, change, write, commit, and read again."""
    customer = session.scalars(select(Customer).where(Customer.name == "Ada")).one()
    customer.name = "Cleo"
    customer.orders.append(Order(note="third"))
    session.commit()
    assert customer.name == "Cleo"


@pytest.mark.slow
@pytest.mark.parametrize("pool", [QueuePool, NullPool, StaticPool, SingletonThreadPool, AssertionPool])
def test_file(survives: Any, tmp_path: Path, pool: Any) -> None:
    survives(exchange, make_engine=engine_on_file(tmp_path / "pool.db", poolclass=pool))


@pytest.mark.parametrize("pool", [QueuePool, NullPool, StaticPool, SingletonThreadPool])
def test_memory(survives: Any, pool: Any) -> None:
    survives(exchange, make_engine=engine_in_memory(poolclass=pool))


def test_pool_that_is_full_of_connections(survives: Any, tmp_path: Path) -> None:
    survives(
        exchange,
        make_engine=engine_on_file(tmp_path / "warm.db", pool_size=1, max_overflow=0, pool_timeout=1),
        warm=True,
    )


def test_pool_that_asks_whether_connections_live(survives: Any, tmp_path: Path) -> None:
    survives(exchange, make_engine=engine_on_file(tmp_path / "ping.db", pool_pre_ping=True), warm=True)


def test_database_that_lives_in_its_connection(survives: Any) -> None:
    def make_engine(wrap: Any) -> azoth.Engine:
        driver = wrap(sqlite3)
        return azoth.create_engine(
            "sqlite://",
            module=driver,
            creator=lambda: driver.connect(":memory:", isolation_level=None),
            poolclass=StaticPool,
        )

    # Losing the connection would lose the database.
    kinds = [fault for fault in faults.ALL if fault is not faults.lost_connection]
    survives(exchange, make_engine=make_engine, faults=kinds, warm=True)


def test_transactions_that_lock_at_once(survives: Any, tmp_path: Path) -> None:
    survives(exchange, make_engine=engine_on_file(tmp_path / "immediate.db", begin="IMMEDIATE"))


def test_enforced_foreign_keys(survives: Any, tmp_path: Path) -> None:
    survives(exchange, make_engine=engine_on_file(tmp_path / "keys.db", foreign_keys=True))


def test_two_databases_in_one_session(survives: Any, tmp_path: Path) -> None:
    def write(session: Session) -> None:
        session.add_all([Customer(name="Ada"), Tag(name="new")])
        session.commit()

    survives(
        write,
        make_engine=lambda wrap: [engine_on_file(tmp_path / name)(wrap) for name in ("first.db", "second.db")],
        given=lambda first, second: Session(first, binds={Tag: second}),
        setup=None,
    )


def test_two_sessions_at_once(survives: Any) -> None:
    def write(factory: Any) -> None:
        with factory() as first, factory() as second:
            assert first.scalars(select(Tag)).all() == []
            first.commit()
            second.add(Tag(name="a"))
            second.commit()
            first.scalars(select(Tag)).one().name = "b"
            first.commit()

    survives(write, given=azoth.orm.sessionmaker, setup=None)
