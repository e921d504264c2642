"""History compares the present values with the committed ones, and never loads."""

from __future__ import annotations

from typing import Any

import pytest

from azoth.exc import InvalidRequestError
from azoth.orm import attributes
from azoth.orm.runtime.history import NO_HISTORY, get_history, is_changed
from azoth.orm.runtime.state import state_of
from tests.unit.orm.runtime.mapped_classes import Family, Unit


def persistent(unit: Unit, instance: Any, pk: int = 1) -> Any:
    return unit.add(instance, pk=pk)


def test_values_of_an_instance_without_row_are_all_added(family: Family) -> None:
    parent = family.Parent(name="x")
    child = family.Child(parent=parent)
    assert get_history(state_of(parent), "name") == (["x"], (), ())
    assert get_history(state_of(parent), "id") == NO_HISTORY
    assert get_history(state_of(child), "parent") == ([parent], (), ())
    assert get_history(state_of(parent), "children") == ([child], [], [])
    parent.children.remove(child)
    assert get_history(state_of(parent), "children") == ([], [], [])


def test_a_value_set_back_is_no_change(family: Family, unit: Unit) -> None:
    parent = persistent(unit, family.Parent())
    parent.__dict__["name"] = "a"
    parent.name = "b"
    assert get_history(state_of(parent), "name") == (["b"], (), ["a"])
    assert is_changed(state_of(parent), parent)
    parent.name = "a"
    assert get_history(state_of(parent), "name") == ((), ["a"], ())
    assert not is_changed(state_of(parent), parent)


def test_a_value_whose_past_is_unknown_counts_as_changed(family: Family, unit: Unit) -> None:
    parent = persistent(unit, family.Parent())
    parent.name = "a"
    assert get_history(state_of(parent), "name") == (["a"], (), ())


def test_an_object_set_back_is_no_change(family: Family, unit: Unit) -> None:
    first, second = family.Parent(), family.Parent()
    child = persistent(unit, family.Child())
    family.parent.load(state_of(child), child, first)
    assert get_history(state_of(child), "parent") == ((), [first], ())
    child.parent = second
    assert get_history(state_of(child), "parent") == ([second], (), [first])
    child.parent = None
    assert get_history(state_of(child), "parent") == ([None], (), [first])
    child.parent = first
    assert not is_changed(state_of(child), child)


def test_an_object_that_replaces_none_deletes_nothing(family: Family, unit: Unit) -> None:
    child = persistent(unit, family.Child())
    family.parent.load(state_of(child), child, None)
    parent = family.Parent()
    child.parent = parent
    assert get_history(state_of(child), "parent") == ([parent], (), ())


def test_a_collection_changed_and_changed_back_is_no_change(family: Family, unit: Unit) -> None:
    parent = persistent(unit, family.Parent())
    item = persistent(unit, family.Child())
    family.children.load(state_of(parent), parent, [item])
    parent.children.remove(item)
    assert is_changed(state_of(parent), parent)
    parent.children.append(item)
    assert get_history(state_of(parent), "children") == ([], [item], [])
    assert not is_changed(state_of(parent), parent)


def test_a_member_that_stands_twice_is_one_change(family: Family, unit: Unit) -> None:
    parent = persistent(unit, family.Parent())
    family.children.load(state_of(parent), parent, [])
    item = family.Child()
    parent.children.extend([item, item])
    assert get_history(state_of(parent), "children").added == [item]


def test_an_unloaded_attribute_has_no_history(family: Family, unit: Unit) -> None:
    parent = persistent(unit, family.Parent())
    assert get_history(state_of(parent), "children") is NO_HISTORY
    assert not get_history(state_of(parent), "children")


def test_the_public_history_loads_unless_told_not_to(family: Family, unit: Unit) -> None:
    parent = persistent(unit, family.Parent())
    item = family.Child()
    family.Parent._azoth_manager.load_missing = lambda state, instance, key: family.children.load(
        state, instance, [item]
    )
    assert not attributes.get_history(parent, "children", attributes.PASSIVE_NO_INITIALIZE)
    history = attributes.get_history(parent, "children")
    assert history.unchanged == [item]
    assert history.sum() == history.non_deleted() == history.non_added() == [item]
    assert not history.has_changes()
    assert not history.empty()


def test_flagging_marks_a_loaded_attribute_as_changed(family: Family, unit: Unit) -> None:
    parent = persistent(unit, family.Parent())
    with pytest.raises(InvalidRequestError, match=r"Parent.name as modified: it is not loaded"):
        attributes.flag_modified(parent, "name")
    parent.__dict__["name"] = "a"
    attributes.flag_modified(parent, "name")
    assert attributes.get_history(parent, "name") == (["a"], (), ())
    assert is_changed(state_of(parent), parent)


def test_flagging_an_instance_dirty_names_no_attribute(family: Family, unit: Unit) -> None:
    parent = persistent(unit, family.Parent())
    attributes.flag_dirty(parent)
    assert state_of(parent) in unit.identity_map.modified
    assert not is_changed(state_of(parent), parent)


def test_committed_values_leave_no_history(family: Family, unit: Unit) -> None:
    parent = persistent(unit, family.Parent())
    item = family.Child()
    parent.name = "a"
    attributes.set_committed_value(parent, "name", "b")
    attributes.set_committed_value(parent, "children", [item])
    assert parent.name == "b"
    assert not is_changed(state_of(parent), parent)
    assert "parent" not in item.__dict__
    adapter = attributes.init_collection(parent, "children")
    adapter.append_without_event(item)
    assert list(parent.children) == [item]
    assert not is_changed(state_of(parent), parent)


def test_attributes_by_name_follow_the_mapping(family: Family) -> None:
    parent, child = family.Parent(), family.Child()
    attributes.set_attribute(child, "parent", parent)
    assert attributes.get_attribute(parent, "children") == [child]
    attributes.del_attribute(child, "parent")
    assert parent.children == []
    with pytest.raises(InvalidRequestError, match="Child has no mapped attribute 'nothing'"):
        attributes.set_attribute(child, "nothing", 1)
    assert attributes.instance_dict(child) is child.__dict__
    assert attributes.instance_state(child) is state_of(child)
    assert attributes.manager_of_class(family.Child) is family.Child._azoth_manager
    assert attributes.manager_of_class(int) is None
