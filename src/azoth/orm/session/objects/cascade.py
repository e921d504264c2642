"""Follow the relationships of an instance along one kind of cascade."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from azoth.exc import ArgumentError
from azoth.orm.mapping.direction import MANYTOONE
from azoth.orm.mapping.properties.cascade_options import CASCADES
from azoth.orm.runtime.history import get_history
from azoth.orm.runtime.related.related_objects import related_objects
from azoth.orm.runtime.state import InstanceState, row_is_gone, state_of
from azoth.util.near_names import did_you_mean


def reachable(
    instance: Any,
    follows: Callable[[Any], bool],
    *,
    loads: Callable[[Any], bool] = lambda relationship: False,
    halts: Callable[[InstanceState], bool] | None = None,
    left: bool = False,
    passes: Callable[[Any, Any, Any], bool] | None = None,
) -> Iterator[Any]:
    """Yield the objects that can be reached from an instance, each once, the instance itself left out.

    Args:
        instance: where to begin.
        follows: whether a relationship has the cascade.
        loads: whether a relationship that is not loaded is loaded on the way.
        halts: whether an object is left out, with what lies behind it.
        left: whether members that have left an object and do not know of it in the database count as well.
        passes: whether an object is passed over, with what lies behind it, on the way from an owner along a
            relationship.

    What lies behind an object is looked for after it was yielded, and follows it before its neighbours: rows behind
    the first of two children are added, and get their keys, before those behind the second.
    """
    seen = {id(instance)}
    pending = _behind(instance, follows, loads, left, passes)
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if halts is None or not (hasattr(type(current), "_azoth_manager") and halts(state_of(current))):
            yield current
            pending += _behind(current, follows, loads, left, passes)


def reached_along(
    type_: str, state: InstanceState, halt_on: Callable[[InstanceState], bool] | None
) -> Iterator[tuple[Any, Any, InstanceState, dict[str, Any]]]:
    """Yield what a cascade reaches from an object; see ``Mapper.cascade_iterator()``."""
    if type_ not in CASCADES:
        raise ArgumentError(
            f"cascade_iterator() has no cascade {type_!r}",
            why=f"an object is followed along one of {', '.join(sorted(CASCADES))}",
            fix=did_you_mean(type_, CASCADES),
            code="AZ-L630",
        )
    return _reached_along(type_, state, halt_on)


def _reached_along(
    type_: str, state: InstanceState, halt_on: Callable[[InstanceState], bool] | None
) -> Iterator[tuple[Any, Any, InstanceState, dict[str, Any]]]:
    instance = state()
    if instance is None:
        return
    for item in reachable(
        instance,
        lambda relationship: type_ in relationship.cascade,
        loads=lambda relationship: type_ == "delete" and not relationship.passive_deletes,
        halts=halt_on,
        left=type_ == "save-update",
    ):
        item_state = state_of(item)
        yield item, item_state.manager.mapper, item_state, item.__dict__


def _behind(
    instance: object,
    follows: Callable[[Any], bool],
    loads: Callable[[Any], bool],
    left: bool,
    passes: Callable[[Any, Any, Any], bool] | None,
) -> list[Any]:
    """List what the relationships of an instance lead to, the last one first."""
    state = state_of(instance)
    found = [
        item
        for relationship in state.manager.mapper.relationships
        if follows(relationship)
        for item in related_objects(state, instance, relationship, load=loads(relationship))
        if item is not None and (passes is None or not passes(instance, relationship, item))
    ]
    if left and state.pk is not None and (state.changes is not None or state.extra is not None):
        found += [item for one in state.manager.mapper.relationships if follows(one) for item in _left(state, one)]
    found.reverse()
    return found


def _left(state: InstanceState, relationship: Any) -> list[Any]:
    """List the detached members that a flush writes because they have left an object: their rows or links tell of it,
    or they are orphans.
    """
    if relationship.viewonly or (relationship.direction is MANYTOONE and not relationship.cascade.delete_orphan):
        return []
    left = get_history(state, relationship.key).deleted
    return [item for item in left if item is not None and _is_detached(state_of(item))]


def _is_detached(state: InstanceState) -> bool:
    present = state.identity_map
    return state.pk is not None and (present is None or present.unit() is None) and not row_is_gone(state)
