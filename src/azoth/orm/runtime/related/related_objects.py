"""The objects that a relationship of an instance leads to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azoth.orm.runtime.collections.instrumented import members
from azoth.orm.runtime.state import InstanceState, loaded_value, needed_value
from azoth.orm.runtime.symbols import NO_VALUE


def items_in(relationship: Any, value: Any) -> Iterable[Any]:
    """List the related objects in the value of a relationship: none, one, or those of a collection."""
    if not relationship.uselist:
        return () if value is None or value is NO_VALUE else (value,)
    # Asked of the class, because an object may answer to any name.
    view = getattr(type(value), "_azoth_collection_members", None)
    return members(value) if view is None else view(value)


def objects_in_memory(state: InstanceState, instance: Any, relationship: Any) -> tuple[Iterable[Any], bool]:
    """List the objects that a relationship of an instance leads to, without loading anything.

    Args:
        state: the instance's state.
        instance: the instance.
        relationship: the relationship.

    Returns:
        the objects, and whether these are all; where the attribute is not loaded, what joins it with the next flush.
    """
    key = relationship.key
    values = instance.__dict__
    if key in values:
        return items_in(relationship, values[key]), True
    if relationship.never_loads:
        known: tuple[Iterable[Any], bool] = relationship.attribute.members_in_memory(state)
        return known
    extra = state.extra
    queued = None if extra is None or extra.queued is None else extra.queued.get(key)
    return () if queued is None else tuple(queued[0]), state.pk is None or relationship.lazy == "noload"


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
    if relationship.never_loads:
        return items_in(relationship, loaded_value(state, instance, relationship.key))
    return items_in(relationship, needed_value(state, instance, relationship.key))
