"""Every mutator of a list collection changes the relationship on both sides."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from azoth.exc import ArgumentError, AzothWarning
from azoth.orm.collections import InstrumentedList
from azoth.orm.exc import ObjectDereferencedError
from azoth.orm.runtime.state import state_of
from tests.unit.orm.runtime.mapped_classes import Family


def parent_with(family: Family, count: int) -> tuple[Any, list[Any]]:
    parent = family.Parent()
    items = [family.Child(name=str(number)) for number in range(count)]
    parent.children.extend(items)
    return parent, items


def test_an_unset_collection_of_a_new_instance_is_empty_and_stays_the_same_object(family: Family) -> None:
    parent = family.Parent()
    assert parent.children == []
    assert type(parent.children) is InstrumentedList
    assert parent.children is parent.children


def test_append_insert_and_extend_set_the_other_side(family: Family) -> None:
    parent = family.Parent()
    first, second, third = family.Child(), family.Child(), family.Child()
    parent.children.append(second)
    parent.children.insert(0, first)
    parent.children.extend(item for item in [third])
    assert list(parent.children) == [first, second, third]
    assert {first.parent, second.parent, third.parent} == {parent}


def test_remove_pop_and_clear_unset_the_other_side(family: Family) -> None:
    parent, items = parent_with(family, 4)
    parent.children.remove(items[1])
    assert parent.children.pop() is items[3]
    assert parent.children.pop(0) is items[0]
    assert items[2].parent is parent
    parent.children.clear()
    assert [item.parent for item in items] == [None] * 4


def test_removing_what_is_not_there_raises_and_changes_nothing(family: Family) -> None:
    parent, _ = parent_with(family, 1)
    other, (stranger,) = parent_with(family, 1)
    with pytest.raises(ValueError, match="is not in list"):
        parent.children.remove(stranger)
    assert stranger.parent is other
    with pytest.raises(IndexError):
        parent.children.pop(5)
    empty = family.Parent()
    with pytest.raises(IndexError):
        empty.children.pop()


def test_setting_and_deleting_items_and_slices(family: Family) -> None:
    parent, items = parent_with(family, 5)
    new = [family.Child() for _ in range(3)]
    parent.children[0] = new[0]
    assert items[0].parent is None
    assert new[0].parent is parent
    parent.children[1:3] = [items[2], new[1], new[2]]
    assert list(parent.children) == [new[0], items[2], new[1], new[2], items[3], items[4]]
    assert items[1].parent is None
    assert items[2].parent is new[2].parent is parent
    del parent.children[0]
    del parent.children[::2]
    assert list(parent.children) == [new[1], items[3]]
    assert [item.parent for item in (new[0], items[2], new[2], items[4])] == [None] * 4
    parent.children[:] = []
    assert new[1].parent is None


def test_an_extended_slice_of_another_size_is_refused_before_anything_happens(family: Family) -> None:
    parent, items = parent_with(family, 4)
    stranger = family.Child()
    with pytest.raises(ValueError, match="extended slice"):
        parent.children[::2] = [stranger]
    assert list(parent.children) == items
    assert "parent" not in stranger.__dict__


def test_in_place_operators_keep_the_collection(family: Family) -> None:
    parent, items = parent_with(family, 1)
    collection = parent.children
    new = family.Child()
    parent.children += [new]
    assert parent.children is collection
    assert new.parent is parent
    parent.children *= 1
    assert list(collection) == [items[0], new]
    parent.children *= 0
    assert list(collection) == []
    assert new.parent is None


def test_sort_and_reverse_only_reorder(family: Family) -> None:
    parent, items = parent_with(family, 3)
    parent.children.reverse()
    assert list(parent.children) == items[::-1]
    parent.children.sort(key=lambda item: item.name)
    assert list(parent.children) == items
    assert all(item.parent is parent for item in items)


def test_an_item_that_stands_twice_stays_linked_until_its_last_occurrence_goes(family: Family) -> None:
    parent, (item,) = parent_with(family, 1)
    parent.children.append(item)
    parent.children.remove(item)
    assert item.parent is parent
    parent.children.pop()
    assert item.parent is None


def test_equal_items_are_told_apart_by_identity() -> None:
    family = Family()
    family.Child.__eq__ = lambda self, other: True
    family.Child.__hash__ = lambda self: 1
    parent, items = parent_with(family, 3)
    items[2].parent = None
    assert [id(item) for item in parent.children] == [id(items[0]), id(items[1])]
    parent.children.remove(items[1])  # an equal one stands first, and that is what list.remove takes
    assert [id(item) for item in parent.children] == [id(items[1])]
    assert items[0].parent is None
    assert items[1].parent is parent


def test_copies_are_plain_lists_that_no_longer_report(family: Family) -> None:
    parent, items = parent_with(family, 2)
    for duplicate in (parent.children.copy(), copy.copy(parent.children), parent.children[:], [*parent.children]):
        assert type(duplicate) is list
        duplicate.pop()
    assert items[1].parent is parent


def test_a_collection_of_ones_own_making_reports_to_nobody(family: Family) -> None:
    loose: InstrumentedList[Any] = InstrumentedList([1])
    loose.append(2)
    loose[0:1] = [3, 4]
    loose.remove(2)
    assert loose == [3, 4]


def test_none_is_stored_and_taken_out_again(family: Family) -> None:
    parent = family.Parent()
    child = family.Child()
    parent.children.append(None)
    parent.children.extend([child, None])
    assert parent.children == [None, child, None]
    while None in parent.children:
        parent.children.remove(None)
    assert parent.children == [child]
    assert child.parent is parent


def test_what_is_no_related_instance_is_refused_before_it_is_stored(family: Family) -> None:
    parent = family.Parent()
    for wrong in ("text", family.Parent(), object()):
        with pytest.raises(TypeError, match=r"Parent.children cannot hold an object of type") as caught:
            parent.children.append(wrong)
        assert isinstance(caught.value, ArgumentError)
        assert "an instance of Child" in str(caught.value)
    assert parent.children == []


def test_a_subclass_of_the_related_class_is_accepted(family: Family) -> None:
    class Grandchild(family.Child):  # type: ignore[name-defined,misc]
        pass

    parent = family.Parent()
    item = Grandchild()
    parent.children.append(item)
    assert item.parent is parent


def test_changes_to_a_collection_whose_owner_was_expired_warn_and_have_no_effect(family: Family) -> None:
    parent, items = parent_with(family, 1)
    state_of(parent).pk = 1
    left_behind = parent.children
    del parent.__dict__["children"]
    with pytest.warns(AzothWarning, match=r"Parent.children has been invalidated"):
        left_behind.append(family.Child())
    left_behind.clear()
    assert items[0].parent is parent


def test_a_collection_whose_owner_is_gone_can_be_read_and_refuses_changes(family: Family) -> None:
    item = family.Child()
    collection = family.Parent().children
    assert list(collection) == []
    for change in (collection.append, lambda item: collection.extend([item])):
        with pytest.raises(ObjectDereferencedError, match=r"cannot change Parent.children: the Parent object"):
            change(item)
    assert list(collection) == []
