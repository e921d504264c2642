"""Before and after the flush plan: what must be loaded or cascaded first, and what the session remembers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from azoth.orm.persistence.plan import FlushPlan, plan_flush
from azoth.orm.runtime.history import get_history
from azoth.orm.runtime.identity_map import IdentityMap
from azoth.orm.runtime.orphans import is_orphan, was_removed
from azoth.orm.runtime.state import InstanceState, state_of
from azoth.orm.session.cascade import reachable, related_objects
from azoth.orm.session.membership import detach


def plan(identity_map: IdentityMap, only: Collection[InstanceState] | None) -> FlushPlan:
    """Plan a flush: settle orphans and deletions first, then let the planner look at what is to be done.

    *Emits* SELECTs only for collections that deletions must know.
    """
    settle_orphans(identity_map, only)
    load_for_deletions(identity_map)
    return plan_flush(identity_map, only)


def settle_orphans(identity_map: IdentityMap, only: Collection[InstanceState] | None) -> None:
    """Delete the persistent objects that lost their parent under delete-orphan, and drop pending ones."""
    for manager in {state.manager for state in identity_map.modified}:
        _settle_class(identity_map, manager, only)
    guarded = {state.manager for state in identity_map.new if state.manager.delete_orphan_attributes}
    if guarded:
        for state, instance in list(identity_map.new.items()):
            if state.manager in guarded:
                _settle(identity_map, instance)


def _settle_class(identity_map: IdentityMap, manager: Any, only: Collection[InstanceState] | None) -> None:
    owning = [relationship.key for relationship in manager.mapper.relationships if relationship.cascade.delete_orphan]
    if not owning and not manager.delete_orphan_attributes:
        return
    for state, instance in list(identity_map.modified.items()):
        if state.manager is not manager or (only is not None and state not in only):
            continue
        for key in owning:
            if state.changes and key in state.changes:
                for item in get_history(state, key).deleted:
                    _settle(identity_map, item)
        _settle(identity_map, instance)


def _settle(identity_map: IdentityMap, instance: Any) -> None:
    if instance is None:
        return
    state = state_of(instance)
    if state.owner is not identity_map or state in identity_map.deleted or not is_orphan(state):
        return
    if state.pk is None:
        # One that never had a parent is inserted, as its mapping allows; one that was taken away is not.
        if was_removed(state):
            detach(identity_map, state)
    else:
        mark_deleted(identity_map, state, instance)


def mark_deleted(identity_map: IdentityMap, state: InstanceState, instance: Any) -> None:
    """Mark a persistent instance for deletion, with what the delete cascade reaches.

    *Emits* SELECTs for relationships with the delete cascade that are not loaded (peers together), unless
    ``passive_deletes``.
    """
    cascaded: list[Any] = []
    if state.manager.mapper.relationships:
        # All are found before one is marked: a load on the way may flush, which must not see half a deletion.
        cascaded.extend(
            reachable(instance, lambda relationship: bool(relationship.cascade.delete), loads=_loads_for_delete)
        )
    identity_map.deleted[state] = instance
    for item in cascaded:
        item_state = state_of(item)
        if item_state.owner is identity_map:
            if item_state.pk is None:
                detach(identity_map, item_state)
            elif item_state.extra is None or not item_state.extra.was_deleted:
                identity_map.deleted.setdefault(item_state, item)


def _loads_for_delete(relationship: Any) -> bool:
    return not relationship.passive_deletes


def load_for_deletions(identity_map: IdentityMap) -> None:
    """Load the collections of objects to be deleted whose members must let go of them."""
    for state, instance in list(identity_map.deleted.items()):
        for relationship in state.manager.mapper.relationships:
            needs_members = relationship.direction.name != "MANYTOONE" and not relationship.viewonly
            if needs_members and not relationship.passive_deletes and relationship.never_loads:
                relationship.attribute.remember_members(state, instance)
            elif needs_members and not relationship.passive_deletes:
                for _ in related_objects(state, instance, relationship, load=True):
                    break
