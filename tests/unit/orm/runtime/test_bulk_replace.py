"""Assigning a whole collection removes those gone, adds the new, and leaves those that stay."""

from __future__ import annotations

from typing import Any

import pytest

from azoth.orm.runtime.history import get_history
from azoth.orm.runtime.state import state_of
from tests.unit.orm.runtime.mapped_classes import Family, Unit


def test_members_come_go_and_stay(family: Family, unit: Unit) -> None:
    gone, stays, new = family.Child(), family.Child(), family.Child()
    parent = unit.add(family.Parent(children=[gone, stays]), pk=1)
    before = parent.children
    parent.children = [new, stays]
    assert parent.children is not before
    assert list(parent.children) == [new, stays]
    assert (gone.parent, stays.parent, new.parent) == (None, parent, parent)
    assert get_history(state_of(parent), "children") == ([new], [stays], [gone])


def test_the_replaced_collection_is_plain_from_then_on(family: Family) -> None:
    parent = family.Parent(children=[family.Child()])
    before = parent.children
    parent.children = []
    item = family.Child()
    before.append(item)
    assert parent.children == []
    assert item.parent is None


def test_the_collection_of_another_parent_is_taken_over_as_a_copy(family: Family) -> None:
    items = [family.Child(), family.Child()]
    first, second = family.Parent(children=items), family.Parent()
    second.children = first.children
    assert list(second.children) == items
    assert first.children == []
    assert all(item.parent is second for item in items)


def test_assigning_the_same_collection_changes_nothing(family: Family) -> None:
    parent = family.Parent(children=[family.Child()])
    state_of(parent).pk = 1
    parent.children = parent.children
    assert state_of(parent).changes is None


@pytest.mark.parametrize("wrong", [None, (), "text", {1}, {}, frozenset(), iter([]), 5])
def test_another_kind_of_value_is_a_type_error_that_names_both_kinds(family: Family, wrong: Any) -> None:
    parent = family.Parent()
    with pytest.raises(TypeError, match=r"incompatible collection type for Parent.children: \w+ is not list-like"):
        parent.children = wrong
    assert parent.children == []


def test_a_wrong_member_leaves_the_collection_as_it_was(family: Family) -> None:
    kept = family.Child()
    parent = family.Parent(children=[kept])
    with pytest.raises(TypeError):
        parent.children = [family.Child(), "text"]
    assert list(parent.children) == [kept]
    assert kept.parent is parent


def test_replacing_a_collection_that_is_not_loaded_loads_it_first(family: Family, unit: Unit) -> None:
    parent = unit.add(family.Parent(), pk=1)
    old = unit.add(family.Child(), pk=1)
    family.Parent._azoth_manager.load_missing = lambda state, instance, key: family.children.load(
        state, instance, [old]
    )
    new = family.Child()
    parent.children = [new]
    assert get_history(state_of(parent), "children") == ([new], [], [old])
    assert old.parent is None


def test_deleting_the_attribute_removes_all_members(family: Family) -> None:
    item = family.Child()
    parent = family.Parent(children=[item])
    state_of(parent).pk = 1
    del parent.children
    assert parent.children == []
    assert item.parent is None
    assert get_history(state_of(parent), "children").deleted == [item]


def test_a_member_given_twice_is_stored_twice_and_linked_once(family: Family) -> None:
    item = family.Child()
    parent = family.Parent(children=[item, item])
    assert list(parent.children) == [item, item]
    item.parent = None
    assert parent.children == []
