"""Dict collections find the key of an item by an attribute, a column or a function."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any

import pytest

from azoth import column, text
from azoth.exc import ArgumentError, InvalidRequestError, SAWarning
from azoth.orm.collections import (
    KeyFuncDict,
    MappedCollection,
    attribute_keyed_dict,
    collection,
    collection_adapter,
    column_keyed_dict,
    keyfunc_mapping,
)
from tests.unit.orm.runtime.mapped_classes import Family


@pytest.fixture
def family() -> Family:
    return Family(collection_class=attribute_keyed_dict("name"))


def test_an_item_from_the_other_side_is_stored_under_its_attribute(family: Family) -> None:
    parent = family.Parent()
    item = family.Child(name="a")
    item.parent = parent
    assert type(parent.children) is KeyFuncDict
    assert parent.children == {"a": item}
    item.parent = None
    assert parent.children == {}


def test_an_item_from_the_other_side_takes_the_place_of_the_one_under_its_key(family: Family) -> None:
    parent = family.Parent()
    first, second = family.Child(name="a"), family.Child(name="a")
    first.parent = parent
    second.parent = parent
    assert parent.children == {"a": second}
    assert first.parent is None


def test_an_item_leaves_by_identity_even_if_its_key_was_changed(family: Family) -> None:
    parent = family.Parent()
    item = family.Child(name="a")
    item.parent = parent
    item.name = "b"
    item.parent = None
    assert parent.children == {}


def test_every_dict_method_changes_both_sides(family: Family) -> None:
    parent = family.Parent()
    a, b, c, d = (family.Child(name=name) for name in "abcd")
    parent.children["a"] = a
    parent.children.set(b)
    parent.children.update({"c": c}, d=d)
    assert all(item.parent is parent for item in (a, b, c, d))
    replacement = family.Child(name="a")
    parent.children["a"] = replacement
    assert a.parent is None
    assert replacement.parent is parent
    del parent.children["b"]
    assert b.parent is None
    assert parent.children.pop("c") is c
    assert c.parent is None
    assert parent.children.pop("c", 5) == 5
    with pytest.raises(KeyError):
        parent.children.pop("c")
    assert parent.children.popitem() == ("d", d)
    assert d.parent is None
    assert parent.children.setdefault("a") is replacement
    assert parent.children.setdefault("b", b) is b
    assert b.parent is parent
    parent.children |= {"c": c}
    assert c.parent is parent
    parent.children.remove(c)
    assert c.parent is None
    parent.children.clear()
    assert [item.parent for item in (replacement, b)] == [None, None]
    with pytest.raises(KeyError):
        parent.children.popitem()
    with pytest.raises(KeyError):
        del parent.children["zz"]


def test_assigning_a_dict_computes_the_keys_anew(family: Family) -> None:
    parent = family.Parent()
    item = family.Child(name="a")
    parent.children = {"wrong": item}
    assert parent.children == {"a": item}


def test_an_item_without_key_is_refused_with_the_reason(family: Family) -> None:
    parent = family.Parent()
    with pytest.raises(InvalidRequestError, match="its key is not populated"):
        family.Child(parent=parent, name="late")


def test_an_item_without_key_can_be_left_out() -> None:
    family = Family(collection_class=attribute_keyed_dict("name", ignore_unpopulated_attribute=True))
    parent = family.Parent()
    item = family.Child(parent=parent, name="late")
    assert parent.children == {}
    assert item.parent is parent


def test_an_item_whose_attribute_is_none_is_warned_of(family: Family) -> None:
    parent = family.Parent()
    item = family.Child(name=None)
    with pytest.warns(SAWarning, match="AZ-L655"):
        item.parent = parent
    assert parent.children == {None: item}


def test_an_item_whose_attribute_is_none_can_be_left_out() -> None:
    family = Family(collection_class=attribute_keyed_dict("name", ignore_unpopulated_attribute=True))
    parent = family.Parent()
    assert family.Child(name=None, parent=parent).parent is parent
    assert parent.children == {}


def test_a_function_may_give_none_as_a_key() -> None:
    family = Family(collection_class=keyfunc_mapping(lambda child: None, ignore_unpopulated_attribute=True))
    parent = family.Parent()
    item = family.Child(name="a", parent=parent)
    assert parent.children == {None: item}


def test_what_is_appended_through_the_adapter_takes_the_place_of_the_one_under_its_key(family: Family) -> None:
    parent = family.Parent()
    first, second = family.Child(name="a"), family.Child(name="a")
    collection_adapter(parent.children).append_with_event(first)
    collection_adapter(parent.children).append_with_event(second)
    assert parent.__dict__["children"] == {"a": second}
    assert first.parent is None
    assert second.parent is parent


@pytest.mark.parametrize("wrong", ["name", text("name"), 5])
def test_keys_by_columns_ask_for_columns(wrong: Any) -> None:
    with pytest.raises(ArgumentError, match="column_keyed_dict"):
        column_keyed_dict(wrong)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_what_tells_the_keys_can_be_pickled(protocol: int) -> None:
    for factory in (attribute_keyed_dict("name"), column_keyed_dict(column("name"))):
        copy = pickle.loads(pickle.dumps(factory.keyfunc, protocol))
        assert type(copy) is type(factory.keyfunc)


def test_a_copy_of_the_items_is_a_plain_dict_of_them(family: Family) -> None:
    parent = family.Parent()
    parent.children["a"] = family.Child(name="a")
    copy = type(parent.children)((key, item.name) for key, item in parent.children.items())
    assert copy == {"a": "a"}


def test_removing_by_a_changed_key_says_so(family: Family) -> None:
    parent = family.Parent()
    item = family.Child(name="a", parent=parent)
    item.name = "b"
    with pytest.raises(InvalidRequestError, match="not under its key"):
        parent.children.remove(item)


def test_keys_from_columns_and_functions() -> None:
    id_column, name_column = column("id_column"), column("name_column")
    family = Family(collection_class=column_keyed_dict((id_column, name_column)))
    keys = {id_column: "id", name_column: "name"}

    class Mapper:
        synonyms: Mapping[str, Any] = {}

        def key_of(self, column: Any) -> str:
            return keys[column]

    family.Child._azoth_manager.mapper = Mapper()
    item = family.Child(id=1, name="a")
    item.parent = parent = family.Parent()
    assert parent.children == {(1, "a"): item}
    with pytest.raises(InvalidRequestError, match="not populated"):
        family.Child(id=2).parent = parent

    single = Family(collection_class=column_keyed_dict(id_column))
    single.Child._azoth_manager.mapper = Mapper()
    other = single.Child(id=7, parent=None)
    owner = single.Parent(children={7: other})
    assert list(owner.children) == [7]

    by_function = Family(collection_class=keyfunc_mapping(lambda item: item.name.upper()))
    parent = by_function.Parent()
    by_function.Child(name="x").parent = parent
    assert list(parent.children) == ["X"]


def test_a_key_from_a_property() -> None:
    family = Family(collection_class=attribute_keyed_dict("initial"))
    family.Child.initial = property(lambda self: self.name[0])
    parent = family.Parent()
    family.Child(name="abc").parent = parent
    assert list(parent.children) == ["a"]


def test_a_mapped_collection_subclass_may_extend_item_access() -> None:
    class ByName(MappedCollection[Any, Any]):
        def __init__(self) -> None:
            super().__init__(lambda item: item.name)
            self.stored: list[Any] = []

        @collection.internally_instrumented
        def __setitem__(self, key: Any, value: Any) -> None:
            self.stored.append(key)
            super().__setitem__(key, value)

        @collection.internally_instrumented
        def __delitem__(self, key: Any) -> None:
            super().__delitem__(key)

    family = Family(collection_class=ByName)
    parent = family.Parent()
    item = family.Child(name="a")
    parent.children["a"] = item
    assert item.parent is parent
    family.Child(name="b").parent = parent
    assert parent.children.stored == ["a", "b"]
    del parent.children["a"]
    assert item.parent is None
    moved = parent.children["b"]
    moved.name = "c"
    moved.parent = None
    assert parent.children == {}


def test_a_plain_dict_is_refused_because_it_cannot_find_keys() -> None:
    with pytest.raises(ArgumentError, match="cannot tell under which key") as caught:
        Family(collection_class=dict)
    assert "attribute_keyed_dict" in str(caught.value)
