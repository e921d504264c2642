"""How the collections of one ``collection_class`` are made, read, and changed without reporting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from azoth.exc import ArgumentError
from azoth.orm.runtime.collection_owner import bind
from azoth.orm.runtime.collections import InstrumentedDict, InstrumentedList, InstrumentedSet, members
from azoth.orm.runtime.custom_collections import emulated_type, instrument_class
from azoth.orm.runtime.keyed_collections import KeyFuncDict
from azoth.orm.runtime.state import InstanceState


class CollectionKind:
    """A kind of collection; this one is any class that plays the three roles.

    Attributes:
        factory: makes an empty collection.
        emulates: list, set or dict, if the collections behave like one.
        repeats: whether a collection can hold an item twice.
    """

    repeats = True

    def __init__(self, factory: Callable[[], Any], class_: type[Any], emulates: type | None) -> None:
        self.factory = factory
        self.class_ = class_
        self.emulates = emulates

    def make(self, attribute: Any, state: InstanceState, items: Iterable[Any]) -> Any:
        """Make a collection with its first items and bind it to its owner."""
        collection = self.filled(items)
        bind(collection, attribute, state)
        return collection

    def filled(self, items: Iterable[Any]) -> Any:
        """Make a collection of some items that belongs to nobody yet."""
        collection = self.factory()
        for item in items:
            self.put(collection, item)
        return collection

    def put(self, collection: Any, item: Any) -> None:
        """Put an item in without reporting it."""
        self._quietly(collection, self.class_._azoth_appender, item)

    def displaced_by(self, collection: Any, item: Any) -> Any:
        """Give the member whose place an item would take, or None."""
        return None

    def take(self, collection: Any, item: Any) -> None:
        """Take an item out, all of its occurrences, without reporting it."""
        for member in members(collection):
            if member is item:
                self._quietly(collection, self.class_._azoth_remover, item)

    def holds(self, collection: Any, item: Any) -> bool:
        """Tell whether an item is in a collection, by identity."""
        return any(member is item for member in members(collection))

    def converted(self, value: Any) -> list[Any] | None:
        """Give the items of an assigned value, or None if the value is of another kind."""
        if getattr(self.class_, "_azoth_converter", None) is not None:
            converter = getattr(self.factory(), self.class_._azoth_converter)
            return list(converter(value))
        given = emulated_type(value)
        if value is None or isinstance(value, type) or (given is not self.emulates and type(value) is not self.class_):
            return None
        return members(value)

    def _quietly(self, collection: Any, method: str, argument: Any) -> None:
        owner = collection._azoth_owner
        collection._azoth_owner = None
        try:
            getattr(collection, method)(argument)
        finally:
            collection._azoth_owner = owner


class ListKind(CollectionKind):
    """Plain lists."""

    def make(self, attribute: Any, state: InstanceState, items: Iterable[Any]) -> Any:
        collection: InstrumentedList[Any] = InstrumentedList(items)
        bind(collection, attribute, state)
        return collection

    def put(self, collection: Any, item: Any) -> None:
        list.append(collection, item)

    def take(self, collection: Any, item: Any) -> None:
        for position in range(len(collection) - 1, -1, -1):
            if collection[position] is item:
                list.__delitem__(collection, position)

    def holds(self, collection: Any, item: Any) -> bool:
        if has_own_identity(type(item)):
            return item in collection
        # By identity all the same, and still in C: no member's own __eq__ is asked.
        return id(item) in map(id, collection)


def has_own_identity(class_: Any) -> bool:
    """Tell whether the objects of a class equal only themselves."""
    return class_.__eq__ is object.__eq__


class SetKind(CollectionKind):
    """Plain sets."""

    repeats = False

    def make(self, attribute: Any, state: InstanceState, items: Iterable[Any]) -> Any:
        collection: InstrumentedSet[Any] = InstrumentedSet(items)
        bind(collection, attribute, state)
        return collection

    def put(self, collection: Any, item: Any) -> None:
        set.add(collection, item)

    def take(self, collection: Any, item: Any) -> None:
        set.discard(collection, item)

    def holds(self, collection: Any, item: Any) -> bool:
        return item in collection


class KeyedKind(CollectionKind):
    """Dicts that find the key of an item by a function."""

    def put(self, collection: Any, item: Any) -> None:
        self._quietly(collection, self.class_._azoth_appender, item)

    def displaced_by(self, collection: Any, item: Any) -> Any:
        member = collection.get(collection.key_of(item))
        return None if member is item else member

    def take(self, collection: Any, item: Any) -> None:
        # By identity, wherever it stands: the key of an item may have changed since it was put in.
        for key in [key for key, member in collection.items() if member is item]:
            self._quietly(collection, "__delitem__", key)


def kind_of(collection_class: Any) -> CollectionKind:
    """Find out how to work with collections of a ``collection_class``.

    Args:
        collection_class: list, set, a class of the user's own, or a callable that makes an empty collection.

    Errors:
        ArgumentError: it makes nothing that can serve as a collection.
    """
    if collection_class is None or collection_class in {list, InstrumentedList}:
        return ListKind(InstrumentedList, InstrumentedList, list)
    if collection_class in {set, InstrumentedSet}:
        return SetKind(InstrumentedSet, InstrumentedSet, set)
    class_ = collection_class if isinstance(collection_class, type) else type(collection_class())
    if class_ in {list, set}:
        return kind_of(class_)
    if class_ in {dict, InstrumentedDict}:
        raise ArgumentError(
            "collection_class=dict cannot tell under which key an item belongs",
            why="a dict collection takes the key of an item from the item.",
            fix='pass collection_class=attribute_keyed_dict("name"), or keyfunc_mapping(function).',
            code="AZ-M81",
        )
    instrument_class(class_)
    if issubclass(class_, KeyFuncDict):
        return KeyedKind(collection_class, class_, dict)
    return CollectionKind(collection_class, class_, emulated_type(class_))
