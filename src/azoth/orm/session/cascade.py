"""Follow the relationships of an instance along one kind of cascade."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from azoth.orm.loading.relationship_loader import load_for_states
from azoth.orm.runtime.collections import members
from azoth.orm.runtime.state import InstanceState, state_of
from azoth.orm.runtime.symbols import NO_VALUE

REFUSING: Final = frozenset({"raise", "raise_on_sql"})


def items_in(relationship: Any, value: Any) -> Iterable[Any]:
    """List the related objects in the value of a relationship: none, one, or those of a collection."""
    if not relationship.uselist:
        return () if value is None or value is NO_VALUE else (value,)
    # Asked of the class, because an object may answer to any name.
    view = getattr(type(value), "_azoth_collection_members", None)
    return members(value) if view is None else view(value)


def related_objects(state: InstanceState, instance: Any, relationship: Any, *, load: bool) -> Iterator[Any]:
    """Yield the objects that a relationship of an instance leads to.

    Args:
        state: the instance's state.
        instance: the instance.
        relationship: the relationship.
        load: whether the attribute is loaded if it is not; otherwise only what is in memory counts, with the
            changes queued on an unloaded collection.
    """
    key = relationship.key
    values = instance.__dict__
    if key in values:
        yield from items_in(relationship, values[key])
    elif load:
        if relationship.lazy in REFUSING:
            # The refusal is meant for the program, not for what the session has to know.
            load_for_states(state.owner.session(), relationship, (state,))
        yield from items_in(relationship, getattr(instance, key))
    elif relationship.never_loads:
        yield from relationship.attribute.joining(state)
    elif state.extra is not None and state.extra.queued is not None:
        queued = state.extra.queued.get(key)
        if queued is not None:
            yield from queued[0]


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
    """
    seen = {id(instance)}
    pending = [instance]
    while pending:
        current = pending.pop()
        state = state_of(current)
        for relationship in state.manager.mapper.relationships:
            if not follows(relationship):
                continue
            for item in related_objects(state, current, relationship, load=loads(relationship)):
                if id(item) in seen:
                    continue
                seen.add(id(item))
                if halts is None or not (hasattr(type(item), "_azoth_manager") and halts(state_of(item))):
                    pending.append(item)
                    yield item
