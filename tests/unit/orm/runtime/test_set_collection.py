"""Every mutator of a set collection changes the relationship on both sides."""

from __future__ import annotations

from typing import Any

import pytest

from azoth.orm.collections import InstrumentedSet
from tests.unit.orm.runtime.mapped_classes import Family


@pytest.fixture
def family() -> Family:
    return Family(collection_class=set)


def linked(parent: Any, items: list[Any]) -> list[bool]:
    assert all((getattr(item, "parent", None) is parent) == (item in parent.children) for item in items)
    return [item in parent.children for item in items]


def test_add_discard_remove_pop_and_clear(family: Family) -> None:
    parent = family.Parent()
    assert type(parent.children) is InstrumentedSet
    items = [family.Child() for _ in range(4)]
    for item in items:
        parent.children.add(item)
        parent.children.add(item)
    assert linked(parent, items) == [True] * 4
    parent.children.discard(items[0])
    parent.children.discard(items[0])
    parent.children.remove(items[1])
    with pytest.raises(KeyError):
        parent.children.remove(items[1])
    assert linked(parent, items) == [False, False, True, True]
    gone = parent.children.pop()
    assert gone.parent is None
    parent.children.clear()
    assert linked(parent, items) == [False] * 4
    with pytest.raises(KeyError):
        parent.children.pop()


def test_bulk_methods_and_in_place_operators(family: Family) -> None:
    parent = family.Parent()
    a, b, c, d = items = [family.Child() for _ in range(4)]
    collection = parent.children
    parent.children.update([a], {b})
    assert linked(parent, items) == [True, True, False, False]
    parent.children.difference_update([b])
    parent.children |= {c, d}
    assert linked(parent, items) == [True, False, True, True]
    parent.children -= {d}
    parent.children &= {a, b}
    assert linked(parent, items) == [True, False, False, False]
    parent.children ^= {a, b}
    assert linked(parent, items) == [False, True, False, False]
    parent.children.symmetric_difference_update([b, c, c])
    parent.children.intersection_update([c, d])
    assert linked(parent, items) == [False, False, True, False]
    assert parent.children is collection


def test_operators_want_sets(family: Family) -> None:
    parent = family.Parent()
    with pytest.raises(TypeError):
        parent.children |= [family.Child()]


def test_plain_operators_give_sets_that_do_not_report(family: Family) -> None:
    parent = family.Parent()
    a, b = family.Child(), family.Child()
    parent.children = {a}
    union = parent.children | {b}
    union.discard(a)
    assert a.parent is parent
    assert b.parent is None
