"""Before a flush: primary keys that change, and objects that refer to them without help from the database.

A relationship with ``passive_updates=False`` says that the database does not carry a changed key on, for want of ON
UPDATE CASCADE, so that the flush must: the referring objects are found here, and the plan updates them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from azoth.orm.runtime.identity_map import IdentityMap
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE

Changed = list[tuple[InstanceState, Any]]


def follow_key_changes(identity_map: IdentityMap, managers: Iterable[Any]) -> None:
    """Find the objects that refer to those whose primary key changes.

    Args:
        identity_map: the session's map.
        managers: the classes that have changed objects.

    *Emits* one SELECT for each collection that is not loaded, of objects whose key changes.
    *State*: those collections are loaded; referring objects are changed.
    """
    for manager in managers:
        followers = _followers(manager)
        if followers:
            changed = _with_changed_keys(identity_map, manager)
            if changed:
                _load_collections(changed, [one for one in followers if one.uselist])
                for relationship in followers:
                    if relationship.direction.name == "MANYTOONE":
                        _mark_referring(identity_map, relationship, {id(instance) for _, instance in changed})


def _followers(manager: Any) -> list[Any]:
    return [
        relationship for mapper in manager.mapper.iterate_to_root() for relationship in mapper.manager.key_followers
    ]


def _with_changed_keys(identity_map: IdentityMap, manager: Any) -> Changed:
    keys = manager.mapper.primary_key_keys
    found: Changed = []
    for state, instance in identity_map.modified.items():
        if state.manager is manager and state not in identity_map.deleted:
            changes = state.changes or {}
            if any(key in changes for key in keys):
                found.append((state, instance))
    return found


def _load_collections(changed: Changed, relationships: list[Any]) -> None:
    """Load what the database has under the old keys."""
    missing = [
        (instance, relationship.key)
        for relationship in relationships
        for _, instance in changed
        if not relationship.never_loads and relationship.key not in instance.__dict__
    ]
    if not missing:
        return
    present = []
    for state, instance in changed:
        keys = state.manager.mapper.primary_key_keys
        old = state.pk if len(keys) > 1 else (state.pk,)
        present.append({key: instance.__dict__[key] for key in keys if key in instance.__dict__})
        instance.__dict__.update(zip(keys, old, strict=True))
    try:
        for instance, key in missing:
            getattr(instance, key)
    finally:
        for (_, instance), values in zip(changed, present, strict=True):
            instance.__dict__.update(values)


def _mark_referring(identity_map: IdentityMap, relationship: Any, targets: set[int]) -> None:
    for state, instance in _instances(identity_map, relationship.parent):
        if id(instance.__dict__.get(relationship.key)) in targets:
            changes = state.first_change(instance) if state.changes is None else state.changes
            changes.setdefault(relationship.key, NO_VALUE)


def _instances(identity_map: IdentityMap, mapper: Any) -> Iterator[tuple[InstanceState, Any]]:
    for state in list(identity_map.states(mapper.manager).values()):
        instance = state()
        if instance is not None and state.manager.mapper.isa(mapper):
            yield state, instance
