"""Both sides of a relationship stay in step in memory, without loading anything."""

from __future__ import annotations

from typing import Any

import pytest

from azoth.orm.runtime.history import get_history
from azoth.orm.runtime.related.collection_attribute import CollectionAttribute
from azoth.orm.runtime.related.object_attribute import ObjectAttribute
from azoth.orm.runtime.state import state_of
from azoth.orm.runtime.symbols import NO_VALUE, NOT_LOADED
from tests.unit.orm.runtime.mapped_classes import Family, Unit, many_to_many, mapped_class, one_to_one, pair


def never_load(state: Any, instance: Any, key: str) -> Any:
    raise AssertionError(f"{key} was loaded")


def forbid_loading(family: Family) -> None:
    family.Parent._azoth_manager.load_missing = never_load
    family.Child._azoth_manager.load_missing = never_load


def test_a_child_moves_from_one_parent_to_another_from_either_side(family: Family) -> None:
    first, second = family.Parent(), family.Parent()
    child = family.Child(parent=first)
    child.parent = second
    assert (first.children, second.children) == ([], [child])
    first.children.append(child)
    assert (first.children, second.children) == ([child], [])
    assert child.parent is first
    second.children = [child]
    assert (first.children, second.children) == ([], [child])
    child.parent = second
    assert second.children == [child]
    del child.parent
    assert second.children == []
    assert child.parent is None


def test_deleting_a_value_that_was_never_set_is_an_attribute_error(family: Family) -> None:
    child = family.Child()
    with pytest.raises(AttributeError, match=r"Child.parent has no value"):
        del child.parent


def test_many_to_many_links_and_unlinks_on_both_sides() -> None:
    left_class, right_class = mapped_class("Left"), mapped_class("Right")
    many_to_many(left_class, right_class)
    left, right, other = left_class(), right_class(), right_class()
    left.rights = [right, other]
    assert right.lefts == other.lefts == [left]
    right.lefts.remove(left)
    assert left.rights == [other]
    other.lefts = []
    assert left.rights == []
    right.lefts.append(left)
    assert left.rights == [right]


def test_one_to_one_frees_both_former_partners() -> None:
    left_class, right_class = mapped_class("Left"), mapped_class("Right")
    one_to_one(left_class, right_class)
    left, right = left_class(), right_class()
    other_left, other_right = left_class(), right_class()
    left.right = right
    other_left.right = other_right
    left.right = other_right
    assert (left.right, other_right.left) == (other_right, left)
    assert (right.left, other_left.right) == (None, None)
    left.right = None
    assert other_right.left is None


def test_self_referential_trees_keep_in_step() -> None:
    node_class = mapped_class("Node")
    pair(
        CollectionAttribute(node_class, "children", item_type=node_class),
        ObjectAttribute(node_class, "parent", item_type=node_class),
    )
    root, inner, leaf = node_class(), node_class(), node_class()
    root.children = [inner, leaf]
    inner.children.append(leaf)
    assert root.children == [inner]
    assert leaf.parent is inner
    inner.parent = inner
    assert inner.children == [leaf, inner]
    assert root.children == []


def test_relationships_that_share_their_other_side_do_not_run_in_circles() -> None:
    left_class, right_class = mapped_class("Left"), mapped_class("Right")
    attributes = [
        CollectionAttribute(class_, key)
        for class_, key in ((left_class, "a"), (left_class, "b"), (right_class, "c"), (right_class, "d"))
    ]
    a, b, c, d = attributes
    a.reverse = b.reverse = (c, d)
    c.reverse = d.reverse = (a, b)
    for attribute in attributes:
        attribute.class_._azoth_manager.add(attribute, plain=False)
    left, right = left_class(), right_class()
    left.a.append(right)
    assert left.a == left.b == [right]
    assert right.c == right.d == [left]
    right.d.remove(left)
    assert left.a == left.b == right.c == right.d == []


def test_a_change_from_the_other_side_waits_for_the_collection_to_load(family: Family, unit: Unit) -> None:
    forbid_loading(family)
    parent = unit.add(family.Parent(), pk=1)
    stays, leaves = (unit.add(family.Child(), pk=key) for key in (1, 2))
    leaves.__dict__["parent"] = parent
    joins = family.Child(parent=parent)
    leaves.parent = None
    assert "children" not in parent.__dict__
    assert get_history(state_of(parent), "children") == ([joins], [], [leaves])
    assert state_of(parent) in unit.identity_map.modified
    loaded = family.children.load(state_of(parent), parent, [stays, leaves])
    assert list(loaded) == [stays, joins]
    assert get_history(state_of(parent), "children") == ([joins], [stays], [leaves])


def test_queued_changes_that_cancel_each_other_leave_no_trace(family: Family, unit: Unit) -> None:
    forbid_loading(family)
    parent = unit.add(family.Parent(), pk=1)
    child = family.Child(parent=parent)
    child.parent = None
    assert not get_history(state_of(parent), "children").has_changes()
    other = unit.add(family.Child(), pk=1)
    other.__dict__["parent"] = parent
    other.parent = None
    other.parent = parent
    assert not get_history(state_of(parent), "children").has_changes()


def test_a_queued_member_that_a_flush_already_saved_is_not_doubled(family: Family, unit: Unit) -> None:
    parent = unit.add(family.Parent(), pk=1)
    child = family.Child(parent=parent)
    loaded = family.children.load(state_of(parent), parent, [child])
    assert list(loaded) == [child]
    assert not get_history(state_of(parent), "children").has_changes()


def test_the_old_parent_is_found_without_loading(family: Family, unit: Unit) -> None:
    forbid_loading(family)
    old, new = (unit.add(family.Parent(), pk=key) for key in (1, 2))
    child = unit.add(family.Child(), pk=1)
    family.children.load(state_of(old), old, [child])
    family.parent.passive_value = lambda state, instance: old
    child.parent = new
    assert old.children == []
    assert get_history(state_of(child), "parent") == ([new], (), [old])


def test_an_unknown_old_parent_is_left_alone(family: Family, unit: Unit) -> None:
    forbid_loading(family)
    new = unit.add(family.Parent(), pk=2)
    child = unit.add(family.Child(), pk=1)
    family.parent.passive_value = lambda state, instance: NOT_LOADED
    child.parent = new
    assert state_of(child).changes == {"parent": NO_VALUE}
    assert get_history(state_of(child), "parent") == ([new], (), ())


def test_pointing_to_the_parent_that_holds_the_child_already_does_not_double_it(family: Family, unit: Unit) -> None:
    forbid_loading(family)
    parent = unit.add(family.Parent(), pk=1)
    child = unit.add(family.Child(), pk=1)
    family.children.load(state_of(parent), parent, [child])
    child.parent = parent
    assert parent.children == [child]


def test_leaving_a_collection_unsets_a_parent_that_is_not_loaded(family: Family, unit: Unit) -> None:
    forbid_loading(family)
    parent = unit.add(family.Parent(), pk=1)
    child = unit.add(family.Child(), pk=1)
    family.children.load(state_of(parent), parent, [child])
    parent.children.remove(child)
    assert child.__dict__["parent"] is None
    assert "parent" in state_of(child).changes


def test_active_history_loads_the_value_that_is_replaced(unit: Unit) -> None:
    left_class, right_class = mapped_class("Left"), mapped_class("Right")
    right_attribute, _ = one_to_one(left_class, right_class)
    right_attribute.active_history = True
    left = unit.add(left_class(), pk=1)
    old = unit.add(right_class(), pk=1)
    loads = []

    def load(state: Any, instance: Any, key: str, *, asked: bool = True) -> Any:
        loads.append(key)
        return right_attribute.load(state, instance, old)

    left_class._azoth_manager.load_missing = load
    new = right_class()
    left.right = new
    assert loads == ["right"]
    assert get_history(state_of(left), "right") == ([new], (), [old])
    assert old.left is None


def test_a_detached_owner_is_changed_without_loading(family: Family) -> None:
    forbid_loading(family)
    family.parent.active_history = True
    child = family.Child()
    state_of(child).pk = 1
    parent = family.Parent()
    state_of(parent).pk = 1
    child.parent = parent
    assert get_history(state_of(parent), "children").added == [child]


def test_attaching_takes_an_object_into_the_session_forward_only(family: Family, unit: Unit) -> None:
    parent = unit.add(family.Parent(), pk=1)
    forward, backward = family.Child(), family.Child()
    parent.children.append(forward)
    assert unit.adopted == [forward]
    backward.parent = parent
    assert unit.adopted == [forward]
    pending = unit.add(family.Child())
    other = family.Parent()
    pending.parent = other
    assert unit.adopted == [forward, other]


def test_without_the_cascade_nothing_is_taken_in(unit: Unit) -> None:
    family = Family(save_update=False)
    parent = unit.add(family.Parent(), pk=1)
    parent.children.append(family.Child())
    assert unit.adopted == []


def test_an_object_of_a_wrong_class_is_refused_by_the_scalar_side(family: Family) -> None:
    child = family.Child()
    for wrong in ("text", family.Child(), [family.Parent()]):
        with pytest.raises(TypeError, match=r"Child.parent cannot hold an object of type"):
            child.parent = wrong
    assert "parent" not in child.__dict__
