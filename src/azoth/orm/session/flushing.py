"""Before and after the flush plan: what must be loaded or cascaded first, and what the session remembers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from azoth.orm import persistence
from azoth.orm.loading.relationship_loader import load_for_states
from azoth.orm.runtime.history import get_history
from azoth.orm.runtime.identity_map import IdentityMap
from azoth.orm.runtime.orphans import is_orphan, was_removed
from azoth.orm.runtime.state import InstanceState, state_of
from azoth.orm.session.cascade import reachable
from azoth.orm.session.key_changes import follow_key_changes
from azoth.orm.session.membership import detach


def plan(identity_map: IdentityMap, only: Collection[InstanceState] | None) -> persistence.FlushPlan:
    """Plan a flush: settle orphans and deletions first, then let the planner look at what is to be done.

    *Emits* SELECTs only for collections that deletions and changes of primary keys must know.
    """
    managers = {state.manager for state in identity_map.modified}
    settle_orphans(identity_map, only, managers)
    follow_key_changes(identity_map, managers)
    load_for_deletions(identity_map)
    return persistence.plan_flush(identity_map, only)


def settle_orphans(
    identity_map: IdentityMap, only: Collection[InstanceState] | None, managers: Collection[Any]
) -> None:
    """Delete the persistent objects that lost their parent under delete-orphan, and drop pending ones."""
    for manager in managers:
        _settle_class(identity_map, manager, only)
    guarded = {state.manager for state in identity_map.new if state.manager.delete_orphan_attributes}
    if guarded:
        for state, instance in list(identity_map.new.items()):
            if state.manager in guarded:
                _settle(identity_map, instance)


def _settle_class(identity_map: IdentityMap, manager: Any, only: Collection[InstanceState] | None) -> None:
    owning = {relationship.key for relationship in manager.mapper.relationships if relationship.cascade.delete_orphan}
    is_guarded = bool(manager.delete_orphan_attributes)
    if not owning and not is_guarded:
        return
    for state, instance in list(identity_map.modified.items()):
        if state.manager is not manager or (only is not None and state not in only):
            continue
        if owning:
            for key in owning.intersection(state.changes or ()):
                for item in get_history(state, key).deleted:
                    _settle(identity_map, item)
        if is_guarded:
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
    """Load the collections of objects to be deleted whose members must let go of them.

    *Emits* one SELECT for each 500 objects of each such relationship.
    """
    deleted = dict(identity_map.deleted)
    for manager in {state.manager: None for state in deleted}:
        states = [state for state in deleted if state.manager is manager]
        for relationship in manager.mapper.relationships:
            if relationship.direction.name == "MANYTOONE" or relationship.viewonly or relationship.passive_deletes:
                continue
            if relationship.never_loads:
                for state in states:
                    relationship.attribute.remember_members(state, deleted[state])
            elif relationship.lazy != "noload":
                load_for_states(identity_map.session(), relationship, states)
