"""Collections and their owners survive pickling and deep copies, and still report to each other."""

from __future__ import annotations

import copy
import pickle
import sys
from typing import Any

import pytest

from azoth.orm.collections import InstrumentedList, KeyFuncDict, attribute_keyed_dict
from azoth.orm.runtime.history import get_history
from azoth.orm.runtime.state import state_of
from tests.unit.orm.runtime.mapped_classes import Family


class Shelf(list[Any]):
    """A collection class that pickle finds by its name."""


@pytest.fixture(params=[list, set, Shelf, attribute_keyed_dict("name")], ids=["list", "set", "subclass", "keyed"])
def family(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Family:
    family = Family(collection_class=request.param)
    for class_ in (family.Parent, family.Child):  # pickle finds classes by their module's attributes
        monkeypatch.setattr(class_, "__module__", __name__)
        monkeypatch.setattr(sys.modules[__name__], class_.__name__, class_, raising=False)
    return family


def members(collection: Any) -> list[Any]:
    return list(collection.values() if isinstance(collection, dict) else collection)


@pytest.mark.parametrize("duplicate", [lambda value: pickle.loads(pickle.dumps(value)), copy.deepcopy])
def test_an_owner_and_its_collection_come_back_bound_to_each_other(family: Family, duplicate: Any) -> None:
    parent = family.Parent(name="p")
    family.Child(name="a", parent=parent)
    state_of(parent).pk = 5
    again = duplicate(parent)
    assert state_of(again) is not state_of(parent)
    # A copy is a new object; what comes out of a pickle is the same row.
    assert state_of(again).pk == (None if duplicate is copy.deepcopy else 5)
    state_of(again).pk = 5
    assert state_of(again).origin is None
    (child,) = members(again.children)
    assert child.parent is again
    added = family.Child(name="b", parent=again)
    assert set(members(again.children)) == {child, added}
    assert len(parent.children) == 1
    child.parent = None
    assert members(again.children) == [added]
    history = get_history(state_of(again), "children")
    assert (history.added, history.deleted) == ([added], [child])


def test_pickling_from_a_member_brings_the_whole_graph(family: Family) -> None:
    parent = family.Parent(name="p")
    child = family.Child(name="a", parent=parent)
    again = pickle.loads(pickle.dumps(child))
    assert members(again.parent.children) == [again]
    again.parent = None


def test_a_collection_alone_pickles_with_its_owner(family: Family) -> None:
    parent = family.Parent(name="p")
    family.Child(name="a", parent=parent)
    again = pickle.loads(pickle.dumps(parent.children))
    (child,) = members(again)
    assert child.parent.children is again


def test_a_deep_copy_of_a_collection_alone_belongs_to_nobody() -> None:
    family = Family()
    parent = family.Parent(children=[family.Child(name="a")])
    again = copy.deepcopy(parent.children)
    assert type(again) is InstrumentedList
    assert again[0] is not parent.children[0]


def test_changes_travel_with_a_pickled_instance(family: Family) -> None:
    parent = family.Parent()
    state_of(parent).pk = 1
    parent.__dict__["name"] = "before"
    parent.name = "after"
    again = pickle.loads(pickle.dumps(parent))
    assert get_history(state_of(again), "name") == (["after"], (), ["before"])


def test_a_keyed_dict_pickles_its_key_function() -> None:
    loose = KeyFuncDict(attribute_keyed_dict("name").keyfunc, {"a": 1})
    again = pickle.loads(pickle.dumps(loose))
    assert again == {"a": 1}
    assert again.keyfunc.attribute_name == "name"
