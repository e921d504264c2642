"""Keys that change in a flush, and the objects that refer to them without help from the database.

A relationship with ``passive_updates=False`` says that the database does not carry a changed key on, for want of ON
UPDATE CASCADE, so that the flush must: the referring objects are found here, and the plan updates them. The key that is
referred to need not be the primary one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from azoth.orm.persistence.changes.planned_load import PlannedLoads
from azoth.orm.persistence.profile.values import committed_value, key_value
from azoth.orm.runtime.related.related_objects import items_in
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.mapping.ports import MapperPort
    from azoth.orm.mapping.properties.relationship import RelationshipProperty
    from azoth.orm.runtime.identity_map import IdentityMap

FOLLOWS: Final = "their primary key changes, and the members follow"
REFERS: Final = "a key changes, and the rows that refer to it follow"
FOLLOWS_UNIQUE: Final = "a key that is referred to changes, and the members follow"


class KeyChange(NamedTuple):
    """Objects of one class whose key changes, and a relationship along which others follow."""

    follower: RelationshipProperty
    changed: list[tuple[InstanceState, Any]]


class Referrer(NamedTuple):
    """An object in memory that refers to one whose key changes."""

    relationship: Any
    state: InstanceState
    instance: Any
    target: Any


def find_key_changes(
    managers: Iterable[Any], modified: Mapping[InstanceState, Any], deleted: Mapping[InstanceState, Any]
) -> list[KeyChange]:
    """Find the changed keys that others have to follow.

    Args:
        managers: the classes of changed objects.
        modified: the changed objects.
        deleted: those that go; they change no key.
    """
    found = []
    for manager in managers:
        for follower in _followers(manager):
            keys = referred_keys(follower, manager.mapper)
            changed = [
                (state, instance)
                for state, instance in modified.items()
                if state.manager is manager and state not in deleted and _changes_one(state, keys)
            ]
            if changed:
                found.append(KeyChange(follower, changed))
    return found


def referred_keys(relationship: RelationshipProperty, mapper: Mapper) -> frozenset[str]:
    """Name the attributes of a mapper to which the foreign keys of a relationship refer."""
    pairs = relationship.synchronize_pairs
    return frozenset([key for source, _ in pairs if (key := mapper.key_of(source)) is not None])


def note_loads(changes: Iterable[KeyChange], loads: PlannedLoads) -> None:
    """Note the collections that are not loaded and whose members follow."""
    for change in changes:
        relationship = change.follower
        if relationship.direction.name == "MANYTOONE" or relationship.never_loads or relationship.lazy == "noload":
            continue
        for state, instance in change.changed:
            if relationship.key not in instance.__dict__:
                mapper = state.manager.mapper
                is_primary = referred_keys(relationship, mapper) <= set(mapper.primary_key_keys)
                reason = FOLLOWS if is_primary else FOLLOWS_UNIQUE
                loads.of(mapper, (relationship.key,), reason).parents[state] = instance


def referrers(identity_map: IdentityMap, changes: Iterable[KeyChange], unknown: PlannedLoads) -> Iterator[Referrer]:
    """Yield the objects in memory whose many-to-one relationships refer to objects with changed keys.

    Where the relationship is not loaded, the foreign key tells.

    Args:
        identity_map: what the session holds.
        changes: the changed keys.
        unknown: takes note of the foreign keys that are not loaded either.
    """
    for change in changes:
        relationship = change.follower
        if relationship.direction.name != "MANYTOONE":
            continue
        targets = {id(instance) for _, instance in change.changed}
        pairs = relationship.synchronize_pairs
        source_keys = [relationship.mapper.key_of(source) for source, _ in pairs]
        own_keys = [relationship.parent.key_of(column) for _, column in pairs]
        by_key = {
            tuple([committed_value(state, instance, key) for key in source_keys]): instance
            for state, instance in change.changed
        }
        for state, instance in instances_of(identity_map, relationship.parent):
            if relationship.key in instance.__dict__:
                for target in items_in(relationship, instance.__dict__[relationship.key]):
                    if id(target) in targets:
                        yield Referrer(relationship, state, instance, target)
                continue
            values = tuple([key_value(state, instance, key) for key in own_keys])
            if NO_VALUE in values:
                missing = tuple([key for key, value in zip(own_keys, values, strict=True) if value is NO_VALUE])
                unknown.of(state.manager.mapper, missing, REFERS).parents[state] = instance
                continue
            target = by_key.get(values)
            if target is not None:
                yield Referrer(relationship, state, instance, target)


def _followers(manager: Any) -> list[Any]:
    return [
        relationship for mapper in manager.mapper.iterate_to_root() for relationship in mapper.manager.key_followers
    ]


def _changes_one(state: InstanceState, keys: Iterable[str]) -> bool:
    changes = state.changes
    return changes is not None and any(key in changes for key in keys)


def instances_of(identity_map: IdentityMap, mapper: MapperPort) -> Iterator[tuple[InstanceState, Any]]:
    """Yield the persistent objects of a class that are in memory.

    Args:
        identity_map: where.
        mapper: the mapper of the class; those of derived classes are among them.
    """
    for states in identity_map.states_of_all_tokens(mapper.manager):
        for state in list(states.values()):
            instance = state()
            if instance is not None and state.manager.mapper.isa(mapper):
                yield state, instance
