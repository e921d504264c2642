"""Marking objects for deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError
from azoth.orm.runtime.concurrent_use import refuse_other_threads
from azoth.orm.runtime.state import InstanceState, row_is_gone, state_of
from azoth.orm.session.objects.cascade import reachable
from azoth.orm.session.objects.lifecycle_events import attach_to
from azoth.orm.session.objects.membership import detach, mapped_state

if TYPE_CHECKING:
    from azoth.orm.runtime.ports import Unit


def to_delete(instance: object) -> InstanceState:
    """Give the state of an object that is to be deleted.

    Raises:
        UnmappedInstanceError: the object's class is not mapped.
        InvalidRequestError: it has no row.
    """
    state = mapped_state(instance, "delete()")
    if state.pk is None:
        raise InvalidRequestError(
            f"{type(instance).__name__} is not persisted, so it cannot be deleted",
            why="it has no row yet",
            fix="expunge() it if it is pending",
            code="AZ-S33",
        )
    return state


def mark_deleted(unit: Unit, state: InstanceState, instance: Any) -> None:
    """Mark an instance with a row for deletion, with what the delete cascade reaches.

    Pending objects that it reaches leave the session; detached ones become part of it and are deleted. An instance
    whose deletion was flushed already is left as it is.

    Raises:
        InvalidRequestError: a detached object that it reaches cannot become part of the session.
        IllegalStateChangeError: another thread is flushing.

    Emits: SELECTs for relationships with the delete cascade that are not loaded (peers together), unless
        ``passive_deletes``.
    """
    if unit.flushing:
        refuse_other_threads(unit.in_use, "delete()")
        if unit.identity_map.is_being_written:
            unit.identity_map.warn_of_late_change(f"{type(instance).__name__} is deleted")
    identity_map = unit.identity_map
    # Whoever names an object means it, whatever else has led to it before.
    identity_map.cascaded.discard(state)
    if state in identity_map.deleted or (state.identity_map is identity_map and row_is_gone(state)):
        return
    if state.identity_map is not identity_map:
        attach_to(unit, state, instance)
    cascaded: list[tuple[InstanceState, Any]] = []
    if state.manager.mapper.relationships:
        # All are found before one is marked: a load on the way may flush, which must not see half a deletion.
        for item in reachable(instance, _cascades_delete, loads=_loads_for_delete, halts=row_is_gone):
            item_state = state_of(item)
            if item_state.pk is not None and item_state.identity_map is not identity_map:
                # Now, because what lies behind it may have to be loaded.
                attach_to(unit, item_state, item)
            cascaded.append((item_state, item))
    identity_map.deleted[state] = instance
    for item_state, item in cascaded:
        if item_state.identity_map is identity_map:
            if item_state.pk is None:
                detach(identity_map, item_state)
            elif item_state not in identity_map.deleted and not row_is_gone(item_state):
                identity_map.deleted[item_state] = item
                identity_map.cascaded.add(item_state)


def _cascades_delete(relationship: Any) -> bool:
    cascades: bool = relationship.cascade.delete
    return cascades


def _loads_for_delete(relationship: Any) -> bool:
    return not relationship.passive_deletes
