"""What a flush takes away: objects asked to be deleted, orphans, and what the delete cascade reaches from these.

All of it is data until the flush runs: finding the removals changes no object and loads nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from azoth.orm.mapping.direction import ONETOMANY
from azoth.orm.persistence.changes.planned_load import PlannedLoad, PlannedLoads
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.orm.runtime.history import get_history
from azoth.orm.runtime.related.orphans import is_orphan, lost_owners
from azoth.orm.runtime.related.related_objects import objects_in_memory
from azoth.orm.runtime.state import InstanceState, row_is_gone, state_of

if TYPE_CHECKING:
    from azoth.orm.mapping.properties.relationship import RelationshipProperty
    from azoth.orm.persistence.changes.row_group import InstanceGroup
    from azoth.orm.runtime.identity_map import IdentityMap

ASKED: Final = "session.delete()"
RELEASES: Final = "the objects are deleted, and the members lose their parent"
CASCADES: Final = "the objects are deleted, and the members with them"

Objects = Mapping[InstanceState, Any]


class Removals:
    """The objects that one flush removes, each with its reason.

    Args:
        identity_map: what the session holds.
        asked: the objects marked by ``session.delete()`` that this flush is to delete.

    Attributes:
        asked: the same.
        found: further objects with a row that go: orphans, and what the delete cascade reaches from them.
        joining: those among them that are detached; they become part of the session, so that a rollback brings them
            back to it.
        dropped: pending objects that the delete cascade reaches; they are not inserted and leave the session.
        kept: objects that were to go with a deleted owner and have another one by now, with what was to go with them.
        reasons: why, for each object found or dropped.
    """

    __slots__ = (
        "_identity_map",
        "_loads",
        "_pending",
        "_waiting",
        "asked",
        "dropped",
        "found",
        "joining",
        "kept",
        "reasons",
    )

    def __init__(self, identity_map: IdentityMap, asked: Objects) -> None:
        self._identity_map = identity_map
        self.asked = dict(asked)
        self.found: dict[InstanceState, Any] = {}
        self.joining: dict[InstanceState, Any] = {}
        self.dropped: dict[InstanceState, Any] = {}
        self.kept: set[InstanceState] = set()
        self.reasons: dict[InstanceState, str] = {}
        self._pending: list[tuple[InstanceState, Any]] = []
        self._waiting: list[tuple[InstanceState, Any, Any]] = []
        self._loads = PlannedLoads()

    @property
    def deleted(self) -> Objects:
        """All objects whose rows are deleted."""
        return {**self.asked, **self.found} if self.found else self.asked

    def reason(self, state: InstanceState) -> str:
        """Say why an object goes."""
        return self.reasons.get(state, ASKED)

    def take_loads(self) -> list[PlannedLoad]:
        """Give what must be loaded to find out whether more goes, and whose members lose their parent."""
        return self._loads.take()

    # -- finding -------------------------------------------------------------------------------------------------

    def of_changed(self, modified: Objects, managers: Iterable[Any]) -> None:
        """Find the orphans that changed objects leave behind, or are."""
        concerned: dict[Any, tuple[str, ...]] = {}
        for manager in managers:
            owning = write_profile(manager.mapper).owning_keys
            if owning or manager.delete_orphan_attributes:
                concerned[manager] = owning
        if not concerned:
            return
        for state, instance in modified.items():
            if state.manager not in concerned:
                continue
            changes = state.changes
            for key in concerned[state.manager]:
                if changes and key in changes:
                    for item in get_history(state, key).deleted:
                        self._settle(item)
            if state.manager.delete_orphan_attributes:
                self._settle(instance)

    def of_asked(self) -> None:
        """Note the collections of the objects asked to be deleted whose members lose their parent."""
        manager: Any = None
        for state, instance in self.asked.items():
            if state.manager is not manager:
                manager = state.manager
                places = [(one.key, one, self._release(one)) for one in write_profile(manager.mapper).releasing]
            if state.changes:
                self._reach_added(state)
            values = instance.__dict__
            for key, relationship, load in places:
                if key not in values and not (
                    relationship.never_loads and objects_in_memory(state, instance, relationship)[1]
                ):
                    load.parents[state] = instance

    def keep_taken_over(self, owners: Iterable[tuple[InstanceState, Any]]) -> None:
        """Keep what the delete cascade of an owner has marked, and another owner that stays has taken in since then."""
        cascaded = self._identity_map.cascaded
        for state, _ in owners:
            if state in self.asked:
                continue
            for relationship in state.manager.mapper.relationships:
                if relationship.viewonly or not (relationship.direction is ONETOMANY or relationship.cascade.delete):
                    continue
                if state.pk is None or relationship.key in (state.changes or ()):
                    taken = [item for item in get_history(state, relationship.key).added if item is not None]
                    self._keep([one for item in taken if (one := state_of(item)) in cascaded])

    def _keep(self, states: list[InstanceState]) -> None:
        """Keep objects, with what was marked along with them."""
        while states:
            state = states.pop()
            instance = self.asked.pop(state, None)
            if instance is None:
                continue
            self.kept.add(state)
            for relationship in state.manager.mapper.relationships:
                if relationship.cascade.delete:
                    behind = [
                        state_of(item)
                        for item in objects_in_memory(state, instance, relationship)[0]
                        if item is not None
                    ]
                    states += [one for one in behind if one in self._identity_map.cascaded]

    def of_new(self, group: InstanceGroup) -> None:
        """Drop pending objects that lost an owner they need, where that was in no session to tell this one.

        What the expunge cascade reaches from one goes with it, unless it has a row.
        """
        for state, instance in zip(group.states, group.instances, strict=True):
            if state.extra is None or not state.extra.parents or state in self.dropped:
                continue
            if False in state.extra.parents.values() and is_orphan(state):
                self._drop_orphan(state, instance, _loss(state))

    def _drop_orphan(self, state: InstanceState, instance: object, reason: str) -> None:
        self.dropped[state] = instance
        self.reasons[state] = reason
        for relationship in state.manager.mapper.relationships:
            if not relationship.cascade.expunge:
                continue
            for item in objects_in_memory(state, instance, relationship)[0]:
                behind = None if item is None else state_of(item)
                if behind is not None and behind in self._identity_map.new and behind not in self.dropped:
                    self._drop_orphan(behind, item, reason)

    def follow(self) -> None:
        """Follow the delete cascade from what was found, and note the collections whose members lose their parent."""
        while self._pending:
            state, instance = self._pending.pop()
            mapper = state.manager.mapper
            for relationship in mapper.relationships:
                if relationship.cascade.delete:
                    self._follow(state, instance, relationship)
            for relationship in write_profile(mapper).releasing:
                if not relationship.cascade.delete and not objects_in_memory(state, instance, relationship)[1]:
                    self._release(relationship).parents[state] = instance

    def proceed(self) -> None:
        """Go on after everything that ``take_loads()`` gave was loaded."""
        waiting, self._waiting = self._waiting, []
        for state, instance, relationship in waiting:
            self._reach_all(relationship, objects_in_memory(state, instance, relationship)[0])
        self.follow()

    # -- single objects ------------------------------------------------------------------------------------------

    def _settle(self, instance: object) -> None:
        if instance is None:
            return
        state = state_of(instance)
        if state.identity_map is not self._identity_map or self._is_settled(state) or not is_orphan(state):
            return
        if state.pk is not None:
            # A pending one has left the session with its parent, or was added without any, which its mapping may allow.
            self._remove(state, instance, _loss(state))

    def _is_settled(self, state: InstanceState) -> bool:
        return state in self.asked or state in self.found or state in self.dropped or row_is_gone(state)

    def _remove(self, state: InstanceState, instance: object, reason: str) -> None:
        self.found[state] = instance
        self.reasons[state] = reason
        self._pending.append((state, instance))

    def _follow(self, state: InstanceState, instance: object, relationship: RelationshipProperty) -> None:
        items, is_complete = objects_in_memory(state, instance, relationship)
        self._reach_all(relationship, items)
        if not is_complete and not relationship.passive_deletes:
            self._waiting.append((state, instance, relationship))
            self._loads.of(relationship.parent, (relationship.key,), CASCADES).parents[state] = instance

    def _reach_added(self, state: InstanceState) -> None:
        """Reach what was put into a relationship with the delete cascade after its object was to be deleted."""
        for relationship in state.manager.mapper.relationships:
            if relationship.cascade.delete and relationship.key in (state.changes or ()):
                self._reach_all(relationship, get_history(state, relationship.key).added)

    def _reach_all(self, relationship: RelationshipProperty, items: Iterable[Any]) -> None:
        reason = f"cascade of {relationship.parent.class_.__name__}.{relationship.key}"
        for item in items:
            if item is not None:
                self._reach(state_of(item), item, reason)

    def _reach(self, state: InstanceState, instance: object, reason: str) -> None:
        if self._is_settled(state):
            return
        identity_map = self._identity_map
        where = state.identity_map
        if where is identity_map:
            if state.pk is not None:
                self._remove(state, instance, reason)
            else:
                self.dropped[state] = instance
                self.reasons[state] = reason
                self._pending.append((state, instance))
        elif state.pk is not None and (where is None or where.unit() is None):
            # A member that was expunged has a row all the same; another object may stand for it here meanwhile.
            present = identity_map.find(state.manager, state.pk, state.identity_token)
            if present is None:
                self.joining[state] = instance
                self._remove(state, instance, reason)
            elif present is not instance:
                self._reach(state_of(present), present, reason)

    def _release(self, relationship: RelationshipProperty) -> PlannedLoad:
        return self._loads.of(relationship.parent, (relationship.key,), RELEASES)


def _loss(state: InstanceState) -> str:
    names = sorted(f"{owner.class_.__name__}.{owner.key}" for owner in lost_owners(state))
    return f"orphan of {', '.join(names)}" if names else "orphan"


def find_removals(
    identity_map: IdentityMap,
    created: Iterable[InstanceGroup],
    modified: Objects,
    managers: Iterable[Any],
    asked: Objects,
) -> Removals:
    """Find what a flush removes.

    Args:
        identity_map: what the session holds.
        created: the new objects by class.
        modified: the changed objects.
        managers: the classes of these.
        asked: the objects marked by ``session.delete()``.

    Returns:
        the removals; with ``take_loads()`` what must be loaded before they are complete.
    """
    removals = Removals(identity_map, asked)
    if asked and identity_map.cascaded:
        for group in created:
            removals.keep_taken_over(zip(group.states, group.instances, strict=True))
        removals.keep_taken_over(modified.items())
    for group in created:
        if group.mapper.manager.delete_orphan_attributes:
            removals.of_new(group)
    removals.of_changed(modified, managers)
    removals.of_asked()
    removals.follow()
    return removals
