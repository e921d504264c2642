"""Follow the relationships of an instance along one kind of cascade."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from azoth.orm.runtime.related.related_objects import items_in, objects_in_memory
from azoth.orm.runtime.state import InstanceState, needed_value, state_of


def related_objects(state: InstanceState, instance: Any, relationship: Any, *, load: bool) -> Iterable[Any]:
    """List the objects that a relationship of an instance leads to.

    Args:
        state: the instance's state.
        instance: the instance.
        relationship: the relationship.
        load: whether the attribute is loaded if it is not; otherwise only what is in memory counts, with the
            changes queued on an unloaded collection.
    """
    found, is_complete = objects_in_memory(state, instance, relationship)
    if is_complete or not load:
        return found
    return items_in(relationship, needed_value(state, instance, relationship.key))


def reachable(
    instance: Any,
    follows: Callable[[Any], bool],
    *,
    loads: Callable[[Any], bool] = lambda relationship: False,
    halts: Callable[[InstanceState], bool] | None = None,
) -> Iterator[Any]:
    """Yield the objects that can be reached from an instance, each once, the instance itself left out.

    Args:
        instance: where to begin.
        follows: whether a relationship has the cascade.
        loads: whether a relationship that is not loaded is loaded on the way.
        halts: whether an object is left out, with what lies behind it.

    What lies behind an object is looked for after it was yielded, and follows it before its neighbours: rows behind
    the first of two children are added, and get their keys, before those behind the second.
    """
    seen = {id(instance)}
    pending = _behind(instance, follows, loads)
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if halts is None or not (hasattr(type(current), "_azoth_manager") and halts(state_of(current))):
            yield current
            pending += _behind(current, follows, loads)


def _behind(instance: object, follows: Callable[[Any], bool], loads: Callable[[Any], bool]) -> list[Any]:
    """List what the relationships of an instance lead to, the last one first."""
    state = state_of(instance)
    found = [
        item
        for relationship in state.manager.mapper.relationships
        if follows(relationship)
        for item in related_objects(state, instance, relationship, load=loads(relationship))
    ]
    found.reverse()
    return found
