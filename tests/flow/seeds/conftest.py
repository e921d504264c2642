"""The application that the examples of seed 003 talk about, mapped in classic style."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, MetaData, String, Table
from azoth.orm import class_mapper, mapper, relation
from tests.database import Database
from tests.flow.committed import committed


@pytest.fixture
def shop(database: Database) -> Iterator[SimpleNamespace]:
    """Users with addresses, and items, in a file; an engine that is bound to nothing yet."""
    engine = database.make_engine("shop")
    metadata = MetaData()
    users = Table("users", metadata, Column("id", Integer, primary_key=True), Column("name", String(30)))
    addresses = Table(
        "addresses",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("email", String(30)),
        Column("user_id", Integer, ForeignKey("users.id")),
    )
    items = Table(
        "items",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("foo", String(30)),
        Column("bar", String(30)),
        Column("value", Integer, server_default="0"),
    )
    metadata.create_all(engine)

    class Named:
        def __init__(self, **values: Any) -> None:
            for key, value in values.items():
                setattr(self, key, value)

    class User(Named):
        pass

    class Address(Named):
        pass

    class Item(Named):
        pass

    usermapper = mapper(User, users, properties={"addresses": relation(Address, order_by=addresses.c.id)})
    mapper(Address, addresses)
    mapper(Item, items)

    yield SimpleNamespace(
        engine=engine, metadata=metadata, committed=partial(committed, engine), usermapper=usermapper,
        User=User, Address=Address, Item=Item, users=users, addresses=addresses, items=items,
    )  # fmt: skip
    for class_ in (User, Address, Item):
        class_mapper(class_).dispose()
