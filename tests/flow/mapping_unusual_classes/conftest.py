"""A registry and a session for classes that a test makes itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, String, Table
from azoth.orm import Session, registry, relationship


@pytest.fixture
def mapped(engine: azoth.Engine) -> Iterator[Callable[..., Any]]:
    """Map a class to a table of its own (id, name, parent_id), with children and parent, and make the table."""
    classes = registry()

    def map_class(class_: Any, **options: Any) -> Any:
        name = class_.__name__.lower()
        table = Table(
            name,
            classes.metadata,
            Column("id", Integer, primary_key=True),
            Column("name", String),
            Column("parent_id", ForeignKey(f"{name}.id")),
        )
        properties = {
            "children": relationship(class_, back_populates="parent", order_by=table.c.id),
            "parent": relationship(class_, back_populates="children", remote_side=table.c.id),
            **options.pop("properties", {}),
        }
        classes.map_imperatively(class_, table, properties=properties, **options)
        table.create(engine)
        return class_

    yield map_class
    classes.dispose()


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session
