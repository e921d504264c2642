"""Changes from the other side of a relationship to a collection that is not loaded: queued, never a reason to load."""

from __future__ import annotations

from typing import Any

from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE
from azoth.util.identity_list import IdentityList

Queue = tuple[IdentityList, IdentityList]
"""What joins and what leaves a collection when it is loaded."""


def queue_added(state: InstanceState, instance: Any, key: str, item: Any) -> None:
    """Queue an item that joins a collection when that is loaded."""
    added, removed = _queue(state, instance, key)
    if not removed.drop(item):
        added.append(item)


def queue_removed(state: InstanceState, instance: Any, key: str, item: Any) -> None:
    """Queue an item that leaves a collection when that is loaded."""
    added, removed = _queue(state, instance, key)
    if not added.drop(item):
        removed.append(item)


def take_queue(state: InstanceState, key: str) -> Queue | None:
    """Take the queued changes of a collection away, to apply them."""
    extra = state.extra
    if extra is None or extra.queued is None:
        return None
    return extra.queued.pop(key, None)


def peek_queue(state: InstanceState, key: str) -> Queue | None:
    """Look at the queued changes of a collection."""
    extra = state.extra
    if extra is None or extra.queued is None:
        return None
    return extra.queued.get(key)


def _queue(state: InstanceState, instance: Any, key: str) -> Queue:
    extra = state.extra or state.extras()
    if extra.queued is None:
        extra.queued = {}
    queue = extra.queued.get(key)
    if queue is None:
        queue = extra.queued[key] = (IdentityList(), IdentityList())
    # A changed instance is kept alive by its identity map, and its queue with it.
    changes = state.changes
    if changes is None:
        changes = state.first_change(instance)
    changes.setdefault(key, NO_VALUE)
    return queue
