"""Whether an item still stands in a large collection is known, whatever was done to the collection in between."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from azoth.orm.runtime.collections.census import SMALL
from azoth.orm.runtime.collections.collection_kind import kind_of
from azoth.orm.runtime.collections.keyed_collections import keyfunc_mapping
from azoth.util.identity_list import IdentityList
from tests.unit.orm.runtime.mapped_classes import Family

MANY = 4 * SMALL


LIST = kind_of(list)
BY_NAME = keyfunc_mapping(lambda item: item.name)
KEYED = kind_of(BY_NAME)

Change = Callable[[Any, Any, random.Random], Any]
"""Changes a collection, perhaps, with an item."""

LIST_CHANGES: list[Change] = [
    lambda members, item, chosen: members.append(item),
    lambda members, item, chosen: members.insert(chosen.randrange(len(members) + 1), item),
    lambda members, item, chosen: item in members and members.remove(item),
    lambda members, item, chosen: members and members.pop(chosen.randrange(len(members))),
    lambda members, item, chosen: members and members.pop(),
    lambda members, item, chosen: members and members.__delitem__(0),
    lambda members, item, chosen: members.__delitem__(slice(1, 3)),
    lambda members, item, chosen: members and members.__setitem__(0, item),
    lambda members, item, chosen: members.__setitem__(slice(0, 2), [item, item]),
    lambda members, item, chosen: members.reverse(),
    lambda members, item, chosen: members.sort(key=id),
    lambda members, item, chosen: LIST.put(members, item),
    lambda members, item, chosen: LIST.take(members, item),
    lambda members, item, chosen: members.extend([item, *members[:2]]),
]

DICT_CHANGES: list[Change] = [
    lambda members, item, chosen: members.set(item),
    lambda members, item, chosen: members.__setitem__(chosen.choice([*members, "x"]), item),
    lambda members, item, chosen: members.pop(chosen.choice([*members, "x"]), None),
    lambda members, item, chosen: members and members.popitem(),
    lambda members, item, chosen: KEYED.put(members, item),
    lambda members, item, chosen: KEYED.take(members, item),
    lambda members, item, chosen: setattr(item, "name", f"renamed {chosen.randrange(100)}"),
    lambda members, item, chosen: members.update({f"other {chosen.randrange(100)}": item}),
]


@pytest.mark.parametrize("seed", range(40))
def test_a_list_is_known_through_random_changes(family: Family, seed: int) -> None:
    chosen = random.Random(seed)
    parent = family.Parent()
    members = parent.children
    items = [family.Child(name=str(number)) for number in range(MANY)]
    members.extend(items)
    for _ in range(150):
        chosen.choice(LIST_CHANGES)(members, chosen.choice(items), chosen)
        for each in items:
            assert LIST.holds(members, each) == any(member is each for member in list.__iter__(members))


@pytest.mark.parametrize("seed", range(20))
def test_a_dictionary_is_known_through_random_changes(seed: int) -> None:
    chosen = random.Random(seed)
    family = Family(collection_class=BY_NAME)
    parent = family.Parent()
    members = parent.children
    items = [family.Child(name=str(number)) for number in range(MANY)]
    for item in items:
        members.set(item)
    for _ in range(150):
        chosen.choice(DICT_CHANGES)(members, chosen.choice(items), chosen)
        for each in items:
            assert KEYED.holds(members, each) == any(member is each for member in dict.values(members))


def test_an_item_that_stands_twice_keeps_its_owner_until_both_are_gone(family: Family) -> None:
    parent = family.Parent()
    items = [family.Child(name=str(number)) for number in range(MANY)]
    parent.children.extend(items)
    parent.children.append(items[0])
    parent.children.remove(items[1])
    parent.children.remove(items[0])
    assert items[0].parent is parent
    parent.children.remove(items[0])
    assert items[0].parent is None


def test_an_item_is_found_by_identity_where_all_are_equal() -> None:
    family = Family()
    class_: Any = family.Child
    class_.__eq__ = lambda self, other: True
    class_.__hash__ = lambda self: 1
    parent = family.Parent()
    members = parent.children
    items = [class_() for _ in range(MANY)]
    for item in items[1:]:
        LIST.put(members, item)
    assert not LIST.holds(members, items[0])
    LIST.take(members, items[-1])
    assert list(map(id, members)) == list(map(id, items[1:-1]))


def test_an_identity_list_has_each_item_once_and_in_order() -> None:
    first, second, third = [1], [1], [1]
    items = IdentityList([first, second])
    assert not items.append(first)
    assert items.append(third)
    assert items.drop(second)
    assert not items.drop(second)
    assert [id(item) for item in items] == [id(first), id(third)]
    assert third in items
    assert second not in items
    assert len(items) == 2
