"""Relationships of changed objects become foreign key values and rows of many-to-many tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from azoth.orm.exc import FlushError, NullRefusedError
from azoth.orm.persistence.profile.key_copy import ForeignKeyFlow, KeyCopy, Slot
from azoth.orm.persistence.profile.relationship_sync import RelationshipSync
from azoth.orm.persistence.profile.values import committed_value
from azoth.orm.runtime.history import get_history
from azoth.orm.runtime.identity_map import IdentityMap
from azoth.orm.runtime.state import InstanceState, row_is_gone, state_of
from azoth.orm.runtime.symbols import NO_VALUE

if TYPE_CHECKING:
    from azoth.orm.persistence.changes.flush_warning import FlushWarning
    from azoth.orm.persistence.profile.association import AssociationRows


class RelationshipChanges:
    """Collects what the relationships of one flush ask for.

    Attributes:
        copies: foreign key -> child -> where its value comes from.
        post_updates: the same, for keys that are set by an UPDATE of their own.
        given_up: foreign keys of objects that are being deleted which an UPDATE of their own sets to NULL before.
        associations: rows of many-to-many tables, by layout.
        strangers: foreign keys of children that are not in the session; nothing is written, but they are set in memory,
            so that whoever adds such a child later finds it where it was put.
        warnings: what the flush is going to warn of, each once.
    """

    def __init__(
        self, new: Mapping[InstanceState, Any], deleted: Mapping[InstanceState, Any], identity_map: IdentityMap
    ) -> None:
        self.copies: dict[Slot, dict[InstanceState, KeyCopy]] = {}
        self.post_updates: dict[Slot, dict[InstanceState, KeyCopy]] = {}
        self.given_up: dict[Slot, dict[InstanceState, KeyCopy]] = {}
        self.associations: dict[Any, AssociationRows] = {}
        self.strangers: dict[tuple[Slot, InstanceState], KeyCopy] = {}
        self.warnings: dict[FlushWarning, None] = {}
        self._new = new
        self._deleted = deleted
        self._identity_map = identity_map
        self._removals: list[tuple[ForeignKeyFlow, Any, InstanceState]] = []
        self._weaker: list[KeyCopy] = []
        self._left_alone: set[tuple[Slot, InstanceState]] = set()
        self._kept: dict[tuple[InstanceState, str], set[int]] = {}

    # -- what the collector is fed with ------------------------------------------------------------------------

    def of_new(self, syncs: Iterable[RelationshipSync], states: list[InstanceState], instances: list[Any]) -> None:
        """Take in the relationships of pending objects: everything in them is new."""
        for sync in syncs:
            key = sync.key
            if sync.prop.never_loads:
                for state, instance in zip(states, instances, strict=True):
                    for item in get_history(state, key).added:
                        self._attach(sync, state, instance, item)
                continue
            for state, instance in zip(states, instances, strict=True):
                value = instance.__dict__.get(key, NO_VALUE)
                if value is NO_VALUE:
                    continue
                extra = state.extra
                if extra is not None and extra.held is not None and key in extra.held:
                    self._of_former_row(sync, state, instance, extra.held[key])
                elif sync.many_to_one:
                    # Reading leaves no None behind on a pending object, so this one was set and clears the key.
                    self._refer(sync, state, instance, _last_of(value) if sync.prop.uselist else value)
                elif not sync.prop.uselist:
                    if value is not None:
                        self._attach(sync, state, instance, value)
                elif value:
                    for item in get_history(state, key).non_deleted():
                        self._attach(sync, state, instance, item)

    def _of_former_row(
        self, sync: RelationshipSync, state: InstanceState, instance: object, held: tuple[Any, ...]
    ) -> None:
        """Take in a relationship of an object that had another row before: that row keeps what it had."""
        value = instance.__dict__[sync.key]
        if sync.many_to_one:
            if value is not held[0]:
                self._refer(sync, state, instance, value)
            return
        now = get_history(state, sync.key).non_deleted() if sync.prop.uselist else (value,)
        before = {id(item) for item in held}
        for item in now:
            # A child that becomes a new row as well comes along; association rows do not.
            comes_along = sync.flow is not None and item is not None and state_of(item).pk is None
            if item is not None and (id(item) not in before or comes_along):
                self._attach(sync, state, instance, item)
        if sync.flow is not None:
            kept = {id(item) for item in now}
            for item in held:
                if item is not None and id(item) not in kept:
                    self._detach(sync, state, instance, item)

    def of_changed(self, syncs: Iterable[RelationshipSync], state: InstanceState, instance: object) -> None:
        """Take in the relationships of a changed persistent object."""
        changes = state.changes or {}
        for sync in syncs:
            if sync.key not in changes:
                continue
            if sync.many_to_one:
                value = instance.__dict__.get(sync.key)
                if value is not changes[sync.key]:
                    self._refer(sync, state, instance, _last_of(value) if sync.prop.uselist else value)
                continue
            history = get_history(state, sync.key)
            is_queue = sync.flow is None and sync.key not in instance.__dict__
            for item in history.added or ():
                if not (is_queue and self._is_linked(sync, instance, item)):
                    self._attach(sync, state, instance, item)
            for item in history.deleted or ():
                if item is not None:
                    self._detach(sync, state, instance, item)

    def of_deleted(self, syncs: Iterable[RelationshipSync], state: InstanceState, instance: object) -> None:
        """Take in the relationships of an object that is being deleted: what is in memory loses its parent.

        Its own references with ``post_update`` are given up before its row goes.
        """
        for sync in syncs:
            if sync.prop.passive_deletes == "all":
                continue
            if sync.many_to_one:
                if sync.flow is not None and sync.flow.post_update:
                    self._give_up(sync.flow, state, instance)
                continue
            if sync.key not in instance.__dict__ and not sync.prop.never_loads:
                continue
            history = get_history(state, sync.key)
            for item in (*(history.unchanged or ()), *(history.deleted or ())):
                if item is not None:
                    self._detach(sync, state, instance, item)

    def of_key_change(self, syncs: Iterable[RelationshipSync], state: InstanceState, instance: object) -> None:
        """Take in an object whose key changes: loaded children follow, unless the database sees to it."""
        changes = state.changes or {}
        for sync in syncs:
            if sync.prop.passive_updates or sync.referred_keys.isdisjoint(changes) or sync.key not in instance.__dict__:
                continue
            for item in get_history(state, sync.key).unchanged or ():
                if item is None or row_is_gone(state_of(item)):
                    continue
                if sync.flow is not None:
                    self._attach(sync, state, instance, item)
                else:
                    self._rows(sync).renew(*self._pair(sync, state, instance, item))

    def of_referrer(self, sync: RelationshipSync, state: InstanceState, instance: object, parent: object) -> None:
        """Take in an object that refers to one whose primary key changes: its foreign key follows."""
        if state not in self._new and state not in self._deleted:
            self._refer(sync, state, instance, parent)

    def settle(self) -> None:
        """Decide between the two sides of each relationship, once everything was taken in."""
        for copy in self._weaker:
            self._store(copy, override=False)
        for flow, item, parent in self._removals:
            self._release(flow, item, parent)
        for rows in self.associations.values():
            rows.settle()

    def copies_of(self, state: InstanceState) -> list[KeyCopy]:
        """List the keys that an object takes over within its own INSERT or UPDATE."""
        return [by_state[state] for by_state in self.copies.values() if state in by_state]

    # -- single facts ----------------------------------------------------------------------------------------------

    def _refer(self, sync: RelationshipSync, state: InstanceState, instance: object, parent: object) -> None:
        flow = sync.flow
        assert flow is not None
        if parent is None:
            self._store(KeyCopy(flow, state, instance, None, None))
            return
        parent_state = state_of(parent)
        if parent_state.pk is None:
            is_here = parent_state in self._new
        else:
            # Most have no extras at all, which is seen without a call.
            is_here = parent_state.extra is None or not row_is_gone(parent_state)
        if not is_here or parent_state.identity_map is not self._identity_map:
            self._warn_about_stranger(parent, flow.relationship)
            self._left_alone.add((flow.slot, state))
            return
        self._store(KeyCopy(flow, state, instance, parent_state, parent))

    def _attach(self, sync: RelationshipSync, state: InstanceState, instance: Any, item: Any) -> None:
        if item is None:
            if sync.prop.uselist:
                raise _no_member(sync, state)
            return
        item_state = state_of(item)
        if item_state in self._deleted or (
            item_state.pk is not None and item_state.extra is not None and row_is_gone(item_state)
        ):
            return
        if item_state.identity_map is not self._identity_map or (item_state.pk is None and item_state not in self._new):
            self._warn_about_stranger(item, f"{sync.prop.parent.class_.__name__}.{sync.key}")
            if sync.flow is not None:
                self.strangers[sync.flow.slot, item_state] = KeyCopy(sync.flow, item_state, item, state, instance)
            return
        if sync.flow is not None:
            # What the child itself says about its parent counts more, so these wait for the end.
            flow = sync.flow.to(item_state) if sync.flow.child.has_concrete else sync.flow
            self._weaker.append(KeyCopy(flow, item_state, item, state, instance))
        else:
            states, instances = self._pair(sync, state, instance, item)
            self._rows(sync).added[states] = instances

    def _detach(self, sync: RelationshipSync, state: InstanceState, instance: Any, item: Any) -> None:
        item_state = state_of(item)
        # One without a row was made transient while the collection held it: in the table between, its links stay those
        # of the former row. A foreign key that a flush has put on it goes.
        if row_is_gone(item_state) or (item_state.pk is None and sync.flow is None):
            return
        if sync.flow is not None:
            flow = sync.flow.to(item_state) if sync.flow.child.has_concrete else sync.flow
            self._removals.append((flow, item, state))
        else:
            rows = self._rows(sync)
            is_stranger = item_state.identity_map is not self._identity_map
            if is_stranger:
                # Another object may be here for its row, which counts the same link.
                present = self._identity_map.find(item_state.manager, item_state.pk, item_state.identity_token)
                item = item if present is None else present
            states, instances = self._pair(sync, state, instance, item)
            rows.removed[states] = instances
            if is_stranger:
                rows.unsure.add(states)

    def _release(self, flow: ForeignKeyFlow, item: object, parent: InstanceState) -> None:
        """Set a removed child's foreign key to NULL, unless the child goes too or has another parent by now."""
        state = state_of(item)
        if state in self._deleted or (flow.slot, state) in self._left_alone:
            if flow.post_update and state in self._deleted and parent in self._deleted:
                self._give_up(flow, state, item)
            return
        if state.pk is None and not _refers_to(flow, item, parent):
            return
        if state.identity_map is not self._identity_map:
            self._warn_about_stranger(item, flow.relationship)
            # What an earlier flush has put there is not the program's own.
            if not _was_set_by_hand(flow, state, item) or _refers_to(flow, item, parent):
                self.strangers.setdefault((flow.slot, state), KeyCopy(flow, state, item, None, None))
            return
        store = self.post_updates if flow.post_update else self.copies
        present = store.get(flow.slot, {}).get(state)
        if (present is not None and present.parent is not None) or _was_set_by_hand(flow, state, item):
            return
        fixed = [column for column in flow.columns if column.primary_key or not column.nullable]
        if fixed and len(fixed) == len(flow.columns):
            raise _cannot_release(flow, state, parent, fixed)
        self._store(KeyCopy(flow, state, item, None, None))

    def _give_up(self, flow: ForeignKeyFlow, state: InstanceState, instance: object) -> None:
        """Note a reference of an object that is being deleted, unless its row is known to have none.

        One that cannot become NULL stays, and so do those of rows whose new version only the database would know.
        """
        mapper = state.manager.mapper
        if mapper.version_id_key is not None and not mapper.version_id_generator:
            return
        if not any(column.nullable and not column.primary_key for column in flow.columns):
            return
        if all(committed_value(state, instance, key) is not None for _, key in flow.pairs):
            self.given_up.setdefault(flow.slot, {})[state] = KeyCopy(flow, state, instance, None, None)

    def _store(self, copy: KeyCopy, *, override: bool = True) -> None:
        flow = copy.flow
        store = self.post_updates if flow.post_update and copy.parent is not None else self.copies
        by_state = store.get(flow.slot)
        if by_state is None:
            by_state = store[flow.slot] = {}
        if override or copy.child not in by_state:
            by_state[copy.child] = copy

    def _is_linked(self, sync: RelationshipSync, instance: object, item: object) -> bool:
        """Tell whether the other side of a collection that is not loaded knows of a link that it was told of again."""
        state = state_of(item)
        for attribute in sync.prop.attribute.reverse:
            if not attribute.uselist or attribute.key not in item.__dict__:
                continue
            kept = self._kept.get((state, attribute.key))
            if kept is None:
                kept = {id(one) for one in get_history(state, attribute.key).unchanged or ()}
                self._kept[state, attribute.key] = kept
            if id(instance) in kept:
                return True
        return False

    @staticmethod
    def _pair(
        sync: RelationshipSync, state: InstanceState, instance: object, item: object
    ) -> tuple[tuple[InstanceState, InstanceState], tuple[Any, Any]]:
        if sync.reversed:
            return (state_of(item), state), (item, instance)
        return (state, state_of(item)), (instance, item)

    def _rows(self, sync: RelationshipSync) -> AssociationRows:
        layout = sync.layout
        assert layout is not None
        rows = self.associations.get(layout.slot)
        if rows is None:
            # For relationships with a table between them.
            from azoth.orm.persistence.profile.association import AssociationRows  # noqa: PLC0415

            rows = self.associations[layout.slot] = AssociationRows(layout, sync.prop)
        return rows

    def _warn_about_stranger(self, item: object, relationship: str) -> None:
        from azoth.orm.persistence.changes.flush_warning import stranger  # noqa: PLC0415  # for the warning

        self.warnings[stranger(type(item).__name__, relationship)] = None


def _last_of(value: Any) -> Any:
    """Give the object that a foreign key refers to where the relationship is a collection: its last member."""
    return None if value is None else next(reversed(list(value)), None)


def _was_set_by_hand(flow: ForeignKeyFlow, state: InstanceState, instance: object) -> bool:
    changes = state.changes
    if not changes:
        return False
    values = instance.__dict__
    return any(
        key in changes and values.get(key) is not None and values.get(key) != changes[key] for _, key in flow.pairs
    )


def _refers_to(flow: ForeignKeyFlow, instance: object, parent: InstanceState) -> bool:
    parent_instance = parent()
    return parent_instance is not None and all(
        instance.__dict__.get(key) == committed_value(parent, parent_instance, source_key)
        for source_key, key in flow.pairs
    )


def _no_member(sync: RelationshipSync, state: InstanceState) -> FlushError:
    collection = f"{sync.prop.parent.class_.__name__}.{sync.key}"
    whose = "a new object" if state.pk is None else f"the object with key {state.pk!r}"
    return FlushError(
        f"{collection} of {whose} holds None, which cannot be flushed",
        why="the members of a collection have rows, and None has none",
        fix="take None out of the collection before the flush, or put it in where there is an object",
        code="AZ-F158",
    )


def _cannot_release(
    flow: ForeignKeyFlow, state: InstanceState, parent: InstanceState, fixed: list[Any]
) -> NullRefusedError:
    child = state.manager.class_.__name__
    column = f"{fixed[0].table.fullname}.{fixed[0].name}"
    kind = "part of the primary key" if fixed[0].primary_key else "NOT NULL"
    return NullRefusedError(
        f"{child} with key {state.pk!r} lost its parent {parent.manager.class_.__name__} along {flow.relationship}, "
        f"but its foreign key {column} cannot become NULL",
        why=f"the object was taken out of {flow.relationship}, or its parent is being deleted, and {column} is {kind}",
        fix=f"configure {flow.relationship} with cascade='all, delete-orphan', delete the {child} as well, "
        f"give it another parent, or make the column nullable",
        code="AZ-F02",
    )
