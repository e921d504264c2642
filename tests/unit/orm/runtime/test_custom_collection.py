"""Collection classes of the user's own: subclasses, lookalikes, decorated ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from azoth import event
from azoth.exc import ArgumentError
from azoth.orm.collections import collection, collection_adapter
from azoth.orm.runtime.history import get_history
from azoth.orm.runtime.state import state_of
from tests.unit.orm.runtime.mapped_classes import Family


def test_a_list_subclass_keeps_its_type_and_its_own_methods() -> None:
    class Ordered(list[Any]):
        def append(self, item: Any) -> None:
            super().append(item)
            self.sort(key=lambda member: member.name)

        def twice(self, item: Any) -> None:
            self.append(item)
            self.append(item)

    family = Family(collection_class=Ordered)
    parent = family.Parent()
    b, a = family.Child(name="b"), family.Child(name="a")
    parent.children.append(b)
    a.parent = parent
    assert type(parent.children) is Ordered
    assert list(parent.children) == [a, b]
    parent.children.twice(family.Child(name="c"))
    assert len(parent.children) == 4
    parent.children.remove(b)
    assert b.parent is None
    parent.children = [b]
    assert type(parent.children) is Ordered
    assert b.parent is parent
    assert a.parent is None
    loose = Ordered([b])
    loose.append(a)
    assert a.parent is None


def test_a_set_subclass_reports() -> None:
    class Group(set[Any]):
        pass

    family = Family(collection_class=Group)
    parent = family.Parent()
    item = family.Child()
    parent.children |= {item}
    assert item.parent is parent
    item.parent = None
    assert parent.children == set()


def test_a_factory_decides_about_the_class() -> None:
    class Counted(list[Any]):
        def __init__(self, start: int) -> None:
            super().__init__()
            self.start = start

    family = Family(collection_class=lambda: Counted(3))
    parent = family.Parent()
    item = family.Child(parent=parent)
    assert parent.children.start == 3
    assert list(parent.children) == [item]


class Bag:
    """Looks like a list, and holds its items elsewhere."""

    def __init__(self) -> None:
        self.items: list[Any] = []

    def append(self, item: Any) -> None:
        self.items.append(item)

    def remove(self, item: Any) -> None:
        self.items.remove(item)

    def extend(self, items: Any) -> None:
        for item in items:
            self.append(item)

    def clear(self) -> None:
        self.items.clear()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)


def test_a_lookalike_is_found_by_its_method_names() -> None:
    family = Family(collection_class=Bag)
    parent = family.Parent()
    items = [family.Child() for _ in range(3)]
    parent.children.append(items[0])
    parent.children.extend(items[1:])
    assert all(item.parent is parent for item in items)
    parent.children.remove(items[0])
    items[1].parent = None
    assert parent.children.items == [items[2]]
    assert items[0].parent is None
    state_of(parent).pk = 1
    parent.children.clear()
    assert items[2].parent is None
    assert get_history(state_of(parent), "children").deleted == [items[2]]


class Heap(Bag):
    """A lookalike whose own ways to take several items cannot be used."""

    extended = False

    def extend(self, items: Any) -> None:
        self.extended = True

    def __iadd__(self, items: Any) -> Heap:
        self.extended = True
        return self


def test_a_lookalike_takes_several_items_one_by_one_and_announced() -> None:
    family = Family(collection_class=Heap)

    def replaced(owner: Any, item: Any, initiator: Any) -> Any:
        return item if item.name else family.Child(name="named")

    event.listen(family.Parent.children, "append", replaced, retval=True)
    parent = family.Parent()
    parent.children.extend([family.Child(), family.Child(name="a")])
    parent.children += [family.Child()]
    assert [item.name for item in parent.children] == ["named", "a", "named"]
    assert all(item.parent is parent for item in parent.children)
    assert not parent.children.extended


class Registry:
    """Says by decorators what its methods do."""

    def __init__(self) -> None:
        self.by_name: dict[str, Any] = {}

    @collection.appender
    def register(self, item: Any) -> None:
        self.by_name[item.name] = item

    @collection.remover
    def unregister(self, item: Any) -> None:
        del self.by_name[item.name]

    @collection.iterator
    def everyone(self) -> Iterator[Any]:
        return iter(self.by_name.values())

    @collection.adds("item")
    def push(self, priority: int, item: Any) -> None:
        self.register(item)

    @collection.replaces(1)
    def swap(self, item: Any) -> Any:
        old = self.by_name.pop(item.name, None)
        self.by_name[item.name] = item
        return old

    @collection.removes(1)
    def drop(self, item: Any) -> None:
        self.unregister(item)

    @collection.removes_return()
    def pop_any(self) -> Any:
        return self.by_name.popitem()[1]

    @collection.converter
    def convert(self, value: Any) -> list[Any]:
        return list(value)


def test_a_decorated_class_plays_its_roles() -> None:
    family = Family(collection_class=Registry)
    parent = family.Parent()
    a, b, c = (family.Child(name=name) for name in "abc")
    parent.children.register(a)
    b.parent = parent
    parent.children.push(1, item=c)
    assert set(parent.children.by_name) == {"a", "b", "c"}
    assert a.parent is c.parent is parent
    other = family.Child(name="a")
    assert parent.children.swap(other) is a
    assert a.parent is None
    assert other.parent is parent
    parent.children.drop(b)
    assert b.parent is None
    parent.children.unregister(c)
    assert c.parent is None
    assert parent.children.pop_any() is other
    assert other.parent is None
    parent.children = (a, b)
    assert a.parent is b.parent is parent
    assert set(parent.children.by_name) == {"a", "b"}


def test_the_members_before_a_change_are_noted_for_every_decorated_method() -> None:
    family = Family(collection_class=Registry)
    parent = family.Parent()
    a = family.Child(name="a", parent=parent)
    state_of(parent).pk = 1
    parent.children.pop_any()
    history = get_history(state_of(parent), "children")
    assert (history.added, history.deleted) == ([], [a])


def test_a_class_without_appender_is_refused() -> None:
    class Nothing:
        pass

    with pytest.raises(ArgumentError, match="collection class Nothing has no appender"):
        Family(collection_class=Nothing)


@pytest.mark.parametrize("collection_class", [list, set, Bag, Registry])
def test_the_adapter_works_with_and_without_events(collection_class: Any) -> None:
    family = Family(collection_class=collection_class)
    parent = family.Parent()
    adapter = collection_adapter(parent.children)
    loud, quiet = family.Child(name="loud"), family.Child(name="quiet")
    adapter.append_with_event(loud)
    adapter.append_without_event(quiet)
    assert loud.parent is parent
    assert quiet.parent is None
    assert len(adapter) == 2
    assert set(adapter) == {loud, quiet}
    adapter.remove_without_event(quiet)
    adapter.clear_with_event()
    assert loud.parent is None
    assert adapter.empty
    assert not adapter.invalidated
