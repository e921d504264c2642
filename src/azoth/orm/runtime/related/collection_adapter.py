"""A uniform view of any bound collection: for code that must change one without knowing its class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from azoth.exc import InvalidRequestError
from azoth.orm.runtime.collections.bond import empty_collection
from azoth.orm.runtime.collections.instrumented import members
from azoth.orm.runtime.related.collection_attribute import CollectionAttribute
from azoth.orm.runtime.state import InstanceState, instance_behind


class CollectionAdapter:
    """Reads and changes one collection of an instance, with or without telling the relationship.

    Args:
        collection: a collection that belongs to an instance.
    """

    __slots__ = ("attr", "data", "owner_state")

    def __init__(self, collection: Any) -> None:
        state: InstanceState | None = getattr(collection, "_azoth_owner", None)
        if state is None:
            raise InvalidRequestError(
                f"a {type(collection).__name__} object belongs to no mapped instance",
                why="only a collection that stands under a relationship attribute has an adapter.",
                fix="pass the attribute's present value: collection_adapter(parent.children).",
                code="AZ-S95",
            )
        self.data = collection
        self.owner_state = state
        self.attr: CollectionAttribute = collection._azoth_attribute

    def __len__(self) -> int:
        return len(members(self.data))

    def __iter__(self) -> Iterator[Any]:
        return iter(members(self.data))

    def __bool__(self) -> bool:
        return True

    @property
    def invalidated(self) -> bool:
        """Whether the owner has another collection by now."""
        instance = self.owner_state()
        if instance is None:
            return True
        held = instance.__dict__.get(self.attr.key)
        extra = self.owner_state.extra
        if held is None and extra is not None and extra.empty:
            held = extra.empty.get(self.attr.key)
        return held is not self.data

    @property
    def empty(self) -> bool:
        """Whether the collection has no members."""
        return not members(self.data)

    def append_with_event(self, item: Any) -> None:
        """Put an item in as the user does."""
        state, instance = self._owner()
        empty_collection(state, instance, self.attr.key)
        item = self.attr.adding(state, instance, self.data, item)
        displaced = self.attr.kind.displaced_by(self.data, item)
        if displaced is not None:
            self.attr.removing(state, instance, self.data, displaced)
        self.attr.kind.put(self.data, item)
        self.attr.added(state, instance, item)
        if displaced is not None:
            self.attr.removed(state, instance, self.data, displaced)

    def append_without_event(self, item: Any) -> None:
        """Put an item in as a load does."""
        self.attr.kind.put(self.data, instance_behind(item))

    def append_multiple_without_event(self, items: Iterable[Any]) -> None:
        """Put items in as a load does."""
        for item in items:
            self.append_without_event(item)

    def bulk_appender(self) -> Callable[[Any], None]:
        """Give the function that puts one item in as a load does."""
        return self.append_without_event

    def remove_with_event(self, item: Any) -> None:
        """Take an item out as the user does."""
        state, instance = self._owner()
        item = instance_behind(item)
        self.attr.removing(state, instance, self.data, item)
        self.attr.kind.take(self.data, item)
        self.attr.removed(state, instance, self.data, item)

    def remove_without_event(self, item: Any) -> None:
        """Take an item out as a load does."""
        self.attr.kind.take(self.data, instance_behind(item))

    def clear_with_event(self) -> None:
        """Take all items out as the user does."""
        for item in members(self.data):
            self.remove_with_event(item)

    def clear_without_event(self) -> None:
        """Take all items out as a load does."""
        for item in members(self.data):
            self.attr.kind.take(self.data, item)

    def fire_append_event(self, item: Any) -> Any:
        """Report an item that is about to be put in, and give the one to put in."""
        state, instance = self._owner()
        item = self.attr.adding(state, instance, self.data, item)
        self.attr.added(state, instance, item)
        return item

    def fire_remove_event(self, item: Any) -> None:
        """Report an item that was taken out."""
        state, instance = self._owner()
        self.attr.removing(state, instance, self.data, item)
        self.attr.removed(state, instance, (), item)

    def _owner(self) -> tuple[InstanceState, Any]:
        return self.owner_state, self.owner_state()


def collection_adapter(collection: Any) -> CollectionAdapter:
    """Give the uniform view of a collection that belongs to an instance.

    Raises:
        InvalidRequestError: the collection belongs to no mapped instance.
    """
    return CollectionAdapter(collection)


def bulk_replace(
    values: Iterable[Any] | None, existing_adapter: CollectionAdapter, new_adapter: CollectionAdapter
) -> None:
    """Fill a collection that takes the place of another one, as an assignment does.

    Args:
        values: the members to put in.
        existing_adapter: the view of the collection that is replaced.
        new_adapter: the view of the new one, which is empty.

    Emits: nothing.
    State: members that were not in the old collection are announced as added, those of it that are not among the
        values as removed; the old collection itself is left as it is.
    """
    before = {id(item): item for item in existing_adapter}
    for item in values or ():
        if before.pop(id(item), None) is None:
            new_adapter.append_with_event(item)
        else:
            new_adapter.append_without_event(item)
    for item in before.values():
        existing_adapter.fire_remove_event(item)
