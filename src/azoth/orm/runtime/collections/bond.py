"""The bond between a collection and the attribute of the instance that owns it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from azoth.orm.exc import ObjectDereferencedError
from azoth.orm.runtime.state import InstanceState, StateExtras
from azoth.util.named_tuple import NamedTuple
from azoth.util.warning import warn

if TYPE_CHECKING:

    class CollectionEvents(Protocol):
        """What a collection tells its attribute: ``adding`` and ``removing`` before it changes, the rest afterwards."""

        key: str

        def adding(self, state: InstanceState, instance: Any, collection: Any, item: Any, key: object = ...) -> Any:
            """Check an item that is about to be stored and give the one to store; ``key`` is what the program names."""
            ...

        def present(self, state: InstanceState, item: Any, key: object = ...) -> None:
            """Let listeners hear of an item that is put in and is in the collection already."""
            ...

        def added(self, state: InstanceState, instance: Any, item: Any) -> None:
            """Follow up on an item that was stored."""
            ...

        def added_again(self, state: InstanceState, instance: object, item: object) -> None:
            """Follow up on an item that was stored where it stands already."""
            ...

        def removing(self, state: InstanceState, instance: Any, collection: Any, item: Any, key: object = ...) -> None:
            """Hear of an item that is about to be removed."""
            ...

        def removed(self, state: InstanceState, instance: Any, collection: Any, item: Any) -> None:
            """Follow up on an item that was removed."""
            ...


class Bond(NamedTuple):
    """A collection's living owner and the attribute under which it stands there."""

    attribute: CollectionEvents
    state: InstanceState
    instance: Any


def bond_of(collection: Any) -> Bond | None:
    """Find the owner of a collection; None for one without (a copy, a replaced one).

    Raises:
        ObjectDereferencedError: the owner is gone.
    """
    state = collection._azoth_owner
    if state is None:
        return None
    instance = state()
    attribute = collection._azoth_attribute
    if (instance is None or instance.__dict__.get(attribute.key) is not collection) and is_left_behind(
        collection, instance
    ):
        return None
    return Bond(attribute, state, instance)


def bind(collection: Any, attribute: CollectionEvents, state: InstanceState) -> None:
    """Make a collection report its changes to the attribute of an owner."""
    collection._azoth_attribute = attribute
    collection._azoth_owner = state


def release(collection: Any) -> None:
    """Make a collection report its changes to nobody from now on."""
    collection._azoth_owner = None


def is_left_behind(collection: Any, instance: object) -> bool:
    """Warn where a collection is changed that its owner no longer has (it was expired or refreshed).

    Returns:
        False for a collection that its owner has, only not in its ``__dict__`` because it was empty so far.

    Raises:
        ObjectDereferencedError: the owner is gone, so that the change could not be saved.
    """
    attribute = collection._azoth_attribute
    if instance is not None and empty_collection(collection._azoth_owner, instance, attribute.key) is collection:
        return False
    if instance is None:
        owner = attribute.class_.__name__
        raise ObjectDereferencedError(
            f"cannot change {owner}.{attribute.key}: the {owner} object it belongs to has been garbage collected",
            why="nothing but the collection was kept, and sessions refer weakly to objects without changes.",
            fix=f"keep the object in a variable while you change its collection: owner = ...; owner.{attribute.key}...",
            code="AZ-S98",
        )
    release(collection)
    warn(
        f"this collection of {attribute.class_.__name__}.{attribute.key} has been invalidated",
        why="its owner was expired or refreshed since, and changes to it have no effect",
        fix="read the attribute anew",
        code="AZ-S980",
    )
    return True


def empty_collection(state: InstanceState, instance: object, key: str) -> Any:
    """Move the collection that was read while it was empty into the ``__dict__`` of its owner.

    Returns:
        the collection, or None where there is none of that kind.
    """
    extra = state.extra
    if extra is None or not extra.empty or key in instance.__dict__:
        return None
    collection = extra.empty.pop(key, None)
    if collection is not None:
        instance.__dict__[key] = collection
    return collection


def keep_empty_collections(extra: StateExtras, instance: object) -> None:
    """Make the collections that were read while they were empty the known ones, since the instance has a row now."""
    if extra.empty:
        for key, collection in extra.empty.items():
            instance.__dict__.setdefault(key, collection)
    extra.empty = None


def silently(method: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a collection's own method so that other mutators which it calls report nothing: its caller reports."""

    def run(self: Any, *arguments: Any, **named: Any) -> Any:
        owner = self._azoth_owner
        self._azoth_owner = None
        try:
            return method(self, *arguments, **named)
        finally:
            self._azoth_owner = owner

    return run
