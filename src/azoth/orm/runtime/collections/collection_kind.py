"""How the collections of one ``collection_class`` are made, read, and changed without reporting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import indexOf
from typing import Any

from azoth.exc import ArgumentError
from azoth.orm.runtime.collections.bond import bind
from azoth.orm.runtime.collections.census import holds_item, note_taken_out
from azoth.orm.runtime.collections.custom_collections import emulated_type, instrument_class
from azoth.orm.runtime.collections.instrumented import InstrumentedDict, InstrumentedList, InstrumentedSet, members
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_KEY


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

    def key_of(self, collection: object, item: object) -> object:
        """Give the key under which a collection holds an item, or ``NO_KEY``; the collection may be unknown (None)."""
        return NO_KEY

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
        return id(item) in map(id, members(collection))

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
        while self.holds(collection, item):
            list.__delitem__(collection, indexOf(map(id, collection), id(item)))
            note_taken_out(collection, item)

    def holds(self, collection: Any, item: Any) -> bool:
        return holds_item(collection, collection, item)


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

    def key_of(self, collection: Any, item: object) -> object:
        return NO_KEY if collection is None else collection.key_of(item)

    def displaced_by(self, collection: Any, item: Any) -> Any:
        member = collection.get(collection.key_of(item))
        return None if member is item else member

    def take(self, collection: Any, item: Any) -> None:
        # By identity, wherever it stands: the key of an item may have changed since it was put in.
        while self.holds(collection, item):
            key = collection.keyfunc(item)
            if collection.get(key) is not item:
                key = next(key for key, member in collection.items() if member is item)
            self._quietly(collection, "__delitem__", key)

    def holds(self, collection: Any, item: Any) -> bool:
        return bool(collection) and holds_item(collection, collection.values(), item)


def kind_of(collection_class: Any) -> CollectionKind:
    """Find out how to work with collections of a ``collection_class``.

    Args:
        collection_class: list, set, a class of the user's own, or a callable that makes an empty collection.

    Raises:
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
    # Lists and sets have been told apart by now.
    from azoth.orm.runtime.collections.keyed_collections import KeyFuncDict  # noqa: PLC0415

    if issubclass(class_, KeyFuncDict):
        return KeyedKind(collection_class, class_, dict)
    return CollectionKind(collection_class, class_, emulated_type(class_))
