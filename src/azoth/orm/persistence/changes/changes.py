"""What a flush has to write: new, changed and deleted instances, and the entries that they make in their tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from azoth.orm.exc import FlushError
from azoth.orm.persistence.changes.key_changes import find_key_changes, note_loads, referrers
from azoth.orm.persistence.changes.planned_load import PlannedLoads
from azoth.orm.persistence.changes.relationship_changes import RelationshipChanges
from azoth.orm.persistence.changes.removals import find_removals
from azoth.orm.persistence.changes.replaced_rows import ReplacedRows
from azoth.orm.persistence.changes.row_group import InstanceGroup, RowGroup
from azoth.orm.persistence.profile.expressions import PLAIN_TYPES, is_expression_class
from azoth.orm.persistence.profile.key_copy import KeyCopy, keeps_key
from azoth.orm.persistence.profile.mapped_table import MappedTable
from azoth.orm.persistence.profile.values import committed_value, key_value
from azoth.orm.persistence.profile.write_profile import WriteProfile, write_profile
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE, STATE

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.persistence.changes.flush_warning import FlushWarning
    from azoth.orm.runtime.identity_map import IdentityMap


class FlushChanges:
    """Everything that one flush writes, not yet in order.

    It is found in two steps: first what goes and whose keys change, which may need more than memory knows (see
    ``loads``), then with ``collect()`` the rows to write. An object has one row, an entry, in each table of its mapper.

    Attributes:
        identity_map: the map.
        only: the states that the flush is limited to, or None.
        removals: what is deleted, and which pending objects are not inserted.
        created, gone: the new and the deleted objects by mapper; they make an entry in each table of it.
        replaced: new objects that take over the rows of deleted ones.
        updates: entries by mapped table and changed attributes.
        relationships: foreign keys and association rows.
        untouched: changed states without a net change; they are clean after the flush.
        misplaced: warnings of objects whose discriminators are those of other classes.
        loads: what must be loaded before this is complete.
        unknown: columns that must be loaded besides, found with the rows to write.
    """

    def __init__(self, identity_map: IdentityMap, only: Collection[InstanceState] | None = None) -> None:
        self.identity_map = identity_map
        self.only = only
        new, modified, asked = _chosen(identity_map, only)
        managers = {state.manager: None for state in modified}
        self.created = _by_mapper(new)
        self.removals = removals = find_removals(identity_map, self.created.values(), modified, managers, asked)
        if removals.dropped:
            new = _without(new, removals.dropped)
            self.created = _by_mapper(new)
        self.new: Mapping[InstanceState, Any] = new
        self.deleted = deleted = removals.deleted
        self.modified = _without(modified, deleted) if deleted else modified
        self.managers = managers
        self.key_changes = find_key_changes(managers, self.modified, deleted)
        self.relationships = RelationshipChanges(new, deleted, identity_map)
        self.gone = _by_mapper(deleted)
        self.replaced = ReplacedRows()
        self.updates: dict[tuple[MappedTable, tuple[str, ...]], RowGroup] = {}
        self.untouched: list[InstanceState] = []
        self.misplaced: dict[FlushWarning, None] = {}
        self.unknown = PlannedLoads()
        if self.key_changes:
            loads = PlannedLoads()
            note_loads(self.key_changes, loads)
            self.loads = [*removals.take_loads(), *loads.take()]
        else:
            self.loads = removals.take_loads()

    def collect(self) -> None:
        """Find the rows to write, from what memory knows by now."""
        self._collect_relationships(self.modified)
        if self.new and self.deleted:
            self.replaced.find(self.new, self.deleted, self.relationships.copies)
        self._collect_updates(self.modified)
        self._collect_misplaced()

    def __bool__(self) -> bool:
        relationships = self.relationships
        return bool(
            self.new or self.deleted or self.updates or relationships.associations or relationships.post_updates
        )

    def _collect_relationships(self, modified: Mapping[InstanceState, Any]) -> None:
        relationships = self.relationships
        for mapper, group in self.created.items():
            profile = write_profile(mapper)
            syncs = profile.relationships
            if profile.read_only_keys:
                _refuse_read_only(profile, group.instances)
            if syncs:
                relationships.of_new(syncs, group.states, group.instances)
        related = {
            manager: profile for manager in self.managers if (profile := write_profile(manager.mapper)).relationships
        }
        for state, instance in modified.items() if related else ():
            changes = state.changes
            if not changes or state.manager not in related:
                continue
            profile = related[state.manager]
            if not profile.relationship_keys.isdisjoint(changes):
                relationships.of_changed(profile.relationships, state, instance)
            if not changes.keys().isdisjoint(profile.followed_keys):
                relationships.of_key_change(profile.relationships, state, instance)
        for mapper, group in self.gone.items():
            syncs = write_profile(mapper).relationships
            if syncs:
                for state, instance in zip(group.states, group.instances, strict=True):
                    relationships.of_deleted(syncs, state, instance)
        for relationship, state, instance, target in referrers(self.identity_map, self.key_changes, self.unknown):
            for sync in write_profile(state.manager.mapper).relationships:
                if sync.key == relationship.key:
                    relationships.of_referrer(sync, state, instance, target)
        relationships.settle()

    def _collect_updates(self, modified: Mapping[InstanceState, Any]) -> None:
        children = self._changed_children()
        profile: WriteProfile | None = None
        mapper: Any = None
        plain: frozenset[str] = frozenset()
        # Where classes take turns, what is known of each is found by one look.
        known: dict[Any, tuple[WriteProfile, frozenset[str], dict[str, RowGroup]]] = {}
        untouched = self.untouched.append
        for state, instance in modified.items():
            if profile is None or state.manager.mapper is not mapper:
                mapper = state.manager.mapper
                if mapper not in known:
                    profile = write_profile(mapper)
                    known[mapper] = profile, profile.plain_keys, {}
                profile, plain, groups = known[mapper]
            copies = children.pop(state, None) if children else None
            # The common case, one plain column with a plain value, is decided here: half the time of net_changes().
            values = instance.__dict__
            changes = state.changes
            if copies is None and changes is not None and len(changes) == 1:
                ((key, old),) = changes.items()
                new = values.get(key)
                if key in plain and new.__class__ in PLAIN_TYPES:
                    if new is old or new == old:
                        untouched(state)
                        continue
                    group = groups.get(key)
                    if group is None:
                        group = groups[key] = self._group(profile.tables_of[key][0], (key,))
                    group.states.append(state)
                    group.instances.append(instance)
                    continue
            keys = net_changes(profile, state, instance, copies)
            if not keys or not self._update(profile, keys, state, instance):
                untouched(state)
        for state, copies in children.items():
            profile = write_profile(state.manager.mapper)
            instance = copies[0].child_instance
            keys = net_changes(profile, state, instance, copies)
            if keys:
                self._update(profile, keys, state, instance)

    def _update(self, profile: WriteProfile, keys: tuple[str, ...], state: InstanceState, instance: object) -> bool:
        """Make an entry in each table that has one of the changed columns; tell whether there is any."""
        if profile.only_table is not None:
            group = self._group(profile.only_table, keys)
            group.states.append(state)
            group.instances.append(instance)
            return True
        found = keys_by_table(profile, keys)
        for mapped, own in found:
            group = self._group(mapped, own)
            group.states.append(state)
            group.instances.append(instance)
        return bool(found)

    def _group(self, mapped: MappedTable, keys: tuple[str, ...]) -> RowGroup:
        group = self.updates.get((mapped, keys))
        if group is None:
            group = self.updates[mapped, keys] = RowGroup(mapped, keys, [], [])
        return group

    def _collect_misplaced(self) -> None:
        """Look for discriminators that say that a row is of another class than its object."""
        for mapper, group in self.created.items():
            if mapper.polymorphic_on is not None:
                self.misplaced.update(dict.fromkeys(_of_other_classes(mapper, group.instances)))
        for (mapped, keys), rows in self.updates.items():
            if mapped.mapper.polymorphic_key in keys:
                for state, instance in zip(rows.states, rows.instances, strict=True):
                    self.misplaced.update(dict.fromkeys(_of_other_classes(state.manager.mapper, (instance,))))

    def _changed_children(self) -> dict[InstanceState, list[KeyCopy]]:
        """Give the persistent children whose foreign keys follow from a parent, with their copies."""
        children: dict[InstanceState, list[KeyCopy]] = {}
        for by_state in self.relationships.copies.values():
            for state, copy in by_state.items():
                if state not in self.new and state not in self.deleted:
                    children.setdefault(state, []).append(copy)
        return children


def keys_by_table(profile: WriteProfile, keys: tuple[str, ...]) -> list[tuple[MappedTable, tuple[str, ...]]]:
    """Divide changed attributes among the tables in which they have columns.

    Args:
        profile: the mapper's profile.
        keys: the changed attributes.

    Returns:
        the tables to update, each with its attributes; that of the version with any of them, as it counts all changes.

    Raises:
        FlushError: an attribute stands in a table that is only read.
    """
    known = profile.divided_keys.get(keys)
    if known is None:
        known = profile.divided_keys[keys] = _divide(profile, keys)
    return known


def _divide(profile: WriteProfile, keys: tuple[str, ...]) -> list[tuple[MappedTable, tuple[str, ...]]]:
    tables_of, cascaded = profile.tables_of, profile.cascaded
    written = [key for key in keys if tables_of[key]]
    for key in profile.read_only_keys.intersection(keys):
        raise _only_read(profile.mapper, key)
    for inherited, key in profile.twins:
        if key in keys and inherited not in keys:
            raise _only_inherited(profile.mapper, inherited, key)
    counting = profile.versioned if written and profile.mapper.version_id_generator else None
    found = []
    for mapped in profile.shared_tables:
        own = tuple([key for key in written if mapped in tables_of[key]])
        if own and mapped in cascaded:
            own = tuple([key for key in own if key not in cascaded[mapped]])
        if own or mapped is counting:
            found.append((mapped, own))
    return found


def written_tables(mapper: Mapper) -> tuple[MappedTable, ...]:
    """List the tables into which the objects of a mapper are written.

    Raises:
        FlushError: there is none.
    """
    tables = write_profile(mapper).shared_tables
    if not tables:
        raise _no_table(mapper)
    return tables


def deleted_tables(mapper: Mapper) -> tuple[MappedTable, ...]:
    """List the tables in which a flush deletes the rows of a mapper's objects, those of derived classes first.

    Raises:
        FlushError: there is none.
    """
    written_tables(mapper)
    return write_profile(mapper).deleted_tables[::-1]


def net_changes(
    profile: WriteProfile, state: InstanceState, instance: object, copies: Iterable[KeyCopy] | None
) -> tuple[str, ...]:
    """Find the attributes whose columns differ from the database.

    Args:
        profile: the mapper's profile.
        state: the instance's state.
        instance: the instance.
        copies: foreign keys that the flush is going to set on it.

    Returns:
        the attribute keys, in the table's order.

    Raises:
        FlushError: the primary key would become NULL.
    """
    values = instance.__dict__
    changes = state.changes
    found: list[str] = []
    if changes is not None:
        positions = profile.positions
        comparisons = profile.comparisons
        for key, old in changes.items():
            if key not in positions:
                continue
            new = values.get(key)
            if new is old:
                continue
            if old is NO_VALUE and key in profile.pk_keys:
                # It was set while it was expired; what it was is known all the same.
                old = committed_value(state, instance, key)
            if old is not NO_VALUE and (new.__class__ in PLAIN_TYPES or not is_expression_class(type(new))):
                compare = comparisons.get(key) if comparisons else None
                if bool(new == old) if compare is None else compare(new, old):
                    continue
            found.append(key)
    if copies is not None:
        found = _with_copied_keys(found, state, instance, copies)
    if len(found) > 1:
        found.sort(key=profile.positions.__getitem__)
    if not profile.pk_key_set.isdisjoint(found):
        for key in found:
            if key in profile.pk_keys and _becomes_null(values, key, copies):
                raise _blank_key(state, key)
    return tuple(found)


def _with_copied_keys(found: list[str], state: InstanceState, instance: object, copies: Iterable[KeyCopy]) -> list[str]:
    keys = set(found)
    for copy in copies:
        for source_key, key in copy.flow.pairs:
            if copy.parent is None:
                if keeps_key(copy.flow, state, key):
                    continue
                value = None
            else:
                value = key_value(copy.parent, copy.parent_instance, source_key)
                if value is None and copy.parent.pk is None:
                    value = NO_VALUE
            before = committed_value(state, instance, key)
            if value is NO_VALUE or before is NO_VALUE or is_expression_class(type(value)) or bool(value != before):
                keys.add(key)
            else:
                keys.discard(key)
    return list(keys)


def _becomes_null(values: dict[str, Any], key: str, copies: Iterable[KeyCopy] | None) -> bool:
    for copy in copies or ():
        if any(copied_key == key for _, copied_key in copy.flow.pairs):
            return copy.parent is None
    return values.get(key) is None


def _blank_key(state: InstanceState, key: str) -> FlushError:
    return FlushError(
        f"{state.manager.class_.__name__} with key {state.pk!r}: {key}, part of the primary key, cannot become NULL",
        why=f"{key} was set to None, or the object lost the parent that {key} refers to",
        fix="delete the object, or give it another parent or key",
        code="AZ-F03",
    )


def _refuse_read_only(profile: WriteProfile, instances: Iterable[object]) -> None:
    for instance in instances:
        for key in profile.read_only_keys:
            if instance.__dict__.get(key) is not None:
                raise _only_read(profile.mapper, key)


def _only_read(mapper: Mapper, key: str) -> FlushError:
    name = f"{mapper.class_.__name__}.{key}"
    table = mapper.columns[key].table.name
    return FlushError(
        f"{name} cannot be written: {table} is only read",
        why=f"a row is found again by the primary key of its table, and the mapping has none for {table}",
        fix=f"map the primary key of {table}, or change its rows through another class",
        code="AZ-F153",
    )


def _only_inherited(mapper: Mapper, inherited: str, key: str) -> FlushError:
    name = mapper.class_.__name__
    return FlushError(
        f"{name}.{key} cannot be changed by itself",
        why=f"its column is kept equal to that of {name}.{inherited}, by which the rows of one object belong together",
        fix=f"change {name}.{inherited}, and {key} follows",
        code="AZ-F155",
    )


def _no_table(mapper: Mapper) -> FlushError:
    return FlushError(
        f"{mapper.class_.__name__} cannot be written: no table behind {mapper.persist_selectable.description} has its "
        "whole primary key mapped",
        why="a row is found again by the primary key of its table, and the mapping leaves a part of it out",
        fix="map the primary key of the table that is to be written, or change its rows through another class",
        code="AZ-F150",
    )


def _by_mapper(chosen: Mapping[InstanceState, Any]) -> dict[Any, InstanceGroup]:
    groups: dict[Any, InstanceGroup] = {}
    manager: Any = None
    add_state: Any = None
    add_instance: Any = None
    for state, instance in chosen.items():
        if state.manager is not manager:
            manager = state.manager
            group = groups.get(manager.mapper)
            if group is None:
                group = groups[manager.mapper] = InstanceGroup(manager.mapper)
            add_state = group.states.append
            add_instance = group.instances.append
        add_state(state)
        add_instance(instance)
    return groups


def _chosen(
    identity_map: IdentityMap, only: Collection[InstanceState] | None
) -> tuple[Mapping[InstanceState, Any], Mapping[InstanceState, Any], Mapping[InstanceState, Any]]:
    new, modified, deleted = identity_map.new, identity_map.modified, identity_map.deleted
    if only is not None:
        chosen = _with_required(identity_map, set(only))
        new = {state: instance for state, instance in new.items() if state in chosen}
        modified = {state: instance for state, instance in modified.items() if state in chosen}
        deleted = {state: instance for state, instance in deleted.items() if state in chosen}
    return new, modified, deleted


def _without(
    instances: Mapping[InstanceState, Any], excluded: Mapping[InstanceState, Any]
) -> Mapping[InstanceState, Any]:
    return {state: instance for state, instance in instances.items() if state not in excluded}


def _with_required(identity_map: IdentityMap, chosen: set[InstanceState]) -> set[InstanceState]:
    """Add the pending objects without which the chosen ones cannot be written: their parents and new members."""
    pending = list(chosen)
    while pending:
        state = pending.pop()
        instance = state()
        if instance is None:
            continue
        for sync in write_profile(state.manager.mapper).relationships:
            for other in _related(sync, instance):
                if other in identity_map.new and other not in chosen:
                    chosen.add(other)
                    pending.append(other)
    return chosen


def _related(sync: Any, instance: object) -> list[InstanceState]:
    value = instance.__dict__.get(sync.key)
    if value is None:
        return []
    if not sync.prop.uselist:
        members: Iterable[Any] = (value,)
    else:
        members = value.values() if isinstance(value, Mapping) else value
    return [member.__dict__[STATE] for member in members if STATE in getattr(member, "__dict__", ())]


def _of_other_classes(mapper: Mapper, instances: Iterable[Any]) -> Iterable[FlushWarning]:
    # For classes of a hierarchy.
    from azoth.orm.persistence.changes.flush_warning import of_other_classes  # noqa: PLC0415

    return of_other_classes(mapper, instances)
