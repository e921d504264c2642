"""A table of two accounts, seen by azoth and from outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from azoth import Column, Integer, MetaData, Table, Text, insert
from azoth.engine import Engine
from tests.database import Database

account = Table(
    "account",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("owner", Text, unique=True),
    Column("balance", Integer),
)


@pytest.fixture
def bank(database: Database) -> Engine:
    """A database named "bank", with the table account (id, owner, balance)."""
    engine: Engine = database.make_engine("bank", lock_timeout=0.05)
    with engine.begin() as connection:
        account.create(connection)
        connection.execute(insert(account), [{"owner": "ann", "balance": 10}, {"owner": "bob", "balance": 20}])
    return engine


@pytest.fixture
def seen_from_outside(database: Database) -> Callable[[str], Any]:
    """Ask the database through a connection that azoth knows nothing about."""
    outside = database.connect_directly("bank")

    def ask(sql: str) -> Any:
        cursor = outside.execute(sql)
        return cursor.fetchall() if cursor.description else []

    return ask
