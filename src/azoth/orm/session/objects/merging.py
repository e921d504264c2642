"""Merge: copy the state of objects of any origin onto the session's own objects."""

from __future__ import annotations

from collections.abc import Generator, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from azoth.exc import InvalidRequestError
from azoth.orm.exc import StaleDataError
from azoth.orm.mapping.derived import derived
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.orm.runtime.related.related_objects import items_in
from azoth.orm.runtime.state import InstanceState, instance_behind, needed_value, row_is_gone, state_of
from azoth.orm.runtime.symbols import NO_VALUE
from azoth.orm.session.objects.get import get_instance
from azoth.orm.session.objects.lifecycle_events import after_attach, attach_to, before_attach
from azoth.orm.session.objects.membership import mapped_state
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.mapping.properties.column_property import ColumnProperty
    from azoth.orm.mapping.properties.relationship import RelationshipProperty
    from azoth.orm.runtime.ports import Unit

Step = Generator[Any, Any, Any]
"""A part of a merge: it gives an object that must be merged first, and takes the session's object for it."""


class AttributesToMerge(NamedTuple):
    """What a merge does with the attributes of a class."""

    columns: tuple[ColumnProperty, ...]
    """Those whose values it copies."""
    relationships: tuple[RelationshipProperty, ...]
    """Those whose objects it merges."""
    by_themselves: tuple[MapperProperty, ...]
    """Those whose properties override ``merge()``."""


@derived
def attributes_to_merge(mapper: Mapper) -> AttributesToMerge:
    """Sort out the attributes of a mapped class by what a merge does with them."""
    plain = MapperProperty.merge
    return AttributesToMerge(
        tuple([prop for prop in mapper.column_attrs if type(prop).merge is plain]),
        tuple([prop for prop in mapper.relationships if type(prop).merge is plain]),
        tuple([prop for prop in mapper.iterate_properties if type(prop).merge is not plain]),
    )


class Merger:
    """One call of ``Session.merge`` over a graph of objects.

    Args:
        unit: where to merge into.
        load: whether rows are looked up in the database.
        options: loader options for the look-ups.
    """

    def __init__(self, unit: Unit, *, load: bool, options: Sequence[Any]) -> None:
        self._unit = unit
        self._load = load
        self._options = options
        self._merged: dict[int, Any] = {}
        self._made: dict[tuple[Any, Any, Any], Any] = {}
        self._reached: set[tuple[int, Any]] = set()

    def merge(self, instance: Any) -> Any:
        """Merge an object and what the merge cascade reaches.

        Returns:
            the session's object.

        Raises:
            InvalidRequestError: ``load=False`` and the object is new or has changes.
        """
        if self._load:
            self._unit.autoflush()
        with self._unit.no_autoflush:
            return self._merge_all(instance)

    def merge_several(self, instances: Iterable[Any]) -> list[Any]:
        """Merge several objects, and what the merge cascade reaches; what they have in common is merged once.

        Returns:
            the session's objects, in the same order.

        Raises:
            InvalidRequestError: ``load=False`` and an object is new or has changes.
        """
        if self._load:
            self._unit.autoflush()
        with self._unit.no_autoflush:
            return [self._merge_all(instance) for instance in instances]

    def _merge_all(self, instance: Any) -> Any:
        """Merge an object and what it leads to."""
        if self._unit.identity_map.is_being_written:
            self._unit.identity_map.warn_of_late_change(f"{type(instance).__name__} is merged into the session")
        instance = instance_behind(instance)
        self._warn_of_pending(instance)
        return self._run(self._merge(instance))

    def _run(self, step: Step) -> object:
        """Do a part of a merge; what it must wait for goes first, from a list, since a chain of objects may be long."""
        steps = [step]
        target: Any = None
        while steps:
            try:
                needed = steps[-1].send(target)
            except StopIteration as finished:
                target = finished.value
                steps.pop()
                continue
            target = self._merged.get(id(needed))
            if target is None:
                steps.append(self._merge(needed))
        return target

    def _warn_of_pending(self, instance: Any) -> None:
        state = mapped_state(instance, "merge()")
        if state.pk is None and state in self._unit.identity_map.new:
            warn(
                f"{type(instance).__name__} is pending in this session and is merged into it",
                why="merge() copies what comes from elsewhere, and gives what is in the session already back as it is",
                fix="use the object itself, or leave out the add() before",
                code="AZ-S151",
            )

    def _merge(self, instance: Any) -> Step:
        state = mapped_state(instance, "merge()")
        if state.identity_map is self._unit.identity_map and not row_is_gone(state):
            self._merged[id(instance)] = instance
            yield from self._cascade_in_place(state, instance)
            return instance
        if not self._load:
            _require_clean(state, instance)
        target, is_new = self._target(state, instance)
        self._merged[id(instance)] = target
        yield from self._copy(state, instance, target)
        if is_new:
            _announce_loaded(target)
        return target

    def _cascade_in_place(self, state: InstanceState, instance: Any) -> Step:
        for relationship in state.manager.mapper.relationships:
            if relationship.cascade.merge and relationship.key in instance.__dict__:
                for item in items_in(relationship, instance.__dict__[relationship.key]):
                    # An object that was deleted may stand there still; nobody asked for it to come back.
                    if item is not None and not row_is_gone(state_of(item)):
                        yield item

    def _target(self, state: InstanceState, instance: Any) -> tuple[Any, bool]:
        """Give the session's object for one, and whether it was made for it."""
        mapper = state.manager.mapper
        pk = state.pk
        # A key with a part that was never set is none, also where parts may be NULL.
        if pk is None and instance.__dict__.keys() >= set(mapper.primary_key_keys):
            pk = mapper.pk_from_values(instance.__dict__)
        token = state.identity_token
        if pk is not None:
            found = self._find(mapper, pk, token)
            if found is not None:
                return found, False
        new = mapper.manager.allocate(mapper.class_)
        new_state = state_of(new)
        if token is not None:
            new_state.identity_token = token
        if pk is not None:
            self._made[mapper.manager.root, pk, token] = new
        if self._load:
            told = mapper.manager.discriminator
            if told is not None and told[0] not in instance.__dict__:
                # An expired object that is gone does not tell it, and no constructor has been called.
                new.__dict__[told[0]] = told[1]
            attach_to(self._unit, new_state, new)
        else:
            new_state.pk = pk
            if state.came_with is not None:
                new_state.extras().came_with = state.came_with
            if self._unit.dispatch.attaching:
                before_attach(self._unit, new)
            self._unit.identity_map.add(new_state, new)
            if self._unit.dispatch.attaching:
                after_attach(self._unit, new_state, new)
        return new, True

    def _find(self, mapper: Mapper, pk: Any, token: Hashable) -> Any:
        made = self._made.get((mapper.manager.root, pk, token))
        if isinstance(made, mapper.class_):
            return made
        if not self._load:
            return self._unit.identity_map.find(mapper.manager, pk, token)
        if token is None and self._unit.places is not None:
            # Where its row might be, the session asks.
            return self._unit.session.get(mapper, pk, options=self._options)
        return get_instance(
            self._unit,
            mapper,
            pk,
            self._options,
            populate_existing=None,
            with_for_update=None,
            identity_token=token,
        )

    def _copy(self, state: InstanceState, instance: Any, target: Any) -> Step:
        mapper = state.manager.mapper
        values = instance.__dict__
        target_state = state_of(target)
        _check_version(mapper, values, target, target_state)
        told = _told_class(state, target_state)
        merged = attributes_to_merge(mapper)
        for column in merged.columns:
            if column.key in values and (told is None or told != (column.key, values[column.key])):
                self._copy_column(mapper, column.key, values[column.key], target)
        for prop in merged.by_themselves:
            prop.merge(self._unit.session, state, values, target_state, target.__dict__, self._load, self, self._made)
        if not self._load:
            for listener in target_state.manager.dispatch.copy_values:
                listener(target)
        for relationship in merged.relationships:
            yield from self._related(relationship, state, instance, target)

    def merge_attribute(self, prop: MapperProperty, source_state: InstanceState, dest_state: InstanceState) -> None:
        """Copy an attribute of an object whose property takes part in the merge itself.

        What a relationship leads to is merged at once, so that a long chain of such objects is a deep recursion.

        Args:
            prop: the property.
            source_state, dest_state: those of the given object, and of the session's for it.
        """
        instance, target = source_state(), dest_state()
        if prop.is_relationship:
            relationship = cast("RelationshipProperty", prop)
            self._run(_as_step(self._related(relationship, source_state, instance, target)))
        elif prop.is_column and prop.key in instance.__dict__:
            value = instance.__dict__[prop.key]
            if _told_class(source_state, dest_state) != (prop.key, value):
                self._copy_column(source_state.manager.mapper, prop.key, value, target)

    def _related(
        self, relationship: RelationshipProperty, state: InstanceState, instance: object, target: object
    ) -> Iterable[Any]:
        """Give the steps that merge what a relationship leads to; there may be none."""
        if not relationship.cascade.merge or (self._load and self._came_from(instance, relationship)):
            return ()
        if relationship.never_loads:
            return self._copy_pending_members(relationship.attribute, state, target)
        key = relationship.key
        if key not in instance.__dict__:
            return ()
        return self._copy_relationship(relationship, instance.__dict__[key], target, state_of(target))

    def _came_from(self, instance: Any, relationship: Any) -> bool:
        # A backref filled this side with the object that led here and nothing else; merging it would take all others
        # out of the collection. The side that led here sets both.
        return any((id(instance), reverse) in self._reached for reverse in relationship._reverse_property)

    def _copy_column(self, mapper: Mapper, key: str, value: Any, target: Any) -> None:
        if not self._load:
            target.__dict__[key] = value
            return
        if key in mapper.primary_key_keys and value is None:
            return
        present = target.__dict__.get(key, NO_VALUE)
        if present is NO_VALUE or present is not value:
            if present is not NO_VALUE and present == value:
                return
            setattr(target, key, value)

    def _copy_relationship(self, relationship: Any, value: Any, target: Any, target_state: InstanceState) -> Step:
        attribute = relationship.attribute
        key = relationship.key
        if relationship._reverse_property:
            self._reached.update((id(item), relationship) for item in items_in(relationship, value))
        if not relationship.uselist:
            merged = None if value is None else (yield value)
            if self._load:
                setattr(target, key, merged)
            else:
                attribute.load(target_state, target, merged)
            return
        if self._load and target_state.pk is not None:
            # One load of the present members, where each of them would be looked up by itself.
            needed_value(target_state, target, key)
        items = []
        for item in items_in(relationship, value):
            items.append(None if item is None else (yield item))  # noqa: PERF401  # a comprehension cannot yield
        if not self._load:
            attribute.load(target_state, target, items)
        elif attribute.kind.emulates is None:
            setattr(target, key, attribute.kind.filled(items))
        elif isinstance(value, dict):
            setattr(target, key, dict(zip(value.keys(), items, strict=True)))
        else:
            setattr(target, key, set(items) if isinstance(value, set) else items)

    def _copy_pending_members(self, attribute: Any, state: InstanceState, target: Any) -> Step:
        """Put what was appended to a collection that is never loaded, and not flushed, into the target's too.

        Where the given object is new, this is all of its collection, which takes the place of the target's.
        """
        items = []
        for item in attribute.joining(state):
            items.append((yield item))  # noqa: PERF401  # a comprehension cannot yield
        if items and state.origin is None and state.pk is None:
            attribute.set(target, items)
            return
        for item in items:
            attribute.append(target, item)


def _as_step(steps: Iterable[Any]) -> Step:
    yield from steps


def _told_class(state: InstanceState, target_state: InstanceState) -> tuple[str, Any] | None:
    """Give what tells the class of the given object: it does not tell that of an object of a derived one."""
    return None if target_state.manager is state.manager else state.manager.discriminator


def _announce_loaded(target: Any) -> None:
    """Tell what listens to loads of an object that a merge has made: its values came from elsewhere, as by a row."""
    manager = state_of(target).manager
    for hook in manager.mapper.reconstructors:
        hook(target)
    for listener in manager.dispatch.load:
        listener(target, None)


def _require_clean(state: InstanceState, instance: Any) -> None:
    if state.pk is None:
        raise InvalidRequestError(
            f"merge(load=False): {type(instance).__name__} has no identity",
            why="without a look-up only an object that came from the database can be merged",
            fix="use merge() with load=True, or add() the object",
            code="AZ-S60",
        )
    if state.changes:
        raise InvalidRequestError(
            f"merge(load=False): {type(instance).__name__} {state.pk!r} has pending changes",
            why="without a look-up the object's state is taken as the database's",
            fix="flush the changes in the object's own session first, or use load=True",
            code="AZ-S61",
        )


def _check_version(mapper: Mapper, values: dict[str, Any], target: Any, target_state: InstanceState) -> None:
    key = mapper.version_id_key
    if key is None or target_state.pk is None or key not in values or key not in target.__dict__:
        return
    if values[key] != target.__dict__[key]:
        raise StaleDataError(
            f"{mapper.class_.__name__} {target_state.pk!r}: version {values[key]!r} cannot be merged",
            why=f"the row has version {target.__dict__[key]!r}: somebody else changed it since the object was loaded",
            fix="load the present state and apply the change to it",
            code="AZ-S62",
        )
