"""A table of two accounts, in memory and in a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from azoth.engine import Engine, create_engine


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bank.db"


@pytest.fixture
def bank(path: Path) -> Iterator[Engine]:
    """A database in a file, with the table account (id, owner, balance)."""
    engine = create_engine(f"sqlite:///{path}?timeout=0.05")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE account (id INTEGER PRIMARY KEY, owner TEXT UNIQUE, balance INTEGER)")
        connection.exec_driver_sql("INSERT INTO account VALUES (1, 'ann', 10), (2, 'bob', 20)")
    yield engine
    engine.dispose()


@pytest.fixture
def seen_from_outside(path: Path) -> Iterator[Callable[[str], Any]]:
    """Ask the file through a connection that azoth knows nothing about."""
    outside = sqlite3.connect(path, isolation_level=None, timeout=0)

    def ask(sql: str) -> Any:
        return outside.execute(sql).fetchall()

    yield ask
    outside.close()
