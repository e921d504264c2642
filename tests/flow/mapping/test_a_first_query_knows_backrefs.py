"""A backref is there once its class was named in a query or an alias, before any instance is made."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer
from azoth.orm import Session, aliased, declarative_base, relationship


def owner_and_item() -> tuple[Any, Any]:
    base: Any = declarative_base()

    class Owner(base):
        __tablename__ = "owner"
        id = Column(Integer, primary_key=True)
        items = relationship("Item", backref="owner")

    class Item(base):
        __tablename__ = "item"
        id = Column(Integer, primary_key=True)
        owner_id = Column(Integer, ForeignKey("owner.id"))

    return Owner, Item


@pytest.mark.parametrize("name", [lambda item: Session().query(item), aliased], ids=["query", "alias"])
def test_naming_a_class_configures_its_backrefs(name: Any) -> None:
    _, item = owner_and_item()
    name(item)
    assert item.owner.key == "owner"


def test_a_first_query_joins_along_a_backref() -> None:
    _, item = owner_and_item()
    text = str(Session().query(item).join(item.owner))
    assert "JOIN owner ON owner.id = item.owner_id" in text
