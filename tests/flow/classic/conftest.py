"""Classes mapped in classic style, and a log of what reaches the database."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, MetaData, String, Table, event
from azoth.orm import class_mapper, mapper, relation
from tests.database import Database
from tests.flow.committed import committed


@pytest.fixture
def engine(database: Database) -> Any:
    """A database that another connection sees, which shows what is committed."""
    return database.make_engine("shop")


@pytest.fixture
def shop(engine: Any) -> Iterator[SimpleNamespace]:
    """Users with addresses, mapped by ``mapper()``."""
    metadata = MetaData()
    users = Table("users", metadata, Column("id", Integer, primary_key=True), Column("name", String(50), unique=True))
    addresses = Table(
        "addresses",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("email", String(50)),
        Column("user_id", Integer, ForeignKey("users.id")),
    )
    metadata.create_all(engine)

    class User:
        def __init__(self, name: str | None = None) -> None:
            self.name = name

    class Address:
        def __init__(self, email: str | None = None) -> None:
            self.email = email

    mapper(User, users, properties={"addresses": relation(Address, backref="user", order_by=addresses.c.id)})
    mapper(Address, addresses)
    yield SimpleNamespace(
        User=User, Address=Address, users=users, addresses=addresses, metadata=metadata, engine=engine
    )
    for class_ in (User, Address):
        class_mapper(class_).dispose()


@pytest.fixture
def log(engine: Any) -> list[str]:
    """What the engine does: begin, commit, rollback, savepoints and the first word of each statement."""
    entries: list[str] = []
    for name in ("begin", "commit", "rollback"):
        event.listen(engine, name, lambda connection, name=name: entries.append(name.upper()))
    event.listen(engine, "savepoint", lambda connection, name: entries.append("SAVEPOINT"))
    event.listen(engine, "rollback_savepoint", lambda connection, name, context: entries.append("ROLLBACK TO"))
    event.listen(engine, "release_savepoint", lambda connection, name, context: entries.append("RELEASE"))
    event.listen(
        engine,
        "before_cursor_execute",
        lambda connection, cursor, statement, parameters, context, many: entries.append(statement.split()[0]),
    )
    return entries


@pytest.fixture
def names(engine: Any) -> Any:
    """Read the committed names from another connection."""

    return partial(committed, engine, "users")


@pytest.fixture
def other_engine(database: Database) -> Any:
    return database.make_engine()
