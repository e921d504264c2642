"""Adding objects, with what the save-update cascade reaches."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from azoth.orm.runtime.concurrent_use import refuse_other_threads
from azoth.orm.runtime.related.related_attribute import RelatedAttribute
from azoth.orm.runtime.state import InstanceState, make_state, state_of
from azoth.orm.runtime.symbols import NO_VALUE, STATE
from azoth.orm.session.objects.cascade import reachable
from azoth.orm.session.objects.lifecycle_events import attach_to
from azoth.orm.session.objects.membership import attach, cascades_save, is_here, mapped_state

if TYPE_CHECKING:
    from azoth.orm.runtime.ports import Unit


def add(unit: Unit, instance: Any) -> None:
    """Make an instance part of a session, with everything that the save-update cascade reaches.

    Raises:
        UnmappedInstanceError: its class is not mapped.
        InvalidRequestError: it belongs to another session, or another object with its key is here.
        IllegalStateChangeError: another thread is flushing.

    State: it is pending, or persistent again if it has a row.
    """
    if unit.flushing:
        refuse_other_threads(unit.in_use, "add()")
        if unit.identity_map.is_being_written:
            unit.identity_map.warn_of_late_change(f"{type(instance).__name__} is added to the session")
    if unit.dispatch.attaching:
        _add_observed(unit, instance)
        return
    identity_map = unit.identity_map
    manager: Any = getattr(type(instance), "_azoth_manager", None)
    if manager is None:
        state = mapped_state(instance, "add()")
        instance, manager = state(), state.manager
    values = instance.__dict__
    state = values.get(STATE)
    if state is None or state() is not instance:
        state = make_state(instance)
    if (
        state.origin is None
        and state.pk is None
        and state.extra is None
        and manager.watched.keys().isdisjoint(values)
        and (state.changes is None or manager.watched.keys().isdisjoint(state.changes))
    ):
        # The plain case of a new object: nothing is known about it that could forbid it, and it is related to nothing.
        state.origin = identity_map
        identity_map.new[state] = instance
        return
    attach(identity_map, state, instance)
    if manager.mapper.relationships:
        detached = [instance] if state.changes else []
        # What is here already brought its own along, so each graph is walked once, however many of it are added.
        for item in reachable(instance, cascades_save, halts=partial(is_here, identity_map), left=True):
            item_state = mapped_state(item, "add()")
            attach(identity_map, item_state, item)
            if item_state.changes:
                detached.append(item)
        if detached:
            _look_up_replaced(unit, detached)


def _add_observed(unit: Unit, instance: Any) -> None:
    """Do the same, telling the listeners."""
    state = mapped_state(instance, "add()")
    instance = state()
    attach_to(unit, state, instance)
    added = [instance]
    for item in reachable(instance, cascades_save, halts=partial(is_here, unit.identity_map), left=True):
        attach_to(unit, mapped_state(item, "add()"), item)
        added.append(item)
    _look_up_replaced(unit, added)


def _look_up_replaced(unit: Unit, instances: Iterable[Any]) -> None:
    """Find out what relationships of detached objects had before they were set, so that a flush can tell the rows.

    Emits: a SELECT for each such relationship that was not loaded.
    """
    for instance in instances:
        state = state_of(instance)
        changes = state.changes
        if not changes or state.pk is None:
            continue
        for key, before in list(changes.items()):
            attribute = state.manager.attributes.get(key)
            # What is not there has changes of the other side alone, in a queue.
            if (
                before is NO_VALUE
                and key in instance.__dict__
                and isinstance(attribute, RelatedAttribute)
                and attribute.looks_up_replaced
            ):
                attribute.note_replaced(state, instance, _stored(unit, state, instance, key))


def _stored(unit: Unit, state: InstanceState, instance: object, key: str) -> object:
    values = instance.__dict__
    present = values.pop(key)
    changes = state.changes
    assert changes is not None
    del changes[key]
    try:
        with unit.no_autoflush:
            return state.manager.load_missing(state, instance, key, asked=False)
    finally:
        values[key] = present


__all__ = ["add"]
