"""Validators and listeners see what enters and leaves relationships, from either side."""

from __future__ import annotations

from typing import Any

import pytest

from azoth.orm.runtime.related.validator import Validator
from tests.unit.orm.runtime.mapped_classes import Family


def test_a_validator_may_replace_or_refuse_what_enters_a_collection(family: Family) -> None:
    def validate(instance: Any, key: str, child: Any) -> Any:
        if child.name == "bad":
            raise ValueError(key)
        return stand_in if child.name == "replace" else child

    family.children.validators.append(validate)
    stand_in = family.Child(name="stand-in")
    parent = family.Parent()
    parent.children.append(family.Child(name="replace"))
    assert parent.children == [stand_in]
    assert stand_in.parent is parent
    with pytest.raises(ValueError, match="children"):
        parent.children = [family.Child(name="good"), family.Child(name="bad")]
    assert parent.children == [stand_in]
    with pytest.raises(ValueError, match="children"):
        parent.children += [family.Child(name="bad")]
    assert parent.children == [stand_in]


def test_validators_choose_whether_they_see_backrefs_and_removals(family: Family) -> None:
    seen: list[tuple[str, Any, bool]] = []

    def full(instance: Any, key: str, child: Any, is_remove: bool) -> Any:
        seen.append(("full", child, is_remove))
        return child

    def direct(instance: Any, key: str, child: Any) -> Any:
        seen.append(("direct", child, False))
        return child

    family.children.validators += [Validator(full, include_removes=True), Validator(direct, include_backrefs=False)]
    parent, first, second = family.Parent(), family.Child(), family.Child()
    parent.children.append(first)
    second.parent = parent
    parent.children.remove(first)
    second.parent = None
    assert seen == [
        ("full", first, False),
        ("direct", first, False),
        ("full", second, False),
        ("full", first, True),
        ("full", second, True),
    ]


def test_a_validator_of_the_scalar_side_sees_sets_backrefs_and_deletes(family: Family) -> None:
    seen: list[tuple[Any, bool]] = []

    def validate(instance: Any, key: str, value: Any, is_remove: bool) -> Any:
        seen.append((value, is_remove))
        return value

    family.parent.validators.append(Validator(validate, include_removes=True))
    parent, child = family.Parent(), family.Child()
    child.parent = parent
    del child.parent
    parent.children.append(child)
    assert seen == [(parent, False), (parent, True), (parent, False)]


class Recorder:
    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []

    def append(self, state: Any, attribute: Any, item: Any, **how: Any) -> Any:
        self.events.append(("append", attribute.key, item))
        return item

    def remove(self, state: Any, attribute: Any, item: Any, **how: Any) -> None:
        self.events.append(("remove", attribute.key, item))

    def set(self, state: Any, attribute: Any, value: Any, old: Any, **how: Any) -> Any:
        self.events.append(("set", attribute.key, value))
        return value

    def bulk_replace(self, state: Any, attribute: Any, items: list[Any], keys: Any) -> None:
        self.events.append(("bulk_replace", attribute.key, tuple(items)))

    def init_collection(self, state: Any, attribute: Any, collection: Any) -> None:
        self.events.append(("init_collection", attribute.key))

    def init_scalar(self, state: Any, attribute: Any, instance: Any) -> Any:
        return None

    def modified(self, state: Any) -> None:
        self.events.append(("modified",))

    def adapter(self, collection: Any) -> Any:
        return None

    def dispose_collection(self, state: Any, attribute: Any, collection: Any, adapter: Any) -> None:
        self.events.append(("dispose_collection", attribute.key))


def test_listeners_hear_of_every_change(family: Family) -> None:
    parent, first, second = family.Parent(), family.Child(), family.Child()
    recorder = Recorder()
    family.children.listeners = family.parent.listeners = recorder
    parent.children.append(first)
    parent.children = [second]
    assert recorder.events == [
        ("init_collection", "children"),
        ("append", "children", first),
        ("set", "parent", parent),
        ("init_collection", "children"),
        ("bulk_replace", "children", (second,)),
        ("append", "children", second),
        ("set", "parent", parent),
        ("remove", "children", first),
        ("set", "parent", None),
        ("dispose_collection", "children"),
    ]
    recorder.events.clear()
    second.parent = None
    assert recorder.events == [("set", "parent", None), ("remove", "children", second)]
