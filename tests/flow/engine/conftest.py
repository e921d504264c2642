"""A table of two accounts, seen by azoth and from outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from azoth.engine import Engine
from tests.database import Database


@pytest.fixture
def bank(database: Database) -> Engine:
    """A database named "bank", with the table account (id, owner, balance)."""
    engine: Engine = database.make_engine("bank", lock_timeout=0.05)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE account (id INTEGER PRIMARY KEY, owner TEXT UNIQUE, balance INTEGER)")
        connection.exec_driver_sql("INSERT INTO account VALUES (1, 'ann', 10), (2, 'bob', 20)")
    return engine


@pytest.fixture
def seen_from_outside(database: Database) -> Callable[[str], Any]:
    """Ask the database through a connection that azoth knows nothing about."""
    outside = database.connect_directly("bank")

    def ask(sql: str) -> Any:
        return outside.execute(sql).fetchall()

    return ask
