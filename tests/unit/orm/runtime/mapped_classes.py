"""Mapped classes without a mapper: class managers built by hand, and a unit of work that only remembers."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from azoth.orm.runtime.identity_map import IdentityMap
from azoth.orm.runtime.instrumentation.attribute import Attribute
from azoth.orm.runtime.instrumentation.class_manager import ClassManager
from azoth.orm.runtime.related.collection_attribute import CollectionAttribute
from azoth.orm.runtime.related.object_attribute import ObjectAttribute
from azoth.orm.runtime.state import state_of


class Unit:
    """Stands for a session: takes in and lets go of instances, and remembers which."""

    def __init__(self) -> None:
        self.identity_map = IdentityMap(self)
        self.adopted: list[Any] = []
        self.expunged: list[Any] = []
        self.no_autoflush = nullcontext()

    def adopt(self, instance: Any) -> None:
        self.adopted.append(instance)
        self.add(instance)

    def expunge(self, instance: Any) -> None:
        self.expunged.append(instance)
        state = state_of(instance)
        self.identity_map.discard(state)
        state.origin = None

    def add(self, instance: Any, pk: Any = None) -> Any:
        state = state_of(instance)
        state.origin = self.identity_map
        if pk is None:
            self.identity_map.new[state] = instance
        else:
            state.pk = pk
            self.identity_map.add(state, instance)
        return instance


def mapped_class(name: str) -> Any:
    """Make an instrumented class with the plain attributes ``id`` and ``name``."""

    class Mapped:
        def __init__(self, **values: Any) -> None:
            for key, value in values.items():
                setattr(self, key, value)

    Mapped.__name__ = Mapped.__qualname__ = name
    manager = ClassManager(Mapped)
    manager.install()
    for key in ("id", "name"):
        manager.add(Attribute(Mapped, key), plain=True)
    return Mapped


def one_to_many(
    parent: Any, child: Any, many: str = "children", one: str = "parent", **configuration: Any
) -> tuple[CollectionAttribute, ObjectAttribute]:
    """Relate two classes in both directions."""
    collection = CollectionAttribute(parent, many, item_type=child, **configuration)
    scalar = ObjectAttribute(child, one, item_type=parent)
    pair(collection, scalar)
    return collection, scalar


def many_to_many(
    left: Any, right: Any, collection_class: Any = list
) -> tuple[CollectionAttribute, CollectionAttribute]:
    """Relate two classes by collections on both sides: ``left.rights`` and ``right.lefts``."""
    rights = CollectionAttribute(left, "rights", item_type=right, collection_class=collection_class)
    lefts = CollectionAttribute(right, "lefts", item_type=left, collection_class=collection_class)
    pair(rights, lefts)
    return rights, lefts


def one_to_one(left: Any, right: Any) -> tuple[ObjectAttribute, ObjectAttribute]:
    """Relate two classes by one object on both sides: ``left.right`` and ``right.left``."""
    attributes = (ObjectAttribute(left, "right", item_type=right), ObjectAttribute(right, "left", item_type=left))
    pair(*attributes)
    return attributes


def pair(one: Any, other: Any) -> None:
    """Put two attributes on their classes and let them know each other."""
    one.reverse, other.reverse = (other,), (one,)
    one.class_._azoth_manager.add(one, plain=False)
    other.class_._azoth_manager.add(other, plain=False)


class Family:
    """Two related classes, ``Parent`` and ``Child``, and their attributes."""

    def __init__(self, **configuration: Any) -> None:
        self.Parent = mapped_class("Parent")
        self.Child = mapped_class("Child")
        self.children, self.parent = one_to_many(self.Parent, self.Child, **configuration)
