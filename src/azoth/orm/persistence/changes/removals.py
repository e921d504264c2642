"""What a flush takes away: objects asked to be deleted, orphans, and what the delete cascade reaches from these.

All of it is data until the flush runs: finding the removals changes no object and loads nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from azoth.orm.persistence.changes.planned_load import PlannedLoad, PlannedLoads
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.orm.runtime.history import get_history
from azoth.orm.runtime.related.orphans import is_orphan, lost_owners
from azoth.orm.runtime.related.related_objects import objects_in_memory
from azoth.orm.runtime.state import InstanceState, row_is_gone, state_of

if TYPE_CHECKING:
    from azoth.orm.mapping.properties.relationship import RelationshipProperty
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
        reasons: why, for each object found or dropped.
    """

    __slots__ = ("_identity_map", "_loads", "_pending", "_waiting", "asked", "dropped", "found", "joining", "reasons")

    def __init__(self, identity_map: IdentityMap, asked: Objects) -> None:
        self._identity_map = identity_map
        self.asked = dict(asked)
        self.found: dict[InstanceState, Any] = {}
        self.joining: dict[InstanceState, Any] = {}
        self.dropped: dict[InstanceState, Any] = {}
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
            values = instance.__dict__
            for key, relationship, load in places:
                if key not in values and not (
                    relationship.never_loads and objects_in_memory(state, instance, relationship)[1]
                ):
                    load.parents[state] = instance

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


def find_removals(identity_map: IdentityMap, modified: Objects, managers: Iterable[Any], asked: Objects) -> Removals:
    """Find what a flush removes.

    Args:
        identity_map: what the session holds.
        modified: the changed objects.
        managers: the classes of these.
        asked: the objects marked by ``session.delete()``.

    Returns:
        the removals; with ``take_loads()`` what must be loaded before they are complete.
    """
    removals = Removals(identity_map, asked)
    removals.of_changed(modified, managers)
    removals.of_asked()
    removals.follow()
    return removals
